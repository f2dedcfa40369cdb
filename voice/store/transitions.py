"""What changes a contact, as a part of a transaction: the row, its line in the ledger, its agent, and what is owed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, insert, or_, select, update

from voice.core.call.state import Call
from voice.core.contact import table
from voice.core.contact.dispatch import MISSED_RINGS
from voice.core.contact.effects import ContactEffect, Engaged, Job, Owed, Released
from voice.core.contact.events import ContactEvent, Dialled, Gone, Informed, Joined, Noted, Promised, Story, Withdrew
from voice.core.contact.moves import Impossible, rings_back
from voice.core.contact.state import NOTICE, SOLVED, Contact, Kind, Stage
from voice.core.plan import Plan
from voice.store.agents import note_presence
from voice.store.callback_limits import gone, may_promise
from voice.store.rows import CONTACTS, OPEN, as_contact, as_row
from voice.store.tables import agents, contacts, ledger, notices, outbox, written
from voice.store.together import Writes, noted, together


@dataclass(frozen=True)
class Agreed:
    """An agent has told the caller that they will ring in this window. They alone are tried until `own_until`;
    `texted`: the caller is sent what was agreed."""

    agent: str
    window: tuple[datetime, datetime]
    own_until: datetime
    texted: bool


# Statements are built once: to build one costs several times what it costs to run it.
BY_REFERENCE = CONTACTS.where(contacts.c.reference == bindparam("which"), OPEN).with_for_update()
OVERDUE = BY_REFERENCE.where(contacts.c.deadline <= bindparam("now"))
_MINE = or_(contacts.c.leg == bindparam("mine"), contacts.c.reference == bindparam("which"))
_OF_LINE = CONTACTS.where(_MINE, OPEN).with_for_update()

RANG_AGAIN = "rang again"
"""In the ledger of a contact that is over: another goes on from it."""

_HOW_MANY = select(func.count()).where(contacts.c.call_sid == bindparam("which"))
_WRITE, _OWE = insert(ledger), insert(outbox)
_LOOK_STANDS = select(outbox.c.id).where(
    outbox.c.reference == bindparam("which"), outbox.c.job == Job.LOOK, outbox.c.state == written("owed")
)
_IS_OVER = select(notices.c.id).where(notices.c.id == bindparam("which"), notices.c.ended.is_not(None))
_ENGAGE = update(agents).where(agents.c.name == bindparam("which"))
_LET_GO = _ENGAGE.where(agents.c.contact == bindparam("mine"))
_RELEASE = {None: _LET_GO, True: _LET_GO.values(missed=agents.c.missed + 1), False: _LET_GO.values(missed=0)}
_SINCE = _ENGAGE.values(since=bindparam("since"))
_SIGN_OUT = _ENGAGE.where(agents.c.missed >= MISSED_RINGS).values(signed_in=False)


def happen(
    connection: Connection,
    plan: Plan,
    which: Select[Any],
    values: Mapping[str, Any],
    event: ContactEvent,
    now: datetime,
    attempt: int | None = None,
) -> Contact | None:
    """As `Contacts.happen`, within a larger transaction. `which` is one of the statements above, with its values."""
    row = connection.execute(which, values).first()
    if row is None:
        return None
    contact = as_contact(row)
    if attempt is not None and contact.attempt != attempt:
        return None
    return advance(connection, plan, contact, event, now)


def bear(writes: Writes, plan: Plan, call: Call, event: ContactEvent, now: datetime) -> Contact | None:
    """What a turn of a call means for the contact on its line. A wish may also be about the one that the caller had
    before; where neither can take it, a new one comes into being. That the line is over says nothing of the one before.

    One caller has one contact: where the one on the list takes the wish, that on the line is withdrawn. Raises
    `NotPromised` where the wish is a callback that may not be promised.
    """
    wish = isinstance(event, Joined | Dialled | Promised)
    earlier = call.reference if wish or call.withdrawn else None
    rows = writes.connection.execute(_OF_LINE, {"mine": call.sid, "which": earlier}).all()
    own = sorted(map(as_contact, rows), key=lambda one: (not one.listed, one.leg != call.sid))
    if isinstance(event, Promised):
        may_promise(writes.connection, plan, call, event, [one.reference for one in own], now)
    taken: Contact | None = None
    for contact in own:
        if taken is None or isinstance(event, Withdrew):
            taken = _advance(writes, plan, contact, event, now) or taken
        elif contact.leg == call.sid:
            _advance(writes, plan, contact, Withdrew(), now)
    if taken is None and isinstance(event, Joined | Dialled | Promised | Informed | Noted):
        return _begin(writes, plan, call, event, now)
    return taken


def _begin(
    writes: Writes, plan: Plan, call: Call, event: Joined | Dialled | Promised | Informed | Noted, now: datetime
) -> Contact:
    """The first event of a call's contact."""
    reference = f"{call.sid[-8:]}-{call.turn}".upper()
    after, effects = table.begin(
        plan, event, reference, call.sid, call.dialled, call.caller, call.arrived, now, call.tier, call.own_agent
    )
    writes.put(contacts, as_row(after))
    _follow(writes, after, event, None, effects, now)
    if call.resumes:
        writes.note(call.resumes, RANG_AGAIN, {"as": reference}, now)
    _not_solved(writes, None, after, now)
    return after


