"""What callers said, as the journal keeps it for a while, and which of it has been dealt with."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, delete, insert, select, update

from voice.store.database import reading
from voice.store.tables import calls, journal, settled

WORDS = '%"words"%'


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
    """A call in which words are kept. `intent` and `queue` are where it ended up."""

    call: str
    language: str
    intent: str | None
    queue: str | None
    lines: tuple[JournalLine, ...]


def heard(engine: Engine, since: datetime) -> list[JournaledCall]:
    """Calls with words that were said since then, the oldest first."""
    with_words = select(journal.c.call_sid).where(journal.c.at >= since, journal.c.detail.like(WORDS))
    kinds = (journal.c.id, journal.c.call_sid, journal.c.at, journal.c.what, journal.c.detail)
    of_call = (calls.c.language, calls.c.intent, calls.c.queue)
    query = (
        select(*kinds, *of_call)
        .join(calls, calls.c.sid == journal.c.call_sid)
        .where(journal.c.call_sid.in_(with_words))
        .order_by(journal.c.id)
    )
    found: dict[str, tuple[tuple[str, str | None, str | None], list[JournalLine]]] = {}
    with reading(engine) as connection:
        for row in connection.execute(query):
            _, lines = found.setdefault(row.call_sid, ((row.language, row.intent, row.queue), []))
            lines.append(JournalLine(row.id, row.call_sid, row.at, row.what, json.loads(row.detail)))
    return [JournaledCall(call, *ended, tuple(lines)) for call, (ended, lines) in found.items()]


def dealt_with(engine: Engine) -> set[tuple[str, str]]:
    """(language, text) of what was accepted or dismissed; `text` is folded."""
    with reading(engine) as connection:
        return {(row.language, row.text) for row in connection.execute(select(settled.c.language, settled.c.text))}


def settle(engine: Engine, language: str, texts: Iterable[str], how: str, now: datetime) -> None:
    """`texts` are folded; each is settled once, and the last word counts."""
    rows = [{"language": language, "text": text, "how": how, "at": now} for text in dict.fromkeys(texts)]
    with engine.begin() as connection:
        for row in rows:
            same = (settled.c.language == language, settled.c.text == row["text"])
            connection.execute(delete(settled).where(*same))
        connection.execute(insert(settled), rows)


def forget(engine: Engine, before: datetime) -> int:
    """Take the words out of the journal's older lines; what happened stays. How many lines lost them."""
    query = select(journal.c.id, journal.c.detail).where(journal.c.at < before, journal.c.detail.like(WORDS))
    with engine.begin() as connection:
        rows = connection.execute(query).all()
        for number, detail in rows:
            left = {key: value for key, value in json.loads(detail).items() if key != "words"}
            connection.execute(update(journal).where(journal.c.id == number).values(detail=json.dumps(left)))
        connection.execute(delete(settled).where(settled.c.at < before))
    return len(rows)
