"""Who else comes into the room of an agent and a caller: a colleague who is asked, and a supervisor who listens.

What is done to the room is owed, and carried out by a worker over REST. Who was taken in stands in the ledger, by
attempt: what becomes of the contact is decided by its own events, and of these only `HandedOver` is one.

A colleague who is asked is given nobody else for `ASKED_FOR` at most, should nobody tell that they
have left.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from voice.content import Line
from voice.core.contact.effects import Job, Owed
from voice.core.contact.events import AgentLeft, Transferred
from voice.core.contact.state import Contact, RoomEntry, Stage
from voice.errors import SettingsError, StoreError
from voice.store import Store

ASKED_FOR = timedelta(minutes=15)

ON, OFF = "on", "off"


class RoomRole(StrEnum):
    """CONSULT: a colleague, while the caller is on hold. LISTEN: hears both, and is heard by nobody. COACH: is heard by
    the agent alone. JOIN: by both."""

    CONSULT = "consult"
    LISTEN = "listen"
    COACH = "coach"
    JOIN = "join"


@dataclass(frozen=True)
class Guest:
    """Somebody who was taken into the room: an agent's name, and their call."""

    how: RoomRole
    who: str
    call: str


@dataclass(frozen=True)
class Room:
    """What an attempt's room is like, as the ledger tells it. `asked` is the colleague who is being asked, though they
    may not be there yet."""

    on_hold: bool = False
    asked: str | None = None
    guests: tuple[Guest, ...] = ()

    def guest(self, who: str) -> Guest | None:
        return next((one for one in self.guests if one.who == who), None)


def room_of(ledger: Iterable[Mapping[str, Any]], attempt: int) -> Room:
    on_hold, asked, guests = False, None, dict[str, Guest]()
    for entry in ledger:
        detail = entry["detail"]
        if detail.get("attempt") != attempt:
            continue
        match entry["what"]:
            case RoomEntry.ON_HOLD:
                on_hold = detail["state"] == ON
            case RoomEntry.ASKS:
                asked = str(detail["agent"])
            case RoomEntry.TAKEN_IN:
                guests[detail["call"]] = Guest(RoomRole(detail["how"]), detail["who"], detail["call"])
            case RoomEntry.LEFT | "HandedOver":
                asked = None if detail.get("agent") in (None, asked) else asked
                on_hold = on_hold and entry["what"] != "HandedOver"
                guests.pop(detail.get("call") or detail.get("call_sid") or "", None)
    return Room(on_hold, asked, tuple(guests.values()))


def hold(store: Store, by: str, reference: str, now: datetime, *, on: bool) -> None:
    """Raises `StoreError` for a caller who is not with this agent."""
    contact = _talking(store, reference, by)
    _hold(store, contact, now, on=on)


def ask(store: Store, by: str, reference: str, name: str, now: datetime) -> None:
    """Take another agent in, with the caller on hold: they are rung, and speak with the first alone."""
    contact = _talking(store, reference, by)
    if room_of(store.contacts.ledger_of(reference), contact.attempt).asked:
        raise StoreError("Somebody is being asked already.", "Let them go first.")
    other = store.agents.find(name)
    if other is None or not other.signed_in or not other.free(now) or name == by:
        raise StoreError(f"{name} is not free.", "Ask somebody else.")
    store.agents.wrap_up(name, now + ASKED_FOR)
    store.contacts.note(reference, RoomEntry.ASKS, now, attempt=contact.attempt, agent=name, by=by)
    _hold(store, contact, now, on=True)
    store.outbox.owe(contact, Owed(Job.TAKE_IN, f"{RoomRole.CONSULT} {name}"), now)


def let_go(store: Store, by: str, reference: str, now: datetime) -> None:
    """The colleague who was asked leaves, and the caller is back; or they did not come."""
    contact = _talking(store, reference, by)
    room = room_of(store.contacts.ledger_of(reference), contact.attempt)
    if room.asked is None:
        raise StoreError("Nobody is being asked.", "Look at the page anew.")
    guest = room.guest(room.asked)
    if guest is not None:
        store.outbox.owe(contact, Owed(Job.HANG_UP, guest.call), now)
    is_gone(store, contact, RoomRole.CONSULT, room.asked, guest.call if guest else None, now)


