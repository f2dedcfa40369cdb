"""Hours, days, dates and lengths of time, as they are written in `grammars/line.yaml`.

Each function raises `ValueError` with "what is wrong; how to mend it" (`time_mends`).
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from voice.content.time_mends import DAYS, SPAN, date_mend, day_mend, length_mend, shown, span_mend
from voice.core.queue.hours import DAY, Span

SEPARATOR = "; "
"""Between what is wrong and its mend, in a validator's message."""

YEARS = range(2020, 2061)
"""Of which holidays and yearly dates are known; a line outlives no process that long."""

ONE_DAY = re.compile(r"(?:(\d{4})-)?(\d{2})-(\d{2})", re.ASCII)
LENGTH = re.compile(r"(\d+)\s*(s|sec|min|h|d)", re.ASCII)
SECONDS = {"s": 1, "sec": 1, "min": 60, "h": 3600, "d": 86400}

LONGEST_FIGURES = 9
LONGEST_SECONDS = 366 * SECONDS["d"]
"""What is added to a moment must stay on the calendar; and nothing here is meant to last for years."""

Times = dict[str, str]


def length(written: object) -> timedelta:
    """`3 min` → a timedelta."""
    found = LENGTH.fullmatch(str(written).strip())
    if not found:
        raise ValueError(f"“{written}” is no length of time; {length_mend(str(written))}")
    if len(found[1]) > LONGEST_FIGURES or (seconds := int(found[1]) * SECONDS[found[2]]) > LONGEST_SECONDS:
        raise ValueError(f"“{str(written)[:20]}” is longer than anybody waits; write a year at the most, 366 d")
    return timedelta(seconds=seconds)


def weekly_spans(hours: Literal["always"] | Times) -> tuple[tuple[Span, ...], ...]:
    """The spans of seven days, Monday first. Raises ValueError for a day that is written twice, too."""
    if hours == "always":
        return (((0, DAY),),) * 7
    weekly: dict[int, tuple[Span, ...]] = {}
    for days, times in hours.items():
        for day in days_of(days):
            if day in weekly:
                raise ValueError(f"“{days}” overlaps a line before it: {DAYS[day]}; name each day once")
            weekly[day] = spans_of(times)
    return tuple(weekly.get(day, ()) for day in range(7))


def days_of(written: str) -> range:
    """`mon-fri` or `sat` → weekday numbers, Monday 0. Raises ValueError."""
    first, _, last = written.replace(" ", "").partition("-")
    if first not in DAYS or (last and last not in DAYS):
        raise ValueError(f"“{written}” is no day; {day_mend(written)}")
    start, end = DAYS.index(first), DAYS.index(last or first)
    if end < start:
        mend = " and ".join(_from_to(*ends) for ends in ((start, 6), (0, end)))
        raise ValueError(f"“{written}” goes over the end of the week; write {mend}, each on a line of its own")
    return range(start, end + 1)


def _from_to(first: int, last: int) -> str:
    return DAYS[first] if first == last else f"{DAYS[first]}-{DAYS[last]}"


def spans_of(written: object) -> tuple[Span, ...]:
    """`08:00-12:00, 13:00-17:00` → minutes since midnight; `closed` → none. Raises ValueError."""
    if not isinstance(written, str):
        raise ValueError(f"{shown(written)} is no span of time; write 08:00-17:00 between quotes, or closed")
    if written.strip() == "closed":
        return ()
    spans: list[Span] = []
    for part in written.split(","):
        found = SPAN.fullmatch(part.strip())
        if not found:
            raise ValueError(f"“{part.strip()}” is no span of time; {span_mend(part)}")
        times = ((found[1], found[2]), (found[3], found[4]))
        opens, closes = (int(hour) * 60 + int(minute) for hour, minute in times)
        on_the_clock = all(int(minute) < 60 for _, minute in times)
        if on_the_clock and DAY < closes < 2 * DAY and opens < DAY:
            closes -= DAY
        if on_the_clock and closes and closes < opens <= DAY:
            begins = f"{part.strip().replace(' ', '').split('-')[0]}-24:00, and " if opens < DAY else ""
            mend = f"write {begins}00:00-{closes // 60:02}:{closes % 60:02} on the day after"
            raise ValueError(f"“{part.strip()}” goes over midnight, and a span ends with its day; {mend}")
        if not 0 <= opens < closes <= DAY or not on_the_clock:
            mend = "write 00:00-24:00 for the whole day" if opens == closes == 0 else "write 08:00-17:00"
            raise ValueError(f"“{part.strip()}” is empty or not on the clock; {mend}")
        if spans and opens < spans[-1][1]:
            raise ValueError(f"“{part.strip()}” overlaps the span before it; let each begin where the last ends")
        spans.append((opens, closes))
    return tuple(spans)


def dates_of(written: str) -> Iterator[date]:
    """`2026-12-24`, every year's `12-24`, and from `2026-12-24..2027-01-02` or `12-24..01-02` each day. Raises
    ValueError."""
    first, dots, last = str(written).replace(" ", "").partition("..")
    ends = [ONE_DAY.fullmatch(part) for part in ((first, last) if dots else (first, first))]
    if None in ends or len({bool(end and end[1]) for end in ends}) > 1:
        raise ValueError(f"“{written}” is no date; write {date_mend(str(written))}")
    return iter([day for begins, ends in _spells(str(written), *ends) for day in _days(begins, ends)])  # type: ignore[arg-type]


def by_breadth(exceptions: Times) -> list[tuple[str, str]]:
    """The dates with their times, those of fewer days last: they count where two hold the same day."""
    return sorted(exceptions.items(), key=lambda entry: -sum(1 for _ in dates_of(entry[0])))


def _spells(written: str, first: re.Match[str], last: re.Match[str]) -> Iterator[tuple[date, date]]:
    yearly = first[1] is None
    for year in YEARS if yearly else (int(first[1]),):
        try:
            begins = date(year, int(first[2]), int(first[3]))
            ends = date(int(last[1]) if not yearly else year, int(last[2]), int(last[3]))
        except ValueError:
            if yearly and (first[2], first[3]) == ("02", "29"):
                continue
            turned = f"{last[3]}-{last[2]}" if yearly and int(last[3]) <= 12 else "a day that there is, as 2026-12-24"
            raise ValueError(f"“{written}” is not on the calendar; write {turned}") from None
        if yearly and ends < begins:
            ends = ends.replace(year=year + 1)
        if not begins <= ends or (ends - begins).days > 366:
            raise ValueError(f"“{written}” runs backwards, or over a year; write the first day before the last")
        yield begins, ends


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
