"""Contacts found by number, reference, words, queue and time: `/calls`, and `voice calls list`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from voice.core.contact.state import Contact
from voice.errors import SettingsError
from voice.store import Store
from voice.store.search import search

LONGEST = 100
"""Characters of what is searched for."""

WRITE = "Write a day (2026-12-24), a moment (2026-12-24 15:00), or a time of today (15:00)."


@dataclass(frozen=True)
class Asked:
    """As somebody wrote it; what is empty does not matter. Whoever rang at or after `since` is found, and until the end
    of the day or the minute that `until` names."""

    text: str = ""
    queue: str = ""
    since: str = ""
    until: str = ""
    open_only: bool = False


def asked_in(form: Mapping[str, str]) -> Asked:
    """Of the page's fields, in which a day and a time of it stand apart."""
    since, until = (f"{form.get(name, '')} {form.get(f'{name}_at', '')}".strip() for name in ("since", "until"))
    return Asked(form.get("text", ""), form.get("queue", ""), since, until, "open" in form)


def find(store: Store, asked: Asked, zone: tzinfo, now: datetime, limit: int) -> list[Contact]:
    """The newest first. Raises `SettingsError` for a moment that is none."""
    since, until = moment_of(asked.since, zone, now), moment_of(asked.until, zone, now, to_its_end=True)
    text = asked.text.strip()[:LONGEST]
    return search(store.source, text, asked.queue, since, until, open_only=asked.open_only, limit=limit)


def moment_of(written: str, zone: tzinfo, now: datetime, *, to_its_end: bool = False) -> datetime | None:
    """The moment at which the day or the minute begins, or at which it is over."""
    written = written.strip().replace("T", " ")
    if not written:
        return None
    if re.fullmatch(r"\d{1,2}:\d\d", written):
        written = f"{now.astimezone(zone).date()} {written:0>5}"
    try:
        at = datetime.fromisoformat(written).replace(tzinfo=zone)
        if to_its_end:
            at += timedelta(minutes=1) if ":" in written else timedelta(days=1)
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise SettingsError(f"“{written}” is no moment.", WRITE) from None
