"""Time: driven by a test, or the real one.

All times in this folder are seconds since 1970-01-01 UTC as a float, so that the driven and the real clock give the
same kind of number.
"""

import time
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Protocol


class Clock(Protocol):
    """Whatever knows what time it is."""

    def now(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        ...


class RealClock:
    """The machine's own time."""

    def now(self) -> float:
        return time.time()


class DrivenClock:
    """A clock that stands still until it is moved; an hour of waiting costs nothing."""

    def __init__(self, start: datetime | None = None) -> None:
        """`start` must know its time zone; without one it is a Wednesday morning."""
        start = start or datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
        if start.tzinfo is None:
            raise ValueError("a driven clock must start at a time with a time zone")
        self._now = start.timestamp()

    def now(self) -> float:
        return self._now

    def move_to(self, moment: float) -> None:
        """Go forward to `moment`; a moment already past leaves the clock where it is."""
        self._now = max(self._now, moment)


def rfc2822(moment: float) -> str:
    """A date as Twilio writes it (docs/voice/twiml, "Dates and times"): `Wed, 04 Mar 2026 09:00:00 +0000`."""
    return format_datetime(datetime.fromtimestamp(moment, UTC))
