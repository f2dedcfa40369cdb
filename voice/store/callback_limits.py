"""Whether a callback may be promised, asked in the transaction that promises it.

The dialogue asks before, so that nobody hears of a callback that is not to be. Between its question and the answer
another call of the same number may have been promised one: so it is counted again where the promise is written down,
one promise of a number, and of a window, at a time. The rule is `voice.core.contact.limits`.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, text

from voice.core.call.state import Call
from voice.core.contact.events import ContactEvent, Gone, Promised
from voice.core.contact.limits import CallbackCounts, CallbackRefusal, counted, refusal
from voice.core.contact.state import Contact, Kind
from voice.core.plan import Plan
from voice.store.rows import KNOWN_OF, LISTED_CALLBACK, as_contact, from_json
from voice.store.tables import agents, calls, contacts

LOCKS = 5_271_011
_LOCK = text("SELECT pg_advisory_xact_lock(:space, hashtext(:key))")

_IN_WINDOW = select(func.count()).where(
    *LISTED_CALLBACK,
    contacts.c.reference.not_in(bindparam("own", expanding=True)),
    contacts.c.queue == bindparam("queue"),
    contacts.c.promised == bindparam("promised"),
)
_OF_DAY = select(func.count()).where(
    contacts.c.kind == Kind.CALLBACK,
    contacts.c.arrived >= bindparam("since"),
    contacts.c.reference.not_in(bindparam("own", expanding=True)),
)
_BY_CALL = _OF_DAY.join_from(contacts, calls, contacts.c.call_sid == calls.c.sid)
_OF_HIDDEN = _BY_CALL.where(calls.c.caller.is_(None))
_OF_CALLER = _BY_CALL.where(calls.c.caller == bindparam("caller"), contacts.c.number != calls.c.caller)
_AGENT = select(agents.c.name).where(agents.c.endpoint == bindparam("number"))
_CALL = select(calls.c.record).where(calls.c.sid == bindparam("which"))


class NotPromised(Exception):
    """The callback may not be promised; nothing was written. `standing` is the one that the number has already."""

    def __init__(self, why: CallbackRefusal, standing: Contact | None = None) -> None:
        super().__init__(why)
        self.why, self.standing = why, standing


def may_promise(
    connection: Connection, plan: Plan, call: Call, event: Promised, own: Collection[str], now: datetime
) -> None:
    """Raises `NotPromised`. An agent who rings is not called back on the telephone that is rung first. `own` are the
    references that become this callback: they stand in nobody's way."""
    if event.number == call.caller and connection.execute(_AGENT, {"number": event.number}).first():
        raise NotPromised(CallbackRefusal.NEVER)
    counts = _counts(connection, plan, event.number, own, event.story.intent, now)
    counts = _of_day(connection, counts, call.caller, event.number, own, plan.midnight(now))
    capacity = None
    if event.until is not None:
        queue = event.story.queue
        capacity = plan.queues[queue].capacity or None
        _alone(connection, f"{queue} {event.promised}")
        values = {"own": sorted(own), "queue": queue, "promised": event.promised}
        counts = replace(counts, in_window=connection.execute(_IN_WINDOW, values).scalar_one())
    if why := refusal(plan.limits, counts, capacity):
        raise NotPromised(why, counts.standing[0] if why is CallbackRefusal.STANDING else None)


def gone(connection: Connection, plan: Plan, contact: Contact, now: datetime) -> ContactEvent:
    """That the caller's line is over, with whether the queue may ring back who hung up: by the same rules."""
    record = connection.execute(_CALL, {"which": contact.call_sid}).scalar_one_or_none()
    call = from_json(record) if record else None
    if call and call.caller == contact.number and not call.callable:
        return Gone(ring_back=False)
    counts = _counts(connection, plan, contact.number or "", (contact.reference,), contact.intent, now)
    return Gone(ring_back=refusal(plan.limits, counts) is None)


def _counts(
    connection: Connection, plan: Plan, number: str, own: Collection[str], topic: str | None, now: datetime
) -> CallbackCounts:
    _alone(connection, number)
    midnight = plan.midnight(now)
    rows = connection.execute(KNOWN_OF, {"number": number, "since": midnight})
    return counted(map(as_contact, rows), own, midnight, topic)


def _of_day(
    connection: Connection,
    counts: CallbackCounts,
    caller: str | None,
    number: str,
    own: Collection[str],
    midnight: datetime,
) -> CallbackCounts:
    """With what one caller, all who hide their number, and the whole line were promised today."""
    values = {"own": sorted(own), "since": midnight}
    counts = replace(counts, line=connection.execute(_OF_DAY, values).scalar_one())
    if caller is None:
        _alone(connection, "hidden")
        return replace(counts, hidden=connection.execute(_OF_HIDDEN, values).scalar_one())
    if caller == number:
        return counts
    _alone(connection, f"others {caller}")
    return replace(counts, others=connection.execute(_OF_CALLER, values | {"caller": caller}).scalar_one())


def _alone(connection: Connection, key: str) -> None:
    """Until the transaction ends no other may ask about the same. On SQLite a writing transaction is alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"space": LOCKS, "key": key})
