"""The life of a request, from the moment a caller stands in line until somebody helped them.

A table, as the dialogue is: (stage, happening) → move. A pair that is not in it cannot happen: `step` raises
`Impossible` and changes nothing.

    waiting → ringing an agent → taking the caller to them → talking → asked whether it helped → answered
    and from there back to waiting (declined, not reached, not helped), or out: missed, withdrawn.

Every stage on the way has a deadline. What Twilio was asked and never told about ends there, so that no request hangs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from voice.core import courses
from voice.core.courses import Impossible, Move, Result
from voice.core.plan import Plan
from voice.core.requests import (
    CALL_CENTRE,
    ENDS,
    Accepted,
    AgentLeft,
    Assigned,
    Declined,
    Dialled,
    Gone,
    Happening,
    Helped,
    Joined,
    Kind,
    NotTaken,
    NotThere,
    Promised,
    Reached,
    Request,
    Rung,
    Stage,
    SteppedOut,
    TimeUp,
    Transferred,
    Unreached,
    Withdrew,
)

PATIENCE = {
    Stage.AWAY: timedelta(minutes=5),
    Stage.WAITING: timedelta(minutes=3),
    Stage.RINGING: timedelta(seconds=55),
    Stage.TAKING: timedelta(seconds=90),
    Stage.TALKING: timedelta(minutes=10),
    Stage.ASKED: timedelta(seconds=90),
}
"""How long a stage may last before it is looked into: the whisper, and some seconds for the way. The time that an agent
or a call centre is rung is the queue's, and comes on top."""

OVERDUE = timedelta(hours=1)
"""A callback without a window, or rung in vain, is overdue so long after the moment from which it may be rung."""

SWITCHBOARD = timedelta(minutes=3)
"""A call centre that picks up may have a queue of its own before a person hears the whisper."""


def begin(
    plan: Plan, happening: Joined | Dialled | Promised, reference: str, call_sid: str, dialled: str, number: str | None,
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
    if (after.stage, after.kind) != (request.stage, request.kind) or isinstance(happening, TimeUp | Promised):
        after = after.but(deadline=_deadline(plan, after, now), ended=now if after.over else None)
    return after, consequences


def _deadline(plan: Plan, request: Request, now: datetime) -> datetime | None:
    if request.over:
        return None
    if request.stage is Stage.WAITING and request.kind is Kind.CALLBACK:
        if request.late:
            return None
        return request.until if request.until and not request.tries else max(request.due or now, now) + OVERDUE
    patience = PATIENCE[request.stage]
    if request.stage is Stage.RINGING or (request.stage is Stage.TAKING and request.agent is None):
        patience += plan.queues[request.queue].ring
    if request.stage is Stage.RINGING and request.agent == CALL_CENTRE:
        patience += SWITCHBOARD
    return now + patience


@dataclass(frozen=True)
class Row:
    """A move, and where it may lead."""

    move: Move
    to: tuple[Stage, ...]


S = Stage
Rows = Mapping[type[Happening], Row]

DIALLED = Row(courses.dialled, (S.TAKING,))
NOT_TAKEN = Row(courses.not_taken, (S.AWAY,))
BACK_IN_LINE = Row(courses.joined, (S.WAITING,))
CALL_BACK = Row(courses.promised, (S.WAITING,))
OUT = Row(courses.withdrew, (S.WITHDRAWN,))
GONE = Row(courses.gone, (S.MISSED, S.WAITING))
STEP_OUT = Row(courses.stepped_out, (S.AWAY,))
LOOK = {stage: Row(courses.time_up, (stage,)) for stage in (S.AWAY, S.WAITING, S.TALKING)}

TABLE: Mapping[Stage, Rows] = {
    S.AWAY: {
        Joined: BACK_IN_LINE,
        Dialled: DIALLED,
        Promised: CALL_BACK,
        Withdrew: OUT,
        Gone: GONE,
        TimeUp: LOOK[S.AWAY],
    },
    S.WAITING: {
        Joined: BACK_IN_LINE,
        Dialled: DIALLED,
        SteppedOut: STEP_OUT,
        Promised: CALL_BACK,
        Assigned: Row(courses.assigned, (S.RINGING,)),
        Helped: Row(courses.finished, (S.ANSWERED,)),
        Withdrew: OUT,
        Gone: GONE,
        TimeUp: LOOK[S.WAITING],
    },
    S.RINGING: {
        Joined: Row(courses.joined_meanwhile, (S.RINGING, S.WAITING)),
        Dialled: DIALLED,
        SteppedOut: STEP_OUT,
        Promised: CALL_BACK,
        Rung: Row(courses.rung, (S.RINGING,)),
        Accepted: Row(courses.accepted, (S.TAKING,)),
        Declined: Row(courses.declined, (S.WAITING,)),
        AgentLeft: Row(courses.agent_dropped, (S.WAITING,)),
        Withdrew: OUT,
        Gone: GONE,
        TimeUp: Row(courses.ring_lost, (S.WAITING,)),
    },
    S.TAKING: {
        Joined: BACK_IN_LINE,
        Dialled: DIALLED,
        NotTaken: NOT_TAKEN,
        SteppedOut: STEP_OUT,
        Promised: CALL_BACK,
        Rung: Row(courses.customer_rung, (S.TAKING,)),
        Reached: Row(courses.reached, (S.TALKING,)),
        Unreached: Row(courses.unreached, (S.WAITING, S.MISSED)),
        NotThere: Row(courses.not_there, (S.WAITING,)),
        AgentLeft: Row(courses.agent_dropped, (S.WAITING, S.ASKED)),
        Withdrew: OUT,
        Gone: Row(courses.line_over, (S.MISSED, S.WAITING)),
        TimeUp: Row(courses.taking_lost, (S.WAITING, S.MISSED, S.TAKING)),
    },
    S.TALKING: {
        Joined: BACK_IN_LINE,
        NotTaken: NOT_TAKEN,
        AgentLeft: Row(courses.agent_left, (S.ASKED,)),
        Transferred: Row(courses.transferred, (S.AWAY,)),
        Helped: Row(courses.finished, (S.ANSWERED,)),
        Gone: Row(courses.finished, (S.ANSWERED,)),
        TimeUp: LOOK[S.TALKING],
    },
    S.ASKED: {
        Joined: BACK_IN_LINE,
        Dialled: DIALLED,
        Promised: CALL_BACK,
        Helped: Row(courses.finished, (S.ANSWERED,)),
        Withdrew: Row(courses.finished, (S.ANSWERED,)),
        Gone: Row(courses.finished, (S.ANSWERED,)),
        TimeUp: Row(courses.asking_lost, (S.ASKED,)),
    },
    **{end: {} for end in ENDS},
}
