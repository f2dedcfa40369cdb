"""A database that has seen many calls: written row by row past the app, in seconds, so that years can be measured.

Of each call what the app leaves behind: the call, its journal, its contact with the ledger, and the orders carried out.
Eight of ten were answered, one is a callback that was kept, one hung up; one in ten was understood at a second try.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from voice.core.call.state import Call, Outcome, State
from voice.core.contact.state import Contact, Kind, Stage
from voice.store import Store
from voice.store.rows import as_row, to_json
from voice.store.tables import calls, contacts, journal, ledger, metadata, outbox

CHUNK = 5000
SAID = ("er klopt iets niet op mijn factuur", "mijn internet doet het niet", "ik wil iets vragen over mijn bestelling")

Row = dict[str, Any]


def fill(store: Store, count: int, days: float, now: datetime, queues: Sequence[str], topics: Sequence[str]) -> None:
    """`count` calls, all over, spread evenly over the `days` days before `now`."""
    for start in range(0, count, CHUNK):
        rows: dict[str, list[Row]] = {table.name: [] for table in (calls, contacts, journal, ledger, outbox)}
        for n in range(start, min(start + CHUNK, count)):
            arrived = now - timedelta(days=days) * (1 - n / count)
            for table, row in _one(n, arrived, queues[n % len(queues)], topics[n % len(topics)]):
                rows[table].append(row)
        for table, found in rows.items():
            _put(store, table, found)
    if store.engine.dialect.name == "postgresql":
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _one(n: int, arrived: datetime, queue: str, topic: str) -> Iterator[tuple[str, Row]]:
    sid, number, words = f"CA{n:032x}", f"+3247{n % 10_000_000:07d}", SAID[n % len(SAID)]
    served, ended = arrived + timedelta(seconds=20 + n % 300), arrived + timedelta(seconds=400 + n % 300)
    back, left, again = n % 10 == 8, n % 10 == 9, n % 10 == 5
    outcome = Outcome.CALLBACK if back else Outcome.AGENT
    call = Call(
        sid, "nl", "+3212345670", number, arrived, "a" * 16, State.OVER, 5, 2, 2 if again else 1,
        intent=topic, queue=queue, words=(words,), heard=True, outcome=outcome,
    )  # fmt: skip
    columns = ("turn", "state", "outcome", "language", "intent", "queue", "arrived", "caller", "questions")
    flags = {name: getattr(call, name) for name in ("corrected", "passed_on", "outbound")}
    record = {name: getattr(call, name) for name in columns} | flags
    yield "calls", record | {"sid": sid, "updated": ended, "record": to_json(call)}
    turns = [("rang", "new", "question")]
    turns += [("no-match", "question", "again")] if again else []
    turns += [("topic", "question", "announce"), ("no-input", "announce", "hold"), ("taken out", "hold", "agent")]
    turns += [("hung up", "agent", "over")]
    for what, was, to in turns:
        detail = {"from": was, "to": to, "intent": topic}
        spoken = {"decision": "route", "because": "sure", "words": words, "language": "nl", "guess": topic}
        detail |= spoken if what in ("topic", "no-match") else {}
        yield "journal", {"call_sid": sid, "at": arrived, "what": what, "detail": json.dumps(detail)}
    reference = f"{n:08X}-3"
    stage = Stage.ABANDONED if left else Stage.ANSWERED
    contact = Contact(
        reference, sid, Kind.CALLBACK if back else Kind.LIVE, stage, queue, "nl", arrived, "+3212345670", number, topic,
        words=(words,), leg=sid, attempt=1, agent=None if left else f"agent{n % 500}",
        agent_call=None if left else f"CB{n:032x}", served=None if left else served, ended=ended,
    )  # fmt: skip
    yield "contacts", as_row(contact)
    steps: list[tuple[str, Row]] = [("Joined", {"queue": queue, "to": "waiting"})]
    if left:
        steps += [("Gone", {"from": "waiting", "to": "abandoned"})]
    else:
        steps += [("Assigned", {"agent": contact.agent}), ("Rung", {}), ("Accepted", {}), ("Reached", {})]
        steps += [("AgentLeft", {"from": "talking", "to": "answered"})]
        for job in ("ring agent", "take out"):
            order = {"reference": reference, "attempt": 1, "job": job, "what": "", "state": "done", "due": arrived}
            yield "outbox", order | {"tries": 1, "sent": arrived, "result": ""}
    for what, step in steps:
        at = served if what == "Reached" else arrived
        yield "ledger", {"reference": reference, "at": at, "what": what, "detail": json.dumps(step)}


def _put(store: Store, table: str, rows: list[Row]) -> None:
    names = list(rows[0])
    processors = [metadata.tables[table].c[name].type.bind_processor(store.engine.dialect) for name in names]
    values = [
        [process(row[name]) if process else row[name] for name, process in zip(names, processors, strict=True)]
        for row in rows
    ]
    columns = ", ".join(f'"{metadata.tables[table].c[name].name}"' for name in names)
    with store.engine.begin() as connection:
        driver = connection.connection.driver_connection
        if isinstance(driver, sqlite3.Connection):
            holes = ", ".join("?" * len(names))
            driver.executemany(f"INSERT INTO {table} ({columns}) VALUES ({holes})", values)
        else:
            assert driver is not None
            with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
