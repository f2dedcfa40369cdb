"""What each happening does to a request: (plan, request, happening, now) → (request, consequences)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from voice.core.plan import Plan
from voice.core.requests import (
    CALL_CENTRE,
    Assigned,
    Consequence,
    Declined,
    Dialled,
    Engaged,
    Gone,
    Happening,
    Job,
    Joined,
    Kind,
    NotThere,
    Owed,
    Promised,
    Reached,
    Released,
    Request,
    Rung,
    Stage,
    Story,
    Transferred,
    Unreached,
)

PAUSE = timedelta(seconds=30)
"""An agent who declined, or did not answer, is left alone this long; a call centre twice as long."""


class Impossible(Exception):
    """A happening that cannot happen in this stage: it came late, or twice. Nothing has changed."""


Result = tuple[Request, tuple[Consequence, ...]]
Move = Callable[[Plan, Request, Happening, datetime], Result]


def tell(request: Request, story: Story, plan: Plan) -> Request:
    return request.but(
        queue=story.queue,
        language=story.language,
        intent=story.intent,
        note=story.note,
        words=story.words or request.words,
        priority=plan.queues[story.queue].priority,
    )


def joined(plan: Plan, request: Request, happening: Happening, now: datetime) -> Result:
    assert isinstance(happening, Joined)
    if request.stage is Stage.TALKING and happening.leg != request.leg:
        raise Impossible("the caller speaks with an agent, on another line")
    after = on_the_line(plan, without_agent(request), happening.story, happening.leg, now).but(
        stage=Stage.WAITING,
        told=request.told or happening.told,
        guess=request.guess or happening.guess,
    )
    return after, (*let_customer_go(request), *let_agent_go(request))


def joined_meanwhile(plan: Plan, request: Request, happening: Happening, now: datetime) -> Result:
    """Who has a callback rings, and waits on the line, while an agent is rung for it: that agent may go on, unless the
    caller asks for another language."""
    assert isinstance(happening, Joined)
    if happening.story.language != request.language:
        return joined(plan, request, happening, now)
    return on_the_line(plan, request, happening.story, happening.leg, now), ()


def on_the_line(plan: Plan, request: Request, story: Story, leg: str | None, now: datetime) -> Request:
    """The callback that stood, with what was promised, stands again if the caller hangs up."""
    due = now if request.due else None
    return tell(request, story, plan).but(kind=Kind.LIVE, leg=leg or request.leg, due=due, late=False)


def dialled(plan: Plan, request: Request, happening: Happening, now: datetime) -> Result:
    """The caller's own line rings the call centre: there is no agent of ours."""
    assert isinstance(happening, Dialled)
    after = on_the_line(plan, without_agent(request), happening.story, happening.leg, now)
    let_go = (*let_customer_go(request), *let_agent_go(request))
    return after.but(stage=Stage.TAKING, attempt=request.attempt + 1), let_go


def not_taken(_plan: Plan, request: Request, _happening: Happening, _now: datetime) -> Result:
    """Whoever picked up may have heard the whisper, and hung up before the two spoke."""
    return without_agent(request).but(stage=Stage.AWAY, served=None), let_agent_go(request)


def stepped_out(_plan: Plan, request: Request, _happening: Happening, _now: datetime) -> Result:
    return without_agent(request).but(stage=Stage.AWAY), let_agent_go(request)


def promised(plan: Plan, request: Request, happening: Happening, now: datetime) -> Result:
    """The agent who is being rung for it just now is let go: the caller has chosen to hang up."""
    assert isinstance(happening, Promised)
    after = tell(without_agent(request), happening.story, plan).but(
        kind=Kind.CALLBACK,
        stage=Stage.WAITING,
        number=happening.number,
        leg=None,
        due=happening.promised or now,
        promised=happening.promised,
        until=happening.until,
        late=False,
        tries=0,
    )
    return after, (*let_customer_go(request), *let_agent_go(request), Owed(Job.TEXT, "sms.taken"))


