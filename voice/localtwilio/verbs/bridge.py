"""Two calls connected with each other: what one says, the other hears, until one of them leaves."""

from voice.localtwilio.engine.script import Pressed, Said, Script, TimeUp, Wait
from voice.localtwilio.records import Leg, Standing, Utterance


def connect(one: Leg, other: Leg) -> None:
    """Both hear each other as soon as their scripts `converse`."""
    one.peer, other.peer = other, one
    one.nudge()
    other.nudge()


def part(leg: Leg) -> None:
    """Leave; the other one is alone from now on."""
    peer, leg.peer = leg.peer, None
    if peer is not None:
        peer.peer = None
        peer.nudge()


def converse(leg: Leg, *, star_ends: bool = False, limit: float | None = None) -> Script[bool]:
    """Speak with the peer; returns whether this side ended it (the star key, or the time limit of so many seconds)."""
    engine = leg.world.engine
    until = None if limit is None else engine.now() + limit
    leg.stand(Standing.CONNECTED)
    try:
        while leg.peer is not None:
            event = yield Wait(None if until is None else max(0.0, until - engine.now()))
            if event == TimeUp() or (star_ends and event == Pressed("*")):
                return leg.peer is not None
            if isinstance(event, Said) and event.text and leg.peer is not None:
                let_hear(leg.peer, event)
        return False
    finally:
        part(leg)


def let_hear(leg: Leg, said: Said) -> None:
    """Another person's words, on this call."""
    seconds = leg.world.pace.speech(said.text)
    leg.heard.append(Utterance("voice", said.text, leg.world.engine.now(), seconds))
