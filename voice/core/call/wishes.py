"""What a caller wants of a callback that is being arranged, beyond yes and no: to wait, another number, another moment.

Heard where a callback is spoken of; there it counts for more than a topic that the same words may sound like.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from voice.core.plan import Plan


class Arranging(StrEnum):
    """STAY: no callback, the caller waits or goes on. NUMBER: not on this number. MOMENT: at another time."""

    STAY = "stay"
    NUMBER = "number"
    MOMENT = "moment"


Span = tuple[datetime, datetime]
"""From, until."""


@dataclass(frozen=True)
class CallbackWish:
    """`within` is the span of time named, None where only "another moment" was said."""

    what: Arranging
    within: Span | None = None


SHORTEST = timedelta(minutes=15)
"""Of a promise: in less nobody can be sure to ring."""

FURTHEST = timedelta(days=14)


def window_for(plan: Plan, queue: str, within: Span, now: datetime) -> Span | None:
    """The first window in which somebody rings and that overlaps the time wished for; None where there is none.

    Where the queue has windows of limited capacity it is one of those that are free; where it has none, what the time
    wished for and its opening hours have in common."""
    after, before = max(within[0], now), within[1]
    rules, status = plan.queues[queue], plan.status_of(queue)
    if rules.capacity:
        return next(((opens, until) for opens, until in status.windows if opens < before and until > after), None)
    local = after.astimezone(plan.timezone)
    while local < before and local - now < FURTHEST:
        opens = local if plan.is_open(queue, local) else plan.opens_after(queue, local)
        if opens is None or opens >= before:
            return None
        closes = rules.hours.closes_after(opens) or before
        until = min(closes, before)
        if until - opens >= SHORTEST:
            return opens, until
        local = closes
    return None
