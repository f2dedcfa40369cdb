"""What is going on, and who wants to know once it is over: notices, and the texts that they hold back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Row, bindparam, func, insert, select, update

from voice.core.contact.effects import Job
from voice.core.contact.state import NOTICE
from voice.core.notice import Notice, NoticeKind
from voice.store.database import Source, reading, writing
from voice.store.tables import contacts, notices, outbox

HELD = "held"
"""The state of an order of the outbox that waits for somebody to let it go."""

_HOLDING = select(notices).where(
    notices.c.until > bindparam("now"), notices.c.since <= bindparam("now"), notices.c.ended.is_(None)
)
_HELD = (
    select(outbox.c.id, contacts.c.number)
    .join_from(outbox, contacts)
    .where(outbox.c.state == HELD, outbox.c.job == Job.TEXT, outbox.c.what == bindparam("which"))
    .order_by(outbox.c.id)
)


@dataclass(frozen=True)
class PostedNotice:
    """`by` wrote it down; `ended_by` said that it is over; `waiting` callers want a text then."""

    notice: Notice
    since: datetime
    until: datetime
    by: str
    ended: datetime | None = None
    ended_by: str | None = None
    waiting: int = field(default=0, compare=False)

    def said(self, now: datetime) -> bool:
        """Whether callers hear it at this moment."""
        return self.ended is None and self.since <= now < self.until


class Notices:
    def __init__(self, source: Source) -> None:
        self.source = source

    def holding(self, now: datetime) -> list[PostedNotice]:
        """Those that are said now, the oldest first."""
        with reading(self.source) as connection:
            return [_posted(row) for row in connection.execute(_HOLDING.order_by(notices.c.id), {"now": now})]

    def latest(self, limit: int = 50) -> list[PostedNotice]:
        """Over or not, the newest first."""
        counts = select(outbox.c.what, func.count().label("many")).where(outbox.c.state == HELD).group_by(outbox.c.what)
        with reading(self.source) as connection:
            waiting = {row.what: row.many for row in connection.execute(counts)}
            rows = connection.execute(select(notices).order_by(notices.c.id.desc()).limit(limit)).all()
            return [_posted(row, waiting.get(f"{NOTICE}{row.id}", 0)) for row in rows]

    def find(self, number: int) -> PostedNotice | None:
        with reading(self.source) as connection:
            row = connection.execute(select(notices).where(notices.c.id == number)).first()
        return _posted(row) if row else None

    def add(
        self,
        kind: NoticeKind,
        texts: Mapping[str, str],
        topics: Sequence[str],
        area: str | None,
        now: datetime,
        until: datetime,
        by: str,
    ) -> int:
        row = {"kind": kind, "texts": _json(texts), "topics": _json(topics), "area": area}
        with writing(self.source) as connection:
            added = connection.execute(insert(notices), row | {"since": now, "until": until, "by": by})
            return int(added.inserted_primary_key[0])  # type: ignore[index]

    def put_into_words(self, number: int, language: str, text: str) -> None:
        """What it is in another language; or in other words."""
        with writing(self.source) as connection:
            which = notices.c.id == number
            texts = json.loads(connection.execute(select(notices.c.texts).where(which).with_for_update()).scalar_one())
            connection.execute(update(notices).where(which).values(texts=_json({**texts, language: text})))

    def end(self, number: int, by: str, now: datetime, every: timedelta, text: str) -> int:
        """It is over: whoever asked is texted `text`, a prompt's key, once for each telephone number and so far apart.
        How many are. A second end finds nobody, and changes nothing."""
        with writing(self.source) as connection:
            row = update(notices).where(notices.c.id == number, notices.c.ended.is_(None))
            connection.execute(row.values(ended=now, ended_by=by))
            texted: set[str | None] = {None}
            for order, telephone in connection.execute(_HELD, {"which": f"{NOTICE}{number}"}).all():
                due = now + every * (len(texted) - 1)
                values = {"state": "void"} if telephone in texted else {"state": "owed", "what": text, "due": due}
                texted.add(telephone)
                connection.execute(update(outbox).where(outbox.c.id == order, outbox.c.state == HELD).values(**values))
        return len(texted) - 1


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _posted(row: Row[tuple[object, ...]], waiting: int = 0) -> PostedNotice:
    topics = tuple(json.loads(row.topics))
    notice = Notice(row.id, NoticeKind(row.kind), json.loads(row.texts), topics, row.area)
    return PostedNotice(notice, row.since, row.until, row.by, row.ended, row.ended_by, waiting)
