"""Queues opened or closed out of their hours, by somebody, until a moment."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Update, bindparam, insert, select, update

from voice.core.queue.hours import Forced
from voice.store.database import Source, reading, writing
from voice.store.tables import overrides

_HOLDING = select(overrides).where(overrides.c.until > bindparam("now")).order_by(overrides.c.id)
_LATEST = select(overrides).order_by(overrides.c.id.desc()).limit(bindparam("limit"))


@dataclass(frozen=True)
class Override:
    """`opens`: opened rather than closed; `by` is who did it, `why` their words."""

    id: int
    queue: str
    opens: bool
    since: datetime
    until: datetime
    by: str
    why: str

    @property
    def forced(self) -> Forced:
        return Forced(self.since, self.until, self.opens)


class Overrides:
    def __init__(self, source: Source) -> None:
        self.source = source

    def holding(self, now: datetime) -> list[Override]:
        """Those that are not over; the last of a queue counts."""
        with reading(self.source) as connection:
            return [Override(**row) for row in connection.execute(_HOLDING, {"now": now}).mappings()]

    def latest(self, limit: int = 20) -> list[Override]:
        """Over or not, the newest first."""
        with reading(self.source) as connection:
            return [Override(**row) for row in connection.execute(_LATEST, {"limit": limit}).mappings()]

    def add(self, queue: str, opens: bool, now: datetime, until: datetime, by: str, why: str) -> None:
        """What was in force for the queue until now ends with it."""
        row = {"queue": queue, "opens": opens, "since": now, "until": until, "by": by, "why": why[:200]}
        with writing(self.source) as connection:
            connection.execute(self._end(queue, now))
            connection.execute(insert(overrides), row)

    def end(self, queue: str, now: datetime) -> bool:
        """Back to the queue's own hours; False where they hold already."""
        with writing(self.source) as connection:
            return bool(connection.execute(self._end(queue, now)).rowcount)

    def _end(self, queue: str, now: datetime) -> Update:
        return update(overrides).where(overrides.c.queue == queue, overrides.c.until > now).values(until=now)
