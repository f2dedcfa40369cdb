"""What was read of the queues, and what it says of each to one caller."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from voice.core.contact.dispatch import Agent
from voice.core.plan import Plan
from voice.core.queue.status import QueueStatus
from voice.core.queue.wait_time import Record, estimate
from voice.core.queue.windows import free_windows

ON_THE_WAY = 20.0
"""Seconds that an agent is busy with a call before it begins: ringing, the whisper, the caller's way to them."""


@dataclass(frozen=True)
class QueuesAsked:
    """Which queues a step may ask about, for a caller of this language who stands in line by `place`."""

    queues: frozenset[str]
    language: str
    place: datetime


@dataclass(frozen=True)
class Served:
    """A contact that was answered lately. `guess`: the wait that was estimated, in seconds; None for a callback."""

    queue: str
    arrived: datetime
    served: datetime
    ended: datetime
    guess: int | None


@dataclass(frozen=True)
class Crew:
    """Who answers a queue. `there` are its agents who are signed in, `hands` those of them who speak the caller's
    language; `anybody` says whether the line has agents at all, `staffed` whether this queue has."""

    anybody: bool
    staffed: bool
    there: tuple[Agent, ...]
    hands: tuple[Agent, ...]

    def shared(self, plan: Plan, queue: str) -> frozenset[str]:
        """The queues whose callers these hands serve: all of them stand before the caller."""
        return frozenset(name for one in self.hands for name in one.queues if name in plan.queues) or frozenset({queue})


@dataclass(frozen=True)
class QueueFacts:
    """`ahead`: who stands before the caller and waits, in the queues that the crew shares; `served`: the latest
    contacts of these; `taken`: the callbacks promised, by the moment (UTC) at which their window begins."""

    ahead: int = 0
    served: Sequence[Served] = ()
    taken: Mapping[datetime, int] = field(default_factory=dict)


def crew(agents: Sequence[Agent], queue: str, language: str) -> Crew:
    """`agents` are those of the queue, and at least one of any other where the line has one."""
    own = [one for one in agents if queue in one.queues]
    there = tuple(one for one in own if one.signed_in)
    return Crew(bool(agents), bool(own), there, tuple(one for one in there if language in one.languages))


def status(plan: Plan, queue: str, behind: Crew, facts: QueueFacts, now: datetime) -> QueueStatus:
    rules = plan.queues[queue]
    windows = free_windows(rules.hours, rules.window, rules.capacity, facts.taken, now.astimezone(plan.timezone))
    if not behind.staffed:
        return QueueStatus(behind.anybody, waiting=facts.ahead, windows=windows)
    free = sum(one.free(now) for one in behind.hands)
    wait = estimate(_record(plan, facts, len(behind.hands), free))
    return QueueStatus(True, len(behind.hands), facts.ahead, wait, windows, bool(behind.there))


def _record(plan: Plan, facts: QueueFacts, agents: int, free: int) -> Record:
    handlings = [
        (one.ended - one.served).total_seconds() + plan.queues[one.queue].wrap_up.total_seconds() + ON_THE_WAY
        for one in facts.served
    ]
    errors = [(one.served - one.arrived).total_seconds() / one.guess for one in facts.served if one.guess]
    return Record(facts.ahead, agents, free, handlings, errors)
