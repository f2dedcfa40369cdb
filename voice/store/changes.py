"""What changes a request, as a part of a transaction: the row, its line in the ledger, its agent, and what is owed."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, or_, select, update

from voice.core import life
from voice.core.call import Call
from voice.core.courses import Impossible
from voice.core.plan import Plan
from voice.core.requests import (
    ENDS,
    Consequence,
    Dialled,
    Engaged,
    Happening,
    Joined,
    Kind,
    Owed,
    Promised,
    Released,
    Request,
    Stage,
)
from voice.store.tables import agents, ledger, outbox, requests

MISSED_RINGS = 3
"""An agent who did not answer so many rings in a row is signed out."""


def happen(
    connection: Connection, plan: Plan, which: Any, happening: Happening, now: datetime, attempt: int | None = None
) -> Request | None:
    """As `Desk.happen`, as a part of a larger transaction. `which` chooses one open request."""
    query = select(requests).where(which, requests.c.stage.not_in(ENDS)).with_for_update()
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    request = read(row)
    if attempt is not None and request.attempt != attempt:
        return None
    return advance(connection, plan, request, happening, now)


def bear(connection: Connection, plan: Plan, call: Call, happening: Happening, now: datetime) -> Request | None:
    """What a turn of a call means for the request on its line. A wish may also be about the one that the caller had
    before; where neither can take it, a new one comes into being. That the line is over says nothing of the one before.
    """
    mine = requests.c.leg == call.sid
    wish = isinstance(happening, Joined | Dialled | Promised)
    if call.reference and (wish or call.withdrawn):
        mine = or_(mine, requests.c.reference == call.reference)
    query = select(requests).where(mine, requests.c.stage.not_in(ENDS)).with_for_update()
    open_ones = [read(row) for row in connection.execute(query).mappings()]
    for request in sorted(open_ones, key=lambda one: one.leg != call.sid):
        if after := advance(connection, plan, request, happening, now):
            return after
    return begin(connection, plan, call, happening, now) if isinstance(happening, Joined | Dialled | Promised) else None


def begin(
    connection: Connection, plan: Plan, call: Call, happening: Joined | Dialled | Promised, now: datetime
) -> Request:
    """The first happening of a call's request."""
    reference = f"{call.sid[-8:]}-{call.turn}".upper()
    after, consequences = life.begin(plan, happening, reference, call.sid, call.dialled, call.caller, call.arrived, now)
    connection.execute(insert(requests), _row(after))
    _follow(connection, after, happening, None, consequences, now)
    return after


def advance(
    connection: Connection, plan: Plan, request: Request, happening: Happening, now: datetime
) -> Request | None:
    try:
        after, consequences = life.step(plan, request, happening, now)
    except Impossible:
        return None
    connection.execute(update(requests).where(requests.c.reference == after.reference), _row(after))
    _follow(connection, after, happening, request.stage, consequences, now)
    return after


def _follow(
    connection: Connection,
    request: Request,
    happening: Happening,
    before: Stage | None,
    consequences: Iterable[Consequence],
    now: datetime,
) -> None:
    detail: dict[str, object] = {"from": before, "to": request.stage, "attempt": request.attempt}
    detail |= {f.name: getattr(happening, f.name) for f in fields(happening) if f.name not in ("story", "number")}
    write(connection, request.reference, type(happening).__name__, detail, now)
    for consequence in consequences:
        match consequence:
            case Owed():
                owe(connection, request, consequence, now)
            case Engaged(agent):
                values = {"request": request.reference, "rest_until": None}
                connection.execute(update(agents).where(agents.c.name == agent).values(**values))
            case Released():
                _release(connection, request, consequence, now)


def owe(connection: Connection, request: Request, owed: Owed, now: datetime) -> None:
    row = {"reference": request.reference, "attempt": request.attempt, "job": owed.job, "what": owed.what}
    connection.execute(insert(outbox), row | {"state": "owed", "due": now, "tries": 0})


def _release(connection: Connection, request: Request, released: Released, now: datetime) -> None:
    values: dict[str, Any] = {"request": None, "rest_until": now + released.rest, "idle_since": now}
    if released.missed is not None:
        values["missed"] = agents.c.missed + 1 if released.missed else 0
    mine = (agents.c.name == released.agent, agents.c.request == request.reference)
    connection.execute(update(agents).where(*mine).values(**values))
    too_many = (agents.c.name == released.agent, agents.c.missed >= MISSED_RINGS)
    if released.missed and connection.execute(update(agents).where(*too_many).values(signed_in=False)).rowcount:
        write(connection, request.reference, "signed out", {"agent": released.agent}, now)


def write(connection: Connection, reference: str, what: str, detail: Mapping[str, object], now: datetime) -> None:
    written = json.dumps({k: v for k, v in detail.items() if v is not None}, default=str, ensure_ascii=False)
    connection.execute(insert(ledger), {"reference": reference, "at": now, "what": what, "detail": written})


def _row(request: Request) -> dict[str, Any]:
    row = {f.name: getattr(request, f.name) for f in fields(request)}
    return row | {"words": json.dumps(request.words, ensure_ascii=False)}


def read(row: RowMapping) -> Request:
    values = dict(row) | {"kind": Kind(row["kind"]), "stage": Stage(row["stage"])}
    return Request(**values | {"words": tuple(json.loads(row["words"]))})
