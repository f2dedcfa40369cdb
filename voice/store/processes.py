"""The processes of every machine that serve the line, and what is wrong: both as any of them may ask."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, delete, func, insert, select, true, update
from sqlalchemy.exc import IntegrityError

from voice.core.alarms import PATIENCE, Condition
from voice.core.contact.hourly import hour_of
from voice.core.contact.state import Kind, Stage
from voice.store.database import Source, reading, writing
from voice.store.hourly import CALLS_BEGUN, TEXTS_BEGUN
from voice.store.rows import OPEN
from voice.store.tables import agents, alarms, contacts, processes, written

GONE_AFTER = timedelta(seconds=20)
"""A process that has said nothing for longer is not there any more."""


@dataclass(frozen=True)
class Serving:
    """A process: `what` is its work (serve, work, console), `since` when it has this version, `ticked` when a
    dispatcher last looked for something to do."""

    machine: str
    pid: int
    what: str
    version: str
    trained: bool
    since: datetime
    seen: datetime
    ticked: datetime | None = None


def _count(*conditions: ColumnElement[bool]) -> Select[Any]:
    return select(func.count()).select_from(contacts).where(*conditions)


_CONDITION = select(
    _count(
        contacts.c.stage == written(Stage.WAITING),
        contacts.c.kind == Kind.LIVE,
        contacts.c.arrived <= bindparam("long_ago"),
    ).scalar_subquery(),
    _count(OPEN, contacts.c.late == true()).scalar_subquery(),
    _count(contacts.c.kind == Kind.CALLBACK, contacts.c.arrived >= bindparam("midnight")).scalar_subquery(),
    select(func.count()).select_from(agents).scalar_subquery(),
    select(func.count()).select_from(agents).where(agents.c.signed_in == true()).scalar_subquery(),
    CALLS_BEGUN,
    TEXTS_BEGUN,
    select(func.count()).select_from(processes).where(processes.c.ticked > bindparam("long_ago")).scalar_subquery(),
)


class Processes:
    def __init__(self, source: Source) -> None:
        self.source = source

    def sign(self, one: Serving) -> None:
        """It is there; who has said nothing for long is forgotten."""
        me = (processes.c.machine == one.machine, processes.c.pid == one.pid)
        with writing(self.source) as connection:
            connection.execute(delete(processes).where(processes.c.seen < one.seen - 10 * GONE_AFTER))
            if not connection.execute(update(processes).where(*me).values(**asdict(one))).rowcount:
                connection.execute(insert(processes), asdict(one))

    def all(self, now: datetime) -> list[Serving]:
        query = select(processes).where(processes.c.seen >= now - GONE_AFTER)
        with reading(self.source) as connection:
            rows = connection.execute(query.order_by(processes.c.machine, processes.c.what, processes.c.pid)).mappings()
            return [Serving(**row) for row in rows]

    def condition(self, now: datetime, midnight: datetime) -> Condition:
        with reading(self.source) as connection:
            moments = {"long_ago": now - PATIENCE, "midnight": midnight, "hour": hour_of(now)}
            row = connection.execute(_CONDITION, moments).one()
        return Condition(*row[:7], dispatched=row[7] > 0)

    def alarm(self, wrong: Collection[str]) -> tuple[list[str], list[str]]:
        """Which alarms begin and which end with this look; of several processes that look at once, one is told."""
        with reading(self.source) as connection:
            standing = set(connection.execute(select(alarms.c.name)).scalars())
        began = [name for name in sorted(set(wrong) - standing) if self._begins(name)]
        return began, [name for name in sorted(standing - set(wrong)) if self._ends(name)]

    def _begins(self, name: str) -> bool:
        try:
            with writing(self.source) as connection:
                connection.execute(insert(alarms), {"name": name})
        except IntegrityError:
            return False
        return True

    def _ends(self, name: str) -> bool:
        with writing(self.source) as connection:
            return bool(connection.execute(delete(alarms).where(alarms.c.name == name)).rowcount)
