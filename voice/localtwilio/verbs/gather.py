"""Gather: asking, listening, and handing over what was understood (docs/voice/twiml/gather).

The rules that matter here:

- The timeout begins when the nested prompt is over, or with the first key.
- Keys and speech: what is noticed first counts, the other is ignored from then on.
- Nothing heard: the next verb, unless `actionOnEmptyResult`. A `finishOnKey` before any other key counts as nothing.
- Speech lasts at most 60 seconds.
"""

from voice.localtwilio.engine.interpreter import target
from voice.localtwilio.engine.pace import Pace
from voice.localtwilio.engine.script import BeganToSpeak, Event, Pressed, Said, Script, TimeUp, Wait
from voice.localtwilio.records import Leg, Question, Standing, Target
from voice.localtwilio.twiml.documents import Verb
from voice.localtwilio.verbs.say import begin, cut, cut_off, rounds

_DEFAULT_TIMEOUT = 5.0
_LONGEST_SPEECH = 60.0


def question(verb: Verb) -> Question:
    """The attributes of a checked Gather, with the defaults of its page."""
    timeout = verb.get("timeout", str(_DEFAULT_TIMEOUT))
    seconds = _DEFAULT_TIMEOUT if timeout == "auto" else float(timeout)
    speech_timeout = verb.get("speechTimeout", timeout)
    return Question(
        input=frozenset(verb.get("input", "dtmf").split()),
        language=verb.get("language", "en-US"),
        hints=tuple(hint.strip() for hint in verb.get("hints").split(",") if hint.strip()),
        timeout=seconds,
        speech_timeout=None if speech_timeout == "auto" else float(speech_timeout),
        num_digits=int(verb.get("numDigits", "0")) or None,
        finish_on_key=verb.get("finishOnKey", "#"),
        barge_in=verb.is_true("bargeIn", default=True),
        action_on_empty_result=verb.is_true("actionOnEmptyResult"),
        verb=verb,
    )


def gather(leg: Leg, verb: Verb) -> Script[Target | None]:
    asked = question(verb)
    ear = _Ear(asked)
    leg.question = asked
    try:
        yield from _prompt(leg, verb, ear)
        yield from _listen(leg, ear)
    finally:
        leg.question = None
    leg.stand(Standing.TALKED_TO)
    if ear.empty and not asked.action_on_empty_result:
        return None
    return target(leg, verb).telling(ear.result())


class _Ear:
    """What one Gather has noticed so far."""

    def __init__(self, asked: Question) -> None:
        self.asked = asked
        self.finished = False  # nothing more is waited for: the last key has been pressed
        self._keys = ""
        self._speech: list[Said] = []
        self._speaking = False

    def notice(self, event: Event) -> bool:
        """Take in what the person did; says whether this Gather takes any notice of it."""
        if isinstance(event, Pressed) and "dtmf" in self.asked.input and not self._speech:
            self._press(event.key)
            return True
        if isinstance(event, Said | BeganToSpeak) and "speech" in self.asked.input and not self._keys:
            self._speaking = isinstance(event, BeganToSpeak)
            if isinstance(event, Said) and event.text:
                self._speech.append(event)
            return True
        return False

    def _press(self, key: str) -> None:
        if key == self.asked.finish_on_key:
            self.finished = True
        elif not self.finished:
            self._keys += key
            self.finished = len(self._keys) == self.asked.num_digits

    @property
    def empty(self) -> bool:
        """Nothing to hand over; the finishing key alone is nothing."""
        return not self._keys and not self._speech

    @property
    def untouched(self) -> bool:
        return self.empty and not self.finished and not self._speaking

    def patience(self, pace: Pace) -> float:
        """Seconds to wait from now, if nothing more comes: the last words, and the silence after them."""
        if self._speaking:
            return _LONGEST_SPEECH
        if not self._speech:
            return self.asked.timeout
        if self._speech[-1].ended:
            return 0.0
        spoken = sum(pace.speech(said.text) for said in self._speech)
        last = pace.speech(self._speech[-1].text)
        return min(last + pace.silence(self.asked.speech_timeout), max(0.0, _LONGEST_SPEECH - spoken + last))

    def result(self) -> dict[str, str]:
        """The parameters of the action; Confidence only where the recogniser gave one."""
        if self._keys:
            return {"Digits": self._keys}
        if not self._speech:
            return {}
        confidences = [said.confidence for said in self._speech if said.confidence is not None]
        spoken = {"SpeechResult": " ".join(said.text for said in self._speech)}
        return {**spoken, "Confidence": f"{min(confidences):.7f}"} if confidences else spoken


def _prompt(leg: Leg, verb: Verb, ear: _Ear) -> Script[None]:
    """Say what is nested, until the person breaks in (with bargeIn off: say it all, and listen nevertheless)."""
    engine = leg.world.engine
    for nested in verb.children:
        for once in rounds(nested):
            leg.stand(Standing.PROMPTED if ear.untouched else Standing.ANSWERING)
            utterance = yield from begin(leg, once)
            end = engine.now() + utterance.seconds
            with cut_off(leg, utterance):
                while (event := (yield Wait(max(0.0, end - engine.now())))) != TimeUp():
                    if ear.notice(event):
                        leg.stand(Standing.ANSWERING)
                        if ear.asked.barge_in:
                            cut(leg, utterance)
                            return


def _listen(leg: Leg, ear: _Ear) -> Script[None]:
    """Wait for the first sign, then until nothing follows any more."""
    engine, pace = leg.world.engine, leg.world.pace
    leg.stand(Standing.LISTENED_TO if ear.untouched else Standing.ANSWERING)
    end = engine.now() + ear.patience(pace)
    while not ear.finished:
        event = yield Wait(max(0.0, end - engine.now()))
        if event == TimeUp():
            return
        if ear.notice(event):
            leg.stand(Standing.LISTENED_TO if ear.untouched else Standing.ANSWERING)
            end = engine.now() + ear.patience(pace)
