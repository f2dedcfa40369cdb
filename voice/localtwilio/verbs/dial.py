"""Dial: bringing somebody else into the call (docs/voice/twiml/dial, /number, /sip, /client, /queue).

Several numbers ring at once; the first who has answered, and heard what its `url` says, is connected, and the
others are let go. Whoever hangs up while hearing that has declined.
"""

from voice.localtwilio.calls import hang_up
from voice.localtwilio.engine.interpreter import Redirected, absolute, follow, target_if_any
from voice.localtwilio.engine.script import Script, TimeUp, Wait
from voice.localtwilio.records import Leg, Standing, StatusCallback, Target
from voice.localtwilio.ringing import Detection, place_call
from voice.localtwilio.twiml.documents import Verb
from voice.localtwilio.twiml.rules import CALLED_PARTY
from voice.localtwilio.verbs.bridge import connect, converse
from voice.localtwilio.verbs.conference import attend
from voice.localtwilio.verbs.enqueue import take
from voice.localtwilio.verbs.say import speak

_DEFAULT_TIMEOUT = 30.0
_DEFAULT_LIMIT = 14400.0

Outcome = dict[str, str]


def dial(leg: Leg, verb: Verb) -> Script[Target | None]:
    """Dial; afterwards the action, or without one the next verb."""
    noun = verb.children[0] if verb.children else Verb("Number", text=verb.text)
    if noun.name == "Conference":
        outcome = yield from attend(leg, verb, noun)
    elif noun.name == "Queue":
        outcome = yield from _dial_queue(leg, verb, noun)
    else:
        outcome = yield from _dial_parties(leg, verb, verb.children or (noun,))
    leg.stand(Standing.TALKED_TO)
    action = target_if_any(leg, verb)
    return action and action.telling(outcome)


def _dial_parties(leg: Leg, verb: Verb, nouns: tuple[Verb, ...]) -> Script[Outcome]:
    timeout = float(verb.get("timeout") or _DEFAULT_TIMEOUT)
    children = [_call(leg, noun, verb.get("callerId") or leg.from_, timeout) for noun in nouns]
    leg.stand(Standing.CONNECTING)
    winner: Leg | None = None
    try:
        while not any(child.ready for child in children):
            if all(child.over or child.away for child in children):
                return _outcome(_last_to_end(children), bridged=False)
            yield Wait()
        winner = next(child for child in children if child.ready)
        for child in children:
            if child is not winner:
                hang_up(child)
        connect(leg, winner)
        limit = float(verb.get("timeLimit") or _DEFAULT_LIMIT)
        if (yield from converse(leg, star_ends=verb.is_true("hangupOnStar"), limit=limit)):
            hang_up(winner)
        return _outcome(winner, bridged=True)
    finally:
        for child in children:
            if child is not winner and not child.away:
                hang_up(child)


def _last_to_end(children: list[Leg]) -> Leg:
    return max(enumerate(children), key=lambda child: (child[1].ended_at or 0.0, child[0]))[1]


def _call(leg: Leg, noun: Verb, caller_id: str, timeout: float) -> Leg:
    """Ring one party: a call of its own, whose parent is this one."""
    world = leg.world
    to = noun.text if noun.name != "Client" else f"client:{noun.text.removeprefix('client:')}"
    child = Leg(world, world.sid("CA"), caller_id, to, "outbound-dial", world.engine.now(), parent=leg)
    child.fallback = leg.fallback
    if noun.get("statusCallback"):
        events = frozenset(noun.get("statusCallbackEvent", "completed").split())
        url = absolute(leg, noun.get("statusCallback"))
        child.callback = StatusCallback(url, noun.get("statusCallbackMethod", "POST"), events)
    whisper = target_if_any(leg, noun, "url")
    world.calls[child.sid] = child
    course = _join_parent(child, leg, noun.get("sendDigits"), whisper)
    child.task = world.engine.start(place_call(child, timeout, course, _detection(leg, noun)))
    return child


def _join_parent(leg: Leg, parent: Leg, tones: str, whisper: Target | None) -> Script[None]:
    """What the called party goes through: the tones for an extension, the whisper, then the conversation."""
    try:
        if tones:
            yield from speak(leg, Verb("Play", {"digits": tones}))
        if whisper is not None:
            yield from follow(leg, whisper, CALLED_PARTY)
        leg.ready = True
        parent.nudge()
        leg.stand(Standing.CONNECTING)
        while leg.peer is None and not parent.over:
            yield Wait()
        yield from converse(leg)
    except Redirected:
        leg.away = True
        parent.nudge()
        raise
    finally:
        leg.ready = False


def _detection(leg: Leg, noun: Verb) -> Detection | None:
    """In a Dial it runs in the background, and only its callback tells of it."""
    if not noun.get("machineDetection"):
        return None
    return Detection(
        to_the_end=noun.get("machineDetection") == "DetectMessageEnd",
        timeout=float(noun.get("machineDetectionTimeout") or 30),
        callback=target_if_any(leg, noun, "amdStatusCallback", "amdStatusCallbackMethod"),
        background=True,
    )


def _outcome(child: Leg, *, bridged: bool) -> Outcome:
    outcome = {
        "DialBridged": "true" if bridged else "false",
        "DialCallSid": child.sid,
        "DialCallStatus": child.status if child.over else "completed",
    }
    if child.over and child.answered_at is not None:
        outcome["DialCallDuration"] = str(child.duration)
    return outcome


def _dial_queue(leg: Leg, verb: Verb, noun: Verb) -> Script[Outcome]:
    """Take the first who waits, or wait for one; the caller is briefed before the two are connected."""
    world = leg.world
    queue = world.queue(noun.text)
    if queue is None:
        return {"DialCallStatus": "failed"}
    until = world.engine.now() + float(verb.get("timeout") or _DEFAULT_TIMEOUT)
    leg.stand(Standing.CONNECTING)
    queue.dialled_by.append(leg)
    try:
        while not queue.members or queue.dialled_by[0] is not leg:
            if (yield Wait(max(0.0, until - world.engine.now()))) == TimeUp():
                return {"DialCallStatus": "no-answer", "QueueSid": queue.sid}
    finally:
        queue.dialled_by.remove(leg)
    member = queue.members[0]
    facts = {
        "DequeingCallSid": leg.sid,
        "QueueSid": queue.sid,
        "QueueTime": str(int(world.engine.now() - member.since)),
    }
    briefing = target_if_any(leg, noun, "url")
    take(member, leg, briefing and briefing.telling(facts))
    for other in queue.dialled_by:
        other.nudge()
    while leg.peer is None and member.leg.member is member:
        yield Wait()
    if leg.peer is None:
        return {**facts, "DialCallStatus": "no-answer", "DialBridged": "false"}
    connected = world.engine.now()
    yield from converse(
        leg, star_ends=verb.is_true("hangupOnStar"), limit=float(verb.get("timeLimit") or _DEFAULT_LIMIT)
    )
    talked = {"DialCallDuration": str(round(world.engine.now() - connected)), "DialCallSid": member.leg.sid}
    return {**facts, **talked, "DialCallStatus": "completed", "DialBridged": "true"}
