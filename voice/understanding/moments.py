"""The moment in an utterance: "na vijven", "demain matin", "between ten and eleven" → spans of time, likeliest first.

A time of the twelve-hour clock is read by day: three is in the afternoon, nine in the morning, unless a part of the day
says otherwise. Which of the spans can be kept is the core's to say.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from voice.content.moment_words import AM, COUNT, HOUR, MINUTE, PM, TIME, MomentWords
from voice.content.texts import fold
from voice.core.call.wishes import Span

DAY = 24 * 60
NOON = 12 * 60
BEFORE_THE_HOUR = -1
"""Of {minute}, in the words of a clock: "tien voor negen"."""

LONG = 60
"""Minutes for which a moment that is named as one ("at ten") holds."""

EARLY, LATE = 7 * 60, 21 * 60
"""By day: an hour between these is meant, unless something else is said."""

_FIGURES = re.compile(r"(\d{1,2})\s?[:.hu]\s?(\d{2})(?!\d)")
_STUCK = re.compile(r"(\d)(?=[^\W\d])(?!t\d)")
_APART = r"\1 "
_WRITTEN = r"\d{1,2}t\d{2}"
"""A time in figures, whatever sign stood in it."""


@dataclass(frozen=True)
class _Named:
    """What was said of a moment: `times` are spans of minutes in a day, likeliest first."""

    day: date | None = None
    weekday: int | None = None
    week: int | None = None
    part: tuple[int, int] | None = None
    times: tuple[tuple[int, int], ...] = ()


def spans_in(words: MomentWords, text: str, now: datetime, *, bare: bool = False) -> tuple[Span, ...]:
    """The spans meant, likeliest first; none where no moment is named. `now` is on the line's own clock. `bare`: it was
    asked for, so that a number alone is an hour, and "today" alone an answer."""
    reader = _reader(words)
    figures = fold(_FIGURES.sub(r"\1t\2", text.casefold()))
    said = f" {_STUCK.sub(_APART, figures)} "
    length = reader.length(said)
    if length is not None and length < DAY:
        return ((now + timedelta(minutes=length), now + timedelta(minutes=length + LONG)),)
    named, rest = reader.day(said, now)
    if length is not None:
        named = replace(named, day=now.date() + timedelta(days=length // DAY))
    named = replace(named, times=tuple(reader.times(rest, named.part, bare)))
    if not bare and not named.times and named.part is None and named.weekday is None and named.week is None:
        return () if named.day in (None, now.date()) else tuple(_spans(named, now))
    return tuple(_spans(named, now))


def _spans(named: _Named, now: datetime) -> Iterator[Span]:
    times = named.times or ((named.part,) if named.part else ())
    if named.week is not None:
        monday = now.date() - timedelta(days=now.weekday() - 7 * named.week)
        if named.weekday is None:
            yield _at(monday, (0, 0), now)[0], _at(monday + timedelta(days=5), (0, 0), now)[0]
            return
        named = replace(named, day=monday + timedelta(days=named.weekday))
    if named.day is None and named.weekday is not None:
        ahead = (named.weekday - now.weekday()) % 7
        days = [now.date() + timedelta(days=ahead), now.date() + timedelta(days=ahead + 7)]
    elif named.day is None:
        if not times:
            return
        days = [now.date(), now.date() + timedelta(days=1)]
    else:
        days = [named.day]
    for day in days:
        for span in times or ((0, DAY),):
            starts, ends = _at(day, span, now)
            begun = named.times and span[1] - span[0] != DAY and starts < now and span[1] == DAY
            if ends > now and not begun:
                yield starts, ends


def _at(day: date, span: tuple[int, int], now: datetime) -> Span:
    midnight = datetime(day.year, day.month, day.day, tzinfo=now.tzinfo)
    return midnight + timedelta(minutes=span[0]), midnight + timedelta(minutes=span[1])


class _Reader:
    """The patterns of one language's words."""

    def __init__(self, words: MomentWords) -> None:
        self.words = words
        self.numbers, self.ordinals = dict(reversed(words.numbers)), dict(words.ordinals)
        number = _either((*self.numbers, r"\d{1,2}"))
        self.clock = [(self._clock(phrase, number), by) for phrase, by in words.clock]
        forms = sorted((phrase for phrase, _ in words.clock), key=len, reverse=True)
        plain = [_filled(phrase, {HOUR: number, MINUTE: number}) for phrase in forms]
        self.told = re.compile(f" ({'|'.join((*plain, _WRITTEN))}) ")
        time = f"((?:{'|'.join((*plain, _WRITTEN, number))}))"
        self.between, self.after, self.before, self.at = (
            [re.compile(f" {_filled(phrase, {TIME: time})} ") for phrase in sorted(phrases, key=len, reverse=True)]
            for phrases in (words.between, words.after, words.before, words.at)
        )
        self.lengths = [
            (re.compile(f" {_filled(phrase, {COUNT: f'({number})'})} "), minutes) for phrase, minutes in words.lengths
        ]
        calendar: dict[str, _Named] = {}
        for field, pairs in (("week", words.weeks), ("weekday", words.weekdays), ("part", words.parts)):
            for phrase, value in reversed(pairs):
                calendar[phrase] = replace(calendar.get(phrase, _Named()), **{field: value})
        self.days = dict(words.days)
        for part, span in words.parts:
            for day, number in words.weekdays:
                calendar.setdefault(day + part, _Named(weekday=number, part=span))
            for day, ahead in words.days:
                if day + part not in self.days:
                    self.days[day + part] = ahead
                    calendar[day + part] = _Named(part=span)
        self.calendar = calendar
        phrases = {*self.calendar, *self.days}
        denied = f"(?<! {')(?<! '.join(map(re.escape, words.denied))})" if words.denied else ""
        self.phrase = re.compile(f"{denied} ({_either(phrases)})(?= )") if phrases else re.compile(r"(?!)")
        self.months = dict(words.months)
        month = _either(self.months) if self.months else r"(?!)"
        dated = _either((*self.numbers, *self.ordinals, r"\d{1,2}"))
        self.date = re.compile(f" (?:({dated})\\S*(?: \\S+)? ({month})|({month}) ({dated})\\S*) ")

    def _clock(self, phrase: str, number: str) -> re.Pattern[str]:
        return re.compile(_filled(phrase, {HOUR: f"(?P<hour>{number})", MINUTE: f"(?P<minute>{number})"}))

    def length(self, said: str) -> int | None:
        """Minutes from now: "over een half uur"."""
        for pattern, minutes in self.lengths:
            if found := pattern.search(said):
                return int(minutes) * (self._number(found[1]) if found.groups() else 1)
        return None

    def day(self, said: str, now: datetime) -> tuple[_Named, str]:
        """The day and its part, and what is left of the utterance."""
        named, rest = _Named(), said
        if found := self.date.search(said):
            month, number = self.months[found[2] or found[3]], self._number(found[1] or found[4])
            named = replace(named, day=_next(now.date(), month, number))
            rest = rest.replace(found[0], "  ")
        for found in self.phrase.finditer(rest):
            if found[1] in self.days and named.day is None:
                named = replace(named, day=now.date() + timedelta(days=self.days[found[1]]))
            more = self.calendar.get(found[1], _Named())
            named = replace(
                named,
                weekday=more.weekday if named.weekday is None else named.weekday,
                week=more.week if named.week is None else named.week,
                part=named.part or more.part,
            )
        return named, self.phrase.sub(" ", rest)

    def times(self, said: str, part: tuple[int, int] | None, bare: bool) -> Iterator[tuple[int, int]]:
        for pattern in self.between:
            if found := pattern.search(said):
                ends = self._readings(found[2], None)
                for starts in self._readings(found[1], part):
                    later = sorted(end for each in ends for end in (each, each + NOON) if starts < end <= DAY)
                    if later:
                        yield starts, later[0]
                return
        found, kind = self._first(said)
        readings = self._readings(found[1] if found else said.strip(), part) if found or bare else []
        for at in readings:
            if kind == "after":
                yield at, part[1] if part and part[1] > at else DAY
            elif kind == "before":
                yield (part[0] if part else 0), at
            else:
                yield at, min(at + LONG, DAY)

    def _first(self, said: str) -> tuple[re.Match[str] | None, str]:
        """What is said first of a time: "half past four" is no "past four"."""
        kinds = {"after": self.after, "before": self.before, "at": (*self.at, self.told)}
        hits = [(hit, kind) for kind, patterns in kinds.items() for each in patterns if (hit := each.search(said))]
        return min(hits, key=lambda one: (one[0].start(), -len(one[0][0])),
                   default=(None, ""))  # fmt: skip

    def _readings(self, told: str, part: tuple[int, int] | None) -> list[int]:
        """The minutes of the day that a time may be, likeliest first."""
        minutes, fixed = self._minutes(told)
        if minutes is None or not 0 <= minutes <= DAY:
            return []
        both = [minutes] if fixed or minutes >= NOON + 60 else [minutes % NOON, minutes % NOON + NOON]
        if part:
            return [at for at in both if part[0] <= at <= part[1]] or both
        by_day = [at for at in both if EARLY <= at < LATE]
        by_day.sort(key=lambda at: not EARLY <= at < EARLY + NOON)
        return by_day or both

    def _minutes(self, told: str) -> tuple[int | None, bool]:
        """The minute of the day, and whether it is surely that one."""
        if re.fullmatch(_WRITTEN, told):
            hour, minute = map(int, told.split("t"))
            return hour * 60 + minute, told.startswith("0")
        for pattern, by in self.clock:
            found = pattern.fullmatch(told)
            if not found:
                continue
            hour = self._number(found["hour"])
            minute = self._number(found["minute"]) if "minute" in pattern.groupindex else 0
            if by in (AM, PM):
                return (hour % 12 + 12 * (by == PM)) * 60 + minute, True
            return hour * 60 + (-minute if by == BEFORE_THE_HOUR else minute + by), False
        hour = self._number(told)
        return (hour * 60 if hour >= 0 else None), False

    def _number(self, told: str) -> int:
        """-1 is no number."""
        return int(told) if told.isdecimal() else self.numbers.get(told, self.ordinals.get(told, -1))


def _either(phrases: object) -> str:
    ordered = sorted(phrases, key=len, reverse=True)  # type: ignore[call-overload]
    return f"(?:{'|'.join(ordered)})"


def _filled(phrase: str, by: dict[str, str]) -> str:
    return " ".join(by.get(word, re.escape(word)) for word in phrase.split())


def _next(today: date, month: int, day: int) -> date | None:
    for year in (today.year, today.year + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    return None


@lru_cache(maxsize=64)
def _reader(words: MomentWords) -> _Reader:
    return _Reader(words)
