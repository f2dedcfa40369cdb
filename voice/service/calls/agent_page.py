"""What an agent has seen and accepted on their page (the console's), of the very attempt for which they are rung.

Both sides write into the ledger before they read it: the page that the story is shown, or accepted; the webhook that
the telephone is picked up. So at least one of them sees the other, and of the two only the one whose `Accepted` takes
place goes on.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from voice.core.contact.state import Contact
from voice.store import Store

PICKED_UP = "picked up"


class OnPage(StrEnum):
    """The story stands before the agent's eyes; or they have taken the contact there."""

    SEEN = "story seen"
    ACCEPTED = "accepted in the page"


def on_page(store: Store, contact: Contact, now: datetime) -> OnPage | None:
    """What the agent did on their page before picking up, which is written down."""
    store.contacts.note(contact.reference, PICKED_UP, now, attempt=contact.attempt)
    done = _done(store.contacts.ledger_of(contact.reference), contact.attempt)
    return next((one for one in (OnPage.ACCEPTED, OnPage.SEEN) if one in done), None)


def write(store: Store, contact: Contact, what: OnPage, agent: str, now: datetime) -> bool:
    """Write it down, once for each attempt; says whether the telephone is picked up."""
    done = _done(store.contacts.ledger_of(contact.reference), contact.attempt)
    if what not in done:
        store.contacts.note(contact.reference, what, now, attempt=contact.attempt, agent=agent)
        done = _done(store.contacts.ledger_of(contact.reference), contact.attempt)
    return PICKED_UP in done


def _done(ledger: Iterable[dict[str, Any]], attempt: int) -> set[str]:
    return {str(entry["what"]) for entry in ledger if entry["detail"].get("attempt") == attempt}
