"""The life of a request, from the moment a caller stands in line until somebody helped them.

A table, as the dialogue is: (stage, happening) → move. A pair that is not in it cannot happen: `step` raises
`Impossible` and changes nothing.

    waiting → ringing an agent → taking the caller to them → talking → asked whether it helped → answered
    and from there back to waiting (declined, not reached, not helped), or out: missed, withdrawn.

Every stage on the way has a deadline. What Twilio was asked and never told about ends there, so that no request hangs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from voice.core.plan import Plan
from voice.core.requests import (
    ENDS,
    Accepted,
    AgentLeft,
    Assigned,
    Consequence,
    Declined,
    Engaged,
    Gone,
    Happening,
    Helped,
    Job,
    Joined,
    Kind,
    Moved,
    NotThere,
    Owed,
    Promised,
    Reached,
    Released,
    Request,
    Rung,
    Stage,
    SteppedOut,
    Story,
    TimeUp,
    Transferred,
    Unreached,
    Withdrew,
)


class Impossible(Exception):
    """A happening that cannot happen in this stage: it came late, or twice. Nothing has changed."""


PATIENCE = {
    Stage.AWAY: timedelta(minutes=5),
    Stage.WAITING: timedelta(minutes=3),
    Stage.RINGING: timedelta(seconds=75),
    Stage.TAKING: timedelta(seconds=90),
    Stage.TALKING: timedelta(minutes=10),
    Stage.ASKED: timedelta(seconds=90),
}
"""How long a stage may last before it is looked into: the longest ringing and whisper, and some seconds for the way."""

PAUSE = timedelta(seconds=30)
"""An agent who declined, or did not answer, is left alone this long."""


Result = tuple[Request, tuple[Consequence, ...]]
Move = Callable[[Plan, Request, Happening, datetime], Result]


def begin(
    plan: Plan, happening: Joined | Promised, reference: str, call_sid: str, dialled: str, number: str | None,
    arrived: datetime, now: datetime,
) -> Result:  # fmt: skip
    """A request comes into being. `number` is the caller's own; `arrived` decides the place in line."""
    story = happening.story
    request = Request(
        reference, call_sid, Kind.LIVE, Stage.AWAY, story.queue, story.language, arrived, dialled, number, leg=call_sid
    )
    return step(plan, request, happening, now)


def step(plan: Plan, request: Request, happening: Happening, now: datetime) -> Result:
    """The request after the happening, and what follows. Raises `Impossible`, having changed nothing."""
    row = TABLE[request.stage].get(type(happening))
    if row is None:
        raise Impossible(f"{type(happening).__name__} cannot happen to a request that is {request.stage}")
    after, consequences = row.move(plan, request, happening, now)
    if after.stage not in row.to:
        raise AssertionError(f"{type(happening).__name__} led from {request.stage} to {after.stage}")
    if after.stage is not request.stage or isinstance(happening, TimeUp | Moved):
        after = after.but(deadline=_deadline(after, now), ended=now if after.over else None)
    return after, consequences


def _deadline(request: Request, now: datetime) -> datetime | None:
    if request.over:
        return None
    if request.stage is Stage.WAITING and request.kind is Kind.CALLBACK:
        return None if request.late else request.until
    return now + PATIENCE[request.stage]


def _tell(request: Request, story: Story, plan: Plan) -> Request:
    return request.but(
        queue=story.queue,
        language=story.language,
        intent=story.intent,
        note=story.note,
        words=story.words or request.words,
        priority=plan.queues[story.queue].priority,
    )


def _joined(plan: Plan, request: Request, happening: Happening, _now: datetime) -> Result:
    assert isinstance(happening, Joined)
    after = _tell(request, happening.story, plan).but(
        kind=Kind.LIVE,
        stage=Stage.WAITING,
        leg=happening.leg or request.leg,
        due=None,
        promised=None,
        until=None,
        told=request.told or happening.told,
        guess=request.guess or happening.guess,
    )
    return after, ()


