"""Everything that is kept of one number, and taking it out."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, or_, select, update

from voice.errors import StoreError
from voice.store.database import Source, reading, writing
from voice.store.rows import OPEN, from_json, to_json
from voice.store.tables import calls, contacts, journal, ledger

_CONTACTS = select(contacts).where(contacts.c.number == bindparam("number")).order_by(contacts.c.arrived)


def _of_calls(number: str) -> Any:
    """The number stands in a call's record, as the caller's or as the one to call back."""
    written = json.dumps(number, ensure_ascii=False)
    marks = (f'%"caller":{written}%', f'%"number":{written}%')
    mine = select(contacts.c.call_sid).where(contacts.c.number == number)
    return or_(calls.c.sid.in_(mine), *(calls.c.record.like(mark) for mark in marks))


def everything(source: Source, number: str) -> dict[str, list[dict[str, Any]]]:
    """Contacts, their ledgers, calls and their journals, as they are kept."""
    with reading(source) as connection:
        found = [dict(row) for row in connection.execute(_CONTACTS, {"number": number}).mappings()]
        query = select(calls).where(_of_calls(number)).order_by(calls.c.arrived)
        spoken = [dict(row) | {"record": json.loads(row["record"])} for row in connection.execute(query).mappings()]
        books: dict[str, list[dict[str, Any]]] = {}
        for name, table, column, keys in (
            ("ledger", ledger, ledger.c.reference, [one["reference"] for one in found]),
            ("journal", journal, journal.c.call_sid, [one["sid"] for one in spoken]),
        ):
            entries = select(table).where(column.in_(keys)).order_by(table.c.id)
            books[name] = [
                dict(row) | {"detail": json.loads(row["detail"])} for row in connection.execute(entries).mappings()
            ]
    return {"contacts": found, "calls": spoken, **books}


def erase(source: Source, number: str, now: datetime) -> int:
    """Take out the number, the words and the notes; that something happened, in which queue and when, stays. Says of
    how many contacts and calls. Raises `StoreError` while one of them is open."""
    with writing(source) as connection:
        mine = contacts.c.number == number
        if connection.execute(select(contacts.c.reference).where(mine, OPEN)).first():
            raise StoreError("This number still waits, or is to be called back.", "Withdraw that first.")
        references = connection.execute(select(contacts.c.reference).where(mine)).scalars().all()
        spoken = connection.execute(select(calls.c.sid, calls.c.record).where(_of_calls(number))).all()
        for sid, record in spoken:
            empty = from_json(record).but(caller=None, number=None, words=())
            connection.execute(update(calls).where(calls.c.sid == sid).values(record=to_json(empty)))
            for entry, detail in connection.execute(
                select(journal.c.id, journal.c.detail).where(journal.c.call_sid == sid)
            ).all():
                left = {key: value for key, value in json.loads(detail).items() if key != "words"}
                connection.execute(update(journal).where(journal.c.id == entry).values(detail=json.dumps(left)))
        notes = ledger.c.reference.in_(references), ledger.c.what == "note"
        connection.execute(delete(ledger).where(*notes))
        values = {"number": None, "words": "[]"}
        connection.execute(update(contacts).where(contacts.c.reference.in_(references)).values(**values))
        rows = [{"reference": one, "at": now, "what": "erased", "detail": "{}"} for one in references]
        if rows:
            connection.execute(ledger.insert(), rows)
    return len(references) + len(spoken)
