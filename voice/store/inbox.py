"""What callers said, as the journal keeps it for a while, and which of it has been dealt with."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from types import MappingProxyType
from typing import Any

from sqlalchemy import Engine, and_, delete, insert, or_, select, update

from voice.store.database import BATCH, let_others_write, reading, streaming
from voice.store.tables import calls, journal, settled

WORDS = '%"words"%'
NO_GUESS: Mapping[str, Collection[str]] = MappingProxyType({})


@dataclass(frozen=True)
class JournalLine:
    """A line of a call's journal. `what` is the signal (`voice.core.call.signals`)."""

    number: int
    call: str
    at: datetime
    what: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class JournaledCall:
    """A call in which words are kept. `intent` and `queue` are where it ended up; `caller` is the number, as long as
    it is kept."""

    call: str
    language: str
    intent: str | None
    queue: str | None
    caller: str | None
    lines: tuple[JournalLine, ...]


def heard(
    engine: Engine, since: datetime, signals: Collection[str] = (), guessed: Mapping[str, Collection[str]] = NO_GUESS
) -> Iterator[JournaledCall]:
    """Calls with words that were said since then, one after another. With `signals` those alone in which one of them
    came, or one of `guessed` in a state named with it."""
    telling = [journal.c.at >= since]
    if signals:
        came = (
            and_(journal.c.what == signal, or_(*(journal.c.detail.like(f'%"from": "{state}"%') for state in states)))
            for signal, states in guessed.items()
        )
        telling.append(or_(journal.c.what.in_(sorted(signals)), *came))
    else:
        telling.append(journal.c.detail.like(WORDS))
    query = (
        select(journal.c.id, journal.c.call_sid, journal.c.at, journal.c.what, journal.c.detail)
        .add_columns(calls.c.language, calls.c.intent, calls.c.queue, calls.c.caller)
        .join(calls, calls.c.sid == journal.c.call_sid)
        .where(journal.c.call_sid.in_(select(journal.c.call_sid).where(*telling)))
        .order_by(journal.c.call_sid, journal.c.id)
    )
    with streaming(engine) as connection:
        for sid, rows in groupby(connection.execute(query), lambda row: str(row.call_sid)):
            found = list(rows)
            lines = tuple(JournalLine(row.id, sid, row.at, row.what, json.loads(row.detail)) for row in found)
            first = found[0]
            yield JournaledCall(sid, first.language, first.intent, first.queue, first.caller, lines)


def dealt_with(engine: Engine) -> set[tuple[str, str]]:
    """(language, text) of what was accepted or dismissed; `text` is folded."""
    with reading(engine) as connection:
        return {(row.language, row.text) for row in connection.execute(select(settled.c.language, settled.c.text))}


def settle(
    engine: Engine, language: str, texts: Iterable[str], how: str, now: datetime, phrase: str = "", intent: str = ""
) -> None:
    """`texts` are folded; each is settled once, and the last word counts. `phrase` is that of them which was written
    for `intent`."""
    rows = [
        {"language": language, "text": text, "how": how, "at": now, "intent": intent if text == phrase else None}
        for text in dict.fromkeys(texts)
    ]
    with engine.begin() as connection:
        for row in rows:
            same = (settled.c.language == language, settled.c.text == row["text"])
            connection.execute(delete(settled).where(*same))
        connection.execute(insert(settled), rows)


@dataclass(frozen=True)
class Settled:
    """What was settled at once, by whatever command. `texts` are folded; `phrase` is that of them which was written for
    `intent`."""

    language: str
    how: str
    at: datetime
    texts: tuple[str, ...]
    phrase: str | None = None
    intent: str | None = None


def last_settled(engine: Engine) -> Settled | None:
    newest = select(settled).order_by(settled.c.at.desc()).limit(1)
    with reading(engine) as connection:
        last = connection.execute(newest).first()
        if last is None:
            return None
        together = (settled.c.at == last.at, settled.c.language == last.language)
        same = select(settled.c.text, settled.c.intent).where(*together).order_by(settled.c.text)
        rows = connection.execute(same).all()
    phrase, intent = next(((row.text, row.intent) for row in rows if row.intent), (None, None))
    return Settled(last.language, last.how, last.at, tuple(row.text for row in rows), phrase, intent)


def unsettle(engine: Engine, what: Settled) -> None:
    with engine.begin() as connection:
        connection.execute(delete(settled).where(settled.c.at == what.at, settled.c.language == what.language))


def forget(engine: Engine, before: datetime, since: datetime) -> int:
    """Take the words out of the journal's lines from `since` until `before`; what happened stays. How many lines lost
    them."""
    within = (journal.c.at >= since, journal.c.at < before, journal.c.detail.like(WORDS))
    query, many = select(journal.c.id, journal.c.detail).where(*within), 0
    with streaming(engine) as connection:
        for rows in connection.execute(query).partitions(BATCH):
            many += len(rows)
            _without_words(engine, rows)
            let_others_write(len(rows))
    with engine.begin() as writer:
        writer.execute(delete(settled).where(settled.c.at < before))
    return many


def _without_words(engine: Engine, rows: Iterable[Any]) -> None:
    with engine.begin() as connection:
        for number, detail in rows:
            left = {key: value for key, value in json.loads(detail).items() if key != "words"}
            connection.execute(update(journal).where(journal.c.id == number).values(detail=json.dumps(left)))