def begin_again(
    connection: Connection,
    plan: Plan,
    contact: Contact,
    number: str,
    now: datetime,
    agreed: Agreed | None = None,
) -> Contact:
    """Another contact of the same caller, to be called back: at the moment that an agent has agreed on with them; else
    at once, and as nobody has agreed on it, no text says so."""
    story = Story(contact.queue, contact.language, contact.intent, contact.note, contact.words)
    event = Promised(story, number, *(agreed.window if agreed else ()))
    after, effects = table.begin(
        plan,
        event,
        next_reference(connection, contact),
        contact.call_sid,
        contact.dialled,
        contact.number,
        contact.arrived,
        now,
        contact.tier,
        agreed.agent if agreed else contact.own_agent,
    )
    after = after.but(own_until=agreed.own_until) if agreed else after
    texted = agreed is not None and agreed.texted
    effects = tuple(one for one in effects if texted or one != Owed(Job.TEXT, "sms.taken"))
    with together(connection) as writes:
        writes.put(contacts, as_row(after))
        _follow(writes, after, event, None, effects, now)
        writes.note(contact.reference, "called back anew", {"as": after.reference}, now)
    return after


def next_reference(connection: Connection, contact: Contact) -> str:
    """What the next contact of the same call will be known by."""
    known = connection.execute(_HOW_MANY, {"which": contact.call_sid}).scalar_one()
    return f"{contact.call_sid[-8:]}-A{known}".upper()


def advance(connection: Connection, plan: Plan, contact: Contact, event: ContactEvent, now: datetime) -> Contact | None:
    """The contact after the event, which is written; None where it cannot happen."""
    with together(connection) as writes:
        return _advance(writes, plan, contact, event, now)


def _advance(writes: Writes, plan: Plan, contact: Contact, event: ContactEvent, now: datetime) -> Contact | None:
    if isinstance(event, Gone) and contact.kind is Kind.LIVE and rings_back(plan, contact):
        event = gone(writes.connection, plan, contact, now)
    try:
        after, effects = table.step(plan, contact, event, now)
    except Impossible:
        return None
    was = as_row(contact)
    changed = {name: value for name, value in as_row(after).items() if value != was[name]}
    if changed:
        writes.change(contacts, changed, {"reference": after.reference})
    _follow(writes, after, event, contact.stage, effects, now)
    _not_solved(writes, contact, after, now)
    return after


def _follow(
    writes: Writes,
    contact: Contact,
    event: ContactEvent,
    before: Stage | None,
    effects: Iterable[ContactEffect],
    now: datetime,
) -> None:
    detail: dict[str, object] = {"from": before, "to": contact.stage, "attempt": contact.attempt}
    detail |= {f.name: getattr(event, f.name) for f in fields(event) if f.name not in ("story", "number", "what")}
    if isinstance(event, Joined | Dialled | Promised | Informed | Noted):
        detail["queue"] = event.story.queue
    if contact.stage is Stage.WAITING:
        detail |= {"due": contact.due, "late": contact.late or None}
    writes.note(contact.reference, type(event).__name__, detail, now)
    for effect in effects:
        match effect:
            case Owed():
                if not _stands(writes.connection, contact, effect):
                    writes.put(outbox, _order(writes.connection, contact, effect, now))
            case Engaged(agent):
                writes.change(agents, {"contact": contact.reference, "wrap_up_until": None}, {"name": agent})
            case Released():
                _release(writes, contact, effect, now)


def _not_solved(writes: Writes, before: Contact | None, after: Contact, now: datetime) -> None:
    """Written with the contact of the earlier call, once."""
    if after.earlier and (before is None or before.earlier != after.earlier):
        writes.note(after.earlier, "not solved", {"as": after.reference}, now)


def owe(connection: Connection, contact: Contact, owed: Owed, now: datetime) -> None:
    if not _stands(connection, contact, owed):
        connection.execute(_OWE, _order(connection, contact, owed, now))


def _stands(connection: Connection, contact: Contact, owed: Owed) -> bool:
    """A look that is owed already is not owed twice: where orders are carried out more slowly than deadlines pass,
    looks would pile up."""
    return owed.job is Job.LOOK and connection.execute(_LOOK_STANDS, {"which": contact.reference}).first() is not None


def _order(connection: Connection, contact: Contact, owed: Owed, now: datetime) -> dict[str, Any]:
    """What is held until a notice is over goes out at once, where somebody ended it while the caller listened."""
    held, what = owed.held, owed.what
    if held and connection.execute(_IS_OVER, {"which": int(what.removeprefix(NOTICE))}).first():
        held, what = False, SOLVED
    row = {"reference": contact.reference, "attempt": contact.attempt, "job": owed.job, "what": what}
    return row | {"state": "held" if held else "owed", "due": now, "tries": 0}


def _release(writes: Writes, contact: Contact, released: Released, now: datetime) -> None:
    connection = writes.connection
    values: dict[str, Any] = {"contact": None, "wrap_up_until": now + released.wrap_up, "idle_since": now}
    mine = {"which": released.agent, "mine": contact.reference}
    connection.execute(_RELEASE[released.missed], values | mine)
    if released.missed and connection.execute(_SIGN_OUT, {"which": released.agent}).rowcount:
        writes.note(contact.reference, "signed out", {"agent": released.agent}, now)
        connection.execute(_SINCE, {"which": released.agent, "since": now})
        note_presence(connection, released.agent, "signed out", now, "missed")


def write(connection: Connection, reference: str, what: str, detail: Mapping[str, object], now: datetime) -> None:
    connection.execute(_WRITE, noted(reference, what, detail, now))
