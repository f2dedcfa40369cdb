"""The verbs, by name: which script does what a document asks for."""

from collections.abc import Mapping

from voice.localtwilio.engine.interpreter import Finished, absolute
from voice.localtwilio.engine.script import Script
from voice.localtwilio.records import Leg, Target
from voice.localtwilio.twiml.documents import Verb
from voice.localtwilio.verbs.dial import dial
from voice.localtwilio.verbs.enqueue import enqueue, leave
from voice.localtwilio.verbs.gather import gather
from voice.localtwilio.verbs.say import speak
from voice.localtwilio.world import VerbScript


def redirect(leg: Leg, verb: Verb) -> Script[Target | None]:
    """docs/voice/twiml/redirect: all verbs after it are unreachable."""
    return Target(absolute(leg, verb.text), verb.get("method", "POST"))
    yield  # a script, like every verb


def hangup(_leg: Leg, _verb: Verb) -> Script[Target | None]:
    """docs/voice/twiml/hangup"""
    raise Finished
    yield


def reject(leg: Leg, verb: Verb) -> Script[Target | None]:
    """docs/voice/twiml/reject: a call not yet answered ends busy or no-answer; later it is a Hangup."""
    if leg.answered_at is not None:
        raise Finished
    raise Finished("busy" if verb.get("reason") == "busy" else "no-answer")
    yield


VERBS: Mapping[str, VerbScript] = {
    "Say": speak,
    "Play": speak,
    "Pause": speak,
    "Gather": gather,
    "Redirect": redirect,
    "Hangup": hangup,
    "Reject": reject,
    "Enqueue": enqueue,
    "Leave": leave,
    "Dial": dial,
}
