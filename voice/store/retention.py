"""What the store lets go in time: callers' words, their numbers, old answers, and at last whole calls.

Only what is over is touched: a contact that has ended, a call that has ended or of which nothing was heard for long.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from sqlalchemy import ColumnElement, Engine, delete, exists, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from voice.core.call.state import Call, State
from voice.core.contact.state import OVER
from voice.store import inbox
from voice.store.database import BATCH, let_others_write, reading, streaming
from voice.store.rows import OPEN, from_json, to_json
from voice.store.tables import agreements, answers, audit, calls, contacts, journal, ledger, marks, outbox, texted

LONGEST_CALL = timedelta(hours=24)
"""A call of which nothing was heard for longer is over, whatever became of its last webhook: Twilio ends one after 4
hours unless asked for more, and after 24 at the latest (https://www.twilio.com/docs/voice/api/call-resource)."""

WORDS = '%"words":[%'
"""In a call's record (`voice.store.rows`)."""

TOLD = ('%"identity":"%', '%"agreed":"%')
"""In a call's record, too: who a caller says they are, and what was agreed, go with their words."""

NUMBERS = ('%"caller":"%', '%"number":"%', '%"dictated":"%')
"""In a call's record, too."""


LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Kept:
    """The words of a contact that has ended (`table` is "contacts") or of a call that is over ("calls")."""

    table: str
    key: str
    language: str
    words: tuple[str, ...]


def done_until(engine: Engine, what: str) -> datetime:
    """Up to which moment this was done for good, by whichever process."""
    with reading(engine) as connection:
        return connection.execute(select(marks.c.at).where(marks.c.name == what)).scalar() or LONG_AGO


def done(engine: Engine, what: str, until: datetime) -> None:
    with engine.begin() as connection:
        if not connection.execute(update(marks).where(marks.c.name == what).values(at=until)).rowcount:
            connection.execute(insert(marks), {"name": what, "at": until})


def claim(engine: Engine, what: str, now: datetime, every: timedelta) -> bool:
    """Whether this is due, and not being done by another process of any machine: the first who asks does it."""
    if done_until(engine, what) == LONG_AGO:
        with suppress(IntegrityError):
            done(engine, what, now - every)
    due = (marks.c.name == what, marks.c.at <= now - every)
    with engine.begin() as connection:
        return bool(connection.execute(update(marks).where(*due).values(at=now)).rowcount)


def over_since(engine: Engine, since: datetime, now: datetime) -> Iterator[Kept]:
    """What has ended since then and holds words."""
    ended = select(contacts.c.reference, contacts.c.language, contacts.c.words).where(
        contacts.c.stage.in_(OVER), contacts.c.ended >= since, contacts.c.words != "[]"
    )
    spoken = select(calls.c.record).where(over(now), calls.c.updated >= since, calls.c.record.like(WORDS))
    with streaming(engine) as connection:
        for row in connection.execute(ended):
            yield Kept("contacts", row[0], row[1], tuple(json.loads(row[2])))
        for record in connection.execute(spoken).scalars():
            call = from_json(record)
            yield Kept("calls", call.sid, call.language, call.words)


def rewrite(engine: Engine, kept: Iterable[Kept]) -> int:
    """Put these words in the place of those that stand there. How many."""
    rest, many = iter(kept), 0
    while some := list(islice(rest, BATCH)):
        many += len(some)
        with engine.begin() as connection:
            for one in some:
                if one.table == "contacts":
                    written = json.dumps(one.words, ensure_ascii=False)
                    mine = update(contacts).where(contacts.c.reference == one.key, contacts.c.stage.in_(OVER))
                    connection.execute(mine.values(words=written, **({} if one.words else {"identity": None})))
                    continue
                record = connection.execute(
                    select(calls.c.record).where(calls.c.sid == one.key).with_for_update()
                ).scalar_one()
                call = from_json(record)
                without = to_json(call.but(words=one.words) if one.words else wordless(call))
                connection.execute(update(calls).where(calls.c.sid == one.key).values(record=without))
        let_others_write(len(some))
    return many


def forget(engine: Engine, before: datetime, now: datetime, since: datetime = LONG_AGO) -> int:
    """Take the words out of all that was over before then: the journal's lines, ended contacts, calls. What happened
    stays. How many held any. What was over before `since` holds none any more."""
    return inbox.forget(engine, before, since) + rewrite(engine, _old(engine, since, before, now))


def forget_answers(engine: Engine, before: datetime) -> int:
    """Answers that Twilio repeats no webhook of any more: they hold words, and are most of what a call takes."""
    with engine.begin() as connection:
        return int(connection.execute(delete(answers).where(answers.c.at < before)).rowcount)


def forget_numbers(engine: Engine, before: datetime, now: datetime, since: datetime = LONG_AGO) -> int:
    """Take the numbers out of all that was over before then: ended contacts, calls with no contact still open, the
    senders of texts, and whose number was looked up. How many contacts and calls held one. What was over before
    `since` holds none any more."""
    with engine.begin() as connection:
        connection.execute(delete(texted).where(texted.c.at < before))
        looked_up = (audit.c.at < before, audit.c.about.like("+%"))
        connection.execute(update(audit).where(*looked_up).values(about=None))
        lately = (contacts.c.stage.in_(OVER), contacts.c.ended >= since, contacts.c.ended < before)
        ended = (*lately, contacts.c.number.is_not(None))
        many = int(connection.execute(update(contacts).where(*ended).values(number=None)).rowcount)
    known = or_(calls.c.caller.is_not(None), *(calls.c.record.like(mark) for mark in NUMBERS))
    awaited = exists(select(contacts.c.reference).where(contacts.c.call_sid == calls.c.sid, OPEN))
    candidates = (calls.c.updated >= since, calls.c.sid.in_(select(contacts.c.call_sid).where(*lately)))
    for one in candidates:
        query = select(calls.c.sid, calls.c.record).where(one, over(now), calls.c.updated < before, known, ~awaited)
        while True:
            with engine.begin() as connection:
                found = connection.execute(query.limit(BATCH)).all()
                for sid, record in found:
                    without = to_json(numberless(from_json(record)))
                    connection.execute(update(calls).where(calls.c.sid == sid).values(record=without, caller=None))
            many += len(found)
            if len(found) < BATCH:
                break
            let_others_write(len(found))
    return many


def forget_calls(engine: Engine, before: datetime, now: datetime) -> int:
    """Take out whole contacts and calls that were over before then, with their books. How many."""
    many = 0
    ended = select(contacts.c.reference).where(contacts.c.stage.in_(OVER), contacts.c.ended < before)
    # NOT IN would be asked of every contact for every call once they outgrow PostgreSQL's working memory.
    known = exists(select(contacts.c.reference).where(contacts.c.call_sid == calls.c.sid))
    spoken = select(calls.c.sid).where(over(now), calls.c.updated < before, ~known)
    for which, key, books in (
        (ended, contacts.c.reference, (ledger.c.reference, outbox.c.reference, agreements.c.reference)),
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
            let_others_write(len(keys))
    return many


def wordless(call: Call) -> Call:
    return call.but(words=(), reply=None, reply_text=None, identity=None, agreed=None, dictated="")


def numberless(call: Call) -> Call:
    return call.but(caller=None, number=None, dictated="")


def _old(engine: Engine, since: datetime, before: datetime, now: datetime) -> Iterator[Kept]:
    told = or_(contacts.c.words != "[]", contacts.c.identity.is_not(None))
    ended = (contacts.c.stage.in_(OVER), contacts.c.ended >= since, contacts.c.ended < before, told)
    heard = or_(calls.c.record.like(WORDS), *(calls.c.record.like(mark) for mark in TOLD))
    spoken = (over(now), calls.c.updated >= since, calls.c.updated < before, heard)
    with streaming(engine) as connection:
        for table, key, which in (("contacts", contacts.c.reference, ended), ("calls", calls.c.sid, spoken)):
            for each in connection.execute(select(key).where(*which)).scalars():
                yield Kept(table, each, "", ())


def over(now: datetime) -> ColumnElement[bool]:
    """Of a call that has ended, or of which nothing was heard for long."""
    return or_(calls.c.state == State.OVER, calls.c.updated < now - LONGEST_CALL)
