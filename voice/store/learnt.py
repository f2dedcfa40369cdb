"""What callers taught the line, day by day: the same for every process of every machine."""

import json
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from voice.core.learnt import LearntDay
from voice.store.database import Source, reading, writing
from voice.store.tables import calls, learnt

_NEWEST = select(func.max(learnt.c.id))
_LAST = select(learnt.c.language, func.max(learnt.c.at)).group_by(learnt.c.language)
_ALL = select(learnt).order_by(learnt.c.at)


class Learnt:
    def __init__(self, source: Source) -> None:
        self.source = source

    def newest(self) -> int:
        """A number that grows with every day that is added; 0 where there is none."""
        with reading(self.source) as connection:
            return connection.execute(_NEWEST).scalar() or 0

    def days(self) -> dict[str, list[LearntDay]]:
        """By language, the oldest first."""
        found: dict[str, list[LearntDay]] = {}
        with reading(self.source) as connection:
            for row in connection.execute(_ALL):
                right, wrong = (tuple(json.loads(row.counts)[name]) for name in ("right", "wrong"))
                day = LearntDay(row.at, row.callers, row.aside, right, wrong)
                found.setdefault(row.language, []).append(day)
        return found

    def until(self) -> dict[str, datetime]:
        """Up to which moment each language was learnt from."""
        with reading(self.source) as connection:
            return {row[0]: row[1] for row in connection.execute(_LAST)}

    def callers(self, since: datetime, until: datetime) -> set[str]:
        """The numbers that rang within this time."""
        within = (calls.c.arrived > since, calls.c.arrived <= until, calls.c.caller.is_not(None))
        with reading(self.source) as connection:
            return set(connection.execute(select(calls.c.caller).where(*within).distinct()).scalars())

    def add(self, language: str, day: LearntDay) -> bool:
        """False where another process was first."""
        counts = json.dumps({"right": day.right, "wrong": day.wrong})
        row = {"language": language, "at": day.at, "callers": day.callers, "aside": day.aside, "counts": counts}
        try:
            with writing(self.source) as connection:
                connection.execute(insert(learnt), row)
        except IntegrityError:
            return False
        return True
