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
    return store.agreements.add(contact, words, at, by, now, reminder(line, at, now))


def reminder(line: Line, due: datetime, now: datetime) -> datetime | None:
    """A day before it is due, by day; None where that is not far enough ahead."""
    local = due.astimezone(line.plan.timezone)
    opens, closes = (timedelta(minutes=minutes) for minutes in line.plan.rung)
    day = local.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    clock = timedelta(hours=local.hour, minutes=local.minute)
    at = day + min(max(clock, opens), closes)
    return at if at.astimezone(UTC) > now + FAR_ENOUGH else None


def kept(store: Store, number: int, by: str, now: datetime) -> None:
    if not store.agreements.keep(number, by, now):
        raise StoreError(f"There is no agreement {number} that is open.", "See: voice calls agreements.")
