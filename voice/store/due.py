"""Is there anything to do? One question, asked several times a second, and built once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, bindparam, exists, func, or_, select

from voice.core.contact.state import Stage
from voice.store.database import Source, reading
from voice.store.tables import Moment, agents, contacts, outbox, pin_rings, written

STALE = timedelta(seconds=45)
"""An order that a worker took this long ago and never reported on: that worker is dead."""

_now = bindparam("now", type_=Moment)
_long_ago = bindparam("long_ago", type_=Moment)

FREE = (
    agents.c.signed_in,
    agents.c.not_ready.is_(None),
    agents.c.contact.is_(None),
    or_(agents.c.wrap_up_until.is_(None), agents.c.wrap_up_until <= _now),
)
IN_LINE = (contacts.c.stage == written(Stage.WAITING), or_(contacts.c.due.is_(None), contacts.c.due <= _now))

_dialled: BindParameter[Any] = bindparam("dialled", expanding=True)

_IN_LINE = select(contacts.c.reference).where(*IN_LINE)
_AGENT = exists(select(agents.c.name).where(*FREE)) & exists(_IN_LINE)
_AGENT_OR_CENTRE = _AGENT | exists(_IN_LINE.where(contacts.c.queue.in_(_dialled)))
_THE_REST = (
    exists(select(contacts.c.reference).where(contacts.c.deadline <= _now)),
    exists(select(outbox.c.id).where(outbox.c.state == written("owed"), outbox.c.due <= _now)),
    exists(select(outbox.c.id).where(outbox.c.state == written("sending"), outbox.c.sent <= _long_ago)),
    exists(select(pin_rings.c.agent).where(pin_rings.c.owed)),
)
_QUESTION, _WITH_CENTRES = select(_AGENT, *_THE_REST), select(_AGENT_OR_CENTRE, *_THE_REST)

_NEXT = select(
    select(func.min(contacts.c.deadline)).where(contacts.c.deadline.is_not(None)).scalar_subquery(),
    select(func.min(outbox.c.due)).where(outbox.c.state == written("owed")).scalar_subquery(),
    select(func.min(contacts.c.due))
    .where(contacts.c.stage == written(Stage.WAITING), contacts.c.due > _now)
    .scalar_subquery(),
    select(func.min(agents.c.wrap_up_until)).where(agents.c.signed_in, agents.c.wrap_up_until > _now).scalar_subquery(),
)


@dataclass(frozen=True)
class Due:
    """`turn`: somebody waits, and somebody is free or a call centre answers. `late`: a deadline has passed. `owed`: an
    order may be carried out. `stale`: an order is in the hands of a worker that died. `pin`: an agent is to be rung and
    asked for their PIN."""

    turn: bool
    late: bool
    owed: bool
    stale: bool
    pin: bool


def due(source: Source, now: datetime, dialled: Sequence[str] = ()) -> Due:
    """`dialled` are the queues that a call centre answers."""
    asked = {"now": now, "long_ago": now - STALE}
    with reading(source) as connection:
        if dialled:
            row = connection.execute(_WITH_CENTRES, asked | {"dialled": list(dialled)}).one()
        else:
            row = connection.execute(_QUESTION, asked).one()
    return Due(*map(bool, row))


def next_moment(source: Source, now: datetime) -> datetime | None:
    """When there will be something to do though nobody does anything: a deadline, an order or a customer that is due,
    an agent who has rested. None where nothing is foreseen, and a moment that is past where an order waits for others.
    """
    with reading(source) as connection:
        return min((moment for moment in connection.execute(_NEXT, {"now": now}).one() if moment), default=None)
