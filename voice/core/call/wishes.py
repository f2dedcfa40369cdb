"""What a caller wants of a callback, beyond yes and no: while it is arranged, of one that stands, or of one that never
came. Where it is heard it counts for more than a topic that the same words may sound like.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from voice.core.call.state import State
from voice.core.plan import Plan


class Arranging(StrEnum):
    """STAY: no callback, the caller waits or goes on. NUMBER: not on this number. MOMENT: at another time.

    Of a callback that stands: KEEP it so; CANCEL: it is not needed any more; WHEN does it come; MISSED: the line rang,
    and nobody picked up; BROKEN: it was promised and did not come. SAME: as the last time that they rang.
    OTHER: about something else. Of one that rings: BUSY, not just now; WRONG_NUMBER, somebody else was meant; WHO is
    ringing. WITHOUT: what was asked for is not at hand.
    SLOWER: speech for the rest of the call, whatever it is about. What callers ask of the line itself (`ASIDES`):
    MACHINE: am I talking to one; RECORDED: is this; HOW_LONG will it take."""

    STAY = "stay"
    NUMBER = "number"
    MOMENT = "moment"
    KEEP = "keep"
    CANCEL = "cancel"
    WHEN = "when"
    MISSED = "missed"
    BROKEN = "broken"
    SAME = "same"
    OTHER = "other"
    BUSY = "busy"
    WRONG_NUMBER = "wrong_number"
    WHO = "who"
    WITHOUT = "without"
    SLOWER = "slower"
    MACHINE = "machine"
    RECORDED = "recorded"
    HOW_LONG = "how_long"


ASIDES = (Arranging.MACHINE, Arranging.RECORDED, Arranging.HOW_LONG)
"""Answered in a sentence, and then the question stands again."""

ANYWHERE = (Arranging.SLOWER, *ASIDES)
ARRANGED = (Arranging.NUMBER, Arranging.STAY, Arranging.MOMENT)
STANDS = (Arranging.OTHER, Arranging.BROKEN, Arranging.MISSED, Arranging.WHEN, Arranging.CANCEL, Arranging.KEEP,
          Arranging.NUMBER, Arranging.MOMENT)  # fmt: skip
BEFORE = (Arranging.BROKEN, Arranging.MISSED, Arranging.SAME)
HEARD_IN: Mapping[State, tuple[Arranging, ...]] = {
    State.ANNOUNCE: (Arranging.STAY,),
    State.OFFER: ARRANGED,
    State.CALLBACK: (*ARRANGED, Arranging.KEEP),
    State.NUMBER: (Arranging.WITHOUT, *ARRANGED),
    State.WINDOW: (*ARRANGED, Arranging.KEEP),
    State.LISTED: STANDS,
    State.QUESTION: BEFORE,
    State.AGAIN: BEFORE,
    State.SILENT: BEFORE,
    State.RESUME: BEFORE,
    State.AGREED: BEFORE,
    State.IDENTITY: (Arranging.WITHOUT,),
}
"""Where each is heard, and counts for more than a topic; the first that fits is meant."""


Span = tuple[datetime, datetime]
"""From, until."""


@dataclass(frozen=True)
class CallbackWish:
    """`within` are the spans of time that may have been named, likeliest first; none where only "another moment" was
    said."""

    what: Arranging
    within: tuple[Span, ...] = ()


SHORTEST = timedelta(minutes=15)
"""Of a promise: in less nobody can be sure to ring."""

FURTHEST = timedelta(days=28)


def window_for(plan: Plan, queue: str, within: Iterable[Span], now: datetime) -> Span | None:
    """The first window in which somebody rings and that overlaps a time wished for; None where there is none.

    Where the queue has windows of limited capacity it is one of those that are free; where it has none, what the time
    wished for, its opening hours and the hours at which callers are rung have in common."""
    found = (_window(plan, queue, max(after, now), before, now) for after, before in within)
    return next((window for window in found if window), None)


def nearest_window(plan: Plan, queue: str, within: Iterable[Span], now: datetime) -> Span | None:
    """The next window after the time wished for, where there is none in it."""
    return window_for(plan, queue, ((after, after + FURTHEST) for after, _ in within), now)


def _window(plan: Plan, queue: str, after: datetime, before: datetime, now: datetime) -> Span | None:
    if plan.queues[queue].capacity:
        free = [one for one in plan.status_of(queue).windows if one[0] < before and one[1] > after]
        return next((one for one in free if after <= one[0] and one[1] <= before), free[0] if free else None)
    local = after.astimezone(plan.timezone)
    while local < before and local - now < FURTHEST:
        midnight = plan.midnight(local)
        begins, ends = (midnight + timedelta(minutes=minute) for minute in plan.rung)
        found = _open_in(plan, queue, max(local, begins), min(before, ends)) or _open_in(
            plan, queue, local, min(before, midnight + ONE_DAY)
        )
        if found:
            return found
        local = midnight + ONE_DAY
    return None


def _open_in(plan: Plan, queue: str, after: datetime, before: datetime) -> Span | None:
    """The first stretch of the queue's hours between these, of one day, that is long enough for a promise."""
    local = after
    while before - local >= SHORTEST:
        opens = local if plan.is_open(queue, local) else plan.opens_after(queue, local)
        if opens is None or opens >= before:
            return None
        closes = plan.queues[queue].hours.closes_after(opens.astimezone(plan.timezone)) or before
        until = min(closes, before)
        if until - opens >= SHORTEST:
            return opens, until
        local = closes
    return None


ONE_DAY = timedelta(days=1)
