"""What one turn of a call means for the caller's contact."""

from voice.core.call.actions import Action, Dial, Enqueue
from voice.core.call.effects import CallEffect, Inform, NoteDown, SendText, TakeCallback, Tell, TextWhenOver
from voice.core.call.events import CallEvent, HungUp, LeftDial, LeftQueue, Said, Standing
from voice.core.call.state import Call, State
from voice.core.contact.events import (
    AgentLeft,
    ContactEvent,
    Content,
    Dialled,
    Gone,
    Helped,
    Informed,
    Joined,
    NewsWanted,
    Noted,
    NotTaken,
    Promised,
    SteppedOut,
    Story,
    TextWanted,
    Withdrew,
)
from voice.core.contact.state import NOTICE, Contact
from voice.core.identity import Identity, IdentityKind
from voice.core.interpretation import Command

INFORMING = (State.ANSWERED, State.NOTICE)
"""Where a caller hears what may be all that they need."""


def story(call: Call, queue: str) -> Story:
    identity = None
    if call.identity and call.identity_kind:
        identity = Identity(IdentityKind(call.identity_kind), call.identity, call.identity_checked)
    earlier = call.earlier if call.again else None
    return Story(queue, call.language, call.intent, call.note, call.words, earlier, identity)


def contact_event(
    before: Call, after: Call, event: CallEvent, actions: tuple[Action, ...], effects: tuple[CallEffect, ...]
) -> ContactEvent | None:
    """What has happened to the contact, or None where the turn changes nothing about it."""
    for effect in effects:
        match effect:
            case TakeCallback():
                return Promised(story(after, effect.queue), effect.number, effect.promised, effect.until, after.first)
            case Inform(answer, queue):
                return Informed(story(after, queue), answer)
            case Tell(notice, queue):
                return Informed(story(after, queue), f"{NOTICE}{notice}")
            case SendText(what):
                return TextWanted(what)
            case TextWhenOver(notice):
                return NewsWanted(notice)
            case NoteDown(queue):
                return Noted(story(after, queue))
    for action in actions:
        if isinstance(action, Enqueue):
            announced = after.wait[1] * 60 if after.wait else None
            return Joined(story(after, action.queue), after.sid, announced, after.guess, after.first)
        if isinstance(action, Dial):
            return Dialled(story(after, action.queue), after.sid)
    if after.state is State.OVER and before.state is not State.OVER:
        return _ending(before, after, event)
    if after.state is State.HELPED and before.state in (State.AGENT, State.DIAL):
        return AgentLeft()
    if isinstance(event, LeftDial) and before.state is State.DIAL:
        return NotTaken(event.result)
    if _asked_in(before) in INFORMING and _asked_in(after) not in INFORMING:
        return SteppedOut()
    if before.state is State.HOLD and after.state not in (State.HOLD, State.AGENT):
        return SteppedOut()
    if before.state is after.state is State.HOLD and before.language != after.language and after.queue:
        return Joined(story(after, after.queue), after.sid)
    return None


def _asked_in(call: Call) -> State | None:
    """Where the caller is, though asked meanwhile whether they want what was perhaps heard, or told goodbye."""
    return call.before if call.state in (State.CHECK, State.FAREWELL) else call.state


def _ending(before: Call, after: Call, event: CallEvent) -> ContactEvent | None:
    if after.withdrawn:
        return Withdrew()
    if before.state is State.FAREWELL:
        return Helped() if before.before is State.HELPED else Withdrew()
    if isinstance(event, HungUp) and before.state is State.HOLD and after.awaited:
        return Content()
    if isinstance(event, HungUp) or (isinstance(event, LeftQueue) and event.result == "hangup"):
        return Gone()
    if isinstance(event, LeftQueue) or before.state in (State.HELPED, State.ANSWERED):
        return Helped()
    goodbye = isinstance(event, Said) and event.meaning.command is Command.GOODBYE
    return Withdrew() if goodbye or before.state is State.LISTED else Gone()


def standing(contact: Contact, agreed: str | None = None) -> Standing:
    """What the caller of a contact on the list is told, and goes on from."""
    return Standing(
        contact.reference,
        contact.queue,
        contact.arrived,
        contact.number,
        contact.intent,
        contact.words,
        contact.promised,
        contact.until,
        contact.over,
        agreed,
    )
