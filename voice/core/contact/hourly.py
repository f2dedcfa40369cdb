"""How many calls and texts the line begins in one hour, and what waits for the next.

A caller who means harm, or a fault of ours, costs no more than this. Calls are counted where work is dealt out: of whom
an agent is rung for, the customer's own ring is counted with it, so that nobody is promised a ring that is then kept
back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from voice.core.contact.state import Kind

RINGS = {Kind.LIVE: 1, Kind.CALLBACK: 2}
"""The calls that one contact takes: the agent's, and the customer's own where they are rung."""

DROPPED = frozenset({"sms.late"})
"""Texts that help nobody an hour later; all others are sent then."""


@dataclass(frozen=True)
class HourlyCeiling:
    """`calls` and `texts` of one hour of the clock. Callbacks take no more than three quarters of the calls: whoever
    waits on the line is served even when they are too many."""

    calls: int = 2000
    texts: int = 1000

    def allows(self, kind: Kind, begun: int) -> bool:
        """Whether one more contact may be dealt out, where so many calls were begun this hour."""
        most = self.calls * 3 // 4 if kind is Kind.CALLBACK else self.calls
        return begun + RINGS[kind] <= most

    def is_near(self, calls: int, texts: int) -> bool:
        """Whether two thirds are used: a person is told before anything waits."""
        return calls * 3 >= self.calls * 2 or texts * 3 >= self.texts * 2


def hour_of(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)


def next_hour(now: datetime) -> datetime:
    return hour_of(now) + timedelta(hours=1)
