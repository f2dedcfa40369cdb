"""Who stands behind the queues, looked up only when a turn asks for it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from voice.core.plan import Plan
from voice.core.queue.status import QueueStatus
from voice.store import Store
from voice.store.queue_status import behind


@dataclass(frozen=True, eq=False)
class QueueStatuses(Mapping[str, QueueStatus]):
    """By queue, for a caller of this language and arrival at this moment. Most turns ask for none, and what is not read
    costs nothing."""

    store: Store
    plan: Plan
    language: str
    arrived: datetime
    now: datetime
    _known: dict[str, QueueStatus] = field(default_factory=dict)

    def __getitem__(self, queue: str) -> QueueStatus:
        if queue not in self.plan.queues:
            raise KeyError(queue)
        if queue not in self._known:
            self._known[queue] = behind(self.store.source, self.plan, queue, self.language, self.now, self.arrived)
        return self._known[queue]

    def __iter__(self) -> Iterator[str]:
        return iter(self.plan.queues)

    def __len__(self) -> int:
        return len(self.plan.queues)
