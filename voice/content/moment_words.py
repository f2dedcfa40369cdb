"""`grammars/<lang>/_moments.yaml`: how callers name the moment at which they want to be called back.

The names of weekdays and months come from the calendar (babel) and numbers from num2words; what stands in the file are
the words around them. A line without the file knows its moments by the keys alone.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from babel.dates import get_day_names, get_month_names
from num2words import num2words

from voice.content.files import Document, Place, nearest, read_yaml
from voice.content.texts import fold
from voice.content.time_mends import DAYS, SPAN
from voice.content.times import length, spans_of
from voice.core.queue.hours import Span
from voice.errors import ContentError, Problem

FILE = "_moments.yaml"

HOUR, MINUTE, COUNT, TIME = "{hour}", "{minute}", "{count}", "{time}"
WEEKDAY, MONTH, DATE = "{weekday}", "{month}", "{date}"
AM, PM = "am", "pm"

EASTER = re.compile(r"easter(?:([+-])(\d{1,3}))?", re.ASCII)
YEARLY = re.compile(r"(\d{2})-(\d{2})", re.ASCII)
DATES = re.compile(r"(\d{1,2})-(\d{1,2})", re.ASCII)

Pairs = tuple[tuple[str, Any], ...]
"""Phrases, each with what it means."""


@dataclass(frozen=True)
class MomentWords:
    """One language's. `numbers`: 0 to 59. `days`: days from today. `weekdays`: Monday 0. `months`: 1 to 12, `ordinals`:
    1 to 31. `weeks`: weeks from this one. `parts`: spans of minutes since midnight. `clock`: minutes that are added to
    {hour}, or the half of the day that it lies in. `between`, `after`, `before` and `at` have {time} in them; `lengths`
    are minutes from now, of one {count}. `holidays`: month and day, or days from Easter alone. `coming`: months from
    this one; `of_month`: the first and the last day of a {month} that is named or coming. `dates`: how a day of the
    month is said, a {date} in order or a {count}. `past`: what is over, of a {weekday} or a {count}. `denied`: what
    takes the word behind it back."""

    numbers: Pairs = ()
    days: Pairs = ()
    weekdays: Pairs = ()
    months: Pairs = ()
    ordinals: Pairs = ()
    weeks: Pairs = ()
    parts: Pairs = ()
    clock: Pairs = ()
    between: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    lengths: Pairs = ()
    holidays: Pairs = ()
    coming: Pairs = ()
    of_month: Pairs = ()
    dates: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()


def _whole(written: object) -> int:
    if not isinstance(written, int) or isinstance(written, bool):
        raise ValueError("it needs a whole number; write it as 1")
    return written


def _weekday(written: object) -> int:
    if written not in DAYS:
        raise ValueError(f"“{written}” is no day; write mon, tue, wed, thu, fri, sat or sun")
    return DAYS.index(str(written))


def _month(written: object) -> int:
    if (month := _whole(written)) not in range(1, 13):
        raise ValueError(f"“{written}” is no month; write 1 for January to 12 for December")
    return month


def _part(written: object) -> Span:
    if (over := SPAN.fullmatch(str(written).strip())) and int(over[3]) < int(over[1]):
        raise ValueError(f"“{written}” goes over midnight; write {over[1]}:{over[2]}-24:00")
    spans = spans_of(written)
    if len(spans) != 1:
        raise ValueError("a part of the day is one span; write it as 12:00-18:00")
    return spans[0]


def _clock(written: object) -> int | str:
    if written in (AM, PM):
        return str(written)
    try:
        return _whole(written)
    except ValueError:
        raise ValueError("it needs minutes, or am or pm; write -30 for half an hour before") from None


def _holiday(written: object) -> tuple[int, ...]:
    if easter := EASTER.fullmatch(str(written).replace(" ", "")):
        return (int(f"{easter[1] or ''}{easter[2] or 0}"),)
    found = YEARLY.fullmatch(str(written))
    try:
        assert found is not None
        return (int(found[1]), date(2024, int(found[1]), int(found[2])).day)
    except (AssertionError, ValueError):
        raise ValueError(f"“{written}” is no day of the year; write 12-25 between quotes, or easter+1") from None


def _dates(written: object) -> tuple[int, int]:
    found = DATES.fullmatch(str(written).replace(" ", ""))
    if not found or not 1 <= int(found[1]) <= int(found[2]) <= 31:
        raise ValueError(f"“{written}” are no days of a month; write the first and the last between quotes, as 1-10")
    return int(found[1]), int(found[2])


def _minutes(written: object) -> int:
    return int(length(written).total_seconds() // 60)


MAPPED: Mapping[str, Callable[[object], Any]] = {
    "numbers": _whole,
    "days": _whole,
    "weekdays": _weekday,
    "months": _month,
    "weeks": _whole,
    "parts": _part,
    "clock": _clock,
    "lengths": _minutes,
    "holidays": _holiday,
    "coming": _whole,
    "of_month": _dates,
}
LISTED: Mapping[str, int] = {"between": 2, "after": 1, "before": 1, "at": 1, "dates": 0, "past": 0, "denied": 0}
"""The lists, and how often {time} stands in each phrase of them."""


RANGES: Mapping[str, range] = {
    "numbers": range(60),
    "days": range(367),
    "weeks": range(53),
    "clock": range(-59, 60),
    "lengths": range(1, 366 * 24 * 60),
    "coming": range(12),
}
"""What a phrase may mean; a callback is nothing of yesterday."""

FILLED: Mapping[str, tuple[str, ...]] = {
    "clock": (HOUR, MINUTE),
    "lengths": (COUNT,),
    **dict.fromkeys(LISTED, (TIME,)),
    "of_month": (MONTH,),
    "dates": (DATE, COUNT),
    "past": (WEEKDAY, COUNT),
}
"""What is filled in the phrases of a section."""

NEEDED: Mapping[str, str] = {"clock": HOUR, "of_month": MONTH}
"""What no phrase of a section may leave out."""


def load_moment_words(folder: Path, language: str, problems: list[Problem]) -> MomentWords:
    shown_as = f"grammars/{language}/{FILE}"
    path = folder / shown_as
    if not path.exists():
        return MomentWords()
    try:
        document = read_yaml(path, shown_as)
    except ContentError as error:
        problems += error.problems
        return MomentWords()
    if document.data is not None and not isinstance(document.data, dict):
        mend = f"Write names, as {', '.join((*MAPPED, *LISTED))}, each with its words."
        problems.append(document.problem((), "This file has no names in it.", mend))
    data: Mapping[str, Any] = document.data if isinstance(document.data, dict) else {}
    found: dict[str, Any] = {}
    for name, written in data.items():
        if name in MAPPED:
            found[name] = _pairs(document, name, written, problems)
        elif name in LISTED:
            found[name] = _phrases(document, name, written, problems)
        else:
            mend = nearest(name, (*MAPPED, *LISTED))
            problems.append(document.problem((name,), f"“{name}” is no part of a moment.", mend))
    return MomentWords(**(found | _of_calendar(language, found)))


def _pairs(document: Document, name: str, written: Any, problems: list[Problem]) -> Pairs:
    if not isinstance(written, dict):
        what = f"“{name}” has no phrases with a meaning."
        problems.append(document.problem((name,), what, "Write each as phrase: meaning."))
        return ()
    pairs = []
    for phrase, meaning in written.items():
        place: Place = (name, phrase)
        _must_be_filled(document, place, name, str(phrase), problems)
        try:
            meant = MAPPED[name](meaning)
            pairs.append((folded(str(phrase)), meant))
            if isinstance(meant, int) and meant not in (within := RANGES.get(name, (meant,))):
                what = f"“{phrase}”: “{meaning}” is not between {within[0]} and {within[-1]}, and names no moment."
                problems.append(document.problem(place, what, "Correct it, or take the line out.", warning=True))
        except ValueError as error:
            what, _, mend = str(error).partition("; ")
            problems.append(document.problem(place, f"“{phrase}”: {what}.", f"{mend[:1].upper()}{mend[1:]}."))
    return tuple(pairs)


def _phrases(document: Document, name: str, written: Any, problems: list[Problem]) -> tuple[str, ...]:
    phrases = written if isinstance(written, list) else []
    often = ("", f" with {TIME} in them once", f" with {TIME} in them twice")[LISTED[name]]
    wrong = [n for n, each in enumerate(phrases) if not isinstance(each, str) or each.count(TIME) != LISTED[name]]
    if wrong or not phrases:
        place = (name, wrong[0]) if wrong else (name,)
        problems.append(document.problem(place, f"“{name}” needs phrases{often}.", "Write each between quotes."))
        return ()
    for number, phrase in enumerate(phrases):
        _must_be_filled(document, (name, number), name, phrase, problems)
    return tuple(folded(phrase) for phrase in phrases)


def _must_be_filled(document: Document, place: Place, name: str, phrase: str, problems: list[Problem]) -> None:
    known = FILLED.get(name, ())
    for strange in set(re.findall(r"\{[^}]*\}", phrase)) - {*known}:
        mend = f"Write {' or '.join(known)}, or the words that are said." if known else "Write the words that are said."
        problems.append(document.problem(place, f"“{phrase}” cannot fill {strange}.", mend, warning=True))
    if (needed := NEEDED.get(name, "")) not in phrase:
        problems.append(document.problem(place, f"“{phrase}” leaves out {needed}.", "Put it where it is said."))


def folded(phrase: str) -> str:
    """As `fold`, but {hour}, {time} and the like stand."""
    return " ".join(part if part.startswith("{") else fold(part) for part in phrase.split())


def _of_calendar(language: str, found: Mapping[str, Any]) -> dict[str, Pairs]:
    """What needs no writing down; the operator's own words come first."""
    weekdays = tuple((fold(name), day) for day, name in get_day_names("wide", locale=language).items())
    months = tuple((fold(name), month) for month, name in get_month_names("wide", locale=language).items())
    return {
        "numbers": (*found.get("numbers", ()), *_numbers(language, "cardinal", range(60))),
        "weekdays": (*found.get("weekdays", ()), *weekdays),
        "months": (*found.get("months", ()), *months),
        "ordinals": _numbers(language, "ordinal", range(1, 32)),
    }


def _numbers(language: str, form: str, which: range) -> Pairs:
    try:
        return tuple((fold(num2words(number, lang=language, to=form)), number) for number in which)
    except NotImplementedError:
        return ()
