"""What changes a request, as a part of a transaction: the row, its line in the ledger, its agent, and what is owed."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, insert, or_, update

from voice.core import life
from voice.core.call import Call
from voice.core.courses import Impossible, rings_back
from voice.core.plan import Plan
from voice.core.requests import (
    Consequence,
    Dialled,
    Engaged,
    Gone,
    Happening,
    Joined,
    Kind,
    Owed,
    Promised,
    Released,
    Request,
    Stage,
    Withdrew,
)
from voice.store.promising import gone, may_promise
from voice.store.records import OPEN, REQUESTS, as_request, as_row
from voice.store.tables import agents, ledger, outbox, requests

MISSED_RINGS = 3
"""An agent who did not answer so many rings in a row is signed out."""

# Statements are built once: to build one costs several times what it costs to run it.
BY_REFERENCE = REQUESTS.where(requests.c.reference == bindparam("which"), OPEN).with_for_update()
OVERDUE = BY_REFERENCE.where(requests.c.deadline <= bindparam("now"))
_MINE = or_(requests.c.leg == bindparam("mine"), requests.c.reference == bindparam("which"))
_OF_LINE = REQUESTS.where(_MINE, OPEN).with_for_update()

_NEW, _WRITE, _OWE = insert(requests), insert(ledger), insert(outbox)
_CHANGE = update(requests).where(requests.c.reference == bindparam("which"))
_ENGAGE = update(agents).where(agents.c.name == bindparam("which"))
_LET_GO = _ENGAGE.where(agents.c.request == bindparam("mine"))
_RELEASE = {None: _LET_GO, True: _LET_GO.values(missed=agents.c.missed + 1), False: _LET_GO.values(missed=0)}
_SIGN_OUT = _ENGAGE.where(agents.c.missed >= MISSED_RINGS).values(signed_in=False)


def happen(
    connection: Connection,
    plan: Plan,
    which: Select[Any],
    values: Mapping[str, Any],
    happening: Happening,
    now: datetime,
    attempt: int | None = None,
) -> Request | None:
    """As `Desk.happen`, as a part of a larger transaction. `which` is one of the statements above, with its values."""
    row = connection.execute(which, values).first()
    if row is None:
        return None
    request = as_request(row)
    if attempt is not None and request.attempt != attempt:
        return None
    return advance(connection, plan, request, happening, now)


def bear(connection: Connection, plan: Plan, call: Call, happening: Happening, now: datetime) -> Request | None:
    """What a turn of a call means for the request on its line. A wish may also be about the one that the caller had
    before; where neither can take it, a new one comes into being. That the line is over says nothing of the one before.

    One caller has one request: where the one on the list takes the wish, that on the line is withdrawn. Raises
    `NotPromised` where the wish is a callback that may not be promised.
    """
    wish = isinstance(happening, Joined | Dialled | Promised)
    earlier = call.reference if wish or call.withdrawn else None
    rows = connection.execute(_OF_LINE, {"mine": call.sid, "which": earlier}).all()
    own = sorted(map(as_request, rows), key=lambda one: (not one.listed, one.leg != call.sid))
    if isinstance(happening, Promised):
        may_promise(connection, plan, happening, [one.reference for one in own], now)
    taken: Request | None = None
    for request in own:
        if taken is None or isinstance(happening, Withdrew):
            taken = advance(connection, plan, request, happening, now) or taken
        elif request.leg == call.sid:
            advance(connection, plan, request, Withdrew(), now)
    if taken is None and isinstance(happening, Joined | Dialled | Promised):
        return begin(connection, plan, call, happening, now)
    return taken


def begin(
    connection: Connection, plan: Plan, call: Call, happening: Joined | Dialled | Promised, now: datetime
) -> Request:
    """The first happening of a call's request."""
    reference = f"{call.sid[-8:]}-{call.turn}".upper()
    after, consequences = life.begin(plan, happening, reference, call.sid, call.dialled, call.caller, call.arrived, now)
    connection.execute(_NEW, as_row(after))
    _follow(connection, after, happening, None, consequences, now)
    return after


def advance(
    connection: Connection, plan: Plan, request: Request, happening: Happening, now: datetime
) -> Request | None:
    if isinstance(happening, Gone) and request.kind is Kind.LIVE and rings_back(plan, request):
        happening = gone(connection, plan, request, now)
    try:
        after, consequences = life.step(plan, request, happening, now)
    except Impossible:
        return None
    was = as_row(request)
    changed = {name: value for name, value in as_row(after).items() if value != was[name]}
    if changed:
        connection.execute(_CHANGE, changed | {"which": after.reference})
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
    if request.stage is Stage.WAITING:
        detail |= {"due": request.due, "late": request.late or None}
    write(connection, request.reference, type(happening).__name__, detail, now)
    for consequence in consequences:
        match consequence:
            case Owed():
                owe(connection, request, consequence, now)
            case Engaged(agent):
                values = {"request": request.reference, "rest_until": None}
                connection.execute(_ENGAGE, values | {"which": agent})
            case Released():
                _release(connection, request, consequence, now)


def owe(connection: Connection, request: Request, owed: Owed, now: datetime) -> None:
    row = {"reference": request.reference, "attempt": request.attempt, "job": owed.job, "what": owed.what}
    connection.execute(_OWE, row | {"state": "owed", "due": now, "tries": 0})


def _release(connection: Connection, request: Request, released: Released, now: datetime) -> None:
    values: dict[str, Any] = {"request": None, "rest_until": now + released.rest, "idle_since": now}
    mine = {"which": released.agent, "mine": request.reference}
    connection.execute(_RELEASE[released.missed], values | mine)
    if released.missed and connection.execute(_SIGN_OUT, {"which": released.agent}).rowcount:
        write(connection, request.reference, "signed out", {"agent": released.agent}, now)


def write(connection: Connection, reference: str, what: str, detail: Mapping[str, object], now: datetime) -> None:
    written = json.dumps({k: v for k, v in detail.items() if v is not None}, default=str, ensure_ascii=False)
    connection.execute(_WRITE, {"reference": reference, "at": now, "what": what, "detail": written})