def assigned(_plan: Plan, request: Request, happening: Happening, _now: datetime) -> Result:
    assert isinstance(happening, Assigned)
    after = request.but(stage=Stage.RINGING, agent=happening.agent, agent_call=None, attempt=request.attempt + 1)
    return after, (Engaged(happening.agent), Owed(Job.RING_AGENT))


def rung(_plan: Plan, request: Request, happening: Happening, _now: datetime) -> Result:
    assert isinstance(happening, Rung)
    return request.but(agent_call=happening.call_sid), ()


def customer_rung(_plan: Plan, request: Request, happening: Happening, _now: datetime) -> Result:
    assert isinstance(happening, Rung)
    return (request.but(leg=happening.call_sid) if request.kind is Kind.CALLBACK else request), ()


def accepted(_plan: Plan, request: Request, _happening: Happening, _now: datetime) -> Result:
    if request.kind is Kind.LIVE:
        return request.but(stage=Stage.TAKING), (Owed(Job.TAKE_OUT),)
    return request.but(stage=Stage.TAKING, tries=request.tries + 1), (Owed(Job.RING_CUSTOMER),)


def declined(_plan: Plan, request: Request, happening: Happening, now: datetime) -> Result:
    """The caller keeps the place, and the next agent is rung."""
    assert isinstance(happening, Declined)
    return in_line_again(request, now), (
        *hang_up(request.agent_call),
        *release(request, PAUSE, happening.missed or None),
    )


def reached(_plan: Plan, request: Request, happening: Happening, now: datetime) -> Result:
    assert isinstance(happening, Reached)
    return request.but(stage=Stage.TALKING, leg=happening.leg, served=request.served or now), ()


def unreached(plan: Plan, request: Request, happening: Happening, now: datetime) -> Result:
    """Again, as often and as far apart as the queue's policy says and inside its opening hours; then a text."""
    assert isinstance(happening, Unreached)
    if request.kind is Kind.LIVE:
        return gone(plan, request, happening, now)
    queue = plan.queues[request.queue]
    freed = (*hang_up(request.agent_call), *release(request, timedelta(0), False))
    after = without_agent(request).but(leg=None)
    if happening.final or request.tries >= queue.attempts:
        return after.but(stage=Stage.MISSED), (*freed, Owed(Job.TEXT, "sms.unreached"))
    due = now + queue.spacing
    if not plan.is_open(request.queue, due):
        due = plan.opens_after(request.queue, due) or due
    return after.but(stage=Stage.WAITING, due=due), freed


def not_there(_plan: Plan, request: Request, _happening: Happening, _now: datetime) -> Result:
    """The agent said yes to somebody who is not there just now: no fault of theirs, and no pause."""
    return without_agent(request).but(stage=Stage.WAITING), (
        *hang_up(request.agent_call),
        *release(request, timedelta(0), False),
    )


def agent_dropped(plan: Plan, request: Request, happening: Happening, now: datetime) -> Result:
    """The agent is gone before the caller came. A customer who rings meanwhile is let go, and keeps the place. Who rang
    a call centre on their own line has spoken with it, though no whisper told so."""
    if request.agent is None:
        return agent_left(plan, request.but(served=now), happening, now)
    leg = None if request.kind is Kind.CALLBACK else request.leg
    after = in_line_again(request, now).but(leg=leg)
    return after, (*let_customer_go(request), *release(request, PAUSE, None))


def agent_left(plan: Plan, request: Request, _happening: Happening, _now: datetime) -> Result:
    """The caller is asked whether they were helped: their own line goes on behind the conference."""
    return without_agent(request).but(stage=Stage.ASKED), release(request, plan.queues[request.queue].wrap_up, False)


def transferred(plan: Plan, request: Request, happening: Happening, _now: datetime) -> Result:
    assert isinstance(happening, Transferred)
    after = without_agent(request).but(stage=Stage.AWAY, queue=happening.queue)
    wrap_up = plan.queues[request.queue].wrap_up
    return after, (*release(request, wrap_up, False), Owed(Job.MOVE, happening.queue))


