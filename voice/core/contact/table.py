"""The life of a contact, from the moment a caller stands in line until somebody helped them.

A table, as the dialogue is: (stage, event) → move. A pair that is not in it cannot happen: `step` raises
`Impossible` and changes nothing.

    waiting → ringing an agent → taking the caller to them → talking → asked whether it helped → answered
    and from there back to waiting (declined, not reached, not helped), or out: abandoned, unreached, withdrawn.

Every stage on the way has a deadline. What Twilio was asked and never told about ends there, so that no contact hangs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from voice.core.contact import moves
from voice.core.contact.events import (
    Accepted,
    AgentLeft,
    Assigned,
    ContactEvent,
    Content,
    Declined,
    Dialled,
    Gone,
    HandedOver,
    Helped,
    Informed,
    Joined,
    NewsWanted,
    Noted,
    NotTaken,
    NotThere,
    Promised,
    Reached,
    Rung,
    SteppedOut,
    TextWanted,
    TimeUp,
    Transferred,
    Unreached,
    Withdrew,
)
from voice.core.contact.moves import Impossible, Move, Result
from voice.core.contact.state import CALL_CENTRE, OVER, Contact, Kind, Stage
from voice.core.plan import Plan

PATIENCE = {
    Stage.AWAY: timedelta(minutes=5),
    Stage.WAITING: timedelta(minutes=3),
    Stage.RINGING: timedelta(seconds=55),
    Stage.TAKING: timedelta(seconds=90),
    Stage.TALKING: timedelta(minutes=10),
    Stage.ASKED: timedelta(seconds=90),
    Stage.INFORMING: timedelta(minutes=5),
}
"""How long a stage may last before it is looked into: the whisper, and some seconds for the way. The time that an agent
or a call centre is rung is the queue's, and comes on top."""

OVERDUE = timedelta(hours=1)
"""A callback without a window, or rung in vain, is overdue so long after the moment from which it may be rung."""

SWITCHBOARD = timedelta(minutes=3)
"""A call centre that picks up may have a queue of its own before a person hears the whisper."""


def begin(
    plan: Plan, event: Joined | Dialled | Promised | Informed | Noted, reference: str, call_sid: str, dialled: str,
    number: str | None, arrived: datetime, now: datetime, tier: str | None = None, own_agent: str | None = None,
) -> Result:  # fmt: skip
    """A contact comes into being. `number` is the caller's own; `arrived` decides the place in line."""
    story = event.story
    contact = Contact(
        reference, call_sid, Kind.LIVE, Stage.AWAY, story.queue, story.language, arrived, dialled, number, leg=call_sid,
        place=arrived - plan.ahead(tier), tier=tier, own_agent=own_agent,
    )  # fmt: skip
    return step(plan, contact, event, now)


def step(plan: Plan, contact: Contact, event: ContactEvent, now: datetime) -> Result:
    """The contact after the event, and what follows. Raises `Impossible`, having changed nothing."""
    row = TABLE[contact.stage].get(type(event))
    if row is None:
        raise Impossible(f"{type(event).__name__} cannot happen to a contact that is {contact.stage}")
    after, effects = row.move(plan, contact, event, now)
    if after.stage not in row.to:
        raise AssertionError(f"{type(event).__name__} led from {contact.stage} to {after.stage}")
    if (after.stage, after.kind) != (contact.stage, contact.kind) or isinstance(event, TimeUp | Promised):
        after = after.but(deadline=_deadline(plan, after, now), ended=now if after.over else None)
    return after, effects


def _deadline(plan: Plan, contact: Contact, now: datetime) -> datetime | None:
    if contact.over:
        return None
    if contact.stage is Stage.WAITING and contact.kind is Kind.CALLBACK:
        if contact.late:
            return None
        return contact.until if contact.until and not contact.tries else max(contact.due or now, now) + OVERDUE
    patience = PATIENCE[contact.stage]
    if contact.stage is Stage.RINGING or (contact.stage is Stage.TAKING and contact.agent is None):
        patience += plan.queues[contact.queue].ring
    if contact.stage is Stage.RINGING and contact.agent == CALL_CENTRE:
        patience += SWITCHBOARD
    return now + patience


@dataclass(frozen=True)
class Row:
    """A move, and where it may lead."""

    move: Move
    to: tuple[Stage, ...]


S = Stage
Rows = Mapping[type[ContactEvent], Row]

