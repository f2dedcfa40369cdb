"""What a day of the line is counted from: its contacts with their ledgers, and when agents were there."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from voice.core.contact.state import Contact, RoomEntry
from voice.store.database import Source, reading
from voice.store.rows import CONTACTS, OPEN, as_contact
from voice.store.tables import agents, contacts, ledger, presence, written

COUNTED = (
    "Joined", "Dialled", "Promised", "Assigned", "Reached", "AgentLeft", "Transferred", "HandedOver", "Gone", "Helped",
    "Withdrew", "NotTaken", "outcome",
)  # fmt: skip
"""The entries of the ledger that figures are made of: events of a contact (`voice.core.contact.events`), and an
agent's outcome."""


GIVEN = ("Assigned", "HandedOver")
"""The entries that name the agent who was given the contact."""


@dataclass(frozen=True)
class Step:
    at: datetime
    what: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class Present:
    """`state`: signed in, signed out, not ready, ready, wrap-up (`reason` is then until when)."""

    agent: str
    at: datetime
    state: str
    reason: str | None


def lives(source: Source, since: datetime, until: datetime) -> list[tuple[Contact, list[Step]]]:
    """The contacts that arrived then, the oldest first, each with what happened to it."""
    query = CONTACTS.where(contacts.c.arrived >= since, contacts.c.arrived < until).order_by(contacts.c.arrived)
    steps = (
        select(ledger.c.reference, ledger.c.at, ledger.c.what, ledger.c.detail)
        .join(contacts, contacts.c.reference == ledger.c.reference)
        .where(contacts.c.arrived >= since, contacts.c.arrived < until, ledger.c.what.in_(COUNTED))
        .order_by(ledger.c.id)
    )
    with reading(source) as connection:
        found = [as_contact(row) for row in connection.execute(query)]
        happened: dict[str, list[Step]] = {one.reference: [] for one in found}
        for reference, at, what, detail in connection.execute(steps):
            if reference in happened:
                happened[reference].append(Step(at, what, json.loads(detail)))
    return [(one, happened[one.reference]) for one in found]


def presences(source: Source, since: datetime, until: datetime) -> list[Present]:
    """What agents did from then until then, in order; before it each one's last state, as if it began then."""
    columns = (presence.c.agent, presence.c.at, presence.c.state, presence.c.reason)
    last = (
        select(presence.c.id)
        .where(presence.c.agent == agents.c.name, presence.c.at < since, presence.c.state != written("wrap-up"))
        .order_by(presence.c.at.desc(), presence.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    before = select(*columns).where(presence.c.id.in_(select(last).select_from(agents))).order_by(presence.c.agent)
    then = select(*columns).where(presence.c.at >= since, presence.c.at < until).order_by(presence.c.id)
    with reading(source) as connection:
        found = [Present(agent, since, state, reason) for agent, _, state, reason in connection.execute(before)]
        return found + [Present(*row) for row in connection.execute(then)]


def last_contact_of(source: Source, agent: str, since: datetime) -> Contact | None:
    """Whom this agent spoke with last."""
    mine = (
        select(ledger.c.reference)
        .where(
            ledger.c.what.in_(GIVEN),
            ledger.c.at >= since,
            ledger.c.detail.like(_assigned(agent), escape="\\"),
        )
        .scalar_subquery()
    )
    spoke = select(ledger.c.reference, ledger.c.at).where(ledger.c.what == "Reached", ledger.c.reference.in_(mine))
    with reading(source) as connection:
        row = connection.execute(spoke.order_by(ledger.c.id.desc()).limit(1)).first()
        if row is None:
            return None
        return as_contact(connection.execute(CONTACTS.where(contacts.c.reference == row[0])).one())


def was_with(source: Source, agent: str, reference: str) -> bool:
    """Whether this agent was ever given the contact, or asked about it."""
    query = select(ledger.c.id).where(
        ledger.c.reference == reference,
        ledger.c.what.in_((*GIVEN, RoomEntry.ASKS)),
        ledger.c.detail.like(_assigned(agent), escape="\\"),
    )
    with reading(source) as connection:
        return connection.execute(query.limit(1)).first() is not None


def last_question_to(source: Source, agent: str, since: datetime) -> str | None:
    """The reference of the contact about which this agent was asked last."""
    query = select(ledger.c.reference).where(
        ledger.c.what == RoomEntry.ASKS, ledger.c.at >= since, ledger.c.detail.like(_assigned(agent), escape="\\")
    )
    with reading(source) as connection:
        return connection.execute(query.order_by(ledger.c.id.desc()).limit(1)).scalar()


def _assigned(agent: str) -> str:
    """In the detail of an entry, which is JSON."""
    written = json.dumps({"agent": agent}, ensure_ascii=False)[1:-1]
    for sign in ("\\", "%", "_"):
        written = written.replace(sign, "\\" + sign)
    return f"%{written}%"


def open_contacts_with_agents(source: Source) -> dict[str, datetime]:
    """When each open contact came into its stage, by reference; of those only that are with an agent or on the way."""
    moved = ("Assigned", "Accepted", "Reached")
    since = (
        select(func.max(ledger.c.at))
        .where(ledger.c.reference == contacts.c.reference, ledger.c.what.in_(moved))
        .scalar_subquery()
    )
    query = select(contacts.c.reference, since).where(OPEN, contacts.c.agent.is_not(None))
    with reading(source) as connection:
        return {row[0]: row[1] for row in connection.execute(query) if row[1]}
