"""Is there anything to do? One question, asked several times a second, and built once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, bindparam, exists, or_, select

from voice.core.requests import Stage
from voice.store.database import Source, reading
from voice.store.tables import Moment, agents, outbox, requests

STALE = timedelta(seconds=45)
"""An order that a worker took this long ago and never reported on: that worker is dead."""

_now = bindparam("now", type_=Moment)
_long_ago = bindparam("long_ago", type_=Moment)

FREE = (
    agents.c.signed_in,
    agents.c.request.is_(None),
    or_(agents.c.rest_until.is_(None), agents.c.rest_until <= _now),
)
IN_LINE = (requests.c.stage == Stage.WAITING, or_(requests.c.due.is_(None), requests.c.due <= _now))

_dialled: BindParameter[Any] = bindparam("dialled", expanding=True)

_QUESTION = select(
    (exists(select(agents.c.name).where(*FREE)) & exists(select(requests.c.reference).where(*IN_LINE)))
    | exists(select(requests.c.reference).where(*IN_LINE, requests.c.queue.in_(_dialled))),
    exists(select(requests.c.reference).where(requests.c.deadline <= _now)),
    exists(select(outbox.c.id).where(outbox.c.state == "owed", outbox.c.due <= _now)),
    exists(select(outbox.c.id).where(outbox.c.state == "sending", outbox.c.sent <= _long_ago)),
)


@dataclass(frozen=True)
class Due:
    """`turn`: somebody waits, and somebody is free or a call centre answers. `late`: a deadline has passed. `owed`: an
    order may be carried out. `stale`: an order is in the hands of a worker that died."""

    turn: bool
    late: bool
    owed: bool
    stale: bool


def due(source: Source, now: datetime, dialled: Sequence[str] = ()) -> Due:
    """`dialled` are the queues that a call centre answers."""
    asked = {"now": now, "long_ago": now - STALE, "dialled": list(dialled)}
    with reading(source) as connection:
        row = connection.execute(_QUESTION, asked).one()
    return Due(*map(bool, row))
