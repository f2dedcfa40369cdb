"""What each event does to a contact: (plan, contact, event, now) → (contact, effects)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from voice.core.contact.effects import ContactEffect, Engaged, Job, Owed, Released
from voice.core.contact.events import (
    OUR_FAULT,
    WRONG_NUMBER,
    Accepted,
    Assigned,
    ContactEvent,
    Declined,
    Dialled,
    Gone,
    HandedOver,
    Informed,
    Joined,
    NewsWanted,
    Noted,
    NotThere,
    Promised,
    Reached,
    Rung,
    Story,
    TextWanted,
    Transferred,
    Unreached,
)
from voice.core.contact.state import CALL_CENTRE, NOTICE, Contact, Kind, Stage
from voice.core.plan import Plan

PAUSE = timedelta(seconds=30)
"""An agent who declined, or did not answer, is left alone this long; a call centre twice as long."""


TIME_UP = "time up"

FORGIVEN = 2
"""How many attempts beyond the queue's own are made where one failed by a fault of ours, or Twilio never told of it."""


class Impossible(Exception):
    """A event that cannot happen in this stage: it came late, or twice. Nothing has changed."""


Result = tuple[Contact, tuple[ContactEffect, ...]]
Move = Callable[[Plan, Contact, ContactEvent, datetime], Result]


def tell(contact: Contact, story: Story, plan: Plan) -> Contact:
    if who := story.identity:
        contact = contact.but(identity=who.value, identity_kind=who.kind, identity_checked=who.checked)
    return contact.but(
        queue=story.queue,
        language=story.language,
        intent=story.intent,
        note=story.note,
        words=story.words or contact.words,
        earlier=story.earlier or (contact.earlier if story.intent == contact.intent else None),
        priority=plan.queues[story.queue].priority,
    )


def informing(plan: Plan, contact: Contact, event: ContactEvent, _now: datetime) -> Result:
    assert isinstance(event, Informed)
    return tell(contact, event.story, plan).but(stage=Stage.INFORMING, informed=event.answer), ()


def text_wanted(_plan: Plan, contact: Contact, event: ContactEvent, _now: datetime) -> Result:
    assert isinstance(event, TextWanted)
    return contact, (Owed(Job.TEXT, event.what),)


def news_wanted(_plan: Plan, contact: Contact, event: ContactEvent, _now: datetime) -> Result:
    assert isinstance(event, NewsWanted)
    return contact, (Owed(Job.TEXT, f"{NOTICE}{event.notice}", held=True),)


def content(plan: Plan, contact: Contact, event: ContactEvent, now: datetime) -> Result:
    """A callback that stood before stands again."""
    if contact.due is not None or contact.kind is not Kind.LIVE:
        return gone(plan, contact, event, now)
    return without_agent(contact).but(stage=Stage.INFORMED, leg=None), let_agent_go(contact)


def informed(_plan: Plan, contact: Contact, _happening: ContactEvent, _now: datetime) -> Result:
    """Who hangs up on an answer has it; who has not rings again, and the report counts that."""
    return contact.but(stage=Stage.INFORMED, leg=None), ()


def joined(plan: Plan, contact: Contact, event: ContactEvent, now: datetime) -> Result:
    assert isinstance(event, Joined)
    if contact.stage is Stage.TALKING and event.leg != contact.leg:
        raise Impossible("the caller speaks with an agent, on another line")
    after = on_the_line(plan, without_agent(contact), event.story, event.leg, now).but(
        stage=Stage.WAITING,
        late=event.first,
        announced=contact.announced or event.announced,
        guess=contact.guess or event.guess,
        own_until=contact.own_until or (now + plan.own_first if contact.own_agent else None),
    )
    return after, (*let_customer_go(contact), *let_agent_go(contact))


