"""Enqueue and Leave: waiting in a queue (docs/voice/twiml/enqueue, /leave).

The `action` is asked when the call leaves the queue, with the QueueResult. Its answer is followed where the call is
still there and free to follow it (leave, bridged, queue-full, error, system-error). Where the caller hung up, or
the REST API has sent the call elsewhere, it is told and its answer goes unheard.
"""

from typing import NoReturn

from voice.localtwilio.calls import end
from voice.localtwilio.engine.interpreter import Broken, Finished, HungUp, Redirected, follow, target, target_if_any
from voice.localtwilio.engine.script import Interruption, Script, Wait
from voice.localtwilio.errors import Fault
from voice.localtwilio.post import notify, pass_time
from voice.localtwilio.records import Leg, Member, Standing, Target
from voice.localtwilio.twiml.documents import Verb
from voice.localtwilio.twiml.rules import IN_QUEUE, LEAVING_QUEUE
from voice.localtwilio.verbs.bridge import connect, converse

_SILENCE = 1.0
"""Seconds between two requests of a waitUrl whose document takes no time, or holds neither music nor a question."""


class Left(Exception):
    """The Leave verb."""


class Taken(Interruption):
    """Somebody has dialled the queue, and this call is the first in it."""


def leave(_leg: Leg, _verb: Verb) -> Script[Target | None]:
    raise Left
    yield  # a script, like every verb


def enqueue(leg: Leg, verb: Verb) -> Script[Target | None]:
    world = leg.world
    action = target_if_any(leg, verb)
    queue = world.open_queue(verb.text)
    if world.enqueue_breaks:
        world.enqueue_breaks = False
        return action and action.telling({"QueueResult": "system-error"})
    if len(queue.members) >= queue.max_size:
        world.blame(Fault(14207, "Enqueue", f"{verb.text} is full", leg.url, leg.sid), expected=True)
        return action and action.telling({"QueueResult": "queue-full"})
    member = Member(leg, queue, world.engine.now())
    queue.members.append(member)
    leg.member = member
    for dialler in queue.dialled_by:
        dialler.nudge()
    result = yield from _wait(leg, verb, member, action)
    return action and action.telling(_outcome(member, result))


def _wait(leg: Leg, verb: Verb, member: Member, action: Target | None) -> Script[str]:
    """Wait until the call leaves the queue; returns the QueueResult, if it can go on with its document."""
    home = leg.url
    try:
        try:
            return (yield from _hold(leg, verb, member))
        except Taken:
            return (yield from _be_connected(leg, member))
        except Left:
            return "leave"
        except Broken:
            return "error"
        except Finished as finished:  # a Hangup in the waitUrl
            end(leg, finished.status)
            raise HungUp from None
    except HungUp:
        _tell(leg, action, _outcome(member, "bridged" if member.bridged else "hangup"))
        raise
    except Redirected:
        _tell(leg, action, _outcome(member, "redirected-from-bridged" if member.bridged else "redirected"))
        raise
    finally:
        leg.url = home
        _go(member)


def _hold(leg: Leg, verb: Verb, member: Member) -> Script[NoReturn]:
    """The waitUrl, again and again; without one there is music, with an empty one silence."""
    engine = leg.world.engine
    wait = target(leg, verb, "waitUrl", "waitUrlMethod")
    while True:
        began, leg.had_turn = engine.now(), False
        if verb.get("waitUrl"):
            yield from follow(leg, wait.telling(_whereabouts(member)), IN_QUEUE)
        silence = 0.0 if leg.had_turn else _SILENCE
        leg.stand(Standing.HELD)
        if not verb.get("waitUrl"):
            yield Wait()
        yield from pass_time(leg.world, max(silence, _SILENCE - (engine.now() - began)))


def _be_connected(leg: Leg, member: Member) -> Script[str]:
    """Hear what the dialler has the caller told, then speak with them."""
    dialler = member.taken_by
    if member.briefing is not None:
        yield from follow(leg, member.briefing, LEAVING_QUEUE)
    if dialler is None or dialler.over:
        return "bridging-in-process"
    member.bridged = True
    connect(leg, dialler)
    yield from converse(leg)
    return "bridged"


def take(member: Member, dialler: Leg, briefing: Target | None) -> None:
    """Give the call to whoever dialled its queue."""
    member.withdraw()
    member.taken_by, member.briefing = dialler, briefing
    if member.leg.task is not None:
        member.leg.task.interrupt(Taken())


def _go(member: Member) -> None:
    """The call is no longer in the queue, nor on its way out of it."""
    member.withdraw()
    member.leg.member = None
    if member.taken_by is not None:
        member.taken_by.nudge()


def _tell(leg: Leg, action: Target | None, outcome: dict[str, str]) -> None:
    if action is not None:
        notify(leg.world, action.telling({**leg.params(), **outcome}), leg, ordered=True)


def _whereabouts(member: Member) -> dict[str, str]:
    queue, now = member.queue, member.leg.world.engine.now()
    return {
        "AvgQueueTime": str(queue.average_wait(now)),
        "CurrentQueueSize": str(len(queue.members)),
        "MaxQueueSize": str(queue.max_size),
        "QueuePosition": str(queue.position(member)),
        "QueueSid": queue.sid,
        "QueueTime": str(int(now - member.since)),
    }


def _outcome(member: Member, result: str) -> dict[str, str]:
    waited = int(member.leg.world.engine.now() - member.since)
    return {"QueueResult": result, "QueueSid": member.queue.sid, "QueueTime": str(waited)}
