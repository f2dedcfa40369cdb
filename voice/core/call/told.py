"""Moves after a notice: a text once it is over, staying, or goodbye."""

from datetime import datetime

from voice.core.call import notices
from voice.core.call.actions import Ask, Wait
from voice.core.call.effects import TextWhenOver
from voice.core.call.questions import Result, going_on, prompt, question, tell, to_queue
from voice.core.call.safeguards import farewell
from voice.core.call.signals import Reading, Signal
from voice.core.call.state import Call
from voice.core.plan import Plan


def agreed(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """Yes to the text; where there is none to be had, to the colleague."""
    if call.notice is None or not notices.can_be_texted(call):
        return stay(plan, call, reading, now)
    notice = call.notice
    call, actions, _ = farewell(plan, call.but(awaited=(*call.awaited, notice)), reading, now)
    said = next(one for one in actions if isinstance(one, Ask))
    return call, (Ask((prompt("notice.noted"), *said.prompts)),), (TextWhenOver(notice),)


def declined_text(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """No text: then a person. Who was offered only a person needs nobody."""
    move = stay if notices.can_be_texted(call) else farewell
    return move(plan, call, reading, now)


def stay(plan: Plan, call: Call, _reading: Reading, now: datetime) -> Result:
    """On towards a colleague; first what else is going on."""
    queue = plan.queue_of(call.intent)
    return going_on(plan, call.but(queue=queue), now) or to_queue(plan, call, queue, now, prompt("connecting"))


def inside(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    notice = notices.current(plan, call)
    return tell(plan, call, notice, now) if notice else stay(plan, call, reading, now)


def outside(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """Not there: they hear nothing of it. Who did not answer is asked once more."""
    if reading.signal in (Signal.SILENCE, Signal.NOBODY, Signal.UNCLEAR) and call.missed == 0:
        call = call.but(missed=1)
        return call, (question(plan, call),), ()
    here = (call.notice,) if call.notice is not None else ()
    call = call.but(elsewhere=(*call.elsewhere, *here), notice=None, missed=0)
    return stay(plan, call, reading, now)


def text_on_hold(_plan: Plan, call: Call, _reading: Reading, _now: datetime) -> Result:
    """Who waits may have the text too, and keeps the place."""
    if call.notice is None or not notices.can_be_texted(call):
        return call, (Wait(),), ()
    noted = Wait((prompt("notice.hold.noted"),))
    return call.but(awaited=(*call.awaited, call.notice)), (noted,), (TextWhenOver(call.notice),)
