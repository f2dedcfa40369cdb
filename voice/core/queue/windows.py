"""The windows in which a callback can be had: inside opening hours, and not yet taken by others."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from voice.core.queue.hours import Hours

Window = tuple[datetime, datetime]

HORIZON = timedelta(days=7)
"""How far ahead windows are offered."""


def free_windows(
    hours: Hours, length: timedelta, capacity: int, taken: Mapping[datetime, int], local: datetime
) -> tuple[Window, ...]:
    """The next windows after `local` (the moment, in the line's time zone) that hold fewer than `capacity` callbacks.

    Windows follow one another from midnight on; `taken` counts the callbacks by the moment (UTC) at which theirs
    begins. None where the capacity is 0. One whose beginning the clock passes over in spring is none.
    """
    if not capacity:
        return ()
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight + length * (-(-(local - midnight) // length))
    free: list[Window] = []
    for _ in range(HORIZON // length):
        end = start + length
        shown = start.astimezone(UTC).astimezone(start.tzinfo).replace(tzinfo=None) == start.replace(tzinfo=None)
        inside = shown and hours.is_open(start) and hours.is_open(end - timedelta(minutes=1))
        if inside and taken.get(start.astimezone(UTC), 0) < capacity:
            free.append((start, end))
        start = end
    return tuple(free)
