"""Calls that go out: they ring, are answered or not, and perhaps it is a machine that answers.

- Events and statuses: docs/voice/api/call-resource#statuscallbackevent
- Answering machine detection: docs/voice/answering-machine-detection. Where it takes its time from: a person's short
  greeting and the silence behind it (2 s), a machine's speech beyond the threshold (4 s), a machine's greeting to
  its end.
"""

from dataclasses import dataclass

from voice.localtwilio.calls import end, live, pick_up, report
from voice.localtwilio.engine.interpreter import HungUp
from voice.localtwilio.engine.script import Script, TimeUp, Wait
from voice.localtwilio.post import notify, pass_time
from voice.localtwilio.records import Leg, Standing, Target

DEFAULT_RINGING = 60.0
"""Seconds a call made by REST rings, if its Timeout says nothing else."""

_PERSON_FOUND = 2.0
_MACHINE_FOUND = 4.0
_BEEP = 1.2


@dataclass(frozen=True)
class Detection:
    """Answering machine detection as it was asked for. `callback`: in the background, and told there."""

    to_the_end: bool = False
    timeout: float = 30.0
    callback: Target | None = None
    background: bool = False


def place_call(leg: Leg, seconds: float, course: Script[None], detection: Detection | None = None) -> Script[None]:
    """Ring for so many seconds; who answers goes through `course`."""
    try:
        answered = yield from _ring(leg, seconds)
    except HungUp:
        return
    if not answered:
        return
    pick_up(leg)
    yield from live(leg, _answered(leg, course, detection))


def _ring(leg: Leg, seconds: float) -> Script[bool]:
    engine = leg.world.engine
    leg.status = "initiated"
    report(leg, "initiated")
    refusal = leg.world.phone(leg.to).be_rung(leg)
    if refusal:
        end(leg, refusal)
        return False
    leg.status = "ringing"
    leg.stand(Standing.RINGING)
    report(leg, "ringing")
    until = engine.now() + seconds
    while not leg.reaction:
        if (yield Wait(max(0.0, until - engine.now()))) == TimeUp():
            end(leg, "no-answer")
            return False
    if leg.reaction == "busy":
        end(leg, "busy")
        return False
    return True


def _answered(leg: Leg, course: Script[None], detection: Detection | None) -> Script[None]:
    if detection is not None:
        yield from _detect(leg, detection)
    yield from course


def _detect(leg: Leg, detection: Detection) -> Script[None]:
    answered_by, seconds = _verdict(leg.world.phone(leg.to).voicemail, detection, leg)
    if not detection.background:
        yield from pass_time(leg.world, seconds)
        leg.answered_by = answered_by
        return

    def tell() -> None:
        if leg.over:
            return
        leg.answered_by = answered_by
        if detection.callback is not None:
            found = {
                "AccountSid": leg.world.account_sid,
                "AnsweredBy": answered_by,
                "CallSid": leg.sid,
                "MachineDetectionDuration": str(round(seconds * 1000)),
            }
            notify(leg.world, detection.callback.telling(found), leg)

    leg.world.engine.after(seconds, tell)


def _verdict(greeting: str | None, detection: Detection, leg: Leg) -> tuple[str, float]:
    """AnsweredBy, and the seconds after which it is known."""
    if greeting is None:
        return "human", _PERSON_FOUND
    if not detection.to_the_end:
        return "machine_start", _MACHINE_FOUND
    seconds = leg.world.pace.speech(greeting) + _BEEP
    return ("machine_end_beep", seconds) if seconds <= detection.timeout else ("unknown", detection.timeout)