def hand_over(store: Store, by: str, reference: str, now: datetime) -> None:
    """The colleague who was asked goes on with the caller, and the first leaves. Raises `StoreError` where nobody is
    rung; who has not picked up yet is found out by the worker, and everything stays as it was."""
    contact = _talking(store, reference, by)
    room = room_of(store.contacts.ledger_of(reference), contact.attempt)
    guest = room.guest(room.asked) if room.asked else None
    if guest is None:
        raise StoreError("Nobody is there to hand over to.", "Take another agent in first.")
    store.outbox.owe(contact, Owed(Job.HAND_OVER, guest.call), now)


def attend(line: Line, store: Store, how: RoomRole, reference: str, who: str | None, by: str, now: datetime) -> None:
    """A supervisor listens, coaches or joins, on the telephone of the agent that they are; who is there already does so
    from now on. Raises `SettingsError` where
    this line's callers are not told that somebody may."""
    if not line.console.listening:
        raise SettingsError("On this line nobody listens in.", "console: {listening: true} in line.yaml tells callers.")
    contact = _talking(store, reference)
    agent = store.agents.find(who or "")
    if agent is None or agent.name == contact.agent:
        raise SettingsError("You have no telephone to listen on.", "An administrator ties you to an agent.")
    room = room_of(store.contacts.ledger_of(reference), contact.attempt)
    there = room.guest(agent.name)
    if room.asked == agent.name:
        raise StoreError("You are asked by a colleague in this call.", "Speak with them there.")
    if there is not None and there.how is how:
        return
    store.audit.write(by, str(how), now, reference)
    store.outbox.owe(contact, Owed(Job.TAKE_IN, f"{how} {agent.name}"), now)


def came(store: Store, contact: Contact, how: RoomRole, who: str, call: str, now: datetime) -> None:
    """Twilio rings them."""
    store.contacts.note(
        contact.reference, RoomEntry.TAKEN_IN, now, attempt=contact.attempt, how=str(how), who=who, call=call
    )


def is_gone(store: Store, contact: Contact, how: RoomRole, who: str, call: str | None, now: datetime) -> None:
    """Their line is over, or never came about. After a colleague the caller is no longer on hold."""
    detail = {"agent": who} if how is RoomRole.CONSULT else {}
    store.contacts.note(contact.reference, RoomEntry.LEFT, now, attempt=contact.attempt, who=who, call=call, **detail)
    if how is RoomRole.CONSULT:
        store.agents.wrap_up(who, now)
        if contact.stage is Stage.TALKING:
            _hold(store, contact, now, on=False)


def agent_is_gone(line: Line, store: Store, contact: Contact, now: datetime) -> None:
    """The agent's line is over. Whoever they were asking goes on with the caller, whom nothing has ended for: by an
    order, since only Twilio knows whether that colleague is there yet."""
    room = room_of(store.contacts.ledger_of(contact.reference), contact.attempt)
    if contact.stage is not Stage.TALKING or room.asked is None:
        store.contacts.happen(line.plan, contact.reference, AgentLeft(), now, attempt=contact.attempt)
        return
    guest = room.guest(room.asked)
    store.outbox.owe(contact, Owed(Job.HAND_OVER, guest.call if guest else ""), now)


def back_in_line(line: Line, store: Store, contact: Contact, now: datetime) -> None:
    """The agent is gone, and whom they asked never came: the caller stands in the queue again, in the old place."""
    room = room_of(store.contacts.ledger_of(contact.reference), contact.attempt)
    back = Transferred(contact.queue)
    after = store.contacts.happen(line.plan, contact.reference, back, now, attempt=contact.attempt)
    if after is None or room.asked is None:
        return
    guest = room.guest(room.asked)
    if guest is not None:
        store.outbox.owe(after, Owed(Job.HANG_UP, guest.call), now)
    is_gone(store, after, RoomRole.CONSULT, room.asked, guest.call if guest else None, now)


def _hold(store: Store, contact: Contact, now: datetime, *, on: bool) -> None:
    state = ON if on else OFF
    store.contacts.note(contact.reference, RoomEntry.ON_HOLD, now, attempt=contact.attempt, state=state)
    store.outbox.owe(contact, Owed(Job.HOLD, state), now)


def _talking(store: Store, reference: str, agent: str | None = None) -> Contact:
    contact = store.contacts.contact(reference)
    with_them = contact is not None and (agent is None or contact.agent == agent)
    if contact is None or contact.stage is not Stage.TALKING or contact.agent is None or not with_them:
        raise StoreError(f"{reference} is with no agent now." if agent is None else "They are not with you any more.")
    return contact
