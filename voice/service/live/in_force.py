"""What is in force by hand, laid over the line that a process serves: queues closed or opened until a moment, and
notices.

Neither is a version: it counts for calls under way as for the next, in every process, within `LOOK_EVERY`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from voice.content import Line
from voice.service.runtime.logs import log
from voice.store import Store
from voice.store.notices import PostedNotice
from voice.store.overrides import Override

LOOK_EVERY = timedelta(seconds=1)


@dataclass
class InForce:
    """One for each process. Safe to use from many threads: what two read at once is the same."""

    store: Store
    _read: datetime | None = None
    _holding: tuple[Sequence[Override], Sequence[PostedNotice]] = ((), ())
    _laid: tuple[Line, Line] | None = field(default=None, repr=False)

    def changed(self) -> None:
        """Look again the next time, however soon that is."""
        self._read = None

    def over(self, line: Line, now: datetime) -> Line:
        """The line as it is at this moment. While the database is away, as it was when that was last read."""
        if self._read is None or not timedelta(0) <= now - self._read < LOOK_EVERY:
            self._read = now
            try:
                with self.store.connected() as store:
                    holding = (store.overrides.holding(now), store.notices.holding(now))
            except SQLAlchemyError as error:
                log.warning("what is in force is not known", cause=type(error).__name__)
            else:
                if holding != self._holding:
                    self._holding, self._laid = holding, None
        if not any(self._holding):
            return line
        laid = self._laid
        if laid is None or laid[0] is not line:
            laid = self._laid = (line, lay_over(line, *self._holding))
        return laid[1]


def lay_over(line: Line, holding: Sequence[Override], posted: Sequence[PostedNotice] = ()) -> Line:
    queues = {one.queue for one in holding}
    forced = {name: tuple(one.forced for one in holding if one.queue == name) for name in queues}
    plan = replace(line.plan.forced(forced), notices=tuple(one.notice for one in posted))
    return replace(line, plan=plan)
