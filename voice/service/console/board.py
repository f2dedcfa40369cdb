"""The supervisor's board: each queue and each agent at this moment, and the day so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from voice.content import Line
from voice.core.contact.state import Contact, Kind, Stage
from voice.core.queue.facts import QueuesAsked
from voice.core.queue.status import QueueStatus
from voice.service.console.figures import Course, QueueFigures, course_of, figures
from voice.store import Agent, Store
from voice.store.day import lives, open_contacts_with_agents
from voice.store.overrides import Override
from voice.store.queue_status import statuses

MANY = 1000
"""So many open contacts are counted, at most."""


class Doing(StrEnum):
    """What an agent does; the order in which they are shown."""

    RINGING = "ringing"
    TALKING = "talking"
    WRAP_UP = "wrap_up"
    READY = "ready"
    NOT_READY = "not_ready"
    SIGNED_OUT = "signed_out"


@dataclass(frozen=True)
class AgentRow:
    """`since` is when they began with it, `until` when a wrap-up ends."""

    agent: Agent
    doing: Doing
    since: datetime | None
    until: datetime | None = None
    contact: Contact | None = None


@dataclass(frozen=True)
class QueueRow:
    """`longest` is when the first of those who wait arrived; `announced` the range of minutes told to who joins now and
    speaks the line's own language."""

    name: str
    is_open: bool
    by_hand: Override | None
    waiting: int
    longest: datetime | None
    announced: tuple[int, int] | None
    ready: int
    due: int
    overdue: int
    today: QueueFigures


@dataclass(frozen=True)
class Board:
    queues: tuple[QueueRow, ...]
    agents: tuple[AgentRow, ...]
    overall: QueueFigures
    at: datetime


def day_so_far(line: Line, store: Store, now: datetime) -> list[Course]:
    return [course_of(contact, steps) for contact, steps in lives(store.source, line.plan.midnight(now), now)]


def board(line: Line, store: Store, courses: Sequence[Course], now: datetime) -> Board:
    """`courses` are the day so far; they may be some seconds old."""
    waiting = store.contacts.newest(open_only=True, limit=MANY)
    rows = agents(store, waiting, now)
    holding = store.overrides.holding(now)
    asked = QueuesAsked(frozenset(line.plan.queues), line.plan.default_language, now)
    behind = statuses(store.source, line.plan, asked, now)
    return Board(
        tuple(_queue(line, name, behind[name], waiting, rows, holding, courses, now) for name in line.plan.queues),
        rows,
        figures(line.plan, courses, now),
        now,
    )


def agents(store: Store, open_contacts: Sequence[Contact], now: datetime) -> tuple[AgentRow, ...]:
    """Who is busy first; then by name."""
    by_reference = {one.reference: one for one in open_contacts}
    began = open_contacts_with_agents(store.source)
    order = list(Doing)
    rows = [agent_row(one, by_reference.get(one.contact or ""), began, now) for one in store.agents.all()]
    return tuple(sorted(rows, key=lambda row: (order.index(row.doing), row.agent.name)))


def agent_row(agent: Agent, contact: Contact | None, began: dict[str, datetime], now: datetime) -> AgentRow:
    if contact is not None and agent.contact:
        doing = Doing.RINGING if contact.stage is Stage.RINGING else Doing.TALKING
        return AgentRow(agent, doing, began.get(contact.reference), contact=contact)
    if not agent.signed_in:
        return AgentRow(agent, Doing.SIGNED_OUT, agent.since)
    if agent.not_ready is not None:
        return AgentRow(agent, Doing.NOT_READY, _later(agent.since, agent.idle_since))
    if agent.wrap_up_until is not None and agent.wrap_up_until > now:
        return AgentRow(agent, Doing.WRAP_UP, agent.idle_since, agent.wrap_up_until)
    rested = agent.wrap_up_until if agent.wrap_up_until and agent.wrap_up_until <= now else None
    return AgentRow(agent, Doing.READY, _later(_later(agent.since, agent.idle_since), rested))


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((each for each in (one, other) if each), default=None)


def _queue(
    line: Line,
    name: str,
    status: QueueStatus,
    open_contacts: Sequence[Contact],
    rows: Sequence[AgentRow],
    holding: Sequence[Override],
    courses: Sequence[Course],
    now: datetime,
) -> QueueRow:
    here = [one for one in open_contacts if one.queue == name]
    waits = [one for one in here if one.kind is Kind.LIVE and one.stage in (Stage.WAITING, Stage.RINGING)]
    callbacks = [one for one in here if one.kind is Kind.CALLBACK and one.listed]
    return QueueRow(
        name=name,
        is_open=line.plan.is_open(name, now),
        by_hand=next((one for one in reversed(holding) if one.queue == name), None),
        waiting=len(waits),
        longest=min((one.arrived for one in waits), default=None),
        announced=status.estimate.minutes if status.estimate else None,
        ready=sum(row.doing is Doing.READY and name in row.agent.queues for row in rows),
        due=sum(not one.late and (one.due is None or one.due <= now) for one in callbacks),
        overdue=sum(one.late for one in callbacks),
        today=figures(line.plan, (one for one in courses if one.queue == name), now),
    )
