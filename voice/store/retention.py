"""Callers' words in the store: where they stand once nobody needs them any more, and taking them out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, delete, or_, select, update

from voice.core.call.state import State
from voice.core.contact.state import OVER
from voice.store import inbox
from voice.store.database import reading
from voice.store.rows import from_json, to_json
from voice.store.tables import answers, calls, contacts

LONGEST_CALL = timedelta(hours=24)
"""A call of which nothing was heard for longer is over (`voice.service.live.versions`)."""

WORDS = '%"words":[%'
"""In a call's record (`voice.store.rows`)."""

BATCH = 500


@dataclass(frozen=True)
class Kept:
    """The words of a contact that has ended (`table` is "contacts") or of a call that is over ("calls")."""

    table: str
    key: str
    language: str
    words: tuple[str, ...]


def over_since(engine: Engine, since: datetime, now: datetime) -> list[Kept]:
    """What has ended since then and holds words."""
    ended = select(contacts.c.reference, contacts.c.language, contacts.c.words).where(
        contacts.c.stage.in_(OVER), contacts.c.ended >= since, contacts.c.words != "[]"
    )
    spoken = select(calls.c.record).where(_over(now), calls.c.updated >= since, calls.c.record.like(WORDS))
    with reading(engine) as connection:
        found = [Kept("contacts", row[0], row[1], tuple(json.loads(row[2]))) for row in connection.execute(ended)]
        for record in connection.execute(spoken).scalars():
            call = from_json(record)
            found.append(Kept("calls", call.sid, call.language, call.words))
    return found


def rewrite(engine: Engine, kept: list[Kept]) -> None:
    """Put these words in the place of those that stand there."""
    for start in range(0, len(kept), BATCH):
        with engine.begin() as connection:
            for one in kept[start : start + BATCH]:
                if one.table == "contacts":
                    written = json.dumps(one.words, ensure_ascii=False)
                    mine = update(contacts).where(contacts.c.reference == one.key, contacts.c.stage.in_(OVER))
                    connection.execute(mine.values(words=written))
                    continue
                record = connection.execute(
                    select(calls.c.record).where(calls.c.sid == one.key).with_for_update()
                ).scalar_one()
                call = from_json(record).but(words=one.words)
                without = to_json(call if one.words else call.but(reply=None, reply_text=None))
                connection.execute(update(calls).where(calls.c.sid == one.key).values(record=without))


def forget(engine: Engine, before: datetime, now: datetime) -> int:
    """Take the words out of all that was over before then: the journal's lines, ended contacts, calls. What happened
    stays. How many held any."""
    many = inbox.forget(engine, before)
    for found in _old(engine, before, now):
        rewrite(engine, found)
        many += len(found)
    return many


def forget_answers(engine: Engine, before: datetime) -> int:
    """Answers that Twilio repeats no webhook of any more: they hold words, and are most of what a call takes."""
    with engine.begin() as connection:
        return int(connection.execute(delete(answers).where(answers.c.at < before)).rowcount)


def _old(engine: Engine, before: datetime, now: datetime) -> Iterator[list[Kept]]:
    ended = (contacts.c.stage.in_(OVER), contacts.c.ended < before, contacts.c.words != "[]")
    spoken = (_over(now), calls.c.updated < before, calls.c.record.like(WORDS))
    for table, key, which in (("contacts", contacts.c.reference, ended), ("calls", calls.c.sid, spoken)):
        while True:
            with reading(engine) as connection:
                keys = connection.execute(select(key).where(*which).limit(BATCH)).scalars().all()
            if not keys:
                break
            yield [Kept(table, each, "", ()) for each in keys]


def _over(now: datetime) -> ColumnElement[Any]:
    return or_(calls.c.state == State.OVER, calls.c.updated < now - LONGEST_CALL)
