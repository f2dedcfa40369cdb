"""Say, Play and Pause: what a call hears, and how long it takes (docs/voice/twiml/say, /play, /pause)."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from voice.localtwilio.engine.interpreter import absolute
from voice.localtwilio.engine.pace import tone_seconds, wave_seconds
from voice.localtwilio.engine.script import Interruption, Script, do
from voice.localtwilio.errors import Fault
from voice.localtwilio.post import pass_time
from voice.localtwilio.records import Leg, Standing, Target, Utterance
from voice.localtwilio.twiml.documents import Verb

_ENDLESS = 1000
"""`loop="0"` repeats until the call is hung up, or this often."""


def speak(leg: Leg, verb: Verb) -> Script[Target | None]:
    """A Say, Play or Pause that nothing but the end of the call interrupts."""
    held = leg.participant is not None or (leg.member is not None and verb.name != "Say")
    for once in rounds(verb):
        leg.stand(Standing.HELD if held else Standing.TALKED_TO)
        utterance = yield from begin(leg, once)
        with cut_off(leg, utterance):
            yield from pass_time(leg.world, utterance.seconds)
    return None


def rounds(verb: Verb) -> Iterator[Verb]:
    """The verb as often as its `loop` says."""
    times = int(verb.get("loop", "1")) or _ENDLESS
    for _ in range(times):
        yield verb


def begin(leg: Leg, verb: Verb) -> Script[Utterance]:
    """Start one Say, Play or Pause; its `seconds` say when it will be over. A Pause is not among what was heard."""
    now = leg.world.engine.now()
    if verb.name == "Pause":
        return Utterance("pause", "", now, float(verb.get("length", "1")))
    utterance = _utterance(leg, verb, now)
    leg.heard.append(utterance)
    loudspeaker = leg.world.loudspeaker
    played: float | None = None
    if loudspeaker is not None:
        played = yield from do(lambda: loudspeaker.speak(leg, utterance))
    if played is not None:
        utterance.seconds = played
    elif utterance.kind == "play":
        utterance.seconds = yield from _file_seconds(leg, utterance.text)
    return utterance


@contextmanager
def cut_off(leg: Leg, utterance: Utterance) -> Iterator[None]:
    """While something is said: if the call is broken into, it is not said to its end."""
    try:
        yield
    except Interruption:
        cut(leg, utterance)
        raise


def cut(leg: Leg, utterance: Utterance) -> None:
    """Be silent at once."""
    utterance.cut = True
    if leg.world.loudspeaker is not None:
        leg.world.loudspeaker.stop(leg)


def _utterance(leg: Leg, verb: Verb, now: float) -> Utterance:
    if verb.name == "Say":
        seconds = leg.world.pace.say(verb.text)
        return Utterance("say", verb.text, now, seconds, verb.get("language", "en-US"), verb.get("voice", "man"))
    if "digits" in verb.attributes:
        return Utterance("digits", verb.get("digits"), now, tone_seconds(verb.get("digits")))
    return Utterance("play", absolute(leg, verb.text), now)


def _file_seconds(leg: Leg, url: str) -> Script[float]:
    """The length of a media file, asked for once. Files of the app itself are fetched; others could be anywhere."""
    world = leg.world
    if url not in world.audio_seconds:
        seconds = world.pace.play
        if urlsplit(url)[:2] == urlsplit(leg.url)[:2]:
            answer = yield from do(lambda: world.courier.fetch(url))
            if answer.code:
                world.blame(Fault(answer.code, "Play", "the file cannot be fetched", url, leg.sid))
            elif not answer.content_type.startswith("audio/"):
                what = f"“{answer.content_type}” is no kind of sound"
                world.blame(Fault(13420, "Play", what, url, leg.sid))
            else:
                seconds = wave_seconds(answer.body) or seconds
        world.audio_seconds[url] = seconds
    return world.audio_seconds[url]
