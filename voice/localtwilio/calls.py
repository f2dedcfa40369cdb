"""The life of a call: it rings, is answered, follows its documents, ends; and the status callbacks on the way.

Status callbacks: docs/voice/api/call-resource#statuscallback, and docs/voice/twiml, "Ending the call".
"""

from voice.localtwilio.engine.clock import rfc2822
from voice.localtwilio.engine.interpreter import Broken, Finished, HungUp, Redirected, apologise, follow, retrieve, run
from voice.localtwilio.engine.script import Script
from voice.localtwilio.post import notify
from voice.localtwilio.records import Leg, Standing, Target
from voice.localtwilio.twiml.rules import MAIN


def take_call(leg: Leg, first: Target) -> Script[None]:
    """An inbound call from its first ring to its end. It is answered, unless its first verb is Reject."""
    yield from live(leg, _first_document(leg, first))


def run_course(leg: Leg, target: Target) -> Script[None]:
    """What a call made by REST does once it is answered."""
    yield from follow(leg, target, MAIN)


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


def live(leg: Leg, course: Script[None]) -> Script[None]:
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


def hang_up(leg: Leg, status: str = "") -> None:
    """The person hangs up, or the app ends the call by REST. The call is over at once; its script tidies up."""
    if leg.over:
        return
    end(leg, status or ("completed" if leg.answered_at is not None else "canceled"))
    if leg.task is not None:
        leg.task.interrupt(HungUp())


def end(leg: Leg, status: str) -> None:
    waited_in_vain = leg.status == "queued"
    leg.status = status
    leg.ended_at = leg.world.engine.now()
    if leg.member is not None:
        leg.member.withdraw()
    leg.stand(Standing.ENDED)
    if not waited_in_vain:  # a call cancelled while still queued is not reported
        report(leg, "completed")
    if leg.parent is not None:
        leg.parent.nudge()


def report(leg: Leg, event: str) -> None:
    """Send a status callback, if one was asked for. It goes its own way: the call does not wait for it."""
    callback = leg.callback
    if callback is None or event not in callback.events:
        return
    params = {
        **leg.params(),
        "CallStatus": "initiated" if event == "initiated" else leg.status,
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(leg.events_sent),
        "Timestamp": rfc2822(leg.world.engine.now()),
    }
    if event == "completed":
        params["CallDuration"] = str(leg.duration)
    leg.events_sent += 1
    notify(leg.world, Target(callback.url, callback.method, params), leg)
