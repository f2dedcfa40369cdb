"""What several commands open."""

from datetime import UTC, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voice.content import Line
    from voice.core.learnt import LearntDays
    from voice.service.live.published import Published
    from voice.store import Store


def open_line(folder: Path | None = None) -> "Line":
    """The line in this folder, or the one that the settings name; raises ContentError with everything wrong in it."""
    from voice.content import load_line
    from voice.service.runtime.settings import load

    return load_line(load(line=folder).line)


def open_shelf(folder: Path | None = None) -> "Published":
    """The versions of that line."""
    from voice.service.live.published import Published
    from voice.service.runtime.settings import load

    return Published(load(line=folder).line)


def open_store(line: Path | None = None) -> "Store":
    """The store that the settings name, of this program's version."""
    from voice.service.runtime.settings import load
    from voice.store import Store

    store = Store(load(line=line).database_url, patient=True)
    store.prepare()
    return store


def line_zone(line: Path | None = None) -> tzinfo:
    """The line's time zone, in which every command speaks; UTC where line.yaml cannot be read."""
    from voice.content.files import read_yaml
    from voice.content.linefile import LINE_FILE
    from voice.errors import ContentError
    from voice.service.runtime.settings import load

    try:
        return ZoneInfo(str(read_yaml(load(line=line).line / LINE_FILE, LINE_FILE).data["timezone"]))
    except (ContentError, LookupError, TypeError, ValueError, OSError):
        return UTC


def learnt_days(line: Path | None = None) -> "Mapping[str, LearntDays]":
    """What callers have taught the line; nothing where no database stands, or it cannot be reached."""
    from sqlalchemy import make_url

    from voice.errors import VoiceError
    from voice.service.runtime.settings import load

    url = make_url(load(line=line).database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return {}
    try:
        return open_store(line).learnt.days()
    except VoiceError:
        return {}