def joined_meanwhile(plan: Plan, contact: Contact, event: ContactEvent, now: datetime) -> Result:
    """Who has a callback rings, and waits on the line, while an agent is rung for it: that agent may go on, unless the
    caller asks for another language."""
    assert isinstance(event, Joined)
    if event.story.language != contact.language:
        return joined(plan, contact, event, now)
    return on_the_line(plan, contact, event.story, event.leg, now), ()


def on_the_line(plan: Plan, contact: Contact, story: Story, leg: str | None, now: datetime) -> Contact:
    """The callback that stood, with what was promised, stands again if the caller hangs up."""
    due = now if contact.due else None
    return tell(contact, story, plan).but(kind=Kind.LIVE, leg=leg or contact.leg, due=due, late=False)


def dialled(plan: Plan, contact: Contact, event: ContactEvent, now: datetime) -> Result:
    """The caller's own line rings the call centre: there is no agent of ours."""
    assert isinstance(event, Dialled)
    after = on_the_line(plan, without_agent(contact), event.story, event.leg, now)
    let_go = (*let_customer_go(contact), *let_agent_go(contact))
    return after.but(stage=Stage.TAKING, attempt=contact.attempt + 1), let_go


def not_taken(_plan: Plan, contact: Contact, _event: ContactEvent, _now: datetime) -> Result:
    """Whoever picked up may have heard the whisper, and hung up before the two spoke."""
    return without_agent(contact).but(stage=Stage.AWAY, served=None), let_agent_go(contact)


def stepped_out(_plan: Plan, contact: Contact, _event: ContactEvent, _now: datetime) -> Result:
    return without_agent(contact).but(stage=Stage.AWAY), let_agent_go(contact)


def promised(plan: Plan, contact: Contact, event: ContactEvent, now: datetime) -> Result:
    """The agent who is being rung for it just now is let go: the caller has chosen to hang up."""
    assert isinstance(event, Promised)
    after = tell(without_agent(contact), event.story, plan).but(
        kind=Kind.CALLBACK,
        stage=Stage.WAITING,
        number=event.number,
        leg=None,
        due=event.promised or now,
        promised=event.promised,
        until=event.until,
        late=event.first,
        tries=0,
    )
    return after, (*let_customer_go(contact), *let_agent_go(contact), Owed(Job.TEXT, "sms.taken"))


def assigned(_plan: Plan, contact: Contact, event: ContactEvent, _now: datetime) -> Result:
    assert isinstance(event, Assigned)
    after = contact.but(stage=Stage.RINGING, agent=event.agent, agent_call=None, attempt=contact.attempt + 1)
    return after, (Engaged(event.agent), Owed(Job.RING_AGENT))


def rung(_plan: Plan, contact: Contact, event: ContactEvent, _now: datetime) -> Result:
    assert isinstance(event, Rung)
    return contact.but(agent_call=event.call_sid), ()


def customer_rung(_plan: Plan, contact: Contact, event: ContactEvent, _now: datetime) -> Result:
    assert isinstance(event, Rung)
    return (contact.but(leg=event.call_sid) if contact.kind is Kind.CALLBACK else contact), ()


def accepted(_plan: Plan, contact: Contact, event: ContactEvent, _now: datetime) -> Result:
    assert isinstance(event, Accepted)
    join = (Owed(Job.JOIN),) if event.in_page else ()
    if contact.kind is Kind.LIVE:
        return contact.but(stage=Stage.TAKING), (*join, Owed(Job.TAKE_OUT))
    return contact.but(stage=Stage.TAKING, tries=contact.tries + 1), (*join, Owed(Job.RING_CUSTOMER))


def declined(_plan: Plan, contact: Contact, event: ContactEvent, now: datetime) -> Result:
    """The caller keeps the place, and the next agent is rung."""
    assert isinstance(event, Declined)
    return in_line_again(contact, now), (
        *hang_up(contact.agent_call),
        *release(contact, PAUSE, event.missed or None),
    )


def reached(_plan: Plan, contact: Contact, event: ContactEvent, now: datetime) -> Result:
    assert isinstance(event, Reached)
    return contact.but(stage=Stage.TALKING, leg=event.leg, served=contact.served or now), ()