def _stepped_out(_plan: Plan, request: Request, _happening: Happening, _now: datetime) -> Result:
    return _without_agent(request).but(stage=Stage.AWAY), _let_agent_go(request)


def _promised(plan: Plan, request: Request, happening: Happening, now: datetime) -> Result:
    """The agent who is being rung for it just now is let go: the caller has chosen to hang up."""
    assert isinstance(happening, Promised)
    after = _tell(_without_agent(request), happening.story, plan).but(
        kind=Kind.CALLBACK,
        stage=Stage.WAITING,
        number=happening.number,
        leg=None,
        due=happening.promised or now,
        promised=happening.promised,
        until=happening.until,
        deadline=happening.until,
    )
    return after, (*_let_agent_go(request), Owed(Job.TEXT, "sms.taken"))


def _assigned(_plan: Plan, request: Request, happening: Happening, _now: datetime) -> Result:
    assert isinstance(happening, Assigned)
    after = request.but(stage=Stage.RINGING, agent=happening.agent, agent_call=None, attempt=request.attempt + 1)
    return after, (Engaged(happening.agent), Owed(Job.RING_AGENT))


def _rung(_plan: Plan, request: Request, happening: Happening, _now: datetime) -> Result:
    assert isinstance(happening, Rung)
    return request.but(agent_call=happening.call_sid), ()


def _customer_rung(_plan: Plan, request: Request, happening: Happening, _now: datetime) -> Result:
    assert isinstance(happening, Rung)
    return (request.but(leg=happening.call_sid) if request.kind is Kind.CALLBACK else request), ()


def _accepted(_plan: Plan, request: Request, _happening: Happening, _now: datetime) -> Result:
    if request.kind is Kind.LIVE:
        return request.but(stage=Stage.TAKING), (Owed(Job.TAKE_OUT),)
    return request.but(stage=Stage.TAKING, tries=request.tries + 1), (Owed(Job.RING_CUSTOMER),)


def _declined(_plan: Plan, request: Request, happening: Happening, _now: datetime) -> Result:
    """The caller keeps the place, and the next agent is rung."""
    assert isinstance(happening, Declined)
    return _without_agent(request).but(stage=Stage.WAITING), (
        *_hang_up(request.agent_call),
        *_release(request, PAUSE, happening.missed or None),
    )


def _reached(_plan: Plan, request: Request, happening: Happening, now: datetime) -> Result:
    assert isinstance(happening, Reached)
    return request.but(stage=Stage.TALKING, leg=happening.leg, served=request.served or now), ()


def _unreached(plan: Plan, request: Request, happening: Happening, now: datetime) -> Result:
    """Again, as often and as far apart as the queue's policy says and inside its opening hours; then a text."""
    assert isinstance(happening, Unreached)
    if request.kind is Kind.LIVE:
        return _gone(plan, request, happening, now)
    queue = plan.queues[request.queue]
    freed = (*_hang_up(request.agent_call), *_release(request, timedelta(0), False))
    after = _without_agent(request).but(leg=None)
    if happening.final or request.tries >= queue.attempts:
        return after.but(stage=Stage.MISSED), (*freed, Owed(Job.TEXT, "sms.unreached"))
    due = now + queue.spacing
    if not plan.is_open(request.queue, due):
        due = plan.opens_after(request.queue, due) or due
    return after.but(stage=Stage.WAITING, due=due), freed


def _not_there(_plan: Plan, request: Request, _happening: Happening, _now: datetime) -> Result:
    """The agent said yes to somebody who is not there just now: no fault of theirs, and no pause."""
    return _without_agent(request).but(stage=Stage.WAITING), (
        *_hang_up(request.agent_call),
        *_release(request, timedelta(0), False),
    )


