"""One contact as one story: what the caller said and how it was understood (the journal), what was promised and what
happened (the ledger), in the order in which it happened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from voice.content import Line
from voice.core.call.lessons import MISROUTED
from voice.core.contact.events import Withdrew
from voice.core.contact.state import Contact
from voice.errors import SettingsError, StoreError
from voice.store import JournalEntry, Store


@dataclass(frozen=True)
class StoryLine:
    """`by` says whose book it is from: the call's journal, or the contact's ledger."""

    at: datetime
    by: str
    what: str
    detail: Mapping[str, Any]

    @property
    def words(self) -> str | None:
        return self.detail.get("words")


def find(store: Store, which: str) -> Contact:
    """By reference or CallSid. Raises `StoreError` where there is none."""
    contact = store.contacts.contact(which.upper()) or store.contacts.of_leg(which)
    if contact is None:
        raise StoreError(f"There is no contact “{which}”.", "See: voice calls list.")
    return contact


def lines(store: Store, contact: Contact) -> list[StoryLine]:
    """Of the call in which it began, and of the contact itself."""
    said = [e for e in store.journal_of(contact.call_sid) if e["what"] != MISROUTED]  # it stands in the ledger, too
    story = [StoryLine(e["at"], "journal", e["what"], e["detail"]) for e in said]
    story += [StoryLine(e["at"], "ledger", e["what"], e["detail"]) for e in store.contacts.ledger_of(contact.reference)]
    return sorted(story, key=lambda line: line.at)


def withdraw(line: Line, store: Store, reference: str, by: str, why: str, now: datetime) -> None:
    """The caller needs nobody any more, as somebody has heard from them."""
    if not why.strip():
        raise SettingsError("Say why, in a few words.", "Whoever comes after you reads it.")
    if store.contacts.happen(line.plan, reference, Withdrew(), now) is None:
        raise StoreError(f"{reference} cannot be withdrawn now.", "It has ended, or they are speaking with an agent.")
    store.contacts.note(reference, "note", now, by=by, text=why.strip()[:200])


def mark_misrouted(line: Line, store: Store, reference: str, topic: str, by: str, now: datetime) -> None:
    """What the caller said should have led to this topic: it goes to the inbox."""
    if topic not in line.plan.topics:
        raise SettingsError(f"There is no topic “{topic}”.", f"There are: {', '.join(line.plan.topics)}.")
    contact = find(store, reference)
    store.add_to_journal(contact.call_sid, JournalEntry(MISROUTED, {"topic": topic, "by": by}), now)
    store.contacts.note(reference, "misrouted", now, topic=topic, by=by)
