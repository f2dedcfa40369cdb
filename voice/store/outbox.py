"""The outbox: what is owed to the world, and the one worker that carries each order out.

Orders to ring or to text somebody are given to Twilio at most once (`voice.core.contact.effects.Job`): between taking
an order and settling it a worker may die, and nobody is rung twice for one attempt.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from math import ceil
from typing import Any

from sqlalchemy import Connection, bindparam, select, text, update

from voice.core.contact.effects import CALLS, ONCE, Job, Owed
from voice.core.contact.hourly import DROPPED, next_hour
from voice.core.contact.state import Contact, Stage
from voice.store import transitions
from voice.store.database import Source, reading, writing
from voice.store.due import STALE
from voice.store.hourly import texts_begun
from voice.store.rows import CONTACTS, as_contact
from voice.store.tables import contacts, outbox, written

CEILING = "as many texts were sent this hour as the line may send"
OUTBOX_LOCK = 5_271_010
STILL_VALID = {
    Job.RING_AGENT: Stage.RINGING,
    Job.RING_CUSTOMER: Stage.TAKING,
    Job.TAKE_OUT: Stage.TAKING,
    Job.ASK: Stage.ASKED,
    Job.MOVE: Stage.AWAY,
    Job.HOLD: Stage.TALKING,
    Job.TAKE_IN: Stage.TALKING,
    Job.HAND_OVER: Stage.TALKING,
}
"""An order is carried out only while its contact is in the stage that owed it."""

_OWED = (
    select(*(outbox.c[name] for name in ("id", "job", "what", "tries", "attempt")), *CONTACTS.selected_columns)
    .join_from(outbox, contacts)
    .where(outbox.c.state == written("owed"), outbox.c.due <= bindparam("now"))
    .order_by(outbox.c.due, outbox.c.id)
    .limit(20)
    .with_for_update(skip_locked=True, of=outbox)
)
_LOOKS = _OWED.where(outbox.c.job == Job.LOOK)
_URGENT = _OWED.where(outbox.c.job != Job.LOOK)
_URGENT_BUT_CALLS = _URGENT.where(outbox.c.job.not_in(CALLS))
_CALLED = (
    select(outbox.c.sent)
    .where(outbox.c.job.in_(CALLS), outbox.c.sent > bindparam("since"))
    .order_by(outbox.c.sent.desc())
    .limit(1)
    .offset(bindparam("before"))
)
_CHANGE = update(outbox).where(outbox.c.id == bindparam("which"))


@dataclass(frozen=True)
class Order:
    """One row of the outbox, taken to be carried out."""

    id: int
    job: Job
    what: str
    tries: int
    contact: Contact


class Outbox:
    def __init__(self, source: Source) -> None:
        self.source = source

    def take(self, now: datetime, calls_per_second: float, most_texts: int | None = None) -> Order | None:
        """The next order to carry out, marked as taken: those that somebody waits for before those that only look what
        became of a line. Orders whose moment is over are voided on the way; a text beyond `most_texts` of this hour
        waits for the next, or is dropped."""
        with writing(self.source) as connection:
            if self.source.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": OUTBOX_LOCK})
            paced = _next_call(connection, now, calls_per_second) is not None
            urgent = _URGENT_BUT_CALLS if paced else _URGENT
            orders = chain.from_iterable(connection.execute(query, {"now": now}).all() for query in (urgent, _LOOKS))
            for number, job, what, tries, attempt, *found in orders:
                order = Order(number, Job(job), what, tries + 1, as_contact(found))
                valid = order.job not in STILL_VALID or (
                    STILL_VALID[order.job] is order.contact.stage and attempt == order.contact.attempt
                )
                if order.job is Job.TEXT and most_texts is not None and texts_begun(connection, now) >= most_texts:
                    self._keep_back(connection, order, now)
                    continue
                state = {"state": "sending", "sent": now, "tries": order.tries} if valid else {"state": "void"}
                connection.execute(_CHANGE, state | {"which": number})
                if valid:
                    return order
        return None

    def _keep_back(self, connection: Connection, order: Order, now: datetime) -> None:
        dropped = order.what in DROPPED
        values = {"state": "void"} if dropped else {"due": next_hour(now)}
        connection.execute(_CHANGE, values | {"which": order.id})
        told = {"state": "dropped" if dropped else "kept back", "result": CEILING}
        transitions.write(connection, order.contact.reference, order.job, told, now)

    def next_call(self, now: datetime, calls_per_second: float) -> datetime | None:
        """When the account may ring somebody again; None where it may at once."""
        with reading(self.source) as connection:
            return _next_call(connection, now, calls_per_second)

    def settle(self, order: Order, state: str, result: str, now: datetime, *, again: datetime | None = None) -> None:
        """What came of an order: done, failed, unknown; or owed `again` at a later moment."""
        values = {"state": "owed" if again else state, "result": result[:500]} | ({"due": again} if again else {})
        with writing(self.source) as connection:
            connection.execute(_CHANGE, values | {"which": order.id})
            transitions.write(
                connection, order.contact.reference, order.job, {"state": state, "result": result[:200]}, now
            )

    def owe(self, contact: Contact, owed: Owed, now: datetime) -> None:
        with writing(self.source) as connection:
            transitions.owe(connection, contact, owed, now)

    def owed_to(self, reference: str) -> list[dict[str, Any]]:
        query = select(outbox).where(outbox.c.reference == reference).order_by(outbox.c.id)
        with reading(self.source) as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def give_back(self, now: datetime) -> None:
        """Orders of workers that died: what may be repeated is owed again, the rest is not known to have happened."""
        taken = (outbox.c.state == written("sending"), outbox.c.sent <= now - STALE)
        with writing(self.source) as connection:
            for number, job in connection.execute(select(outbox.c.id, outbox.c.job).where(*taken)).all():
                state = "unknown" if job in ONCE else "owed"
                connection.execute(update(outbox).where(outbox.c.id == number, *taken).values(state=state))


def _next_call(connection: Connection, now: datetime, calls_per_second: float) -> datetime | None:
    """So many calls in any second, however they lie within it: what came late is made up for. Where a second has no
    whole number of them (0.5, 2.5), in the least time over a second that has one."""
    if not calls_per_second:
        return None
    many = ceil(calls_per_second)
    during = timedelta(seconds=many / calls_per_second)
    found = connection.execute(_CALLED, {"since": now - during, "before": many - 1}).scalar_one_or_none()
    return found + during if found is not None else None
