"""One turn of a call is saved in one transaction: its new state, the answer, what it owes, and the journal's line.

Optimistic locking: nothing is locked while an utterance is understood, and the turn's number is the guard. Of two
processes that answer one turn, one saves; the other finds that it came too late, and gives the answer that was saved.
What an utterance means, and whether a number is known, is read before; such a read may be stale, and what must not be
(`voice.store.callback_limits`) is asked again in the transaction.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, exists, func, insert, or_, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from voice.core.call.state import Call
from voice.core.contact.events import ContactEvent
from voice.core.contact.state import Contact
from voice.core.plan import Plan
from voice.errors import StoreError
from voice.store import transitions
from voice.store.agents import Agents, listed
from voice.store.agreements import Agreements
from voice.store.audit import Audit
from voice.store.callback_limits import NotPromised
from voice.store.contacts import Contacts
from voice.store.database import Source, connect, reading, writing
from voice.store.directory import Directory
from voice.store.due import IN_LINE
from voice.store.history import History
from voice.store.learnt import Learnt
from voice.store.lengths import TOO_LONG
from voice.store.notices import Notices
from voice.store.outbox import Outbox
from voice.store.overrides import Overrides
from voice.store.processes import Processes
from voice.store.rows import CONTACTS, as_contact, from_json, to_json
from voice.store.schema import migrate, prepare
from voice.store.tables import agents, answers, calls, contacts, journal
from voice.store.texted import Texted
from voice.store.together import Overtaken, Writes, together
from voice.store.users import Users


@dataclass(frozen=True)
class Answer:
    """What was answered to one webhook: `key` names it within its call, `token` is Twilio's own mark of it."""

    key: str
    token: str | None
    twiml: str


@dataclass(frozen=True)
class JournalEntry:
    """A line of the journal."""

    what: str
    detail: Mapping[str, Any] = field(default_factory=dict)


_RECORD = select(calls.c.record).where(calls.c.sid == bindparam("which"))
_GIVEN = select(answers.c.twiml).where(
    answers.c.call_sid == bindparam("which"),
    or_(answers.c.key == bindparam("same"), answers.c.token == bindparam("mark")),
)
_LOOK_UP = select(calls.c.record, _GIVEN.limit(1).scalar_subquery()).where(calls.c.sid == bindparam("which"))
_AHEAD = select(func.count()).where(
    *IN_LINE, contacts.c.queue == bindparam("queue"), contacts.c.place < bindparam("place")
)
_PLACE = select(exists(select(agents.c.name).where(listed())), _AHEAD.scalar_subquery())
_HAPPENED = insert(journal)


