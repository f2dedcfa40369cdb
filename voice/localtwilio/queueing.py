"""Enqueue and Leave: waiting in a queue (docs/voice/twiml/enqueue, /leave).

The `action` is asked when the call leaves the queue, with the QueueResult. Its answer is followed where the call is
still there and free to follow it (leave, bridged, queue-full, error, system-error). Where the caller hung up, or
the REST API has sent the call elsewhere, it is told and its answer goes unheard.
"""

from .calls import end, notify
from .errors import Fault
from .grammar import IN_QUEUE
from .interpreter import Broken, Finished, HungUp, Redirected, absolute, follow, pass_time, target
from .records import Leg, Member, Standing, Target
from .script import Script, Wait
from .twiml import Verb

_LEAST_ROUND = 1.0
"""Seconds between two requests of a waitUrl whose document takes no time."""


class Left(Exception):
    """The Leave verb."""


def leave(_leg: Leg, _verb: Verb) -> Script[Target | None]:
    raise Left
    yield  # a script, like every verb


def enqueue(leg: Leg, verb: Verb) -> Script[Target | None]:
    world = leg.world
    home = leg.url
    queue = world.open_queue(verb.text)
    if world.enqueue_breaks:
        world.enqueue_breaks = False
        return _after(leg, verb, {"QueueResult": "system-error"})
    if len(queue.members) >= queue.max_size:
        world.blame(Fault(14207, "Enqueue", f"{verb.text} is full", leg.url, leg.sid), expected=True)
        return _after(leg, verb, {"QueueResult": "queue-full"})
    member = Member(leg, queue, world.engine.now())
    queue.members.append(member)
    leg.member = member
    try:
        result = yield from _stay(leg, verb, member)
    except (HungUp, Redirected, Finished) as interruption:
        leg.url = home
        result = "redirected" if isinstance(interruption, Redirected) else "hangup"
        if isinstance(interruption, Finished):
            end(leg, interruption.status)
        told = _after(leg, verb, _outcome(member, result))
        if told is not None:
            notify(leg, Target(told.url, told.method, {**leg.params(), **told.params}))
        raise interruption if not leg.over else HungUp from None
    finally:
        take_out(member)
        leg.url = home
    return _after(leg, verb, _outcome(member, result))


def _stay(leg: Leg, verb: Verb, member: Member) -> Script[str]:
    """Wait; returns the QueueResult of an end that lets the call go on with its document."""
    try:
        yield from _hold(leg, verb, member)
    except Left:
        return "leave"
    except Broken:
        return "error"
    return "error"


def _hold(leg: Leg, verb: Verb, member: Member) -> Script[None]:
    """The waitUrl, again and again; without one there is music, with an empty one silence."""
    engine = leg.world.engine
    if not verb.get("waitUrl"):
        leg.stand(Standing.HELD)
        while True:
            yield Wait()
    place = target(leg, verb, "waitUrl")
    while True:
        began = engine.now()
        yield from follow(leg, Target(place.url, place.method, _whereabouts(member)), IN_QUEUE)
        leg.stand(Standing.HELD)
        yield from pass_time(leg, max(0.0, _LEAST_ROUND - (engine.now() - began)))


def take_out(member: Member) -> bool:
    """Remove a member; says whether it was there. Of several who try, one succeeds."""
    if member not in member.queue.members:
        return False
    member.queue.members.remove(member)
    if member.leg.member is member:
        member.leg.member = None
    return True


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


def _after(leg: Leg, verb: Verb, outcome: dict[str, str]) -> Target | None:
    if not verb.get("action"):
        return None
    return Target(absolute(leg, verb.get("action")), verb.get("method", "POST"), outcome)