DIALLED = Row(moves.dialled, (S.TAKING,))
NOT_TAKEN = Row(moves.not_taken, (S.AWAY,))
BACK_IN_LINE = Row(moves.joined, (S.WAITING,))
CALL_BACK = Row(moves.promised, (S.WAITING,))
OUT = Row(moves.withdrew, (S.WITHDRAWN,))
NOTE = Row(moves.noted, (S.ABANDONED,))
GONE = Row(moves.gone, (S.ABANDONED, S.WAITING))
STEP_OUT = Row(moves.stepped_out, (S.AWAY,))
LOOK = {stage: Row(moves.time_up, (stage,)) for stage in (S.AWAY, S.WAITING, S.TALKING, S.INFORMING)}
TELL = Row(moves.informing, (S.INFORMING,))
INFORMED = Row(moves.informed, (S.INFORMED,))
NEWS = {stage: Row(moves.news_wanted, (stage,)) for stage in (S.WAITING, S.RINGING, S.TAKING, S.INFORMING)}
CONTENT = Row(moves.content, (S.INFORMED, S.ABANDONED, S.WAITING))

TABLE: Mapping[Stage, Rows] = {
    S.AWAY: {
        Informed: TELL,
        Joined: BACK_IN_LINE,
        Dialled: DIALLED,
        Promised: CALL_BACK,
        Noted: NOTE,
        Withdrew: OUT,
        Gone: GONE,
        TimeUp: LOOK[S.AWAY],
    },
    S.WAITING: {
        Joined: BACK_IN_LINE,
        Dialled: DIALLED,
        SteppedOut: STEP_OUT,
        Promised: CALL_BACK,
        Assigned: Row(moves.assigned, (S.RINGING,)),
        NewsWanted: NEWS[S.WAITING],
        Helped: Row(moves.finished, (S.ANSWERED,)),
        Withdrew: OUT,
        Content: CONTENT,
        Gone: GONE,
        TimeUp: LOOK[S.WAITING],
    },
    S.RINGING: {
        Joined: Row(moves.joined_meanwhile, (S.RINGING, S.WAITING)),
        Dialled: DIALLED,
        SteppedOut: STEP_OUT,
        Promised: CALL_BACK,
        Rung: Row(moves.rung, (S.RINGING,)),
        Accepted: Row(moves.accepted, (S.TAKING,)),
        Declined: Row(moves.declined, (S.WAITING,)),
        AgentLeft: Row(moves.agent_dropped, (S.WAITING,)),
        NewsWanted: NEWS[S.RINGING],
        Withdrew: OUT,
        Content: CONTENT,
        Gone: GONE,
        TimeUp: Row(moves.ring_lost, (S.WAITING,)),
    },
    S.TAKING: {
        Joined: BACK_IN_LINE,
        Dialled: DIALLED,
        NotTaken: NOT_TAKEN,
        SteppedOut: STEP_OUT,
        Promised: CALL_BACK,
        Rung: Row(moves.customer_rung, (S.TAKING,)),
        Reached: Row(moves.reached, (S.TALKING,)),
        Unreached: Row(moves.unreached, (S.WAITING, S.UNREACHED, S.ABANDONED)),
        NotThere: Row(moves.not_there, (S.WAITING,)),
        AgentLeft: Row(moves.agent_dropped, (S.WAITING, S.ASKED)),
        NewsWanted: NEWS[S.TAKING],
        Withdrew: OUT,
        Content: CONTENT,
        Gone: Row(moves.line_over, (S.ABANDONED, S.UNREACHED, S.WAITING)),
        TimeUp: Row(moves.taking_lost, (S.WAITING, S.UNREACHED, S.TAKING)),
    },
    S.TALKING: {
        Joined: BACK_IN_LINE,
        NotTaken: NOT_TAKEN,
        AgentLeft: Row(moves.agent_left, (S.ASKED,)),
        HandedOver: Row(moves.handed_over, (S.TALKING,)),
        Transferred: Row(moves.transferred, (S.AWAY,)),
        Helped: Row(moves.finished, (S.ANSWERED,)),
        Gone: Row(moves.finished, (S.ANSWERED,)),
        TimeUp: LOOK[S.TALKING],
    },
    S.INFORMING: {
        Informed: TELL,
        TextWanted: Row(moves.text_wanted, (S.INFORMING,)),
        NewsWanted: NEWS[S.INFORMING],
        Joined: BACK_IN_LINE,
        Dialled: DIALLED,
        Promised: CALL_BACK,
        SteppedOut: STEP_OUT,
        Helped: INFORMED,
        Withdrew: INFORMED,
        Gone: INFORMED,
        TimeUp: LOOK[S.INFORMING],
    },
    S.ASKED: {
        Joined: BACK_IN_LINE,
        Dialled: DIALLED,
        Promised: CALL_BACK,
        Helped: Row(moves.finished, (S.ANSWERED,)),
        Withdrew: Row(moves.finished, (S.ANSWERED,)),
        Gone: Row(moves.finished, (S.ANSWERED,)),
        TimeUp: Row(moves.asking_lost, (S.ASKED,)),
    },
    **{end: {} for end in OVER},
}
