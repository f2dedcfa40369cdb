"""When a queue is open. All times are local to the line; spans are minutes since midnight."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

DAY = 24 * 60

Span = tuple[int, int]
"""(opens, closes) in minutes since midnight, 0 <= opens < closes <= 1440."""

HORIZON_DAYS = 400
"""How far ahead an opening is looked for: past a year, so that yearly exceptions cannot hide it."""


@dataclass(frozen=True)
class Hours:
    """Weekly spans (seven days, Monday first) and the dates that differ from them.

    An exception replaces its day as a whole; an empty one closes it. Public holidays arrive here as exceptions.
    """

    weekly: tuple[tuple[Span, ...], ...] = (((0, DAY),),) * 7
    exceptions: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)

    def spans(self, day: date) -> tuple[Span, ...]:
        return self.exceptions.get(day, self.weekly[day.weekday()])

    def is_open(self, at: datetime) -> bool:
        minute = at.hour * 60 + at.minute
        return any(opens <= minute < closes for opens, closes in self.spans(at.date()))

    def opens_after(self, at: datetime) -> datetime | None:
        """The first opening after `at`, or None when there is none within the horizon."""
        for days in range(HORIZON_DAYS):
            day = at.date() + timedelta(days=days)
            for opens, _ in self.spans(day):
                moment = _moment(day, opens, at)
                if moment > at:
                    return moment
        return None

    def closes_after(self, at: datetime) -> datetime | None:
        """When the queue, open at `at`, closes; None when it is closed, or never closes within the horizon.

        A span that ends at midnight and one that begins there are one opening.
        """
        if not self.is_open(at):
            return None
        day, minute = at.date(), at.hour * 60 + at.minute
        for _ in range(HORIZON_DAYS):
            closes = next((c for o, c in self.spans(day) if o <= minute < c), None)
            if closes is None or closes < DAY:
                return _moment(day, closes or 0, at)
            day, minute = day + timedelta(days=1), 0
        return None


def _moment(day: date, minute: int, like: datetime) -> datetime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=like.tzinfo)
    return midnight + timedelta(minutes=minute)
