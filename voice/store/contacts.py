"""Contacts: who stands in line, whose turn it is, and what happens to each.

Every change is one transaction, with its line in the ledger and what it owes. Several workers may run at once: rows are
claimed with FOR UPDATE SKIP LOCKED on PostgreSQL; on SQLite a writing transaction is alone from its start.
"""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, or_, select, update

from voice.core.call.state import Answered
from voice.core.contact.dispatch import LINE_ORDER, hands, pair
from voice.core.contact.events import Assigned, ContactEvent, TimeUp
from voice.core.contact.hourly import RINGS
from voice.core.contact.state import CALL_CENTRE, UNSERVED, Contact, Kind, Stage
from voice.core.plan import Plan
from voice.errors import StoreError
from voice.store import transitions
from voice.store.agents import AGENTS, as_agent
from voice.store.database import Source, reading, writing
from voice.store.due import FREE, IN_LINE
from voice.store.hourly import calls_begun
from voice.store.rows import CONTACTS, KNOWN_OF, OPEN, as_contact
from voice.store.tables import agents, contacts, ledger

ON_THE_WAY = (Stage.RINGING, Stage.TAKING)

WAIT = "Wait for the next hour, or write more calls under hourly: in line.yaml."
PAGE = 200
"""The line is read so many at a time: those in front may be for nobody who is free now, or for another day."""

_RUNG = select(contacts.c.queue).where(contacts.c.agent == CALL_CENTRE, contacts.c.stage.in_(ON_THE_WAY))


def _newest(condition: ColumnElement[bool]) -> Select[Any]:
    return CONTACTS.where(condition).order_by(OPEN.desc(), contacts.c.arrived.desc()).limit(1)


_ONE = CONTACTS.where(contacts.c.reference == bindparam("which"))
_OF_LEG, _OF_CALL = (_newest(column == bindparam("which")) for column in (contacts.c.leg, contacts.c.call_sid))
_OF_NUMBER = CONTACTS.where(contacts.c.number == bindparam("number"))
_OPEN_FOR = _OF_NUMBER.where(OPEN).order_by(contacts.c.arrived)
_EARLIER = (
    _OF_NUMBER.where(contacts.c.reference != bindparam("which"), contacts.c.arrived >= bindparam("since"))
    .order_by(contacts.c.arrived.desc())
    .limit(5)
)
_ANSWERED_LATELY = (
    select(contacts.c.reference, contacts.c.intent, contacts.c.queue)
    .where(contacts.c.number == bindparam("number"), contacts.c.intent.is_not(None))
    .where(contacts.c.stage == Stage.ANSWERED, contacts.c.ended >= bindparam("since"))
    .order_by(contacts.c.ended.desc())
    .limit(20)
)
_LEDGER = select(ledger).where(ledger.c.reference == bindparam("which")).order_by(ledger.c.id)
_FREE_AGENTS = AGENTS.where(*FREE).order_by(agents.c.idle_since).with_for_update(skip_locked=True)
_LINE = (
    CONTACTS.where(*IN_LINE, contacts.c.queue.in_(bindparam("queues", expanding=True)))
    .order_by(*(contacts.c[name].desc() if way == "falling" else contacts.c[name] for name, way in LINE_ORDER))
    .limit(PAGE)
    .offset(bindparam("passed"))
    .with_for_update(skip_locked=True)
)
_STRAYED = select(*(contacts.c[name] for name in ("reference", "queue", "language", "intent"))).where(
    OPEN,
    or_(
        contacts.c.queue.not_in(bindparam("queues", expanding=True)),
        contacts.c.language.not_in(bindparam("languages", expanding=True)),
        contacts.c.intent.not_in(bindparam("topics", expanding=True)),
    ),
)
_SETTLE = update(contacts).where(contacts.c.reference == bindparam("which"), contacts.c.queue == bindparam("was"), OPEN)
_DEALT_WITH = ("done", "called back anew", transitions.RANG_AGAIN)
_UNSERVED = CONTACTS.where(
    contacts.c.stage.in_(UNSERVED),
    contacts.c.ended >= bindparam("since"),
    ~exists(select(ledger.c.id).where(ledger.c.reference == contacts.c.reference, ledger.c.what.in_(_DEALT_WITH))),
).order_by(contacts.c.arrived)
_HAND = select(agents.c.name).where(*FREE).with_for_update()
_LATE = select(contacts.c.reference).where(contacts.c.deadline <= bindparam("now"))