def gone(plan: Plan, request: Request, happening: Happening, now: datetime) -> Result:
    """Who hangs up while waiting is missed: written down with words and number; or rung back, if the line wants it or a
    callback stood before."""
    may = not isinstance(happening, Gone) or happening.ring_back
    let_go = let_agent_go(request)
    after = without_agent(request).but(leg=None)
    if may and rings_back(plan, request):
        due = max(now, request.promised or now)
        return after.but(kind=Kind.CALLBACK, stage=Stage.WAITING, due=due), let_go
    return after.but(stage=Stage.MISSED), let_go


def rings_back(plan: Plan, request: Request) -> bool:
    wanted = plan.queues[request.queue].on_abandon == "callback" or request.due is not None
    return wanted and request.number is not None


def line_over(plan: Plan, request: Request, happening: Happening, now: datetime) -> Result:
    """The line of who is being taken to the agent is over: the caller's own, or the one on which we ring back."""
    if request.kind is Kind.LIVE:
        return gone(plan, request, happening, now)
    return unreached(plan, request, Unreached("hung up"), now)


def finished(plan: Plan, request: Request, _happening: Happening, now: datetime) -> Result:
    """An agent who enters the room only after the caller has left it would wait there for nobody."""
    after = without_agent(request).but(stage=Stage.ANSWERED, served=request.served or now)
    return after, (*hang_up(request.agent_call), *release(request, plan.queues[request.queue].wrap_up, False))


def withdrew(_plan: Plan, request: Request, _happening: Happening, _now: datetime) -> Result:
    let_go = (*let_customer_go(request), *let_agent_go(request))
    return without_agent(request).but(stage=Stage.WITHDRAWN), let_go


def time_up(_plan: Plan, request: Request, _happening: Happening, _now: datetime) -> Result:
    """Only who was told a moment, and was not rung before it, is told that it slipped."""
    if request.kind is Kind.CALLBACK and request.stage is Stage.WAITING:
        slipped = request.until is not None and not request.tries
        return request.but(late=True), (Owed(Job.TEXT, "sms.late"),) if slipped else ()
    return request, (Owed(Job.LOOK),)


def ring_lost(plan: Plan, request: Request, _happening: Happening, now: datetime) -> Result:
    """Whom Twilio was never heard to ring has not failed to answer."""
    return declined(plan, request, Declined("time up", missed=request.agent_call is not None), now)


def taking_lost(plan: Plan, request: Request, _happening: Happening, now: datetime) -> Result:
    if request.kind is Kind.CALLBACK:
        after, consequences = unreached(plan, request, Unreached("time up"), now)
        return after, (*hang_up(request.leg), *consequences)
    if request.agent is None:
        return request, (Owed(Job.LOOK),)
    after, consequences = not_there(plan, request, NotThere(), now)
    return after, (*consequences, Owed(Job.LOOK))


def asking_lost(_plan: Plan, request: Request, _happening: Happening, _now: datetime) -> Result:
    return request, (Owed(Job.ASK),)


def in_line_again(request: Request, now: datetime) -> Request:
    """An agent who does not take it is left alone for a while, and others are not; a call centre has no others."""
    due = now + 2 * PAUSE if request.agent == CALL_CENTRE else request.due
    return without_agent(request).but(stage=Stage.WAITING, due=due)


def without_agent(request: Request) -> Request:
    return request.but(agent=None, agent_call=None)


def hang_up(call_sid: str | None) -> tuple[Consequence, ...]:
    return (Owed(Job.HANG_UP, call_sid),) if call_sid else ()


def release(request: Request, rest: timedelta, missed: bool | None) -> tuple[Consequence, ...]:
    return (Released(request.agent, rest, missed),) if request.agent else ()


def let_customer_go(request: Request) -> tuple[Consequence, ...]:
    """Stop ringing the customer who is being called back."""
    return hang_up(request.leg) if request.stage is Stage.TAKING and request.kind is Kind.CALLBACK else ()


def let_agent_go(request: Request) -> tuple[Consequence, ...]:
    """Stop ringing the agent, whose fault it is not."""
    return (*hang_up(request.agent_call), *release(request, timedelta(0), None))
