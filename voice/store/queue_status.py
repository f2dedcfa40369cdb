"""What is known of a queue at this moment: who stands behind it, who waits, and how long that takes."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, or_, select

from voice.core.contact.state import Kind, Stage
from voice.core.plan import Plan
from voice.core.queue.status import QueueStatus as Behind
from voice.core.queue.wait_time import Record, estimate
from voice.store.agents import AGENTS, LISTED, Agent, as_agent
from voice.store.database import Source, reading
from voice.store.due import IN_LINE
from voice.store.rows import OPEN
from voice.store.tables import agents, contacts

LATELY = timedelta(hours=4)
SAMPLE = 40
"""An estimate rests on the last so many completed contacts, none older than `LATELY`."""

ON_THE_WAY = 20.0
"""Seconds that an agent is busy with a call before it begins: ringing, the whisper, the caller's way to them."""

_ANYBODY = select(func.min(agents.c.name)).scalar_subquery()
_BEHIND = AGENTS.where(or_(LISTED, agents.c.name == _ANYBODY))
"""The agents of a queue; and one of the line's, so that a queue without any is told from a line without any."""
_QUEUES = contacts.c.queue.in_(bindparam("queues", expanding=True))
_WAITING = select(func.count()).where(*IN_LINE, _QUEUES, contacts.c.arrived < bindparam("arrived"))
_COMPLETED = (
    select(*(contacts.c[name] for name in ("queue", "kind", "arrived", "served", "ended", "guess")))
    .where(contacts.c.stage == Stage.ANSWERED, contacts.c.ended >= bindparam("since"), _QUEUES)
    .order_by(contacts.c.ended.desc())
    .limit(SAMPLE)
)
_TAKEN = (
    select(contacts.c.promised, func.count())
    .where(contacts.c.queue == bindparam("queue"), contacts.c.kind == Kind.CALLBACK, OPEN)
    .where(contacts.c.promised >= bindparam("now"))
    .group_by(contacts.c.promised)
)


def behind(source: Source, plan: Plan, queue: str, language: str, now: datetime, arrived: datetime) -> Behind:
    """Who stands behind a queue for a caller of this language, who arrived then."""
    with reading(source) as connection:
        free_windows = _windows(connection, plan, queue, now)
        found = [as_agent(row) for row in connection.execute(_BEHIND, {"listed": json.dumps(queue)}).mappings()]
        mine = [agent for agent in found if queue in agent.queues]
        if not mine:
            limited = plan.queues[queue].full_at is not None
            ahead = _waiting(connection, {queue}, now, arrived) if limited else 0
            return Behind(bool(found), waiting=ahead, windows=free_windows)
        there = [agent for agent in mine if agent.signed_in]
        hands = [agent for agent in there if language in agent.languages]
        shared = {name for agent in hands for name in agent.queues if name in plan.queues} or {queue}
        ahead = _waiting(connection, shared, now, arrived)
        done = _completed(connection, shared, now)
    free = [hand for hand in hands if hand.contact is None and (hand.rest_until is None or hand.rest_until <= now)]
    free = [hand for hand in free if hand.not_ready is None]
    guess = estimate(_record(plan, ahead, hands, len(free), done))
    return Behind(True, len(hands), ahead, guess, free_windows, bool(there))


def _waiting(connection: Connection, queues: set[str], now: datetime, arrived: datetime) -> int:
    values = {"queues": sorted(queues), "now": now, "arrived": arrived}
    return int(connection.execute(_WAITING, values).scalar_one())


def _completed(connection: Connection, queues: set[str], now: datetime) -> Sequence[Row[Any]]:
    values = {"queues": sorted(queues), "since": now - LATELY}
    return connection.execute(_COMPLETED, values).all()


def _record(plan: Plan, ahead: int, hands: list[Agent], free: int, done: Sequence[Row[Any]]) -> Record:
    handlings = [
        (one.ended - one.served).total_seconds() + plan.queues[one.queue].wrap_up.total_seconds() + ON_THE_WAY
        for one in done
        if one.ended and one.served
    ]
    errors = [
        (one.served - one.arrived).total_seconds() / one.guess
        for one in done
        if one.served and one.guess and one.kind is Kind.LIVE
    ]
    return Record(ahead, len(hands), free, handlings, errors)


def _windows(connection: Connection, plan: Plan, queue: str, now: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """The next free moments to be called back at, inside opening hours."""
    rules = plan.queues[queue]
    if not rules.capacity:
        return ()
    rows = connection.execute(_TAKEN, {"queue": queue, "now": now})
    count: dict[datetime, int] = {row[0]: row[1] for row in rows}
    local = now.astimezone(plan.timezone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight + rules.window * (-(-(local - midnight) // rules.window))
    free: list[tuple[datetime, datetime]] = []
    for _ in range(HORIZON // rules.window):
        end = start + rules.window
        inside = plan.is_open(queue, start) and plan.is_open(queue, end - timedelta(minutes=1))
        if inside and count.get(start.astimezone(UTC), 0) < rules.capacity:
            free.append((start, end))
        if len(free) == WINDOWS_OFFERED:
            break
        start = end
    return tuple(free)


WINDOWS_OFFERED = 3
HORIZON = timedelta(days=7)
"""How far ahead windows are offered."""
