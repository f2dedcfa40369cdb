"""Who is known by number: the operator's directory, and what their service said lately."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, or_, select

from voice.core.caller import KnownCaller
from voice.store.database import Source, reading, writing
from voice.store.tables import directory

_FIELDS = tuple(field.name for field in fields(KnownCaller))
_FIND = select(*(directory.c[name] for name in _FIELDS)).where(
    directory.c.number == bindparam("number"), or_(directory.c.until.is_(None), directory.c.until > bindparam("now"))
)
BATCH = 1000


class Directory:
    def __init__(self, source: Source) -> None:
        self.source = source

    def find(self, number: str, now: datetime) -> KnownCaller | None:
        """None where nothing is known of the number, or no longer; an empty one where the service knew nothing."""
        with reading(self.source) as connection:
            row = connection.execute(_FIND, {"number": number, "now": now}).first()
        return KnownCaller(*row) if row else None

    def replace(self, callers: Mapping[str, KnownCaller]) -> None:
        """The operator's file, by number, in the place of the last one: all of it or nothing."""
        rows = [{"number": number, "until": None, **asdict(one)} for number, one in callers.items()]
        with writing(self.source) as connection:
            connection.execute(delete(directory))
            for start in range(0, len(rows), BATCH):
                connection.execute(insert(directory), rows[start : start + BATCH])

    def keep(self, number: str, known: KnownCaller, until: datetime) -> None:
        """What the service said of a number, until then."""
        with writing(self.source) as connection:
            connection.execute(delete(directory).where(directory.c.number == number))
            row = {"number": number, "until": until, **asdict(known)}
            connection.execute(insert(directory), row)

    def forget(self, now: datetime) -> int:
        """Take out what the service said and is no longer kept."""
        with writing(self.source) as connection:
            return int(connection.execute(delete(directory).where(directory.c.until <= now)).rowcount)
