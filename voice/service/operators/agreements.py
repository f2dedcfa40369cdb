"""What agent and caller agreed: written down after the call, texted home, and kept or overdue."""

from datetime import UTC, datetime, timedelta

from voice.content import Line
from voice.core.cleaning import clean
from voice.errors import SettingsError, StoreError
from voice.service.console.queues import WRITE, moment_told
from voice.store import Store
from voice.store.agreements import Agreement

LONGEST_TEXT = 200
FARTHEST = timedelta(days=366)

LONGEST_CLOSURE = 7
"""Days that are looked through for one on which a queue is open."""

TO_RING = 60
"""Minutes that are left before the queue closes."""

FAR_ENOUGH = timedelta(hours=12)
"""Who has just read what was agreed is not reminded of it before."""


def checked(line: Line, text: str, due: str, now: datetime) -> tuple[str, datetime]:
    """The words as they are kept and sent, and the moment. `due` is one as of `voice queue`: by then it is to be done.
    Raises `SettingsError`."""
    words = clean(text, LONGEST_TEXT)
    if not words:
        raise SettingsError("The agreement has no words.", "Write what was agreed, between quotes.")
    at = moment_told(due, line, now)
    if not now < at <= now + FARTHEST:
        raise SettingsError("That moment is past, or over a year away.", WRITE)
    return words, at


def agree(line: Line, store: Store, reference: str, text: str, due: str, by: str, now: datetime) -> Agreement:
    """Raises `SettingsError` and `StoreError`."""
    contact = store.contacts.contact(reference.upper())
    if contact is None:
        raise StoreError(f"There is no contact “{reference}”.", "See: voice calls list.")
    words, at = checked(line, text, due, now)
    return store.agreements.add(contact, words, at, by, now, reminder(line, contact.queue, at, now))


def seen_to_from(line: Line, queue: str, due: datetime) -> datetime:
    """From when on somebody of the queue can see whether it was done: where it is due while the queue is closed, on a
    Sunday or a holiday, it slips no sooner than the queue opens."""
    if queue not in line.plan.queues or line.plan.is_open(queue, due):
        return due
    return line.plan.opens_after(queue, due) or due


def is_overdue(line: Line, agreement: Agreement, now: datetime) -> bool:
    return agreement.kept is None and seen_to_from(line, agreement.queue, agreement.due) < now


def reminder(line: Line, queue: str, due: datetime, now: datetime) -> datetime | None:
    """A day before it is due, by day; where the queue is closed that day, on the last before it on which it is open, at
    an hour at which who reads it can still ring. None where that is not far enough ahead."""
    local = due.astimezone(line.plan.timezone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    for earlier in range(1, LONGEST_CLOSURE):
        day = midnight - timedelta(days=earlier)
        spans = line.plan.queues[queue].hours.spans(day.date()) if queue in line.plan.queues else ()
        if spans:
            opens, closes = max(line.plan.rung[0], spans[0][0]), min(line.plan.rung[1], spans[-1][1] - TO_RING)
            at = day + timedelta(minutes=min(max(local.hour * 60 + local.minute, opens), closes))
            return at if at.astimezone(UTC) > now + FAR_ENOUGH else None
    return None


def kept(store: Store, number: int, by: str, now: datetime) -> None:
    if not store.agreements.keep(number, by, now):
        raise StoreError(f"There is no agreement {number} that is open.", "See: voice calls agreements.")
