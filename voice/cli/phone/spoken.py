"""Turns that are heard, from the microphone or from audio files, and the line's voice on a loudspeaker."""

import re
import sys
import wave
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from pathlib import Path

import httpx

from voice.cli.phone.turns import END, SILENCE, Lines, ListeningMoment, Turn, TurnKind
from voice.errors import VoiceError
from voice.localtwilio import Leg, Utterance
from voice.recognition.ear import Ear, EarEvent
from voice.recognition.engine import VoskRecogniser, load_model
from voice.recognition.errors import BrokenAudioError
from voice.recognition.files import read_audio, read_wave
from voice.recognition.hearing import WHOLE_FILE, Heard, Patience
from voice.recognition.loudspeaker import Loudspeaker, Speech, find_voice
from voice.recognition.microphone import AudioSource, Microphone
from voice.recognition.models.installed import find_model
from voice.recognition.pcm import Audio

QUESTION_SECONDS = 8.0
"""How long a person at a microphone is waited for; longer than on the phone, for they are looking at a screen."""

RECORDED = re.compile(r"/audio/[a-z]{2,3}/[^/]+\.wav$")
"""A prompt's recording. Music is not played: it would go on for half a minute after the call has."""

UNKNOWN = "…"
"""What is handed on for speech of which no word was understood: a no-match, which is no silence."""

Follow = Callable[[Iterator[EarEvent]], EarEvent | None]
"""Shows levels and words while they come; gives back the last event."""


class Recognisers:
    """One recogniser a language, loaded when it is first needed. `model` is a folder or name for them all."""

    def __init__(self, model: str = "") -> None:
        self._model = model
        self._loaded: dict[str, VoskRecogniser] = {}

    def of(self, language: str) -> VoskRecogniser:
        """Raises `ModelError` when there is no model of this language here."""
        if language not in self._loaded:
            self._loaded[language] = VoskRecogniser(load_model(find_model(language, self._model)))
        return self._loaded[language]


class Waves:
    """One turn a file: a recorded call, replayed. `phone` passes it through a telephone line first."""

    def __init__(self, files: Sequence[Path], recognisers: Recognisers, *, phone: bool) -> None:
        self._files = iter(files)
        self._recognisers = recognisers
        self._phone = phone

    def next(self, moment: ListeningMoment) -> Turn:
        path = next(self._files, None)
        if path is None:
            return END
        ear = Ear(AudioSource(read_audio(path)), self._recognisers.of(moment.language), self._phone)
        *_, end = ear.listen(moment.phrases, WHOLE_FILE)
        return _turn(end)


class Spoken:
    """The microphone, with the keyboard beside it: a typed line interrupts the listening, as a key would."""

    def __init__(
        self,
        recognisers: Recognisers,
        keyboard: Lines,
        voice: "LineVoice",
        follow: Follow,
        *,
        phone: bool,
        microphone: Microphone | None = None,
    ) -> None:
        self._recognisers, self._keyboard, self._voice, self._follow = recognisers, keyboard, voice, follow
        self._phone = phone
        self._microphone = microphone or Microphone()

    def next(self, moment: ListeningMoment) -> Turn:
        if not self._keyboard.arrived.empty():
            return self._typed(moment)
        ear = Ear(self._microphone, self._recognisers.of(moment.language), self._phone)
        self._keyboard.on_line = ear.interrupt
        ear.forget()
        wait = Patience(no_input=moment.patience or QUESTION_SECONDS)
        end = self._follow(ear.listen(moment.phrases, wait, self._voice.speaking))
        self._keyboard.on_line = lambda: None
        return self._typed(moment) if end is None else _turn(end)

    def _typed(self, moment: ListeningMoment) -> Turn:
        self._voice.cut()
        return self._keyboard.next(moment)


def _turn(end: EarEvent) -> Turn:
    if not isinstance(end, Heard):
        return SILENCE
    return Turn(TurnKind.SPEECH, end.text or UNKNOWN)


def _fetched(url: str) -> Audio:
    """A recording, as Twilio fetches it."""
    try:
        return read_wave(BytesIO(httpx.get(url).raise_for_status().content))
    except (httpx.HTTPError, wave.Error, EOFError) as error:
        raise BrokenAudioError(f"The recording {url} cannot be played: {error}.", "Build it again.") from error


class LineVoice:
    """Says on the loudspeaker what the line says, one thing after another. Without a voice for a language, or without a
    loudspeaker, nothing is said, and what is shown on the screen must do."""

    def __init__(self) -> None:
        self.speaking: Speech | None = None
        self._loudspeakers: dict[str, Loudspeaker | None] = {}

    def speaks(self, language: str) -> bool:
        return self._loudspeaker(language) is not None

    def speak(self, _leg: Leg, utterance: Utterance) -> float:
        recorded = utterance.kind == "play" and RECORDED.search(utterance.text)
        heard = recorded or utterance.kind == "say"
        loudspeaker = self._loudspeaker(utterance.language) if heard else None
        if loudspeaker is None:
            return utterance.seconds
        self.finish()
        try:
            played = loudspeaker.play(_fetched(utterance.text)) if recorded else loudspeaker.say(utterance.text)
        except VoiceError as error:
            print(error, file=sys.stderr)
            self._loudspeakers[utterance.language] = None
            return utterance.seconds
        self.speaking = played
        return played.seconds

    def stop(self, _leg: Leg) -> None:
        """The call has gone on. What is being said is cut off only by a person who speaks or types: the call's clock is
        ahead of the loudspeaker."""

    def finish(self) -> None:
        if self.speaking is not None:
            self.speaking.wait()
            self.speaking = None

    def cut(self) -> None:
        if self.speaking is not None:
            self.speaking.stop()
            self.speaking = None

    def _loudspeaker(self, language: str) -> Loudspeaker | None:
        if language not in self._loudspeakers:
            voice = find_voice(language)
            try:
                self._loudspeakers[language] = Loudspeaker(voice) if voice else None
            except VoiceError:
                self._loudspeakers[language] = None
        return self._loudspeakers[language]
