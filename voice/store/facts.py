"""What is known of a queue at this moment: who stands behind it, who waits, and how long that takes."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, func, or_, select

from voice.core.plan import Desk as Behind
from voice.core.plan import Plan
from voice.core.requests import ENDS, Kind, Request, Stage
from voice.core.waiting import Record, estimate
from voice.store import changes
from voice.store.agents import Agent, as_agent
from voice.store.database import reading
from voice.store.tables import agents, requests

LATELY = timedelta(hours=4)
SAMPLE = 40
"""An estimate rests on the last so many completed requests, none older than `LATELY`."""

ON_THE_WAY = 20.0
"""Seconds that an agent is busy with a call before it begins: ringing, the whisper, the caller's way to them."""


def behind(
    engine: Engine, plan: Plan, queue: str, language: str, now: datetime, arrived: datetime | None = None
) -> Behind:
    """Who stands behind a queue for a caller of this language, who arrived then (or joins now)."""
    with reading(engine) as connection:
        free_windows = _windows(connection, plan, queue, now)
        everyone = [as_agent(row) for row in connection.execute(select(agents)).mappings()]
        mine = [agent for agent in everyone if queue in agent.queues]
        if not mine:
            return Behind(waiting=_waiting(connection, {queue}, now, arrived), windows=free_windows)
        hands = [agent for agent in mine if agent.signed_in and language in agent.languages]
        shared = {name for agent in hands for name in agent.queues} or {queue}
        ahead = _waiting(connection, shared, now, arrived)
        done = _completed(connection, shared, now)
    free = [hand for hand in hands if hand.request is None and (hand.rest_until is None or hand.rest_until <= now)]
    return Behind(True, len(hands), ahead, estimate(_record(plan, ahead, hands, len(free), done)), free_windows)


def _waiting(connection: Connection, queues: set[str], now: datetime, arrived: datetime | None) -> int:
    query = select(func.count()).where(
        requests.c.stage == Stage.WAITING,
        requests.c.queue.in_(queues),
        or_(requests.c.due.is_(None), requests.c.due <= now),
    )
    if arrived is not None:
        query = query.where(requests.c.arrived < arrived)
    return int(connection.execute(query).scalar_one())


def _completed(connection: Connection, queues: set[str], now: datetime) -> list[Request]:
    query = (
        select(requests)
        .where(requests.c.stage == Stage.ANSWERED, requests.c.ended >= now - LATELY, requests.c.queue.in_(queues))
        .order_by(requests.c.ended.desc())
        .limit(SAMPLE)
    )
    return [changes.read(row) for row in connection.execute(query).mappings()]


def _record(plan: Plan, ahead: int, hands: list[Agent], free: int, done: list[Request]) -> Record:
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
    taken = select(requests.c.promised, func.count()).where(
        requests.c.queue == queue,
        requests.c.kind == Kind.CALLBACK,
        requests.c.stage.not_in(ENDS),
        requests.c.promised >= now,
    )
    rows = connection.execute(taken.group_by(requests.c.promised))
    count: dict[datetime, int] = {row[0]: row[1] for row in rows}
    local = now.astimezone(plan.timezone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight + rules.window * (-(-(local - midnight) // rules.window))
    free: list[tuple[datetime, datetime]] = []
    for _ in range(WINDOWS_LOOKED_AT):
        end = start + rules.window
        inside = plan.is_open(queue, start) and plan.is_open(queue, end - timedelta(minutes=1))
        if inside and count.get(start.astimezone(UTC), 0) < rules.capacity:
            free.append((start, end))
        if len(free) == WINDOWS_OFFERED:
            break
        start = end
    return tuple(free)


WINDOWS_OFFERED = 3
WINDOWS_LOOKED_AT = 24 * 7
