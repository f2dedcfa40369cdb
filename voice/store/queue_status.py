"""What is known of queues at this moment: who stands behind them, who waits, and how long that takes.

However many queues a turn asks about, one statement reads the agents, and one more, only where anybody or a window is
there, what depends on who they are.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, literal, null, or_, select, union_all

from voice.core.contact.dispatch import Agent
from voice.core.contact.state import Kind, Stage
from voice.core.plan import Plan
from voice.core.queue.facts import Crew, QueueFacts, QueuesAsked, Served, crew, status
from voice.core.queue.status import QueueStatus
from voice.store.agents import AGENTS, as_agent, listed
from voice.store.database import Source, reading
from voice.store.due import IN_LINE
from voice.store.rows import LISTED_CALLBACK
from voice.store.tables import agents, contacts, written

LATELY = timedelta(hours=4)
SAMPLE = 40
"""An estimate rests on the last so many answered contacts, none older than `LATELY`."""

_ANYBODY = select(func.min(agents.c.name)).scalar_subquery()

SERVED, AHEAD, TAKEN = "served", "ahead", "taken"


def statuses(source: Source, plan: Plan, asked: QueuesAsked, now: datetime) -> dict[str, QueueStatus]:
    """By queue, for the caller who is meant. Nothing is read where nothing is asked about."""
    if not asked.queues:
        return {}
    queues = sorted(asked.queues)
    with reading(source) as connection:
        found = _agents(connection, queues)
        crews = {queue: crew(found, queue, asked.language) for queue in queues}
        wanting = {queue: crews[queue] for queue in queues if _wanting(plan, queue, crews[queue])}
        facts = _facts(connection, plan, wanting, asked.place, now) if wanting else {}
    return {queue: status(plan, queue, crews[queue], facts.get(queue, QueueFacts()), now) for queue in queues}


def _wanting(plan: Plan, queue: str, behind: Crew) -> bool:
    """Whether more than the agents must be known. A queue without any, and without a limit, takes everybody."""
    rules = plan.queues[queue]
    return behind.staffed or rules.full_at is not None or rules.capacity > 0


@cache
def _of_queues(count: int) -> Select[Any]:
    """The agents of so many queues; and one of the line's, so that a queue without any is told from such a line."""
    return AGENTS.where(or_(*(listed(f"listed{n}") for n in range(count)), agents.c.name == _ANYBODY))


def _agents(connection: Connection, queues: list[str]) -> list[Agent]:
    values = {f"listed{n}": json.dumps(queue) for n, queue in enumerate(queues)}
    return [as_agent(row) for row in connection.execute(_of_queues(len(queues)), values).mappings()]


@cache
def _about(count: int) -> Any:
    """(n, what, queue, arrived, served, ended, number) of so many queues, by their place n in the list.

    Of `served` a row a contact, `number` being the wait estimated, in seconds; of `ahead` a row a queue, and of `taken`
    a row a window that begins at `arrived`, `number` being the count.
    """
    parts: list[Select[Any]] = []
    for n in range(count):
        shared = contacts.c.queue.in_(bindparam(f"shared{n}", expanding=True))
        guess = func.nullif(contacts.c.guess, 0)
        lately = (
            select(literal(n).label("n"), literal(SERVED).label("what"), contacts.c.queue)
            .add_columns(contacts.c.arrived, contacts.c.served, contacts.c.ended)
            .add_columns(guess.label("number"), contacts.c.kind)
            .where(contacts.c.stage == written(Stage.ANSWERED), contacts.c.ended >= bindparam("since"), shared)
            .where(contacts.c.served.is_not(None))
            .order_by(contacts.c.ended.desc())
            .limit(SAMPLE)
            .subquery()
        )
        parts.append(select(*lately.c))
    for n in range(count):
        shared = contacts.c.queue.in_(bindparam(f"shared{n}", expanding=True))
        before = contacts.c.place < bindparam("place")
        parts.append(_counted(n, AHEAD, null()).where(*IN_LINE, shared, before))
        mine = contacts.c.queue == bindparam(f"queue{n}")
        promised = _counted(n, TAKEN, contacts.c.promised)
        promised = promised.where(mine, *LISTED_CALLBACK, contacts.c.promised >= bindparam("now"))
        parts.append(promised.group_by(contacts.c.promised))
    return union_all(*parts)


def _counted(n: int, what: str, moment: Any) -> Select[Any]:
    return select(literal(n), literal(what), null(), moment, null(), null(), func.count(), null()).select_from(contacts)


def _facts(
    connection: Connection, plan: Plan, crews: Mapping[str, Crew], place: datetime, now: datetime
) -> dict[str, QueueFacts]:
    values: dict[str, Any] = {"place": place, "now": now, "since": now - LATELY}
    for n, (queue, behind) in enumerate(crews.items()):
        values |= {f"queue{n}": queue, f"shared{n}": sorted(behind.shared(plan, queue))}
    rows = connection.execute(_about(len(crews)), values).all()
    return {queue: _gathered([row for row in rows if row.n == n]) for n, queue in enumerate(crews)}


def _gathered(rows: list[Row[Any]]) -> QueueFacts:
    return QueueFacts(
        ahead=sum(row.number for row in rows if row.what == AHEAD),
        served=[
            Served(row.queue, row.arrived, row.served, row.ended, row.number if row.kind == Kind.LIVE else None)
            for row in rows
            if row.what == SERVED
        ],
        taken={row.arrived: row.number for row in rows if row.what == TAKEN},
    )
