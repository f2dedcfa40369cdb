"""The life of a call: it rings, is answered, follows its documents, ends; and the status callbacks on the way.

Status callbacks: docs/voice/api/call-resource#statuscallback, and docs/voice/twiml, "Ending the call".
"""

from .clock import rfc2822
from .errors import CALLBACK_REFUSED, Fault
from .grammar import MAIN
from .interpreter import Broken, Finished, HungUp, Redirected, apologise, follow, pass_time, post, retrieve, run
from .records import Leg, Standing, Target
from .script import Script
from .speaking import silence

_FARTHEST_APART = 2.0
"""Seconds by which shuffled status callbacks may be late."""


def take_call(leg: Leg, first: Target) -> Script[None]:
    """An inbound call from its first ring to its end. It is answered, unless its first verb is Reject."""
    yield from _live(leg, _first_document(leg, first))


def run_call(leg: Leg, target: Target) -> Script[None]:
    """A call that has been answered, to its end."""
    yield from _live(leg, follow(leg, target, MAIN))


def _first_document(leg: Leg, first: Target) -> Script[None]:
    try:
        document = yield from retrieve(leg, first, MAIN)
    except Broken:
        pick_up(leg)
        raise
    if not document.verbs or document.verbs[0].name != "Reject":
        pick_up(leg)
    target = yield from run(leg, document)
    yield from follow(leg, target, MAIN)


def _live(leg: Leg, course: Script[None]) -> Script[None]:
    """Follow a course until the call ends of itself, is hung up, or the REST API gives it another course."""
    status = "completed"
    current: Script[None] | None = course
    while current is not None:
        try:
            yield from current
            current = None
        except Redirected as order:
            current = follow(leg, order.target, MAIN)
        except Broken:
            current = apologise(leg)
        except Finished as finished:
            status = finished.status
            current = None
        except HungUp:
            return
    end(leg, status)


def pick_up(leg: Leg) -> None:
    leg.status = "in-progress"
    leg.answered_at = leg.world.engine.now()
    leg.stand(Standing.TALKED_TO)
    report(leg, "answered")


def hang_up(leg: Leg, status: str = "completed") -> None:
    """The person hangs up, or the app ends the call by REST. The call is over at once; its script tidies up."""
    if leg.over:
        return
    end(leg, status)
    if leg.task is not None:
        leg.task.interrupt(HungUp())


def end(leg: Leg, status: str) -> None:
    leg.status = status
    leg.ended_at = leg.world.engine.now()
    silence(leg)
    leg.stand(Standing.ENDED)
    report(leg, "completed")


def report(leg: Leg, event: str) -> None:
    """Send a status callback, if one was asked for. It goes its own way: the call does not wait for it."""
    callback = leg.callback
    if callback is None or event not in callback.events:
        return
    world = leg.world
    params = {
        "CallStatus": "initiated" if event == "initiated" else leg.status,
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(leg.events_sent),
        "Timestamp": rfc2822(world.engine.now()),
    }
    if event == "completed":
        params["CallDuration"] = str(leg.duration)
    leg.events_sent += 1
    notify(leg, Target(callback.url, callback.method, {**leg.params(), **params}))


def notify(leg: Leg, target: Target) -> None:
    """Tell the app something, and take no instructions from its answer."""
    world = leg.world
    late = world.random.uniform(0, _FARTHEST_APART) if world.shuffle_callbacks else 0.0
    world.engine.start(_tell(leg, target, late))


def _tell(leg: Leg, target: Target, late: float) -> Script[None]:
    yield from pass_time(leg, late)
    answer = yield from post(leg, target)
    if answer.code:
        what = f"answered {answer.status}" if answer.status else "gave no answer"
        fault = Fault(CALLBACK_REFUSED, "status callback", what, target.url, leg.sid)
        leg.world.blame(fault, expected=answer.staged)
