"""The files of calls; their form stands in README.md."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML

FOLDER = Path(__file__).parent
PARTS = ("looked_at", "unseen", "third")
ZONE = ZoneInfo("Europe/Brussels")
HIDDEN = "+266696687"
"""What Twilio sends for a caller who hides their number."""


@dataclass(frozen=True)
class ToldCall:
    """One call as it was told. `again`, `number`, `hold` and `picked_up` are said in turn."""

    title: str
    situation: str
    language: str
    opening: str
    about: str
    yes: str
    no: str
    caller: str
    at: datetime
    wants: Mapping[str, Any]
    again: Sequence[str] = ()
    open: bool = True
    callback: str | None = None
    number: Sequence[str] = ()
    moment: str | None = None
    hold: Sequence[str] = ()
    objects: str | None = None
    picked_up: Sequence[str] = ()


def read_calls(language: str, part: str) -> list[ToldCall]:
    written = YAML(typ="safe").load((FOLDER / language / f"{part}.yaml").read_text(encoding="utf-8"))
    return [_call(language, entry) for entry in written]


def _call(language: str, entry: Mapping[str, Any]) -> ToldCall:
    caller = str(entry["from"])
    return ToldCall(
        title=entry["title"],
        situation=entry["situation"],
        language=language,
        opening=entry["opening"],
        about=entry["about"],
        yes=entry["yes"],
        no=entry["no"],
        caller=HIDDEN if caller == "hidden" else caller,
        at=datetime.fromisoformat(str(entry["at"])).replace(tzinfo=ZONE),
        wants=entry["wants"],
        again=_listed(entry.get("again")),
        open=entry.get("open", True),
        callback=entry.get("callback"),
        number=_listed(entry.get("number")),
        moment=entry.get("moment"),
        hold=_listed(entry.get("hold")),
        objects=entry.get("objects"),
        picked_up=_listed(entry.get("picked_up")),
    )


def _listed(written: object) -> Sequence[str]:
    return [written] if isinstance(written, str) else list(written or ())  # type: ignore[call-overload]
