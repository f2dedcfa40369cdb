"""Moves of who rings again about what a person had answered: to those who can decide, with both stories."""

from datetime import datetime

from voice.core.call.questions import Result, going_on, prompt, question, to_queue, toward
from voice.core.call.signals import Reading, Signal
from voice.core.call.state import Call
from voice.core.plan import Plan


def same(plan: Plan, call: Call, _reading: Reading, now: datetime) -> Result:
    """About the same still: to the level above whoever answered. The contact of the earlier call is then counted as not
    solved."""
    topic = plan.queue_of(call.intent)
    queue = plan.next_level(topic, next((one.queue for one in call.answered if one.reference == call.earlier), topic))
    return toward(plan, call.but(again=True), queue, now, prompt("earlier.again"))


def other(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """Something else about the same topic, or no answer: as if it were the first time. Who did not answer is asked once
    more."""
    if reading.signal in (Signal.SILENCE, Signal.NOBODY, Signal.UNCLEAR) and call.missed == 0:
        call = call.but(missed=1)
        return call, (question(plan, call),), ()
    others = tuple(one for one in call.answered if one.reference != call.earlier)
    call = call.but(answered=others, earlier=None, missed=0)
    return going_on(plan, call, now) or to_queue(plan, call, plan.queue_of(call.intent), now, prompt("connecting"))
