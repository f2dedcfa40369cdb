"""Sending a caller who is with an agent on to another queue: what a console calls, and `voice calls transfer`."""

from datetime import datetime

from voice.content import Line
from voice.core.contact.events import Transferred
from voice.core.contact.state import Contact
from voice.errors import SettingsError, StoreError
from voice.store import Store


def escalate(line: Line, store: Store, reference: str, now: datetime) -> Contact:
    """To the level above the queue that the caller stands in: who cannot solve it passes the call up. Raises as
    `transfer` does, and `SettingsError` where there is nobody above."""
    contact = store.contacts.contact(reference)
    above = line.plan.queues[contact.queue].escalates_to if contact and contact.queue in line.plan.queues else None
    if above is None:
        queue = contact.queue if contact else "?"
        raise SettingsError(f"The queue “{queue}” has no level above.", "Write escalates_to: under it in line.yaml.")
    return transfer(line, store, reference, above, now)


def transfer(line: Line, store: Store, reference: str, queue: str, now: datetime) -> Contact:
    """The worker then moves the caller's line, and the dialogue looks whether anybody can answer there; if not, it
    becomes a callback with the first arrival. Raises `SettingsError` for a queue that is none, and `StoreError` for a
    caller who is with no agent."""
    if queue not in line.plan.queues:
        raise SettingsError(f"There is no queue “{queue}”.", f"There are: {', '.join(line.plan.queues)}.")
    sent = store.contacts.happen(line.plan, reference, Transferred(queue), now)
    if sent is None:
        raise StoreError(f"{reference} is with no agent now.", "Only a caller who speaks with an agent is sent on.")
    return sent
