"""Who did what in the console, and looked at whose story."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select

from voice.store.database import Source, reading, writing
from voice.store.tables import audit


@dataclass(frozen=True)
class Deed:
    """`about` is a contact's reference, a queue's or a user's name."""

    id: int
    at: datetime
    user: str
    what: str
    about: str | None
    detail: dict[str, Any]


class Audit:
    def __init__(self, source: Source) -> None:
        self.source = source

    def write(self, user: str, what: str, now: datetime, about: str | None = None, **detail: object) -> None:
        written = json.dumps(detail, default=str, ensure_ascii=False)
        with writing(self.source) as connection:
            connection.execute(
                insert(audit), {"at": now, "user": user, "what": what, "about": about, "detail": written}
            )

    def latest(self, limit: int = 200, about: str | None = None) -> list[Deed]:
        """The newest first."""
        query = select(audit).order_by(audit.c.id.desc()).limit(limit)
        if about is not None:
            query = query.where(audit.c.about == about)
        with reading(self.source) as connection:
            rows = connection.execute(query).mappings().all()
        return [Deed(**dict(row) | {"detail": json.loads(row["detail"])}) for row in rows]

    def count(self, what: str, about: str, since: datetime) -> int:
        query = select(func.count()).where(audit.c.what == what, audit.c.about == about, audit.c.at >= since)
        with reading(self.source) as connection:
            return int(connection.execute(query).scalar_one())
