"""Whether a callback may be promised, asked in the transaction that promises it.

The dialogue asks before, so that nobody hears of a callback that is not to be. Between its question and the answer
another call of the same number may have been promised one: so it is counted again where the promise is written down,
one promise of a number, and of a window, at a time.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select, text

from voice.core.contact.events import ContactEvent, Gone, Promised
from voice.core.contact.limits import CallbackRefusal
from voice.core.contact.state import LISTED, Contact, Kind
from voice.core.plan import Plan
from voice.store.rows import REQUESTS, as_contact, from_json
from voice.store.tables import calls, contacts

LOCKS = 5_271_011
_LOCK = text("SELECT pg_advisory_xact_lock(:space, hashtext(:key))")

_OTHERS = (
    contacts.c.kind == Kind.CALLBACK,
    contacts.c.reference.not_in(bindparam("own", expanding=True)),
)
_LISTED = (*_OTHERS, contacts.c.stage.in_(sorted(LISTED)))
_OF_NUMBER = contacts.c.number == bindparam("number")
_STANDING = REQUESTS.where(*_LISTED, _OF_NUMBER).order_by(contacts.c.arrived)
_TODAY = select(func.count()).where(*_OTHERS, _OF_NUMBER, contacts.c.arrived >= bindparam("midnight"))
_IN_WINDOW = select(func.count()).where(
    *_LISTED, contacts.c.queue == bindparam("queue"), contacts.c.promised == bindparam("promised")
)
_CALL = select(calls.c.record).where(calls.c.sid == bindparam("which"))


class NotPromised(Exception):
    """The callback may not be promised; nothing was written. `standing` is the one that the number has already."""

    def __init__(self, why: CallbackRefusal, standing: Contact | None = None) -> None:
        super().__init__(why)
        self.why, self.standing = why, standing


def may_promise(connection: Connection, plan: Plan, event: Promised, own: Collection[str], now: datetime) -> None:
    """Raises `NotPromised`. `own` are the references that become this callback: they stand in nobody's way."""
    _one_number(connection, plan, event.number, own, now)
    if event.until is None:
        return
    queue = event.story.queue
    _alone(connection, f"{queue} {event.promised}")
    values = {"own": sorted(own), "queue": queue, "promised": event.promised}
    if _count(connection, _IN_WINDOW, values) >= plan.queues[queue].capacity:
        raise NotPromised(CallbackRefusal.WINDOW)


def gone(connection: Connection, plan: Plan, contact: Contact, now: datetime) -> ContactEvent:
    """That the caller's line is over, with whether the queue may ring back who hung up: by the same rules."""
    record = connection.execute(_CALL, {"which": contact.call_sid}).scalar_one_or_none()
    call = from_json(record) if record else None
    if call and call.caller == contact.number and not call.callable:
        return Gone(ring_back=False)
    try:
        _one_number(connection, plan, contact.number or "", (contact.reference,), now)
    except NotPromised:
        return Gone(ring_back=False)
    return Gone()


def _one_number(connection: Connection, plan: Plan, number: str, own: Collection[str], now: datetime) -> None:
    _alone(connection, number)
    values = {"own": sorted(own), "number": number, "midnight": plan.midnight(now)}
    standing = connection.execute(_STANDING, values).all()
    if len(standing) >= plan.limits.open:
        raise NotPromised(CallbackRefusal.STANDING, as_contact(standing[0]))
    if _count(connection, _TODAY, values) >= plan.limits.daily:
        raise NotPromised(CallbackRefusal.OFTEN)


def _alone(connection: Connection, key: str) -> None:
    """Until the transaction ends no other may ask about the same. On SQLite a writing transaction is alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"space": LOCKS, "key": key})


def _count(connection: Connection, query: Select[Any], values: Mapping[str, object]) -> int:
    return int(connection.execute(query, values).scalar_one())
