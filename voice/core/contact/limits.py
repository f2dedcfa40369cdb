"""How many callbacks a number may have, and why one is refused.

Asked twice: when the caller asks, and once more in the transaction that writes the promise, since another call of the
same number may have been promised one in between. What counts is defined here alone.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from voice.core.contact.state import Contact, Kind


class CallbackRefusal(StrEnum):
    """Why a callback cannot be promised on a number, or at a moment.

    NEVER: the line does not ring such numbers. OFTEN: it was asked for as often as a day allows. STANDING: it is on the
    list already. WINDOW: the moment has gone to others.
    """

    NEVER = "never"
    OFTEN = "often"
    STANDING = "standing"
    WINDOW = "window"


@dataclass(frozen=True)
class CallbackLimits:
    """How many callbacks a number may have open at once about one topic, and be given on one day of the line
    (`daily`); how many one caller may ask for on other numbers than their own, how many all who hide their number
    together, and how many the whole line takes on one day."""

    open: int = 1
    daily: int = 5
    others: int = 2
    hidden: int = 40
    line: int = 1000


@dataclass(frozen=True)
class CallbackCounts:
    """What counts against one more callback. `standing`: others of the number that are still to come, oldest first;
    `today`: others that it was given on this day, over or not; `in_window`: others promised for the same window.

    Of this day as well: `others` that this caller asked for on other numbers than their own, where this one is such;
    `hidden` that callers without a number asked for, where this one has none; `line` of the whole line.
    """

    standing: tuple[Contact, ...] = ()
    today: int = 0
    in_window: int = 0
    others: int = 0
    hidden: int = 0
    line: int = 0


def counted(
    known: Iterable[Contact], own: Collection[str | None], midnight: datetime, topic: str | None
) -> CallbackCounts:
    """Of the contacts known of a number, oldest first. `own` are the references that would become this callback, as the
    caller's own that stands: they count nowhere. `midnight` is when the line's day began. One about another topic than
    `topic` stands in nobody's way: two people may ring from one switchboard."""
    others = [one for one in known if one.kind is Kind.CALLBACK and one.reference not in own]
    today = sum(one.arrived >= midnight for one in others)
    standing = tuple(one for one in others if one.listed and one.intent == topic)
    return CallbackCounts(standing, today)


def refusal(limits: CallbackLimits, counts: CallbackCounts, capacity: int | None = None) -> CallbackRefusal | None:
    """Why one more may not be promised; None where it may. `capacity` is what a window holds, where one was chosen."""
    if len(counts.standing) >= limits.open:
        return CallbackRefusal.STANDING
    if too_often(limits, counts):
        return CallbackRefusal.OFTEN
    if capacity is not None and counts.in_window >= capacity:
        return CallbackRefusal.WINDOW
    return None


def too_often(limits: CallbackLimits, counts: CallbackCounts) -> bool:
    return (
        counts.today >= limits.daily
        or counts.others >= limits.others
        or counts.hidden >= limits.hidden
        or counts.line >= limits.line
    )
