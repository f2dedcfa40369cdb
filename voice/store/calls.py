"""One turn of a call is one transaction: its new state, the answer given, what it owes, and the journal's line.

Nothing is locked while an utterance is understood. The turn's number is the guard: of two processes that answer one
turn, one saves and the other finds that it came too late, and gives the answer that was saved.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from voice.core.call import Call
from voice.core.plan import Plan
from voice.core.requests import Happening, Request, Stage
from voice.errors import StoreError
from voice.store import changes
from voice.store.agents import Agents
from voice.store.database import connect, migrate, reading
from voice.store.desk import Desk
from voice.store.outbox import Outbox
from voice.store.records import from_json, to_json
from voice.store.tables import answers, calls, journal, requests


@dataclass(frozen=True)
class Answer:
    """What was answered to one webhook: `key` names it within its call, `token` is Twilio's own mark of it."""

    key: str
    token: str | None
    twiml: str


@dataclass(frozen=True)
class Entry:
    """A line of the journal."""

    what: str
    detail: Mapping[str, Any] = field(default_factory=dict)


class Store:
    """Raises `SettingsError` for a URL that is wrong and `StoreError` for a database that cannot be used."""

    def __init__(self, url: str) -> None:
        self.engine = connect(url)

    def migrate(self) -> None:
        migrate(self.engine)

    def close(self) -> None:
        self.engine.dispose()

    def ready(self) -> None:
        """Raises `StoreError` when the database does not answer."""
        try:
            with reading(self.engine) as connection:
                connection.execute(select(func.count()).select_from(calls).where(calls.c.sid == ""))
        except SQLAlchemyError as error:
            raise StoreError(f"The database does not answer: {type(error).__name__}.") from None

    def call(self, sid: str) -> Call | None:
        with reading(self.engine) as connection:
            record = connection.execute(select(calls.c.record).where(calls.c.sid == sid)).scalar_one_or_none()
        return from_json(record) if record else None

    def look_up(self, sid: str, key: str, token: str | None) -> tuple[Call | None, str | None]:
        """The call, and the answer already given to this webhook if it has come before."""
        same = answers.c.key == key
        given = select(answers.c.twiml).where(
            answers.c.call_sid == sid, or_(same, answers.c.token == token) if token else same
        )
        query = select(calls.c.record, given.limit(1).scalar_subquery()).where(calls.c.sid == sid)
        with reading(self.engine) as connection:
            row = connection.execute(query).one_or_none()
        return (from_json(row[0]), row[1]) if row else (None, None)

    def save(
        self,
        before: Call | None,
        after: Call,
        now: datetime,
        *,
        answer: Answer | None = None,
        happening: Happening | None = None,
        plan: Plan | None = None,
        entries: Sequence[Entry] = (),
    ) -> bool:
        """Save one turn, all of it or nothing. False when another process has saved this turn first.

        `happening` is what the turn means for the caller's request, under the rules of `plan`.
        """
        try:
            with self.engine.begin() as connection:
                if not self._put(connection, before, after, now):
                    return False
                if answer:
                    row = {"call_sid": after.sid, "key": answer.key, "token": answer.token, "twiml": answer.twiml}
                    connection.execute(insert(answers), row | {"at": now})
                if happening is not None and plan is not None:
                    changes.bear(connection, plan, after, happening, now)
                if entries:
                    lines = [
                        {"call_sid": after.sid, "at": now, "what": e.what, "detail": json.dumps(e.detail, default=str)}
                        for e in entries
                    ]
                    connection.execute(insert(journal), lines)
        except IntegrityError:
            return False
        return True

    @property
    def desk(self) -> Desk:
        return Desk(self.engine)

    @property
    def agents(self) -> Agents:
        return Agents(self.engine)

    @property
    def outbox(self) -> Outbox:
        return Outbox(self.engine)

    def requests_of(self, sid: str) -> list[Request]:
        """What came of a call: its requests, oldest first."""
        query = select(requests).where(requests.c.call_sid == sid).order_by(requests.c.reference)
        with reading(self.engine) as connection:
            return [changes.read(row) for row in connection.execute(query).mappings()]

    def journal_of(self, sid: str) -> list[dict[str, Any]]:
        query = select(journal).where(journal.c.call_sid == sid).order_by(journal.c.id)
        with reading(self.engine) as connection:
            rows = connection.execute(query).mappings().all()
        return [dict(row) | {"detail": json.loads(row["detail"])} for row in rows]

    def ahead_of(self, call: Call, now: datetime) -> int:
        """How many of the same queue arrived before this caller and are waiting still, on the line or to be called."""
        query = select(func.count()).where(
            requests.c.stage == Stage.WAITING,
            requests.c.queue == call.queue,
            requests.c.arrived < call.arrived,
            or_(requests.c.due.is_(None), requests.c.due <= now),
        )
        with reading(self.engine) as connection:
            return int(connection.execute(query).scalar_one())

    def _put(self, connection: Connection, before: Call | None, after: Call, now: datetime) -> bool:
        row = {
            "turn": after.turn,
            "state": after.state.value,
            "outcome": after.outcome.value,
            "language": after.language,
            "intent": after.intent,
            "queue": after.queue,
            "updated": now,
            "record": to_json(after),
        }
        if before is None:
            connection.execute(insert(calls), row | {"sid": after.sid, "arrived": after.arrived})
            return True
        query = update(calls).where(calls.c.sid == after.sid, calls.c.turn == before.turn)
        return connection.execute(query, row).rowcount == 1
