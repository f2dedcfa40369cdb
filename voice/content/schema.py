"""What may stand in `grammars/line.yaml`. Pydantic checks the form; `voice.content.line` checks that names exist."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from voice.core.hours import DAY, Span
from voice.core.plan import MENU_SIZE

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

CLOCK = re.compile(r"(\d{1,2}):(\d{2})")


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _e164(number: str) -> str:
    if not re.fullmatch(r"\+[1-9]\d{6,14}", number):
        raise ValueError("write the number as +32…, digits only (E.164)")
    return number


Number = Annotated[str, AfterValidator(_e164)]


class LanguageEntry(Strict):
    """`hear` and `say` are Twilio's language codes for recognition and for speech, `voice` one of its voices."""

    number: Number | None = None
    key: str | None = Field(None, pattern=r"^[5-8]$")
    hear: str = Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")
    say: str = Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")
    voice: str | None = None


class QueueEntry(Strict):
    """`hours` is "always" or a mapping of days ("mon-fri", "sat") to times ("08:00-12:00, 13:00-17:00", "closed")."""

    hours: Literal["always"] | dict[str, str] = "always"
    holidays: Literal["open", "closed"] = "closed"
    exceptions: dict[str, str] = Field(default_factory=dict)

    @field_validator("hours")
    @classmethod
    def _readable(cls, hours: str | dict[str, str]) -> str | dict[str, str]:
        if isinstance(hours, dict):
            for days, times in hours.items():
                days_of(days)
                spans_of(times)
        return hours


class LineFile(Strict):
    name: str = Field(min_length=1)
    country: str = Field(pattern=r"^[A-Z]{2}$")
    timezone: str
    language: str
    risk: float = Field(0.01, gt=0, lt=0.5)
    languages: dict[str, LanguageEntry] = Field(min_length=1)
    topics: dict[str, str] = Field(min_length=1)
    menu: list[str] = Field(max_length=MENU_SIZE)
    person: str
    queues: dict[str, QueueEntry] = Field(min_length=1)


def days_of(written: str) -> range:
    """`mon-fri` or `sat` → weekday numbers, Monday 0. Raises ValueError."""
    first, _, last = written.replace(" ", "").partition("-")
    if first not in DAYS or (last and last not in DAYS):
        raise ValueError(f"“{written}” is no day; write mon, tue, wed, thu, fri, sat or sun, or mon-fri")
    start, end = DAYS.index(first), DAYS.index(last or first)
    if end < start:
        raise ValueError(f"“{written}” runs backwards; write it as two lines")
    return range(start, end + 1)


def spans_of(written: str) -> tuple[Span, ...]:
    """`08:00-12:00, 13:00-17:00` → minutes since midnight; `closed` → none. Raises ValueError."""
    if written.strip() == "closed":
        return ()
    spans: list[Span] = []
    for part in written.split(","):
        times = CLOCK.findall(part)
        if len(times) != 2:
            raise ValueError(f"“{part.strip()}” is no span of time; write 08:00-17:00, or closed")
        opens, closes = (int(hour) * 60 + int(minute) for hour, minute in times)
        if not 0 <= opens < closes <= DAY or any(int(minute) > 59 for _, minute in times):
            raise ValueError(f"“{part.strip()}” is empty or not on the clock; write 08:00-17:00")
        if spans and opens < spans[-1][1]:
            raise ValueError(f"“{part.strip()}” overlaps the span before it")
        spans.append((opens, closes))
    return tuple(spans)
