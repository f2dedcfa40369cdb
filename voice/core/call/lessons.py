"""What a call teaches: each time the line guessed a topic, and it came out whether that was right.

Read from the lines of a call's journal, so it needs no book of its own and is forgotten with the words. The last word
counts: who said yes to a topic, and was sent on by an agent, was in the wrong queue. Of whom nothing more is known,
such as who hung up while waiting, nothing is learnt.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from voice.core.call.signals import TAKEN_BACK, TOPICAL, Signal
from voice.core.call.state import State
from voice.core.plan import Plan

MISROUTED = "misrouted"
"""In the journal: a supervisor says which topic it should have been."""


class CameOut(StrEnum):
    """By what it came out."""

    YES = "yes"
    NO = "no"
    CHOICE = "choice"
    OBJECTION = "objection"
    PASSED_ON = "passed on by an agent"
    MISROUTED = "marked by a supervisor"
    SERVED = "served"
    HELPED = "helped"


WEIGHT: Mapping[CameOut, float] = {CameOut.SERVED: 0.8}
"""How much each counts, where it is not one: an agent who talked to the end may have put up with a wrong queue."""

TELLING = frozenset({*TAKEN_BACK, *TOPICAL, Signal.YES, Signal.SENT_ON, Signal.ALONE, MISROUTED})
GUESSED = frozenset({State.ANNOUNCE, State.CONFIRM, State.CHOICE})
"""States in which the line has said what it made of the caller's words."""


@dataclass(frozen=True)
class JournaledTurn:
    """A line of a call's journal. `what` is the signal, heard in the state `was`; `topics` those that the line named
    then, `price` that of a wrong queue below which it sends such a caller on; `intent` is what the call is about after
    it; `words` are the caller's, with their numbers masked, as long as they are kept."""

    number: int
    what: str
    was: str = ""
    topics: tuple[str, ...] = ()
    price: float | None = None
    intent: str | None = None
    words: str = ""
    language: str = ""


@dataclass(frozen=True)
class Lesson:
    """The words of one turn, taken for `guess`; whether its queue was the `right` one, and the topic (`label`) that it
    was about, where that came out too."""

    number: int
    language: str
    words: str
    guess: str
    price: float
    right: bool
    how: CameOut
    label: str | None

    @property
    def weight(self) -> float:
        return WEIGHT.get(self.how, 1.0)


def lessons(plan: Plan, turns: Sequence[JournaledTurn], queue: str | None) -> list[Lesson]:
    """Of one call, which ended in `queue`; in the order of what was said."""
    found: list[Lesson] = []
    guess: JournaledTurn | None = None
    for turn in turns:
        judged = _judged(plan, guess, turn, queue) if guess else None
        if judged is not None:
            before = next((one for one in found if one.number == judged.number), None)
            # That an agent served them tells no more than a yes did.
            if before is None or judged.weight >= before.weight or not judged.right:
                found = [*(one for one in found if one is not before), judged]
            if not judged.right:
                guess = None
        if turn.what in TOPICAL and turn.price is not None and turn.topics and turn.was != State.CHOICE:
            again = guess is not None and _same(plan, guess.topics[0], turn.topics[0])
            guess = guess if again else turn
    last = next((one.label for one in reversed(found) if one.label), None)
    return [one if one.label or one.right else replace(one, label=last) for one in found]


def _judged(plan: Plan, guess: JournaledTurn, turn: JournaledTurn, queue: str | None) -> Lesson | None:
    """What this turn says of the guess before it."""
    first = guess.topics[0]
    if turn.was == State.CHOICE and turn.what == Signal.TOPIC and turn.intent:
        return _lesson(guess, CameOut.CHOICE, right=_same(plan, first, turn.intent), label=turn.intent)
    another = turn.what in TOPICAL and bool(turn.topics) and not _same(plan, first, turn.topics[0])
    if turn.was in GUESSED and (turn.what in TAKEN_BACK or another):
        how = CameOut.OBJECTION if turn.was == State.ANNOUNCE else CameOut.NO
        return _lesson(guess, how, right=False)
    if turn.what == Signal.YES and turn.was == State.CONFIRM:
        return _lesson(guess, CameOut.YES, right=True, label=first)
    if turn.what == Signal.YES and turn.was == State.HELPED:
        return _lesson(guess, CameOut.HELPED, right=True, label=_settled(guess, turn))
    if turn.what == Signal.SENT_ON:
        if queue in (None, plan.homes.get(first)):
            return None
        return _lesson(guess, CameOut.PASSED_ON, right=False, label=_only(plan, queue))
    if turn.what == MISROUTED:
        return _lesson(guess, CameOut.MISROUTED, right=bool(turn.intent) and _same(plan, first, str(turn.intent)),
                       label=turn.intent)  # fmt: skip
    if turn.what == Signal.ALONE and turn.was != State.HELPED:
        return _lesson(guess, CameOut.SERVED, right=True, label=_settled(guess, turn))
    return None


def _settled(guess: JournaledTurn, turn: JournaledTurn) -> str:
    return turn.intent if turn.intent in guess.topics else guess.topics[0]


def _lesson(guess: JournaledTurn, how: CameOut, *, right: bool, label: str | None = None) -> Lesson:
    assert guess.price is not None
    return Lesson(guess.number, guess.language, guess.words, guess.topics[0], guess.price, right, how, label)


def _same(plan: Plan, one: str, other: str) -> bool:
    return plan.homes.get(one) == plan.homes.get(other)


def _only(plan: Plan, queue: str | None) -> str | None:
    """The one topic of a queue; None where it has several."""
    topics: Collection[str] = [topic for topic, served in plan.topics.items() if served == queue]
    return next(iter(topics)) if len(topics) == 1 else None
