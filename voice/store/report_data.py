"""What a report is made of: the calls of some days, the turns that tell how they went, and their contacts."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, exists, select

from voice.core.call.state import Call
from voice.core.contact.state import Contact
from voice.store.database import reading
from voice.store.rows import REQUESTS, as_contact, from_json
from voice.store.tables import calls, contacts, journal

CALLED_BACK = "called back"
"""What the journal of a customer's line begins with."""


@dataclass(frozen=True)
class ReportedCall:
    """A call, its (signal, state in which it came) where the signal is one of those asked for, and its contacts."""

    call: Call
    signals: tuple[tuple[str, str], ...]
    contacts: tuple[Contact, ...]


def calls_since(engine: Engine, since: datetime, signals: Iterable[str]) -> list[ReportedCall]:
    """The oldest first; those that the line itself made, to call back, are not among them."""
    made_by_us = exists().where(journal.c.call_sid == calls.c.sid, journal.c.what == CALLED_BACK)
    within = (calls.c.arrived >= since, ~made_by_us)
    ours = select(calls.c.sid).where(*within)
    turns = select(journal.c.call_sid, journal.c.what, journal.c.detail)
    turns = turns.where(journal.c.call_sid.in_(ours), journal.c.what.in_(list(signals))).order_by(journal.c.id)
    with reading(engine) as connection:
        records = connection.execute(select(calls.c.record).where(*within).order_by(calls.c.arrived))
        found = [from_json(record) for record in records.scalars()]
        came: dict[str, list[tuple[str, str]]] = {}
        for sid, what, detail in connection.execute(turns):
            came.setdefault(sid, []).append((what, str(json.loads(detail).get("from", ""))))
        made: dict[str, list[Contact]] = {}
        for row in connection.execute(REQUESTS.where(contacts.c.call_sid.in_(ours))):
            contact = as_contact(row)
            made.setdefault(contact.call_sid, []).append(contact)
    return [ReportedCall(call, tuple(came.get(call.sid, ())), tuple(made.get(call.sid, ()))) for call in found]
