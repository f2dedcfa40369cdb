"""What one turn of a call means for the caller's request."""

from voice.core.actions import Action, Dial, Enqueue, TakeCallback
from voice.core.call import Call, Event, HungUp, LeftDial, LeftQueue, Said, Standing, State
from voice.core.meaning import Command
from voice.core.requests import (
    AgentLeft,
    Dialled,
    Gone,
    Happening,
    Helped,
    Joined,
    NotTaken,
    Promised,
    Request,
    SteppedOut,
    Story,
    Withdrew,
)


def story(call: Call, queue: str) -> Story:
    return Story(queue, call.language, call.intent, call.note, call.words)


def bearing(before: Call, after: Call, event: Event, actions: tuple[Action, ...]) -> Happening | None:
    """What has happened to the request, or None where the turn changes nothing about it."""
    for action in actions:
        if isinstance(action, Enqueue):
            told = after.wait[1] * 60 if after.wait else None
            return Joined(story(after, action.queue), after.sid, told, after.guess)
        if isinstance(action, Dial):
            return Dialled(story(after, action.queue), after.sid)
        if isinstance(action, TakeCallback):
            return Promised(story(after, action.queue), action.number, action.promised, action.until)
    if after.state is State.OVER and before.state is not State.OVER:
        return _ending(before, after, event)
    if after.state is State.HELPED and before.state in (State.AGENT, State.DIAL):
        return AgentLeft()
    if isinstance(event, LeftDial) and before.state is State.DIAL:
        return NotTaken(event.result)
    if before.state is State.HOLD and after.state not in (State.HOLD, State.AGENT):
        return SteppedOut()
    if before.state is after.state is State.HOLD and before.language != after.language and after.queue:
        return Joined(story(after, after.queue), after.sid)
    return None


def _ending(before: Call, after: Call, event: Event) -> Happening | None:
    if after.withdrawn:
        return Withdrew()
    if isinstance(event, HungUp) or (isinstance(event, LeftQueue) and event.result == "hangup"):
        return Gone()
    if isinstance(event, LeftQueue) or before.state is State.HELPED:
        return Helped()
    goodbye = isinstance(event, Said) and event.meaning.command is Command.GOODBYE
    return Withdrew() if goodbye or before.state is State.LISTED else Gone()


def standing(request: Request) -> Standing:
    """What the caller of a request on the list is told, and goes on from."""
    return Standing(
        request.reference,
        request.queue,
        request.arrived,
        request.number,
        request.intent,
        request.words,
        request.promised,
        request.until,
    )