def _agent_dropped(_plan: Plan, request: Request, _happening: Happening, _now: datetime) -> Result:
    """The agent is gone before the caller came. A customer who rings meanwhile is let go, and keeps the place."""
    let_go = _hang_up(request.leg) if request.kind is Kind.CALLBACK else ()
    leg = None if request.kind is Kind.CALLBACK else request.leg
    after = _without_agent(request).but(stage=Stage.WAITING, leg=leg)
    return after, (*let_go, *_release(request, PAUSE, None))


def _agent_left(plan: Plan, request: Request, _happening: Happening, _now: datetime) -> Result:
    """The caller is asked whether they were helped: their own line goes on behind the conference."""
    return _without_agent(request).but(stage=Stage.ASKED), _release(request, plan.queues[request.queue].wrap_up, False)


def _transferred(plan: Plan, request: Request, happening: Happening, _now: datetime) -> Result:
    assert isinstance(happening, Transferred)
    after = _without_agent(request).but(stage=Stage.AWAY, queue=happening.queue)
    wrap_up = plan.queues[request.queue].wrap_up
    return after, (*_release(request, wrap_up, False), Owed(Job.MOVE, happening.queue))


def _gone(plan: Plan, request: Request, _happening: Happening, now: datetime) -> Result:
    """Who hangs up while waiting is missed: written down with words and number, or rung back if the line wants it."""
    let_go = _let_agent_go(request)
    after = _without_agent(request).but(leg=None)
    if plan.queues[request.queue].on_abandon == "callback" and request.number:
        return after.but(kind=Kind.CALLBACK, stage=Stage.WAITING, due=now), let_go
    return after.but(stage=Stage.MISSED), let_go


def _line_over(plan: Plan, request: Request, happening: Happening, now: datetime) -> Result:
    """The line of who is being taken to the agent is over: the caller's own, or the one on which we ring back."""
    if request.kind is Kind.LIVE:
        return _gone(plan, request, happening, now)
    return _unreached(plan, request, Unreached("hung up"), now)


def _finished(plan: Plan, request: Request, _happening: Happening, now: datetime) -> Result:
    after = _without_agent(request).but(stage=Stage.ANSWERED, served=request.served or now)
    return after, _release(request, plan.queues[request.queue].wrap_up, False)


def _withdrew(_plan: Plan, request: Request, _happening: Happening, _now: datetime) -> Result:
    let_go = _let_agent_go(request)
    if request.stage is Stage.TAKING and request.kind is Kind.CALLBACK:
        let_go = (*_hang_up(request.leg), *let_go)
    return _without_agent(request).but(stage=Stage.WITHDRAWN), let_go


def _moved(_plan: Plan, request: Request, happening: Happening, now: datetime) -> Result:
    assert isinstance(happening, Moved)
    after = request.but(due=happening.promised or now, promised=happening.promised, until=happening.until, late=False)
    return after, (Owed(Job.TEXT, "sms.taken"),)


def _time_up(_plan: Plan, request: Request, _happening: Happening, _now: datetime) -> Result:
    if request.kind is Kind.CALLBACK and request.stage is Stage.WAITING:
        return request.but(late=True), (Owed(Job.TEXT, "sms.late"),)
    return request, (Owed(Job.LOOK),)


def _ring_lost(plan: Plan, request: Request, _happening: Happening, now: datetime) -> Result:
    return _declined(plan, request, Declined("time up", missed=True), now)


def _taking_lost(plan: Plan, request: Request, _happening: Happening, now: datetime) -> Result:
    if request.kind is Kind.CALLBACK:
        after, consequences = _unreached(plan, request, Unreached("time up"), now)
        return after, (*_hang_up(request.leg), *consequences)
    after, consequences = _not_there(plan, request, NotThere(), now)
    return after, (*consequences, Owed(Job.LOOK))


def _asking_lost(_plan: Plan, request: Request, _happening: Happening, _now: datetime) -> Result:
    return request, (Owed(Job.ASK),)