class Contacts:
    """`source` is asked for each time: it belongs to the store."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def contact(self, reference: str) -> Contact | None:
        return self._one(_ONE, which=reference)

    def of_leg(self, sid: str) -> Contact | None:
        """The contact whose caller is on this line now, or whose call it was."""
        return self._one(_OF_LEG, which=sid) or self._one(_OF_CALL, which=sid)

    def open_for(self, number: str) -> list[Contact]:
        """What this number waits for, oldest first: on the line or to be called back."""
        return self._all(_OPEN_FOR, number=number)

    def standing(self, number: str, since: datetime) -> list[Contact]:
        """What this number waits for, and what it rang about since then, over or not; oldest first."""
        return self._all(KNOWN_OF, number=number, since=since)

    def newest(self, *, open_only: bool = False, limit: int = 200) -> list[Contact]:
        """Contacts, the newest first."""
        query = CONTACTS.order_by(contacts.c.arrived.desc()).limit(limit)
        return self._all(query.where(OPEN) if open_only else query)

    def earlier(self, contact: Contact, since: datetime) -> list[Contact]:
        """Other contacts of the same number since then, newest first."""
        if contact.number is None:
            return []
        return self._all(_EARLIER, number=contact.number, which=contact.reference, since=since)

    def recent(self, number: str, since: datetime) -> list[Contact]:
        """What this number rang about since then, newest first; a few."""
        return self._all(_EARLIER, number=number, which="", since=since)

    def answered_lately(self, number: str, since: datetime) -> tuple[Answered, ...]:
        """Of the contacts of this number that a person answered since then, the last about each topic."""
        with reading(self.source) as connection:
            rows = connection.execute(_ANSWERED_LATELY, {"number": number, "since": since}).all()
        newest = {row.intent: Answered(*row) for row in reversed(rows)}
        return tuple(newest.values())

    def ledger_of(self, reference: str) -> list[dict[str, Any]]:
        with reading(self.source) as connection:
            rows = connection.execute(_LEDGER, {"which": reference}).mappings().all()
        return [dict(row) | {"detail": json.loads(row["detail"])} for row in rows]

    def unserved(self, since: datetime, limit: int = 200) -> list[Contact]:
        """Those who left without having been helped, and whom nobody has dealt with since; who waited longest first."""
        return self._all(_UNSERVED.limit(limit), since=since)

    def call_back(self, plan: Plan, contact: Contact, number: str, agent: str | None, now: datetime) -> Contact:
        """A new contact of the same caller, story and arrival, to be called back now; rung to this agent at once where
        one is named. The first is written off as dealt with. Raises `StoreError` for an agent who is not free."""
        with writing(self.source) as connection:
            fresh = transitions.begin_again(connection, plan, contact, number, now)
            if agent is not None:
                if not plan.hourly.allows(Kind.CALLBACK, calls_begun(connection, now)):
                    raise StoreError("The line has rung as many people this hour as it may.", WAIT)
                hand = connection.execute(_HAND.where(agents.c.name == agent), {"now": now}).first()
                given = transitions.advance(connection, plan, fresh, Assigned(agent), now) if hand else None
                if given is None:
                    raise StoreError(f"{agent} is not free.", "Sign in, be ready, and finish the call at hand first.")
                return given
            return fresh

    def next_reference(self, contact: Contact) -> str:
        """What another contact of the same caller would be known by."""
        with reading(self.source) as connection:
            return transitions.next_reference(connection, contact)

    def promise(self, plan: Plan, contact: Contact, number: str, agreed: transitions.Agreed, now: datetime) -> Contact:
        """A new contact of the same caller and story, to be called back as an agent has agreed with them."""
        with writing(self.source) as connection:
            return transitions.begin_again(connection, plan, contact, number, now, agreed)

    def note(self, reference: str, what: str, now: datetime, **detail: object) -> None:
        """Write into the ledger what changed no stage."""
        with writing(self.source) as connection:
            transitions.write(connection, reference, what, detail, now)

    def happen(
        self, plan: Plan, reference: str, event: ContactEvent, now: datetime, *, attempt: int | None = None
    ) -> Contact | None:
        """The contact after it; None when it could not happen: it came late, twice, or for another attempt."""
        with writing(self.source) as connection:
            return transitions.happen(
                connection, plan, transitions.BY_REFERENCE, {"which": reference}, event, now, attempt
            )

    def _one(self, query: Select[Any], **values: object) -> Contact | None:
        return next(iter(self._all(query, **values)), None)

    def _all(self, query: Select[Any], **values: object) -> list[Contact]:
        with reading(self.source) as connection:
            return [as_contact(row) for row in connection.execute(query, values)]

    # ── Whose turn it is ────────────────────────────────────────────────────────────────────────

    def assign(self, plan: Plan, now: datetime) -> int:
        """Give each free agent the contact whose turn it is; says how many were given. The rules
        are those of `voice.core.contact.dispatch`. Of several workers each counts what the others have begun before
        it, so that all together may pass the hour's ceiling by what they deal out in one moment."""
        with writing(self.source) as connection:
            free = [as_agent(row) for row in connection.execute(_FREE_AGENTS, {"now": now}).mappings()]
            dialled = any(plan.dialled(queue) for queue in plan.queues)
            free = hands(plan, free, set(connection.execute(_RUNG).scalars()) if dialled else ())
            queues = sorted({queue for hand in free for queue in hand.queues})
            given = passed = 0
            begun = calls_begun(connection, now) if free else 0
            while free and plan.hourly.allows(Kind.LIVE, begun):
                rows = connection.execute(_LINE, {"now": now, "queues": queues, "passed": passed}).all()
                pairs = list(pair(plan, [as_contact(row) for row in rows], free, now, begun))
                begun += sum(RINGS[contact.kind] for contact, _ in pairs)
                for contact, agent in pairs:
                    transitions.advance(connection, plan, contact, Assigned(agent.name), now)
                given += len(pairs)
                passed += len(rows) - len(pairs)
                if len(rows) < PAGE:
                    break
            return given

    def resettle(self, plan: Plan, now: datetime) -> list[str]:
        """A line that was changed may have the queue, the language or the topic of a contact no more: that goes, with
        place and words, to the people who take any question. Returns the references."""
        known = {"queues": list(plan.queues), "languages": list(plan.languages), "topics": list(plan.topics)}
        with reading(self.source) as connection:
            strayed = connection.execute(_STRAYED, known).all()
        for reference, queue, language, intent in strayed:
            to = queue if queue in plan.queues else plan.person
            values = {
                "queue": to,
                "priority": plan.queues[to].priority,
                "language": language if language in plan.languages else plan.default_language,
                "intent": intent if intent in plan.topics else None,
            }
            with writing(self.source) as connection:
                if connection.execute(_SETTLE, values | {"which": reference, "was": queue}).rowcount:
                    transitions.write(connection, reference, "resettled", {"queue": to, "was": queue}, now)
        return [reference for reference, *_ in strayed]

    def sweep(self, plan: Plan, now: datetime) -> list[Contact]:
        """Look into every contact whose deadline has passed."""
        with reading(self.source) as connection:
            late = connection.execute(_LATE, {"now": now}).scalars().all()
        swept = (self._swept(plan, reference, now) for reference in late)
        return [contact for contact in swept if contact is not None]

    def _swept(self, plan: Plan, reference: str, now: datetime) -> Contact | None:
        with writing(self.source) as connection:
            which = {"which": reference, "now": now}
            return transitions.happen(connection, plan, transitions.OVERDUE, which, TimeUp(), now)
