"""What a report is made of: the calls of some days, the turns that tell how they went, and their requests."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, exists, select

from voice.core.call import Call
from voice.core.requests import Request
from voice.store.database import reading
from voice.store.records import REQUESTS, as_request, from_json
from voice.store.tables import calls, journal, requests

CALLED_BACK = "called back"
"""What the journal of a customer's line begins with."""


@dataclass(frozen=True)
class Told:
    """A call, its (signal, state in which it came) where the signal is one of those asked for, and its requests."""

    call: Call
    signals: tuple[tuple[str, str], ...]
    requests: tuple[Request, ...]


def calls_since(engine: Engine, since: datetime, signals: Iterable[str]) -> list[Told]:
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
        made: dict[str, list[Request]] = {}
        for row in connection.execute(REQUESTS.where(requests.c.call_sid.in_(ours))):
            request = as_request(row)
            made.setdefault(request.call_sid, []).append(request)
    return [Told(call, tuple(came.get(call.sid, ())), tuple(made.get(call.sid, ()))) for call in found]
