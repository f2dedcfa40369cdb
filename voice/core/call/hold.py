"""Moves of a caller who waits in a queue, is taken out of it, and comes back from an agent."""

from dataclasses import replace
from datetime import datetime, timedelta

from voice.core.call import notices
from voice.core.call.actions import HangUp, Leave, Wait
from voice.core.call.callback import callback, say_first, take_callback
from voice.core.call.questions import (
    Result,
    about,
    about_itself,
    ask,
    back,
    connect,
    offer,
    prompt,
    question,
    to_queue,
    why,
)
from voice.core.call.safeguards import danger, farewell
from voice.core.call.signals import Reading, Signal
from voice.core.call.state import Call, Outcome, State
from voice.core.call.wishes import Arranging, window_for
from voice.core.notice import Notice, NoticeKind
from voice.core.plan import Plan
from voice.core.queue.status import Trouble

POSITION_EVERY = timedelta(seconds=30)
"""How often at most a caller on hold hears where they stand."""

OFFER_EVERY = timedelta(minutes=3)
"""How often a caller on hold is offered a callback."""


def wait(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """Tell the position when it changed, and never more often than each half minute; offer a callback at intervals.
    Whom nobody can answer any more hears that, as soon as it is so and then at the same intervals."""
    if notice := notices.due_on_hold(plan, call):
        return _news(plan, call, notice)
    if (notice := notices.area_on_hold(plan, call)) and notice.area:
        call = call.but(elsewhere=(*call.elsewhere, notice.id), area_asked=notice.id)
        return call, (Wait((prompt("notice.hold.area", area=notice.area),)),), ()
    if call.told_at is not None and now - call.told_at < POSITION_EVERY:
        return call, (Wait(),), ()
    moved = reading.position not in (0, call.position)
    call = call.but(position=reading.position or call.position)
    if call.told_at is None:
        return _tell(plan, call, now)
    alone = _alone(plan, call, now)
    if alone is not call.trouble:
        return _tell(plan, call, now)
    due = now - call.told_at >= OFFER_EVERY if alone else moved or _to_be_offered(plan, call, now)
    return _tell(plan, call, now) if due else (call, (Wait(),), ())


def _news(plan: Plan, call: Call, notice: Notice) -> Result:
    call = call.but(notices=(*call.notices, notice.id), notice=notice.id, area_asked=None)
    if notice.kind is NoticeKind.CLOSURE:
        return call, (Wait((*notices.said(plan, call), prompt("hold.commands"))),), ()
    offered = (prompt("notice.hold"),) if notices.can_be_texted(call) else ()
    return call, (Wait((*notices.said(plan, call), *offered)),), ()


def inside(plan: Plan, call: Call, _reading: Reading, _now: datetime) -> Result:
    """Yes: what is going on there."""
    notice = next((one for one in plan.notices if one.id == call.area_asked), None)
    if notice is None:
        return call, (Wait(),), ()
    elsewhere = tuple(one for one in call.elsewhere if one != notice.id)
    return _news(plan, call.but(elsewhere=elsewhere, area=notice.area), notice)


def outside(_plan: Plan, call: Call, _reading: Reading, _now: datetime) -> Result:
    return call.but(area_asked=None), (Wait(),), ()


def _alone(plan: Plan, call: Call, now: datetime) -> Trouble | None:
    """Why nobody will come, where all who spoke the caller's language have signed out. After closing time those who are
    there still answer who waits."""
    queue = call.queue or plan.person
    return plan.trouble(queue, now) if plan.status_of(queue).deserted else None


def _tell(plan: Plan, call: Call, now: datetime) -> Result:
    """Where the caller stands: how long it will take if there is ground for it, else how many are ahead; or that nobody
    is there.

    `position` counts the caller too: the second has one person ahead.
    """
    wait = call.wait
    if call.told_at is not None:
        call = call.but(trouble=_alone(plan, call, now))
        if call.trouble:
            lonely = (why(plan, call, now), prompt("hold.commands"))
            return call.but(told_at=now, offered=now), (Wait(lonely),), ()
        estimate = plan.status_of(call.queue or plan.person).estimate
        wait = estimate.minutes if estimate else None
    match (call.position, wait):
        case (1, _):
            where = prompt("hold.next")
        case (_, (_, 1)):
            where = prompt("hold.soon")
        case (_, (low, high)):
            where = prompt("hold.wait", low=max(low, 1), count=high)
        case (0, _):
            where = prompt("hold")
        case (position, _):
            where = prompt("hold.position", count=position - 1)
    if not call.intent and not call.safety and call.told_at is None:
        return call.but(told_at=now, offered=now), (Wait((where, prompt("hold.topic"))),), ()
    if not _to_be_offered(plan, call, now):
        return call.but(told_at=now), (Wait((where,)),), ()
    return call.but(told_at=now, offered=now), (Wait((where, prompt("hold.commands"))),), ()


def _to_be_offered(plan: Plan, call: Call, now: datetime) -> bool:
    """Whether it is the moment for "or shall we ring you back?": at once where the wait is not known, or long. Who said
    no topic is asked for that first."""
    if call.offered is not None and now - call.offered < OFFER_EVERY:
        return False
    waited = now - (call.held or call.arrived)
    long = call.wait is None or timedelta(minutes=call.wait[1]) >= plan.queues[call.queue or plan.person].offer_after
    return long or waited >= plan.queues[call.queue or plan.person].offer_after


def keep_waiting(_plan: Plan, call: Call, _reading: Reading, _now: datetime) -> Result:
    return call, (Wait(),), ()


def say_position(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    call = call.but(language=reading.language) if reading.language in plan.languages else call
    return _tell(plan, call, now)


def leave(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """Out of the queue. Twilio then asks what comes next (the Enqueue's action), and `left` answers."""
    wish = State.CALLBACK if reading.signal is Signal.CALLBACK else State.QUESTION
    within = reading.wish.within if reading.wish else ()
    window = window_for(plan, call.queue or plan.person, within, now)
    return call.but(state=State.LEAVE, then=wish, window=window), (Leave(),), ()


def slower(_plan: Plan, call: Call, _reading: Reading, _now: datetime) -> Result:
    return call.but(slow=True), (Wait((prompt("hold.commands"),)),), ()


def aside(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """Who asks how long it will take hears where they stand."""
    if reading.wish and reading.wish.what is Arranging.HOW_LONG:
        return say_position(plan, call, reading, now)
    return call, (Wait((about_itself(reading),)),), ()


def change_queue(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """Who asked for a person says, while waiting, what it is about: to the colleagues who know. What needs nobody is
    answered there and then, and the place is kept."""
    intent = reading.topics[0]
    if intent in plan.answers:
        return call, (Wait((prompt(f"answer.{intent}"),)),), ()
    queue = plan.queue_of(intent)
    if call.intent or queue == call.queue or plan.trouble(queue, now):
        return call, (Wait(),), ()
    return call.but(state=State.LEAVE, then=State.HOLD, intent=intent, candidates=(intent,)), (Leave(),), ()


def left(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    if call.then is State.HOLD and call.intent:
        return connect(plan, call, call.intent, now)
    if call.then is State.DANGER:
        return danger(plan, call.but(then=None, state=State.HOLD), replace(reading, safety=call.safety), now)
    if call.then is State.CALLBACK:
        return callback(plan, call.but(outcome=Outcome.HANGUP, then=None), reading, now)
    return back(plan, call, reading, now)


def leave_again(_plan: Plan, call: Call, _reading: Reading, _now: datetime) -> Result:
    return call, (Leave(),), ()


def leaves_anyway(_plan: Plan, call: Call, _reading: Reading, _now: datetime) -> Result:
    """Taken out for an agent in the moment in which the caller left: the agent is let go, and `left` answers the
    caller, who has come out of the queue either way."""
    return call, (), ()


def queue_full(plan: Plan, call: Call, _reading: Reading, now: datetime) -> Result:
    return offer(plan, call, Trouble.FULL, now)


def queue_fault(plan: Plan, call: Call, _reading: Reading, now: datetime) -> Result:
    return offer(plan, call, Trouble.FAULT, now)


def not_taken(plan: Plan, call: Call, _reading: Reading, now: datetime) -> Result:
    """The call centre was busy, or did not answer."""
    return offer(plan, call, Trouble.NOBODY, now)


def taken_out(_plan: Plan, call: Call, _reading: Reading, _now: datetime) -> Result:
    return call.but(state=State.AGENT, missed=0), (), ()


def served(_plan: Plan, call: Call, _reading: Reading, _now: datetime) -> Result:
    return call.but(state=State.OVER), (HangUp(),), ()


def agent_left(plan: Plan, call: Call, _reading: Reading, _now: datetime) -> Result:
    """The agent is gone and the caller still there: were they helped?"""
    call = call.but(state=State.HELPED, missed=0, rejected=(), candidates=(), reference=None)
    return call, (question(plan, call),), ()


def not_helped(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """To the front of the right queue, with the story: of the topic just named, or the one it was about. Only where
    neither is known is the caller asked, once."""
    if reading.topics:
        call = about(plan, call, reading.topics[0])
    if call.intent or call.state is State.WHERE:
        return to_queue(plan, call, _level(plan, call), now, prompt("helped.again"))
    return ask(plan, call.but(questions=0), State.WHERE, now)


def again(plan: Plan, call: Call, _reading: Reading, now: datetime) -> Result:
    """Who asks for a person gets one, without a question."""
    return to_queue(plan, call, _level(plan, call), now, prompt("helped.again"))


def _level(plan: Plan, call: Call) -> str:
    """Who could not be helped by a higher level is not sent down again."""
    queue = plan.queue_of(call.intent)
    above = plan.level_above(queue)
    return call.queue if call.queue in (above, plan.level_above(above)) and call.queue else queue


def helped_unclear(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """Asked once more. Who then says nothing was helped; who says something unclear needs a person."""
    if call.missed == 0:
        return call.but(missed=1), (question(plan, call),), ()
    move = farewell if reading.signal is Signal.SILENCE else not_helped
    return move(plan, call, reading, now)


def sent_on(plan: Plan, call: Call, reading: Reading, now: datetime) -> Result:
    """An agent sends the caller to another queue: with their place and story, and without a question. Where nobody can
    answer, the promise of a callback stands before the caller hears of it; only who hides the number is asked."""
    queue = reading.queue if reading.queue in plan.queues else plan.person
    call = call.but(queue=queue)
    number = call.rung_back_on
    trouble = plan.trouble(queue, now)
    if trouble is None or number is None:
        return to_queue(plan, call, queue, now, *(() if trouble else (prompt("sent.on"),)))
    call = call.but(trouble=trouble)
    return say_first(take_callback(plan, call, now, number), why(plan, call, now))


def cut_off(plan: Plan, call: Call, _reading: Reading, now: datetime) -> Result:
    """The agent was gone before the caller came: back into the line, in the old place."""
    return to_queue(plan, call, call.queue or plan.person, now)
