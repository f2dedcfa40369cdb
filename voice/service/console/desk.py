"""An agent's desk: what is before them, and what they do about it. What a key does, the page does by the same event."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from voice.content import Line
from voice.core.contact.events import Accepted, Declined
from voice.core.contact.state import Contact, Kind, Stage
from voice.core.queue.facts import QueuesAsked
from voice.core.queue.status import Trouble
from voice.errors import SettingsError, StoreError
from voice.service.calls import agent_page
from voice.service.calls.agent_leg import LATELY
from voice.service.calls.agent_page import OnPage
from voice.service.calls.known_caller import STILL_ASKED
from voice.service.calls.phone_numbers import is_callable
from voice.service.calls.room import ASKED_FOR, Room, room_of
from voice.service.console.board import AgentRow, agent_row
from voice.store import Store
from voice.store.agents import note_presence
from voice.store.agreements import Agreement
from voice.store.database import writing
from voice.store.day import last_contact_of, last_question_to, open_contacts_with_agents, was_with
from voice.store.queue_status import statuses
from voice.store.transitions import Agreed
from voice.twilio.agent_documents import AgentDocuments

__all__ = ["was_with"]

MOST = 20
LONGEST_NOTE = 2000
MORE = (timedelta(minutes=1), timedelta(minutes=3), timedelta(minutes=5))
"""How much longer an agent may ask wrap-up to last, at a time."""

MISSED_FOR = timedelta(days=7)

WINDOW, OWN_FIRST = timedelta(minutes=30), timedelta(minutes=15)
"""How long after the moment that an agent agreed on the customer is rung, and the agent alone is tried."""

LATEST = timedelta(days=31)


@dataclass(frozen=True)
class Note:
    at: datetime
    by: str
    text: str


@dataclass(frozen=True)
class AgentStory:
    """A contact as its agent needs it. `earlier` are those of the same number, the newest first, each with its notes;
    `agreed` is what was agreed with this caller and is still to be done; `picked_up`: the agent's telephone is;
    `accepted`: on the page, of this attempt."""

    contact: Contact
    earlier: tuple[tuple[Contact, tuple[Note, ...]], ...] = ()
    notes: tuple[Note, ...] = ()
    outcome: str | None = None
    agreed: tuple[Agreement, ...] = ()
    picked_up: bool = False
    accepted: bool = False
    room: Room = field(default_factory=Room)


@dataclass(frozen=True)
class Desk:
    """`story` is of whom the agent is rung for, or speaks with; else, while wrap-up lasts, of the last one. `current`
    tells which."""

    row: AgentRow
    story: AgentStory | None
    current: bool
    callbacks: tuple[Contact, ...]


def desk(store: Store, name: str, now: datetime) -> Desk:
    """Raises `StoreError` for an agent who is not there."""
    agent = store.agents.find(name)
    if agent is None:
        raise StoreError(f"There is no agent “{name}” any more.", "Ask an administrator.")
    contact = store.contacts.contact(agent.contact) if agent.contact else None
    row = agent_row(agent, contact, open_contacts_with_agents(store.source) if contact else {}, now)
    last = contact or asked_about(store, name, now) or last_contact_of(store.source, name, now - LATELY)
    listed = [one for one in store.contacts.newest(open_only=True) if one.kind is Kind.CALLBACK]
    mine = [one for one in listed if one.queue in agent.queues and one.stage is Stage.WAITING]
    callbacks = sorted(mine, key=lambda one: one.promised or one.due or one.arrived)[:MOST]
    return Desk(row, story_of(store, last) if last else None, contact is not None, tuple(callbacks))


def asked_about(store: Store, name: str, now: datetime) -> Contact | None:
    """The contact about which a colleague asks this agent just now."""
    reference = last_question_to(store.source, name, now - ASKED_FOR)
    contact = store.contacts.contact(reference) if reference else None
    if contact is None or contact.stage is not Stage.TALKING:
        return None
    asked = room_of(store.contacts.ledger_of(contact.reference), contact.attempt).asked
    return contact if asked == name else None


def colleagues(store: Store, name: str, now: datetime) -> tuple[str, ...]:
    """Who could be asked now."""
    found = store.agents.all()
    return tuple(one.name for one in found if one.signed_in and one.free(now) and one.name != name)


def story_of(store: Store, contact: Contact) -> AgentStory:
    ledger = store.contacts.ledger_of(contact.reference)
    done = {str(entry["what"]) for entry in ledger if entry["detail"].get("attempt") == contact.attempt}
    outcomes = [str(entry["detail"].get("outcome")) for entry in ledger if entry["what"] == "outcome"]
    earlier = store.contacts.earlier(contact, contact.arrived - LATELY)
    return AgentStory(
        contact,
        tuple((one, notes_of(store.contacts.ledger_of(one.reference))) for one in earlier),
        notes_of(ledger),
        outcomes[-1] if outcomes else None,
        tuple(store.agreements.open_of(contact.number, contact.arrived - STILL_ASKED)) if contact.number else (),
        agent_page.PICKED_UP in done,
        OnPage.ACCEPTED in done,
        room_of(ledger, contact.attempt),
    )


def notes_of(ledger: Sequence[dict[str, object]]) -> tuple[Note, ...]:
    found = []
    for entry in ledger:
        detail = entry["detail"]
        if entry["what"] == "note" and isinstance(detail, dict) and isinstance(entry["at"], datetime):
            found.append(Note(entry["at"], str(detail.get("by", "")), str(detail.get("text", ""))))
    return tuple(found)


def see(store: Store, name: str, reference: str, attempt: int, now: datetime) -> None:
    """The page has shown the story of this very attempt: the whisper need not tell it."""
    contact = _mine(store, name, reference)
    if contact is not None and contact.attempt == attempt and contact.stage is Stage.RINGING:
        agent_page.write(store, contact, OnPage.SEEN, name, now)


def accept(line: Line, store: Store, name: str, reference: str, attempt: int, now: datetime) -> None:
    """As pressing 1: at once for who has picked up, else as soon as they do. Raises `StoreError` if it is too late, and
    not for who has them already."""
    mine = _mine(store, name, reference)
    if mine is not None and mine.attempt == attempt and mine.stage in (Stage.TAKING, Stage.TALKING):
        return
    contact = _ringing(store, name, reference, attempt)
    if agent_page.write(store, contact, OnPage.ACCEPTED, name, now):
        accepted = Accepted(in_page=True)
        if store.contacts.happen(line.plan, reference, accepted, now, attempt=attempt) is None:
            current = store.contacts.contact(reference)
            if current is None or current.agent != name:
                raise _too_late(reference)


def decline(line: Line, store: Store, name: str, reference: str, attempt: int, now: datetime) -> None:
    """As pressing 2."""
    _ringing(store, name, reference, attempt)
    if store.contacts.happen(line.plan, reference, Declined("declined"), now, attempt=attempt) is None:
        raise _too_late(reference)


def take_note(store: Store, by: str, reference: str, text: str, now: datetime) -> None:
    """What whoever speaks with this caller next should know. Raises `SettingsError` for an empty one."""
    text = text.strip()[:LONGEST_NOTE]
    if not text:
        raise SettingsError("The note is empty.", "Write what the next one should know.")
    _there(store, reference)
    store.contacts.note(reference, "note", now, by=by, text=text)


def write_off(line: Line, store: Store, by: str, reference: str, outcome: str, now: datetime) -> None:
    """With one of the outcomes of line.yaml; the last one counts."""
    if outcome not in line.console.outcomes:
        raise SettingsError(f"There is no outcome “{outcome}”.", f"There are: {', '.join(line.console.outcomes)}.")
    _there(store, reference)
    store.contacts.note(reference, "outcome", now, by=by, outcome=outcome)


def pause(line: Line, store: Store, name: str, reason: str, now: datetime) -> None:
    """Not ready, for one of the reasons of line.yaml; a call under way goes on to its end."""
    if reason not in line.console.not_ready:
        raise SettingsError(f"There is no reason “{reason}”.", f"There are: {', '.join(line.console.not_ready)}.")
    store.agents.not_ready(name, reason, now)


def more_wrap_up(store: Store, name: str, more: timedelta, now: datetime) -> datetime:
    """Wrap-up lasts so much longer. Raises `StoreError` where there is none."""
    agent = store.agents.find(name)
    if agent is None or agent.wrap_up_until is None or agent.wrap_up_until <= now or agent.contact:
        raise StoreError("Wrap-up is over.", "Say that you are not ready, if you need more time.")
    if more not in MORE:
        raise SettingsError("Wrap-up is made longer by 1, 3 or 5 minutes.")
    until = agent.wrap_up_until + more
    store.agents.wrap_up(name, until)
    with writing(store.source) as connection:
        note_presence(connection, name, "wrap-up", now, until.isoformat())
    return until


def answerable(line: Line, store: Store, contact: Contact, now: datetime) -> dict[str, Trouble | None]:
    """Each other queue, and why nobody could answer this caller there now."""
    others = [name for name in line.plan.queues if name != contact.queue]
    asked = QueuesAsked(frozenset(others), contact.language, contact.stands)
    plan = replace(line.plan, queue_status=statuses(store.source, line.plan, asked, now))
    return {name: plan.trouble(name, now) for name in others}


def missed(store: Store, now: datetime, queues: Sequence[str] = ()) -> list[Contact]:
    """Who left without having been helped and has a number, longest ago first; of these queues, if some are named."""
    found = store.contacts.unserved(now - MISSED_FOR)
    return [one for one in found if one.number and (not queues or one.queue in queues)]


def ring_now(line: Line, store: Store, reference: str, agent: str | None, now: datetime) -> Contact:
    """Call them back: the agent is rung first, and then they; without an agent, whoever's turn it is. Raises
    `StoreError` for who may not be rung, or is dealt with already."""
    contact = _there(store, reference)
    open_already = bool(contact.number) and any(one.listed for one in store.contacts.open_for(contact.number or ""))
    if not contact.over or open_already:
        raise StoreError(f"{reference} is being dealt with already.", "Look at what became of it.")
    if not contact.number or not is_callable(contact.number, line):
        raise StoreError("That number is not rung by this line.", "See callbacks: in grammars/line.yaml.")
    return store.contacts.call_back(line.plan, contact, contact.number, agent, now)


def ring_later(
    line: Line, store: Store, by: str, reference: str, at: datetime, now: datetime, *, texted: bool
) -> Contact:
    """This agent rings them at that moment, or a while after it; who else is free does if they cannot. Raises
    `SettingsError` for a moment at which nobody answers for the queue, `StoreError` for who may not be rung."""
    contact = _there(store, reference)
    check_later(line, store, contact, at, now)
    assert contact.number
    agreed = Agreed(by, (at, at + WINDOW), at + OWN_FIRST, texted)
    return store.contacts.promise(line.plan, contact, contact.number, agreed, now)


def check_later(line: Line, store: Store, contact: Contact, at: datetime, now: datetime) -> None:
    if not now < at <= now + LATEST:
        raise SettingsError("That moment is past, or more than a month away.", "Choose one that is neither.")
    if not line.plan.is_open(contact.queue, at):
        raise SettingsError(f"{contact.queue} is closed then.", "Choose a moment at which it is open.")
    if not contact.number or not is_callable(contact.number, line):
        raise StoreError("That number is not rung by this line.", "See callbacks: in grammars/line.yaml.")
    if any(one.listed for one in store.contacts.open_for(contact.number)):
        raise StoreError("They are called back already.", "Look at the callbacks.")


def later_text(line: Line, store: Store, contact: Contact, at: datetime, now: datetime) -> str:
    """What they would be sent."""
    fresh = contact.but(reference=store.contacts.next_reference(contact), promised=at, until=at + WINDOW)
    return AgentDocuments(line).text(fresh, "sms.taken", now)


def done(store: Store, by: str, reference: str, why: str, now: datetime) -> None:
    """Nobody need ring them any more. Raises `SettingsError` without a reason."""
    if not why.strip():
        raise SettingsError("Say why, in a few words.", "Whoever comes after you reads it.")
    _there(store, reference)
    store.contacts.note(reference, "done", now, by=by, why=why.strip()[:200])


def _there(store: Store, reference: str) -> Contact:
    contact = store.contacts.contact(reference)
    if contact is None:
        raise StoreError(f"There is no contact “{reference}”.", "See: voice calls list.")
    return contact


def _mine(store: Store, name: str, reference: str) -> Contact | None:
    contact = store.contacts.contact(reference)
    return contact if contact is not None and contact.agent == name else None


def _ringing(store: Store, name: str, reference: str, attempt: int) -> Contact:
    contact = _mine(store, name, reference)
    if contact is None or contact.attempt != attempt or contact.stage is not Stage.RINGING:
        raise _too_late(reference)
    return contact


def _too_late(reference: str) -> StoreError:
    return StoreError(f"{reference} is not being offered to you any more.", "Somebody else took it, or they hung up.")
