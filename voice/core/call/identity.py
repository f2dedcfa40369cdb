"""Moves of who is asked for a customer number or a date of birth before the queue: at most twice, and never barring the
way. A person is one word away all the while, and the queue comes next whatever is answered."""

from datetime import datetime

from voice.core.call.questions import Result, person, prompt, question, to_queue
from voice.core.call.signals import Reading, Signal
from voice.core.call.state import Call
from voice.core.interpretation import Command
from voice.core.plan import Plan


def given(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    call = call.but(identity=reading.digits, identity_kind=call.asked[-1], identity_checked=reading.checked)
    return _go_on(plan, call, now, "identity.thanks")


def misfit(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """What cannot be it may be its first half: kept, for what is said the second time."""
    return _once_more(plan, call.but(dictated=reading.digits), now, "identity.misfit")


def unclear(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    heard = "silence" if reading.signal in (Signal.SILENCE, Signal.NOBODY) else "unclear"
    return _once_more(plan, call, now, f"sorry.{heard}")


def perhaps(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """A command that was perhaps heard is not asked about: that would be a question about a question."""
    move = to_person if reading.command is Command.AGENT else unclear
    return move(plan, call, reading, now)


def without(plan: Plan, call: Call, _reading: Reading, now: datetime) -> Result:
    return _go_on(plan, call, now, "identity.without")


def to_person(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """To the people of the topic, who were coming anyway; unless another one is named."""
    if reading.topics:
        return person(plan, call, reading, now)
    return to_queue(plan, call.but(dictated=""), call.queue or plan.person, now, prompt("person"))


def _once_more(plan: Plan, call: Call, now: datetime, lead: str) -> Result:
    if call.missed:
        return _go_on(plan, call, now, "identity.without")
    call = call.but(missed=1)
    return call, (question(plan, call, prompt(lead)),), ()


def _go_on(plan: Plan, call: Call, now: datetime, lead: str) -> Result:
    queue = call.queue or plan.queue_of(call.intent)
    return to_queue(plan, call.but(dictated=""), queue, now, prompt(lead), prompt("connecting"))
