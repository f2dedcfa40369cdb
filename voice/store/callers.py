"""Everything that is kept of one number, and taking it out."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, bindparam, delete, or_, select, update

from voice.errors import StoreError
from voice.store.database import Source, reading, writing
from voice.store.retention import numberless, over, wordless
from voice.store.rows import OPEN, from_json, to_json
from voice.store.tables import agreements, answers, audit, calls, contacts, directory, journal, ledger, outbox, texted

_CONTACTS = select(contacts).where(contacts.c.number == bindparam("number")).order_by(contacts.c.arrived)

FREE_TEXT = frozenset({"words", "text", "result"})
"""What a line of the journal or the ledger has in somebody's own words; of a person's doing also `why`."""


def _of_calls(number: str) -> ColumnElement[bool]:
    """The number is the caller's, or stands in the call's record as the one to call back."""
    written = json.dumps(number, ensure_ascii=False)
    mine = select(contacts.c.call_sid).where(contacts.c.number == number)
    legs = select(contacts.c.leg).where(contacts.c.number == number, contacts.c.leg.is_not(None))
    marks = (f'%"caller":{written}%', f'%"number":{written}%')
    known = (calls.c.caller == number, calls.c.sid.in_(mine), calls.c.sid.in_(legs))
    return or_(*known, *(calls.c.record.like(mark) for mark in marks))


def everything(source: Source, number: str) -> dict[str, list[dict[str, Any]]]:
    """Contacts with their ledgers and orders, calls with their journals and answers, the texts answered, and who looked
    at it: as they are kept."""
    with reading(source) as connection:
        found = [dict(row) for row in connection.execute(_CONTACTS, {"number": number}).mappings()]
        query = select(calls).where(_of_calls(number)).order_by(calls.c.arrived)
        spoken = [dict(row) | {"record": json.loads(row["record"])} for row in connection.execute(query).mappings()]
        references, sids = [one["reference"] for one in found], [one["sid"] for one in spoken]

        def book(table: Table, which: ColumnElement[bool], order: str = "id") -> list[dict[str, Any]]:
            entries = connection.execute(select(table).where(which).order_by(table.c[order])).mappings()
            return [
                dict(row) | ({"detail": json.loads(row["detail"])} if "detail" in table.c else {}) for row in entries
            ]

        return {
            "contacts": found,
            "calls": spoken,
            "ledger": book(ledger, ledger.c.reference.in_(references)),
            "journal": book(journal, journal.c.call_sid.in_(sids)),
            "outbox": book(outbox, outbox.c.reference.in_(references)),
            "answers": book(answers, answers.c.call_sid.in_(sids), "at"),
            "texted": book(texted, texted.c.number == number),
            "agreements": book(agreements, agreements.c.reference.in_(references)),
            "directory": book(directory, directory.c.number == number, "number"),
            "audit": book(audit, audit.c.about == number),
        }


def erase(source: Source, number: str, now: datetime) -> int:
    """Take out the number, the words and the notes; that something happened, in which queue and when, stays. Says of
    how many contacts and calls. Raises `StoreError` while one of them is open."""
    with writing(source) as connection:
        mine = contacts.c.number == number
        if connection.execute(select(contacts.c.reference).where(mine, OPEN)).first():
            raise StoreError("This number still waits, or is to be called back.", "Withdraw that first.")
        if connection.execute(select(calls.c.sid).where(_of_calls(number), ~over(now))).first():
            raise StoreError("This number is on the line now.", "Wait until the call is over.")
        references = connection.execute(select(contacts.c.reference).where(mine)).scalars().all()
        spoken = connection.execute(select(calls.c.sid, calls.c.record).where(_of_calls(number))).all()
        _empty_calls(connection, spoken)
        sids = [sid for sid, _ in spoken]
        connection.execute(delete(answers).where(answers.c.call_sid.in_(sids)))
        _strip(connection, journal, journal.c.call_sid, sids)
        _strip(connection, ledger, ledger.c.reference, references)
        connection.execute(delete(ledger).where(ledger.c.reference.in_(references), ledger.c.what == "note"))
        connection.execute(update(outbox).where(outbox.c.reference.in_(references)).values(result=None))
        connection.execute(update(contacts).where(mine).values(number=None, words="[]", identity=None))
        connection.execute(delete(agreements).where(agreements.c.reference.in_(references)))
        connection.execute(delete(directory).where(directory.c.number == number))
        connection.execute(delete(texted).where(texted.c.number == number))
        connection.execute(update(audit).where(audit.c.about == number).values(about=None))
        rows = [{"reference": one, "at": now, "what": "erased", "detail": "{}"} for one in references]
        if rows:
            connection.execute(ledger.insert(), rows)
    return len(references) + len(spoken)


def _empty_calls(connection: Connection, spoken: Sequence[Any]) -> None:
    for sid, record in spoken:
        empty = wordless(numberless(from_json(record)))
        connection.execute(update(calls).where(calls.c.sid == sid).values(record=to_json(empty), caller=None))


def _strip(connection: Connection, table: Table, column: ColumnElement[Any], keys: Collection[str]) -> None:
    for entry, written in connection.execute(select(table.c.id, table.c.detail).where(column.in_(keys))).all():
        detail = json.loads(written)
        free = FREE_TEXT | {"why"} if "by" in detail else FREE_TEXT
        if free & detail.keys():
            left = {key: value for key, value in detail.items() if key not in free}
            connection.execute(update(table).where(table.c.id == entry).values(detail=json.dumps(left)))