def _without_agent(request: Request) -> Request:
    return request.but(agent=None, agent_call=None)


def _hang_up(call_sid: str | None) -> tuple[Consequence, ...]:
    return (Owed(Job.HANG_UP, call_sid),) if call_sid else ()


def _release(request: Request, rest: timedelta, missed: bool | None) -> tuple[Consequence, ...]:
    return (Released(request.agent, rest, missed),) if request.agent else ()


def _let_agent_go(request: Request) -> tuple[Consequence, ...]:
    """Stop ringing the agent, whose fault it is not."""
    return (*_hang_up(request.agent_call), *_release(request, timedelta(0), None))


@dataclass(frozen=True)
class Row:
    """A move, and where it may lead."""

    move: Move
    to: tuple[Stage, ...]


S = Stage
Rows = Mapping[type[Happening], Row]

BACK_IN_LINE = Row(_joined, (S.WAITING,))
CALL_BACK = Row(_promised, (S.WAITING,))
OUT = Row(_withdrew, (S.WITHDRAWN,))
GONE = Row(_gone, (S.MISSED, S.WAITING))
STEP_OUT = Row(_stepped_out, (S.AWAY,))
LOOK = {stage: Row(_time_up, (stage,)) for stage in (S.AWAY, S.WAITING, S.TALKING)}

TABLE: Mapping[Stage, Rows] = {
    S.AWAY: {Joined: BACK_IN_LINE, Promised: CALL_BACK, Withdrew: OUT, Gone: GONE, TimeUp: LOOK[S.AWAY]},
    S.WAITING: {
        Joined: BACK_IN_LINE,
        SteppedOut: STEP_OUT,
        Promised: CALL_BACK,
        Assigned: Row(_assigned, (S.RINGING,)),
        Moved: Row(_moved, (S.WAITING,)),
        Helped: Row(_finished, (S.ANSWERED,)),
        Withdrew: OUT,
        Gone: GONE,
        TimeUp: LOOK[S.WAITING],
    },
    S.RINGING: {
        SteppedOut: STEP_OUT,
        Promised: CALL_BACK,
        Rung: Row(_rung, (S.RINGING,)),
        Accepted: Row(_accepted, (S.TAKING,)),
        Declined: Row(_declined, (S.WAITING,)),
        AgentLeft: Row(_agent_dropped, (S.WAITING,)),
        Withdrew: OUT,
        Gone: GONE,
        TimeUp: Row(_ring_lost, (S.WAITING,)),
    },
    S.TAKING: {
        SteppedOut: STEP_OUT,
        Promised: CALL_BACK,
        Rung: Row(_customer_rung, (S.TAKING,)),
        Reached: Row(_reached, (S.TALKING,)),
        Unreached: Row(_unreached, (S.WAITING, S.MISSED)),
        NotThere: Row(_not_there, (S.WAITING,)),
        AgentLeft: Row(_agent_dropped, (S.WAITING,)),
        Withdrew: OUT,
        Gone: Row(_line_over, (S.MISSED, S.WAITING)),
        TimeUp: Row(_taking_lost, (S.WAITING, S.MISSED)),
    },
    S.TALKING: {
        AgentLeft: Row(_agent_left, (S.ASKED,)),
        Transferred: Row(_transferred, (S.AWAY,)),
        Helped: Row(_finished, (S.ANSWERED,)),
        Gone: Row(_finished, (S.ANSWERED,)),
        TimeUp: LOOK[S.TALKING],
    },
    S.ASKED: {
        Joined: BACK_IN_LINE,
        Promised: CALL_BACK,
        Helped: Row(_finished, (S.ANSWERED,)),
        Withdrew: Row(_finished, (S.ANSWERED,)),
        Gone: Row(_finished, (S.ANSWERED,)),
        TimeUp: Row(_asking_lost, (S.ASKED,)),
    },
    **{end: {} for end in ENDS},
}
