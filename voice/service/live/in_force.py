"""What is in force by hand, laid over the line that a process serves: queues closed or opened until a moment, and
notices.

Neither is a version: it counts for calls under way as for the next, in every process, within `LOOK_EVERY`.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy.exc import SQLAlchemyError

from voice.content import Line
from voice.service.runtime.logs import log
from voice.store import Store
from voice.store.notices import PostedNotice
from voice.store.overrides import Override

LOOK_EVERY = timedelta(seconds=1)

Holding = tuple[Sequence[Override], Sequence[PostedNotice]]


@dataclass
class InForce:
    """One for each process. Safe to use from many threads: of two who read at once, who began last counts."""

    store: Store
    _read: datetime | None = None
    _holding: Holding = ((), ())
    _laid: tuple[Line, Holding, Line] | None = field(default=None, repr=False)
    _reads: Iterator[int] = field(default_factory=lambda: count(1), repr=False)
    _taken: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def changed(self) -> None:
        """Look again the next time, however soon that is."""
        self._read = None

    def over(self, line: Line, now: datetime) -> Line:
        """The line as it is at this moment. While the database is away, as it was when that was last read."""
        if self._read is None or not timedelta(0) <= now - self._read < LOOK_EVERY:
            self._read, which = now, next(self._reads)
            try:
                with self.store.connected() as store:
                    holding = (store.overrides.holding(now), store.notices.holding(now))
            except SQLAlchemyError as error:
                log.warning("what is in force is not known", cause=type(error).__name__)
            else:
                self._take(which, holding)
        held, laid = self._holding, self._laid
        if not any(held):
            return line
        if laid is None or laid[0] is not line or laid[1] is not held:
            laid = self._laid = (line, held, lay_over(line, *held))
        return laid[2]

    def _take(self, which: int, holding: Holding) -> None:
        with self._lock:
            if which > self._taken:
                self._taken = which
                if holding != self._holding:
                    self._holding, self._laid = holding, None


def lay_over(line: Line, holding: Sequence[Override], posted: Sequence[PostedNotice] = ()) -> Line:
    queues = {one.queue for one in holding}
    forced = {name: tuple(one.forced for one in holding if one.queue == name) for name in queues}
    plan = replace(line.plan.forced(forced), notices=tuple(one.notice for one in posted))
    return replace(line, plan=plan)
