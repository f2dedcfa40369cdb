"""Moves that keep callers from being lost: danger, a farewell that can be taken back, a line that is silent."""

from datetime import datetime

from voice.core.call.actions import Dial, Enqueue, HangUp, Leave, Say, Wait
from voice.core.call.effects import NoteDown
from voice.core.call.questions import Result, announce, ask, confirm, prompt, question
from voice.core.call.signals import Reading, Signal
from voice.core.call.state import Call, Outcome, State
from voice.core.plan import Plan


def danger(plan: Plan, call: Call, reading: Reading, _now: datetime) -> Result:
    """Somebody is in danger: said at once what to do, before the call is moved. What the words may have been about
    besides is kept, for whoever objects."""
    before = call.before if call.state is State.DANGER else call.state
    guess = reading.topics or call.candidates
    call = call.but(state=State.DANGER, safety=reading.safety, before=before, candidates=guess, missed=0)
    return call, (question(plan, call),), ()


def danger_on_hold(_plan: Plan, call: Call, reading: Reading, _now: datetime) -> Result:
    """In the queue not everything can be said: out of it first."""
    return call.but(state=State.LEAVE, then=State.DANGER, safety=reading.safety), (Leave(),), ()


def to_safety(plan: Plan, call: Call, _reading: Reading, now: datetime) -> Result:
    """To the people who take such calls, at any hour: neither closing time nor a full queue is asked about."""
    queue = plan.safety.get(call.safety or "", plan.person)
    dial = plan.queues[queue].dial
    call = call.but(
        state=State.DIAL if dial else State.HOLD, queue=queue, outcome=Outcome.AGENT, trouble=None, position=0,
        told_at=None, then=None, window=None, wait=None, guess=None, offered=now, held=now,
    )  # fmt: skip
    return call, (Dial(queue) if dial else Enqueue(queue),), ()


def no_danger(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """An objection: back to where the caller was, with the topic that the same words may have had."""
    queued = call.queue if call.before is State.HOLD else None
    call = call.but(safety=None, before=None)
    if reading.topics:
        return announce(plan, call, reading, now)
    if queued:
        return call.but(state=State.HOLD, told_at=now), (Say((prompt("danger.objected"),)), Enqueue(queued)), ()
    if call.candidates and call.intent is None:
        return confirm(plan, call, Reading(Signal.LIKELY, call.candidates[:1]), now)
    return ask(plan, call, State.QUESTION, now, prompt("danger.objected"))


def farewell(plan: Plan, call: Call, _reading: Reading, _now: datetime) -> Result:
    """Goodbye, and two seconds in which the caller may say that it was not meant so. Who has spoken with a person left
    after that, not before."""
    before = call.before if call.state is State.CHECK else call.state
    outcome = call.outcome if before in SERVED else Outcome.HANGUP
    call = call.but(state=State.FAREWELL, before=before, wish=None, wished=None, missed=0, outcome=outcome)
    return call, (question(plan, call),), ()


SERVED = (State.HELPED, State.ANSWERED, State.NOTICE)
"""Where who says goodbye has had what they rang for: they have not left before it."""


def end(_plan: Plan, call: Call, _reading: Reading, _now: datetime) -> Result:
    """Nobody objected."""
    return call.but(state=State.OVER), (HangUp(),), ()


def stay(plan: Plan, call: Call, _reading: Reading, now: datetime) -> Result:
    """No farewell after all."""
    return ask(plan, call.but(before=None, questions=0), State.QUESTION, now)


def farewell_on_hold(_plan: Plan, call: Call, _reading: Reading, _now: datetime) -> Result:
    """Who waits loses the place by nobody's hand but their own."""
    return call, (Wait((prompt("hold.goodbye"),)),), ()


def left_unheard(plan: Plan, call: Call, _reading: Reading, _now: datetime) -> Result:
    return call.but(state=State.OVER), (), (NoteDown(plan.person),)


def nobody_heard(plan: Plan, call: Call, _reading: Reading, _now: datetime) -> Result:
    """Not a word and not a key since the call came in: perhaps nobody is there, perhaps they are not heard. No agent is
    given such a call; it is asked again as long as it lasts."""
    call = call.but(state=State.SILENT, missed=0, questions=0)
    return call, (question(plan, call),), ()
