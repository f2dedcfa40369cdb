"""When a queue is open. All times are local to the line; spans are minutes since midnight."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

DAY = 24 * 60

Span = tuple[int, int]
"""(opens, closes) in minutes since midnight, 0 <= opens < closes <= 1440."""

HORIZON_DAYS = 400
"""How far ahead an opening is looked for: past a year, so that yearly exceptions cannot hide it."""


@dataclass(frozen=True)
class Forced:
    """Open or closed by hand, from `since` until `until`, whatever the hours say."""

    since: datetime
    until: datetime
    opens: bool


@dataclass(frozen=True)
class Hours:
    """Weekly spans (seven days, Monday first) and the dates that differ from them.

    An exception replaces its day as a whole; an empty one closes it. Public holidays arrive here as exceptions. Where
    several of `forced` hold at a moment, the last counts.
    """

    weekly: tuple[tuple[Span, ...], ...] = (((0, DAY),),) * 7
    exceptions: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)
    forced: tuple[Forced, ...] = ()

    def spans(self, day: date) -> tuple[Span, ...]:
        return self.exceptions.get(day, self.weekly[day.weekday()])

    def is_open(self, at: datetime) -> bool:
        by_hand = self._forced(at)
        return by_hand.opens if by_hand else self._in_a_span(at)

    def opens_after(self, at: datetime) -> datetime | None:
        """The first opening after `at`, or None when there is none within the horizon."""
        changes = sorted(moment for each in self.forced for moment in (each.since, each.until) if moment > at)
        for moment in self._openings(at):
            while changes and changes[0] <= moment:
                if self.is_open(change := changes.pop(0).astimezone(at.tzinfo)):
                    return change
            if self.is_open(moment):
                return moment
        return next((change.astimezone(at.tzinfo) for change in changes if self.is_open(change)), None)

    def closes_after(self, at: datetime) -> datetime | None:
        """When the queue, open at `at`, closes; None when it is closed, or never closes within the horizon.

        A span that ends at midnight and one that begins there are one opening.
        """
        if not self.is_open(at):
            return None
        for _ in range(2 * len(self.forced) + 1):
            by_hand = self._forced(at)
            if by_hand:
                at = by_hand.until.astimezone(at.tzinfo)
            else:
                closes = self._end_of_spans(at)
                begins = [
                    each.since for each in self.forced if each.since > at and (not closes or each.since <= closes)
                ]
                if not begins:
                    return closes
                at = min(begins).astimezone(at.tzinfo)
            if not self.is_open(at):
                return at
        return at

    def _forced(self, at: datetime) -> Forced | None:
        return next((each for each in reversed(self.forced) if each.since <= at < each.until), None)

    def _in_a_span(self, at: datetime) -> bool:
        minute = at.hour * 60 + at.minute
        return any(opens <= minute < closes for opens, closes in self.spans(at.date()))

    def _openings(self, at: datetime) -> Iterator[datetime]:
        """Of the hours alone, in order, after `at`."""
        for days in range(HORIZON_DAYS):
            day = at.date() + timedelta(days=days)
            for opens, _ in self.spans(day):
                moment = _moment(day, opens, at)
                if moment.astimezone(UTC) > at.astimezone(UTC):
                    yield moment

    def _end_of_spans(self, at: datetime) -> datetime | None:
        day, minute = at.date(), at.hour * 60 + at.minute
        for _ in range(HORIZON_DAYS):
            closes = next((c for o, c in self.spans(day) if o <= minute < c), None)
            if closes is None or closes < DAY:
                return _moment(day, closes or 0, at)
            day, minute = day + timedelta(days=1), 0
        return None


def _moment(day: date, minute: int, at: datetime) -> datetime:
    """Of an hour that the clock shows twice, the second where the first is over at `at`. Moments of one time zone are
    compared in UTC: Python compares what their clocks show."""
    moment = datetime(day.year, day.month, day.day, tzinfo=at.tzinfo) + timedelta(minutes=minute)
    again = moment.replace(fold=1)
    now = at.astimezone(UTC)
    return again if moment.astimezone(UTC) <= now < again.astimezone(UTC) else moment
