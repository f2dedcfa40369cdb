"""What the webhooks about one attempt of a contact share.

Each names a contact and an attempt. One that comes late, twice, or for an attempt that is over changes nothing: whoever
is on that line hears so, and hangs up.
"""

from dataclasses import dataclass
from datetime import datetime

from voice.content import Line
from voice.core.contact.events import ContactEvent
from voice.core.contact.state import Contact, Stage
from voice.service.calls.turn import Switchboard
from voice.store import Store
from voice.twilio.agent_documents import AgentDocuments


@dataclass(frozen=True)
class ContactLeg:
    """A telephone that the line rings, or a caller who is taken to an agent."""

    switchboard: Switchboard

    @property
    def line(self) -> Line:
        return self.switchboard.line

    @property
    def store(self) -> Store:
        return self.switchboard.store

    @property
    def now(self) -> datetime:
        return self.switchboard.clock()

    @property
    def documents(self) -> AgentDocuments:
        return AgentDocuments(self.line, self.switchboard.address)

    def happen(self, reference: str, event: ContactEvent, attempt: int | None = None) -> Contact | None:
        """The contact after it; None where it could not happen."""
        return self.store.contacts.happen(self.line.plan, reference, event, self.now, attempt=attempt)

    def current(self, reference: str, attempt: int, *stages: Stage) -> Contact | None:
        """The contact, while it is in this attempt and one of these stages."""
        contact = self.store.contacts.contact(reference)
        fits = contact is not None and contact.attempt == attempt and contact.stage in stages
        return contact if fits else None

    def last_words(self, reference: str, key: str) -> str:
        """A sentence in the contact's language, and the end of this line."""
        contact = self.store.contacts.contact(reference)
        language = contact.language if contact else self.line.plan.default_language
        return self.documents.last_words(language, key, self.now)

    def spoken(self, contact: Contact) -> str:
        """The caller's language, or the first of an agent who does not speak it."""
        agent = self.store.agents.find(contact.agent or "")
        known = [one for one in agent.languages if one in self.line.languages] if agent else []
        return contact.language if contact.language in known or not known else known[0]
