"""The moment in an utterance: "na vijven", "demain matin", "between ten and eleven" → spans of time, likeliest first.

A time of the twelve-hour clock is read by day: three is in the afternoon, nine in the morning, unless a part of the day
says otherwise. Which of the spans can be kept is the core's to say.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from dateutil.easter import easter

from voice.content.moment_words import AM, COUNT, DATE, HOUR, MINUTE, MONTH, PM, TIME, WEEKDAY, MomentWords
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
    """What was said of a moment: `times` are spans of minutes in a day, likeliest first; `spell` is the first day and
    the last of several."""

    day: date | None = None
    spell: tuple[date, date] | None = None
    weekday: int | None = None
    week: int | None = None
    part: tuple[int, int] | None = None
    times: tuple[tuple[int, int], ...] = ()


def spans_in(
    words: MomentWords, text: str, now: datetime, *, bare: bool = False, options: int = 0
) -> tuple[Span, ...] | None:
    """The spans meant, likeliest first; None where no moment is named, and none where what is named is over. `now` is
    on the line's own clock. `bare`: it was asked for, so that a number alone is an hour, and "today" alone an answer.
    `options`: so many were told, and "the second" of them is no date."""
    reader = _reader(words)
    figures = fold(_FIGURES.sub(r"\1t\2", text.casefold()))
    said = f" {_STUCK.sub(_APART, figures)} "
    length = reader.length(said)
    if length is not None and length < DAY:
        return ((now + timedelta(minutes=length), now + timedelta(minutes=length + LONG)),)
    said, over = reader.without_past(said)
    named, rest = reader.day(said, now, options)
    if length is not None and (named.weekday is None or named.week is None):
        day = (named.day or now.date()) + timedelta(days=length // DAY)
        if named.weekday is not None:
            day += timedelta(days=(named.weekday - day.weekday() + 3) % 7 - 3)  # that weekday nearest to it
        named = replace(named, week=None, day=day)
    named = replace(named, times=tuple(reader.times(rest, named.part, bare)))
    dated = named.weekday is not None or named.week is not None or named.spell is not None
    if options and named.day is None and not dated and (named.times or named.part):
        # With a time beside it, "the second" is no option.
        named = replace(named, day=reader.date_alone(rest, now.date()))
    if over and not dated and named.day is None:
        return () if bare or over.timed or named.times else None
    if not bare and not dated and not named.times and named.part is None and named.day in (None, now.date()):
        return None
    spans = tuple(_spans(named, now))
    return spans if spans or named.times or named.part or dated else None


def _spans(named: _Named, now: datetime) -> Iterator[Span]:
    times = named.times or ((named.part,) if named.part else ())
    if named.spell is not None and named.day is None:
        first, last = max(named.spell[0], now.date()), named.spell[1]
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        if named.weekday is not None:
            days = [day for day in days if day.weekday() == named.weekday]
        elif not times:
            yield _at(first, (0, DAY), now)[0], _at(last, (0, DAY), now)[1]
            return
        yield from (
            _at(day, span, now) for day in days for span in times or ((0, DAY),) if _at(day, span, now)[1] > now
        )
        return
    if named.week is not None:
        monday = now.date() - timedelta(days=now.weekday() - 7 * named.week)
        if named.weekday is None:
            yield _at(monday, (0, 0), now)[0], _at(monday + timedelta(days=5), (0, 0), now)[0]
            return
        named = replace(named, day=monday + timedelta(days=named.weekday))
    if named.day is None and named.weekday is not None:
        # Who means today says so: on a Tuesday, "Tuesday" is the next one.
        ahead = (named.weekday - now.weekday()) % 7 or 7
        days = [now.date() + timedelta(days=more) for more in (ahead, (ahead + 7) % 14)]
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


@dataclass(frozen=True)
class _Over:
    """Something that is over was named; `timed`: with a day or a part of the day."""

    timed: bool


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
            for day, weekday in words.weekdays:
                calendar.setdefault(day + part, _Named(weekday=weekday, part=span))
            for day, ahead in words.days:
                if day + part not in self.days:
                    self.days[day + part] = ahead
                    calendar[day + part] = _Named(part=span)
        self.calendar, self.holidays = calendar, dict(reversed(words.holidays))
        phrases = {*self.calendar, *self.days, *self.holidays}
        denied = f"(?<! {')(?<! '.join(map(re.escape, words.denied))})" if words.denied else ""
        self.phrase = re.compile(f"{denied} ({_either(phrases)})(?= )") if phrases else re.compile(r"(?!)")
        self.months = dict(words.months)
        month = _either(self.months) if self.months else r"(?!)"
        dated = _either((*self.numbers, *self.ordinals, r"\d{1,2}"))
        self.date = re.compile(f" (?:({dated})\\S*(?: \\S+)? ({month})|({month}) ({dated})\\S*) ")
        ordinal = _either((*self.ordinals, r"\d{1,2}"))
        which = {DATE: f"({ordinal})", COUNT: f"({number})"}
        self.alone = [re.compile(f" {_filled(phrase, which)}\\S*(?= )") for phrase in words.dates]
        self.coming = dict(words.coming)
        spelt = f"(?P<month>{_either({**self.months, **self.coming})})" if self.months else r"(?!)"
        spells = sorted(words.of_month, key=lambda pair: len(pair[0]), reverse=True)
        self.spells = [(re.compile(f" {_filled(phrase, {MONTH: spelt})} "), days) for phrase, days in spells]
        if whole := [name for name, ahead in words.coming if ahead]:
            self.spells.append((re.compile(f" (?P<month>{_either(whole)}) "), (1, 31)))
        weekdays = _either([name for name, _ in words.weekdays]) if words.weekdays else r"(?!)"
        over = "|".join(
            _filled(phrase, {WEEKDAY: weekdays, COUNT: number}) for phrase in sorted(words.past, key=len, reverse=True)
        )
        beside = f"(?P<{{}}> (?:{_either(calendar)}))?" if calendar else "(?P<{}>(?!))?"
        self.past = re.compile(
            f"{beside.format('before')}{denied} (?:{over}){beside.format('behind')}(?= )" if over else r"(?!)"
        )

    def _clock(self, phrase: str, number: str) -> re.Pattern[str]:
        return re.compile(_filled(phrase, {HOUR: f"(?P<hour>{number})", MINUTE: f"(?P<minute>{number})"}))

    def length(self, said: str) -> int | None:
        """Minutes from now: "over een half uur"."""
        for pattern, minutes in self.lengths:
            if found := pattern.search(said):
                return int(minutes) * (self._number(found[1]) if found.groups() else 1)
        return None

    def without_past(self, said: str) -> tuple[str, "_Over | None"]:
        """Without what is over, and the day or the part of it that stands beside: "yesterday morning"."""
        found = self.past.search(said)
        if found is None:
            return said, None
        return self.past.sub(" ", said), _Over(timed=bool(found["before"] or found["behind"]))

    def day(self, said: str, now: datetime, options: int) -> tuple[_Named, str]:
        """The day and its part, and what is left of the utterance."""
        named, rest, today = _Named(), said, now.date()
        if found := self.date.search(said):
            month, number = self.months[found[2] or found[3]], self._number(found[1] or found[4])
            named = replace(named, day=_next(today, month, number))
            rest = rest.replace(found[0], "  ")
        elif spell := self._spell(said, today):
            named = replace(named, spell=spell[0])
            rest = rest.replace(spell[1], "  ")
        for found in self.phrase.finditer(rest):
            if found[1] in self.days and named.day is None:
                named = replace(named, day=today + timedelta(days=self.days[found[1]]))
            if found[1] in self.holidays and named.day is None:
                named = replace(named, day=_next_holiday(today, self.holidays[found[1]]))
            more = self.calendar.get(found[1], _Named())
            named = replace(
                named,
                weekday=more.weekday if named.weekday is None else named.weekday,
                week=more.week if named.week is None else named.week,
                part=named.part or more.part,
            )
        rest = self.phrase.sub(" ", rest)
        if named.day is None and named.spell is None and (alone := self._alone(rest, options)):
            named = replace(named, day=_next_of_month(today, alone[0]))
            rest = rest.replace(alone[1], " ")
        return named, rest

    def date_alone(self, rest: str, today: date) -> date | None:
        alone = self._alone(rest, 0)
        return _next_of_month(today, alone[0]) if alone else None

    def _alone(self, said: str, options: int) -> tuple[int, str] | None:
        """A day of the month without its name: "on the fifteenth"."""
        for pattern in self.alone:
            found = pattern.search(said)
            if found and options < (number := self._number(found[1])) <= 31:
                return number, found[0]
        return None

    def _spell(self, said: str, today: date) -> tuple[tuple[date, date], str] | None:
        """The first and the last day of a part of a month: "at the end of January"."""
        for pattern, (first, last) in self.spells:
            found = pattern.search(said)
            if not found:
                continue
            name = found["month"]
            if name in self.coming:
                months = today.month - 1 + self.coming[name]
            else:
                months = self.months[name] - 1 + 12 * (self.months[name] < today.month)
            year, month = today.year + months // 12, months % 12 + 1
            long = monthrange(year, month)[1]
            return (date(year, month, min(first, long)), date(year, month, min(last, long))), found[0]
        return None

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


def _next_of_month(today: date, number: int) -> date | None:
    """The next month's where this month has no such day any more."""
    for ahead in range(3):
        months = today.month - 1 + ahead
        year, month = today.year + months // 12, months % 12 + 1
        if today.day * (not ahead) <= number <= monthrange(year, month)[1]:
            return date(year, month, number)
    return None


def _next_holiday(today: date, day: tuple[int, ...]) -> date | None:
    if len(day) > 1:
        return _next(today, day[0], day[1])
    found = (easter(year) + timedelta(days=day[0]) for year in (today.year, today.year + 1))
    return next((one for one in found if one >= today), None)


@lru_cache(maxsize=64)
def _reader(words: MomentWords) -> _Reader:
    return _Reader(words)
