"""A supervisor who is in a room already, and listens, coaches or joins from now on in another way."""

from datetime import datetime

from voice.core.contact.state import Contact
from voice.service.calls.room import Guest, RoomRole, came
from voice.store import Store
from voice.twilio.agent_documents import room
from voice.twilio.rest import Rest, RestRefused


def change(rest: Rest, store: Store, contact: Contact, there: Guest, how: RoomRole, now: datetime) -> str:
    """What came of it. Who was asked for twice stays as they are; so does who is still rung."""
    if there.how is how:
        return there.call
    coach = contact.agent_call if how is RoomRole.COACH else None
    coaching = {"call_sid_to_coach": coach} if coach else {}
    try:
        muted = how is RoomRole.LISTEN
        rest.in_room(room(contact), there.call, muted=muted, coaching=coach is not None, **coaching)
    except RestRefused as refusal:
        if refusal.kind != "final":
            raise
        return "not there"
    came(store, contact, how, there.who, there.call, now)
    return there.call
