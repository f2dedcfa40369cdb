"""What the store lets go in time: callers' words, their numbers, old answers, and at last whole calls.

Only what is over is touched: a contact that has ended, a call that has ended or of which nothing was heard for long.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, delete, or_, select, update

from voice.core.call.state import Call, State
from voice.core.contact.state import OVER
from voice.store import inbox
from voice.store.database import reading
from voice.store.rows import OPEN, from_json, to_json
from voice.store.tables import answers, audit, calls, contacts, journal, ledger, outbox, texted

LONGEST_CALL = timedelta(hours=24)
"""A call of which nothing was heard for longer is over (`voice.service.live.versions`)."""

WORDS = '%"words":[%'
"""In a call's record (`voice.store.rows`)."""

NUMBERS = ('%"caller":"%', '%"number":"%', '%"dictated":"%')
"""In a call's record, too."""

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
    spoken = select(calls.c.record).where(over(now), calls.c.updated >= since, calls.c.record.like(WORDS))
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
                call = from_json(record)
                without = to_json(call.but(words=one.words) if one.words else wordless(call))
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


def forget_numbers(engine: Engine, before: datetime, now: datetime) -> int:
    """Take the numbers out of all that was over before then: ended contacts, calls with no contact still open, the
    senders of texts, and whose number was looked up. How many contacts and calls held one."""
    with engine.begin() as connection:
        connection.execute(delete(texted).where(texted.c.at < before))
        looked_up = (audit.c.at < before, audit.c.about.like("+%"))
        connection.execute(update(audit).where(*looked_up).values(about=None))
        ended = (contacts.c.stage.in_(OVER), contacts.c.ended < before, contacts.c.number.is_not(None))
        many = int(connection.execute(update(contacts).where(*ended).values(number=None)).rowcount)
    known = or_(calls.c.caller.is_not(None), *(calls.c.record.like(mark) for mark in NUMBERS))
    awaited = select(contacts.c.call_sid).where(OPEN)
    query = select(calls.c.sid, calls.c.record).where(
        over(now), calls.c.updated < before, known, calls.c.sid.not_in(awaited)
    )
    while True:
        with engine.begin() as connection:
            found = connection.execute(query.limit(BATCH)).all()
            for sid, record in found:
                without = to_json(numberless(from_json(record)))
                connection.execute(update(calls).where(calls.c.sid == sid).values(record=without, caller=None))
        many += len(found)
        if len(found) < BATCH:
            return many


def forget_calls(engine: Engine, before: datetime, now: datetime) -> int:
    """Take out whole contacts and calls that were over before then, with their books. How many."""
    many = 0
    ended = select(contacts.c.reference).where(contacts.c.stage.in_(OVER), contacts.c.ended < before)
    spoken = select(calls.c.sid).where(
        over(now), calls.c.updated < before, calls.c.sid.not_in(select(contacts.c.call_sid))
    )
    for which, key, books in (
        (ended, contacts.c.reference, (ledger.c.reference, outbox.c.reference)),
        (spoken, calls.c.sid, (answers.c.call_sid, journal.c.call_sid)),
    ):
        while True:
            with engine.begin() as connection:
                keys = connection.execute(which.limit(BATCH)).scalars().all()
                for column in (*books, key):
                    connection.execute(delete(column.table).where(column.in_(keys)))
            many += len(keys)
            if len(keys) < BATCH:
                break
    return many


def wordless(call: Call) -> Call:
    return call.but(words=(), reply=None, reply_text=None)


def numberless(call: Call) -> Call:
    return call.but(caller=None, number=None, dictated="")


def _old(engine: Engine, before: datetime, now: datetime) -> Iterator[list[Kept]]:
    ended = (contacts.c.stage.in_(OVER), contacts.c.ended < before, contacts.c.words != "[]")
    spoken = (over(now), calls.c.updated < before, calls.c.record.like(WORDS))
    for table, key, which in (("contacts", contacts.c.reference, ended), ("calls", calls.c.sid, spoken)):
        while True:
            with reading(engine) as connection:
                keys = connection.execute(select(key).where(*which).limit(BATCH)).scalars().all()
            if not keys:
                break
            yield [Kept(table, each, "", ()) for each in keys]


def over(now: datetime) -> ColumnElement[bool]:
    """Of a call that has ended, or of which nothing was heard for long."""
    return or_(calls.c.state == State.OVER, calls.c.updated < now - LONGEST_CALL)