def unreached(plan: Plan, contact: Contact, event: ContactEvent, now: datetime) -> Result:
    """Again, as often and as far apart as the queue's policy says and inside its opening hours; then a text, which is
    not for somebody else's telephone."""
    assert isinstance(event, Unreached)
    if contact.kind is Kind.LIVE:
        return gone(plan, contact, event, now)
    queue = plan.queues[contact.queue]
    freed = (*hang_up(contact.agent_call), *release(contact, timedelta(0), False))
    after = without_agent(contact).but(leg=None)
    forgiven = FORGIVEN if event.why in (OUR_FAULT, TIME_UP) else 0
    if event.final or contact.tries >= queue.attempts + forgiven:
        text = () if event.why == WRONG_NUMBER else (Owed(Job.TEXT, "sms.unreached"),)
        return after.but(stage=Stage.UNREACHED), (*freed, *text)
    due = now + queue.spacing
    if not plan.is_open(contact.queue, due):
        due = plan.opens_after(contact.queue, due) or due
    return after.but(stage=Stage.WAITING, due=due), freed


def not_there(_plan: Plan, contact: Contact, _event: ContactEvent, _now: datetime) -> Result:
    """The agent said yes to somebody who is not there just now: no fault of theirs, and no pause."""
    return without_agent(contact).but(stage=Stage.WAITING), (
        *hang_up(contact.agent_call),
        *release(contact, timedelta(0), False),
    )


def agent_dropped(plan: Plan, contact: Contact, event: ContactEvent, now: datetime) -> Result:
    """The agent is gone before the caller came. A customer who rings meanwhile is let go, and keeps the place. Who rang
    a call centre on their own line has spoken with it, though no whisper told so."""
    if contact.agent is None:
        return agent_left(plan, contact.but(served=now), event, now)
    leg = None if contact.kind is Kind.CALLBACK else contact.leg
    after = in_line_again(contact, now).but(leg=leg)
    return after, (*let_customer_go(contact), *release(contact, PAUSE, None))


def agent_left(plan: Plan, contact: Contact, _event: ContactEvent, _now: datetime) -> Result:
    """The caller is asked whether they were helped: their own line goes on behind the conference."""
    return without_agent(contact).but(stage=Stage.ASKED), release(contact, plan.queues[contact.queue].wrap_up, False)


def handed_over(plan: Plan, contact: Contact, event: ContactEvent, _now: datetime) -> Result:
    assert isinstance(event, HandedOver)
    if contact.agent in (None, event.agent):
        raise Impossible("there is nobody to go on in whose place")
    let_go = (*hang_up(contact.agent_call), *release(contact, plan.queues[contact.queue].wrap_up, False))
    return contact.but(agent=event.agent, agent_call=event.call_sid), (*let_go, Engaged(event.agent))


def transferred(plan: Plan, contact: Contact, event: ContactEvent, _now: datetime) -> Result:
    assert isinstance(event, Transferred)
    after = without_agent(contact).but(stage=Stage.AWAY, queue=event.queue)
    wrap_up = plan.queues[contact.queue].wrap_up
    return after, (*release(contact, wrap_up, False), Owed(Job.MOVE, event.queue))


def gone(plan: Plan, contact: Contact, event: ContactEvent, now: datetime) -> Result:
    """Callers who hang up while waiting are listed as abandoned, with words and number; or they are rung back, where
    the queue does so or a callback stood before."""
    may = not isinstance(event, Gone) or event.ring_back
    let_go = let_agent_go(contact)
    after = without_agent(contact).but(leg=None)
    if may and rings_back(plan, contact):
        due = max(now, contact.promised or now)
        return after.but(kind=Kind.CALLBACK, stage=Stage.WAITING, due=due), let_go
    return after.but(stage=Stage.ABANDONED), let_go


