"""Requests: who stands in line, whose turn it is, and what happens to each.

Every change is one transaction, with its line in the ledger and what it owes. Several workers may run at once: rows are
claimed with FOR UPDATE SKIP LOCKED on PostgreSQL; on SQLite a writing transaction is alone from its start.
"""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Select, func, select

from voice.core.plan import Plan
from voice.core.requests import CALL_CENTRE, ENDS, Assigned, Happening, Kind, Request, Stage, TimeUp
from voice.store import changes
from voice.store.agents import Agent, as_agent
from voice.store.database import reading
from voice.store.due import FREE, IN_LINE
from voice.store.tables import agents, ledger, requests

ON_THE_WAY = (Stage.RINGING, Stage.TAKING)


def _call_centres(connection: Connection, plan: Plan) -> list[Agent]:
    """Each call centre that is not being rung just now, as an agent of its own queue."""
    centres = [name for name in plan.queues if plan.dialled(name)]
    if not centres:
        return []
    rung = select(requests.c.queue).where(requests.c.agent == CALL_CENTRE, requests.c.stage.in_(ON_THE_WAY))
    busy = set(connection.execute(rung).scalars())
    return [Agent(CALL_CENTRE, "", (name,), plan.languages) for name in centres if name not in busy]


def _newest(condition: Any) -> Select[Any]:
    return select(requests).where(condition).order_by(requests.c.stage.in_(ENDS), requests.c.arrived.desc()).limit(1)


class Desk:
    """`engine` is asked for each time: it belongs to the store."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    # ── Requests ────────────────────────────────────────────────────────────────────────────────

    def request(self, reference: str) -> Request | None:
        return self._one(select(requests).where(requests.c.reference == reference))

    def of_leg(self, sid: str) -> Request | None:
        """The request whose caller is on this line now, or whose call it was."""
        found = self._one(_newest(requests.c.leg == sid))
        return found or self._one(_newest(requests.c.call_sid == sid))

    def open_for(self, number: str) -> list[Request]:
        """What this number waits for, oldest first: on the line or to be called back."""
        return self._all(
            select(requests)
            .where(requests.c.number == number, requests.c.stage.not_in(ENDS))
            .order_by(requests.c.arrived)
        )

    def taken_since(self, number: str, since: datetime) -> int:
        """How many callbacks were taken for a number since then."""
        query = select(func.count()).where(
            requests.c.number == number, requests.c.kind == Kind.CALLBACK, requests.c.arrived >= since
        )
        with reading(self.engine) as connection:
            return int(connection.execute(query).scalar_one())

    def requests(self, *, open_only: bool = False, limit: int = 200) -> list[Request]:
        """The newest first."""
        query = select(requests).order_by(requests.c.arrived.desc()).limit(limit)
        return self._all(query.where(requests.c.stage.not_in(ENDS)) if open_only else query)

    def earlier(self, request: Request, since: datetime) -> list[Request]:
        """Other requests of the same number since then, newest first."""
        if request.number is None:
            return []
        mine = (requests.c.number == request.number, requests.c.reference != request.reference)
        query = select(requests).where(*mine, requests.c.arrived >= since).order_by(requests.c.arrived.desc())
        return self._all(query.limit(5))

    def ledger_of(self, reference: str) -> list[dict[str, Any]]:
        query = select(ledger).where(ledger.c.reference == reference).order_by(ledger.c.id)
        with reading(self.engine) as connection:
            rows = connection.execute(query).mappings().all()
        return [dict(row) | {"detail": json.loads(row["detail"])} for row in rows]

    def note(self, reference: str, what: str, now: datetime, **detail: object) -> None:
        """Write into the ledger what changed no stage."""
        with self.engine.begin() as connection:
            changes.write(connection, reference, what, detail, now)

    def happen(
        self, plan: Plan, reference: str, happening: Happening, now: datetime, *, attempt: int | None = None
    ) -> Request | None:
        """The request after it; None when it could not happen: it came late, twice, or for another attempt."""
        with self.engine.begin() as connection:
            return changes.happen(connection, plan, requests.c.reference == reference, happening, now, attempt)

    def _one(self, query: Select[Any]) -> Request | None:
        return next(iter(self._all(query)), None)

    def _all(self, query: Select[Any]) -> list[Request]:
        with reading(self.engine) as connection:
            return [changes.read(row) for row in connection.execute(query).mappings()]

    # ── Whose turn it is ────────────────────────────────────────────────────────────────────────

    def assign(self, plan: Plan, now: datetime) -> int:
        """Give each free agent the request whose turn it is; says how many were given.

        Overdue promises come first, then who arrived first, then the queue's priority; live callers
        and callbacks alike. A call centre is rung about one callback at a time.
        """
        with self.engine.begin() as connection:
            query = select(agents).where(*FREE).order_by(agents.c.idle_since).with_for_update(skip_locked=True)
            hands = [as_agent(row) for row in connection.execute(query, {"now": now}).mappings()]
            hands = [replace(hand, queues=tuple(q for q in hand.queues if not plan.dialled(q))) for hand in hands]
            hands += _call_centres(connection, plan)
            queues = {queue for hand in hands for queue in hand.queues}
            line = (
                select(requests)
                .where(*IN_LINE, requests.c.queue.in_(queues))
                .order_by(requests.c.late.desc(), requests.c.arrived, requests.c.priority.desc())
                .limit(200)
                .with_for_update(skip_locked=True)
            )
            given = 0
            for row in connection.execute(line, {"now": now}).mappings().all():
                request = changes.read(row)
                if request.kind is Kind.CALLBACK and not plan.is_open(request.queue, now):
                    continue
                hand = next((one for one in hands if one.serves(request)), None)
                if hand is None:
                    continue
                hands.remove(hand)
                changes.advance(connection, plan, request, Assigned(hand.name), now)
                given += 1
            return given

    def sweep(self, plan: Plan, now: datetime) -> list[Request]:
        """Look into every request whose deadline has passed."""
        past = (requests.c.deadline.is_not(None), requests.c.deadline <= now)
        with reading(self.engine) as connection:
            late = connection.execute(select(requests.c.reference).where(*past)).scalars().all()
        swept = (self._swept(plan, reference, now) for reference in late)
        return [request for request in swept if request is not None]

    def _swept(self, plan: Plan, reference: str, now: datetime) -> Request | None:
        with self.engine.begin() as connection:
            still = (requests.c.reference == reference) & (requests.c.deadline <= now)
            return changes.happen(connection, plan, still, TimeUp(), now)