class Store:
    """Raises `SettingsError` for a URL that is wrong and `StoreError` for a database that cannot be used."""

    def __init__(self, url: str, *, patient: bool = False) -> None:
        """`patient` where no caller waits for what is asked."""
        self.engine = connect(url, patient=patient)
        self._lent: Connection | None = None

    def migrate(self) -> None:
        """Bring the tables to this version (`voice.store.schema`)."""
        patient = self.patient()
        migrate(patient.engine)
        patient.close()

    def prepare(self) -> None:
        """Be sure that the tables are of this version: on SQLite by bringing them there."""
        patient = self.patient()
        prepare(patient.engine)
        patient.close()

    def patient(self) -> "Store":
        """The same store, for what may take long."""
        return Store(self.engine.url.render_as_string(hide_password=False), patient=True)

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def connected(self) -> Iterator["Store"]:
        """The same store over one connection, for who asks it several times in a row. Not to be shared by threads."""
        with reading(self.engine) as connection:
            store = copy(self)
            store._lent = connection
            yield store

    @property
    def source(self) -> Source:
        return self._lent or self.engine

    def ready(self) -> None:
        """Raises `StoreError` when the database does not answer."""
        try:
            with reading(self.source) as connection:
                connection.execute(select(func.count()).select_from(calls).where(calls.c.sid == ""))
        except SQLAlchemyError as error:
            raise StoreError(f"The database does not answer: {type(error).__name__}.") from None

    def call(self, sid: str) -> Call | None:
        with reading(self.source) as connection:
            record = connection.execute(_RECORD, {"which": sid}).scalar_one_or_none()
        return from_json(record) if record else None

    def look_up(self, sid: str, key: str, token: str | None) -> tuple[Call | None, str | None]:
        """The call, and the answer already given to this webhook if it has come before."""
        with reading(self.source) as connection:
            row = connection.execute(_LOOK_UP, {"which": sid, "same": key, "mark": token}).one_or_none()
        return (from_json(row[0]), row[1]) if row else (None, None)

    def save(
        self,
        before: Call | None,
        after: Call,
        now: datetime,
        *,
        answer: Answer | None = None,
        event: ContactEvent | None = None,
        plan: Plan | None = None,
        entries: Sequence[JournalEntry] = (),
    ) -> bool:
        """Save one turn, all of it or nothing. False when another process has saved this turn first.

        `event` is what the turn means for the caller's contact, under the rules of `plan`. Raises `NotPromised`,
        having saved nothing, where that is a callback which may not be promised.
        """
        try:
            with writing(self.source) as connection, together(connection) as writes:
                _put(writes, before, after, now)
                if answer:
                    row = {"call_sid": after.sid, "key": answer.key, "token": answer.token, "twiml": answer.twiml}
                    writes.put(answers, row | {"at": now})
                if event is not None and plan is not None:
                    transitions.bear(writes, plan, after, event, now)
                for entry in entries:
                    writes.put(journal, _line(after.sid, entry, now))
        except Overtaken:
            return False
        except NotPromised:
            # The other process may have promised it in this very turn.
            now_is = self.call(after.sid)
            if now_is is not None and (before is None or now_is.turn != before.turn):
                return False
            raise
        except IntegrityError as error:
            if TOO_LONG in str(error.orig):
                raise
            return False
        return True

    @property
    def contacts(self) -> Contacts:
        return Contacts(self.source)

    @property
    def agents(self) -> Agents:
        return Agents(self.source)

    @property
    def texted(self) -> Texted:
        return Texted(self.source)

    @property
    def outbox(self) -> Outbox:
        return Outbox(self.source)

    @property
    def overrides(self) -> Overrides:
        return Overrides(self.source)

    @property
    def history(self) -> History:
        return History(self.source)

    @property
    def agreements(self) -> Agreements:
        return Agreements(self.source)

    @property
    def directory(self) -> Directory:
        return Directory(self.source)

    @property
    def learnt(self) -> Learnt:
        return Learnt(self.source)

    @property
    def notices(self) -> Notices:
        return Notices(self.source)

    @property
    def users(self) -> Users:
        return Users(self.source)

    @property
    def processes(self) -> Processes:
        return Processes(self.source)

    @property
    def audit(self) -> Audit:
        return Audit(self.source)

    def contacts_of(self, sid: str) -> list[Contact]:
        """What came of a call: its contacts, oldest first."""
        query = CONTACTS.where(contacts.c.call_sid == sid).order_by(contacts.c.reference)
        with reading(self.source) as connection:
            return [as_contact(row) for row in connection.execute(query)]

    def journal_of(self, sid: str) -> list[dict[str, Any]]:
        query = select(journal).where(journal.c.call_sid == sid).order_by(journal.c.id)
        with reading(self.source) as connection:
            rows = connection.execute(query).mappings().all()
        return [dict(row) | {"detail": json.loads(row["detail"])} for row in rows]

    def add_to_journal(self, sid: str, entry: JournalEntry, now: datetime) -> None:
        """What somebody wrote down about a call afterwards."""
        with writing(self.source) as connection:
            connection.execute(_HAPPENED, _line(sid, entry, now))

    def place_of(self, call: Call, now: datetime) -> tuple[bool, int]:
        """Whether the caller's queue has agents at all, and how many of it arrived before them and are waiting still,
        on the line or to be called."""
        values = {"queue": call.queue, "place": call.place, "now": now, "listed": json.dumps(call.queue)}
        with reading(self.source) as connection:
            known, ahead = connection.execute(_PLACE, values).one()
        return bool(known), ahead


def _line(sid: str, entry: JournalEntry, now: datetime) -> dict[str, Any]:
    return {"call_sid": sid, "at": now, "what": entry.what, "detail": json.dumps(entry.detail, default=str)}


def _put(writes: Writes, before: Call | None, after: Call, now: datetime) -> None:
    row = {
        "turn": after.turn,
        "state": after.state.value,
        "outcome": after.outcome.value,
        "language": after.language,
        "intent": after.intent,
        "queue": after.queue,
        "questions": after.questions,
        "corrected": after.corrected,
        "passed_on": after.passed_on,
        "outbound": after.outbound,
        "updated": now,
        "record": to_json(after),
    }
    if before is None:
        writes.put(calls, row | {"sid": after.sid, "arrived": after.arrived, "caller": after.caller})
    else:
        writes.change(calls, row, {"sid": after.sid, "turn": before.turn}, guard=True)
