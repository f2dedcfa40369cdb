"""Which queues a step may ask about: known before it, so that their facts are read in time, and the step reads none.

The step itself is rehearsed, once as if every queue could take a caller and once as if none could: it is pure and takes
microseconds. Whatever either rehearsal asks about, the step may ask about, and nothing else: a move that finds one
queue able asks about no other.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from voice.core.call.events import CallEvent
from voice.core.call.signals import read
from voice.core.call.state import Call
from voice.core.call.table import Impossible, present, step
from voice.core.plan import Plan
from voice.core.queue.facts import QueuesAsked
from voice.core.queue.status import QueueStatus

ABLE, DESERTED = QueueStatus(), QueueStatus(known=True)


class _Rehearsal(Mapping[str, QueueStatus]):
    """Every queue has this status; which were asked about is noted."""

    def __init__(self, plan: Plan, status: QueueStatus) -> None:
        self.plan, self.status = plan, status
        self.asked: set[str] = set()

    def __getitem__(self, queue: str) -> QueueStatus:
        self.asked.add(queue)
        return self.status

    def __iter__(self) -> Iterator[str]:
        return iter(self.plan.queues)

    def __len__(self) -> int:
        return len(self.plan.queues)


def queues_needed(plan: Plan, call: Call, event: CallEvent | None, now: datetime) -> QueuesAsked:
    """What a step, or `present` where there is no event, may ask about, and for which caller: an event may change the
    language, and bring the arrival of a callback that stands."""
    asked: set[str] = set()
    for status in (ABLE, DESERTED):
        rehearsal = _Rehearsal(plan, status)
        _play(plan.but(queue_status=rehearsal), call, event, now)
        asked |= rehearsal.asked
        if not asked:
            break  # a second one, which asks nothing either, takes the same way
    reading = read(plan, call, event) if event else None
    language = reading.language if reading and reading.language in plan.languages else call.language
    arrived = reading.standing.arrived if reading and reading.standing else call.arrived
    place = arrived - timedelta(seconds=call.ahead)
    return QueuesAsked(frozenset(asked & plan.queues.keys()), language or call.language, place)


def _play(plan: Plan, call: Call, event: CallEvent | None, now: datetime) -> None:
    try:
        if event is not None:
            step(plan, call, event, now)
            return
    except Impossible:
        pass
    present(plan, call)