def noted(plan: Plan, contact: Contact, event: ContactEvent, _now: datetime) -> Result:
    assert isinstance(event, Noted)
    after = tell(without_agent(contact), event.story, plan).but(stage=Stage.ABANDONED, leg=None)
    return after, let_agent_go(contact)


def rings_back(plan: Plan, contact: Contact) -> bool:
    wanted = plan.queues[contact.queue].on_abandon == "callback" or contact.due is not None
    return wanted and contact.number is not None


def line_over(plan: Plan, contact: Contact, event: ContactEvent, now: datetime) -> Result:
    """The line of who is being taken to the agent is over: the caller's own, or the one on which we ring back."""
    if contact.kind is Kind.LIVE:
        return gone(plan, contact, event, now)
    return unreached(plan, contact, Unreached("hung up"), now)


def finished(plan: Plan, contact: Contact, _event: ContactEvent, now: datetime) -> Result:
    """An agent who enters the room only after the caller has left it would wait there for nobody."""
    after = without_agent(contact).but(stage=Stage.ANSWERED, served=contact.served or now)
    return after, (*hang_up(contact.agent_call), *release(contact, plan.queues[contact.queue].wrap_up, False))


def withdrew(_plan: Plan, contact: Contact, _event: ContactEvent, _now: datetime) -> Result:
    let_go = (*let_customer_go(contact), *let_agent_go(contact))
    return without_agent(contact).but(stage=Stage.WITHDRAWN), let_go


def time_up(_plan: Plan, contact: Contact, _event: ContactEvent, _now: datetime) -> Result:
    """Only who was told a moment, and was not rung before it, is told that it slipped."""
    if contact.kind is Kind.CALLBACK and contact.stage is Stage.WAITING:
        slipped = contact.until is not None and not contact.tries
        return contact.but(late=True), (Owed(Job.TEXT, "sms.late"),) if slipped else ()
    return contact, (Owed(Job.LOOK),)


def ring_lost(plan: Plan, contact: Contact, _event: ContactEvent, now: datetime) -> Result:
    """Whom Twilio was never heard to ring has not failed to answer."""
    return declined(plan, contact, Declined("time up", missed=contact.agent_call is not None), now)


def taking_lost(plan: Plan, contact: Contact, _event: ContactEvent, now: datetime) -> Result:
    if contact.kind is Kind.CALLBACK:
        after, effects = unreached(plan, contact, Unreached(TIME_UP), now)
        return after, (*hang_up(contact.leg), *effects)
    if contact.agent is None:
        return contact, (Owed(Job.LOOK),)
    after, effects = not_there(plan, contact, NotThere(), now)
    return after, (*effects, Owed(Job.LOOK))


def asking_lost(_plan: Plan, contact: Contact, _event: ContactEvent, _now: datetime) -> Result:
    return contact, (Owed(Job.ASK),)


def in_line_again(contact: Contact, now: datetime) -> Contact:
    """An agent who does not take it is left alone for a while, and others are not; a call centre has no others."""
    due = now + 2 * PAUSE if contact.agent == CALL_CENTRE else contact.due
    return without_agent(contact).but(stage=Stage.WAITING, due=due)


def without_agent(contact: Contact) -> Contact:
    return contact.but(agent=None, agent_call=None)


def hang_up(call_sid: str | None) -> tuple[ContactEffect, ...]:
    return (Owed(Job.HANG_UP, call_sid),) if call_sid else ()


def release(contact: Contact, wrap_up: timedelta, missed: bool | None) -> tuple[ContactEffect, ...]:
    return (Released(contact.agent, wrap_up, missed),) if contact.agent else ()


def let_customer_go(contact: Contact) -> tuple[ContactEffect, ...]:
    """Stop ringing the customer who is being called back."""
    return hang_up(contact.leg) if contact.stage is Stage.TAKING and contact.kind is Kind.CALLBACK else ()


def let_agent_go(contact: Contact) -> tuple[ContactEffect, ...]:
    """Stop ringing the agent, whose fault it is not."""
    return (*hang_up(contact.agent_call), *release(contact, timedelta(0), None))
