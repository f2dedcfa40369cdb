"""A caller's telephone in a browser: its call, what is to be shown of it, and the ear that hears its microphone.

What is spoken comes from the browser as sound; Vosk hears it here, as `voice call --mic` does. The browser takes the
line's own voice out of what it records. Without a model of the call's language one types instead.
"""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from typing import Any

from voice.cli.phone.turns import ListeningMoment
from voice.errors import VoiceError
from voice.localtwilio import CallEnded, LocalTwilio, Party, Phone, Standing, Utterance
from voice.recognition.ear import Ear
from voice.recognition.engine import VoskRecogniser, load_model
from voice.recognition.files import write_wave
from voice.recognition.hearing import Heard, Partial, Patience
from voice.recognition.loudspeaker import find_voice
from voice.recognition.models.installed import find_model
from voice.recognition.pcm import Pcm

KEPT_CHUNKS = 300
"""Half a minute of sound, of which the oldest is forgotten."""

UNKNOWN = "…"
"""What is handed on for speech of which no word was understood: a no-match, which is no silence."""

NEVER = 1e9
"""Seconds to a first word: the Gather that listens has a time of its own for it."""

Asked = Callable[[str], ListeningMoment | None]
"""What the call with this SID waits for."""


class Sound:
    """What the browser records, at its own rate, as a source for the ear. None ends it."""

    def __init__(self) -> None:
        self.rate = 48_000
        self._chunks: queue.Queue[Pcm | None] = queue.Queue()

    def put(self, chunk: Pcm | None) -> None:
        while self._chunks.qsize() > KEPT_CHUNKS:
            self.read()
        self._chunks.put(chunk)

    def read(self) -> Pcm | None:
        return self._chunks.get()

    def forget(self) -> None:
        with suppress(queue.Empty):
            while True:
                self._chunks.get_nowait()

    def close(self) -> None:
        self.put(None)


class Telephone:
    """One browser's."""

    def __init__(self, twilio: LocalTwilio, number: str, asked: Asked) -> None:
        self._twilio, self._asked = twilio, asked
        self.number = number
        self._told: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._party: Party | None = None
        self._sound: Sound | None = None
        self._said: list[bytes] = []
        twilio.person(number, behaviour=self._changed)

    # What its owner does

    def ring(self, to: str) -> None:
        if self._party is None or self._party.ended:
            self._changed(self._twilio.ring(to, self.number, behaviour=self._changed))

    def does(self, deed: str, what: str) -> None:
        """Raises `LookupError` for what no telephone does."""
        party = self._party
        if party is None or party.ended:
            return
        with suppress(CallEnded, ValueError):
            match deed:
                case "says" if what:
                    party.aloud = False
                    party.says(what[:500], wait=False)
                case "presses":
                    party.presses(what[:20], wait=False)
                case "picks-up" if isinstance(party, Phone):
                    party.picks_up(wait=False)
                case "hangs-up":
                    party.hangs_up()
                case _:
                    raise LookupError(deed)

    def hears(self, chunk: Pcm, rate: int) -> None:
        """Sound from the microphone; with the first of it the ear begins."""
        if self._sound is None or self._sound.rate != rate:
            self.deaf()
            self._sound = Sound()
            self._sound.rate = rate
            threading.Thread(target=self._listen, args=(self._sound,), name="ear", daemon=True).start()
        self._sound.put(chunk)

    def deaf(self) -> None:
        """There is no microphone any more."""
        if self._sound is not None:
            self._sound.close()
            self._sound = None

    # What is heard on it

    def told(self) -> Iterator[dict[str, Any]]:
        """What there is to show, as it comes; whoever asks anew takes the place of who asked before."""
        self.over()
        mine = self._told = queue.Queue()
        yield self._state()
        while (what := mine.get()) is not None:
            yield what

    def over(self) -> None:
        self._told.put(None)

    def plays(self, sid: str, utterance: Utterance) -> float | None:
        """What the line says, spoken where this computer has a voice; its seconds, where not the usual ones."""
        if self._party is None or self._party.leg.sid != sid:
            return None
        if utterance.kind == "play":
            self._tell(play=utterance.text)
            return None
        voice = find_voice(utterance.language) if utterance.kind == "say" else None
        try:
            audio = voice.synthesise(utterance.text) if voice else None
        except VoiceError:
            audio = None
        if audio is None:
            self._tell(said=utterance.text, language=utterance.language)
            return None
        written = BytesIO()
        write_wave(written, audio)
        self._said.append(written.getvalue())
        self._tell(said=utterance.text, language=utterance.language, voice=len(self._said) - 1)
        return audio.seconds

    def stops(self, sid: str) -> None:
        if self._party is not None and self._party.leg.sid == sid:
            self._tell(stop=True)

    def voice(self, number: int) -> bytes | None:
        return self._said[number] if number < len(self._said) else None

    def _state(self) -> dict[str, Any]:
        """What the call is, as its page shows it."""
        party = self._party
        if party is None or party.ended:
            return {"state": "ended"}
        rung = isinstance(party, Phone) and party.standing is Standing.RINGING
        return {"state": "rung" if rung else party.standing.name.lower(), "queue": party.leg.member is not None}

    def _changed(self, party: Party) -> None:
        self._party = party
        self._told.put(self._state())

    def _tell(self, **what: Any) -> None:
        self._told.put(what)

    # The ear

    def _listen(self, sound: Sound) -> None:
        """Turn after turn, for as long as the microphone is there."""
        ears: dict[str, VoskRecogniser | None] = {}
        while sound is self._sound:
            party = self._party
            question = party.leg.question if party is not None else None
            moment = self._asked(party.sid) if party is not None and question else None
            ear = self._ear(ears, moment.language) if moment else None
            if party is None or question is None or moment is None or ear is None or "speech" not in question.input:
                if sound.read() is None:
                    return
                continue
            self._turn(party, Ear(sound, ear), moment)

    def _ear(self, ears: dict[str, VoskRecogniser | None], language: str) -> VoskRecogniser | None:
        if language not in ears:
            try:
                ears[language] = VoskRecogniser(load_model(find_model(language)))
            except VoiceError as error:
                ears[language] = None
                self._tell(deaf=f"{error.message} {error.mend}")
        return ears[language]

    def _turn(self, party: Party, ear: Ear, moment: ListeningMoment) -> None:
        question, began = party.leg.question, False
        with suppress(CallEnded):
            for event in ear.listen(moment.phrases, Patience(no_input=NEVER)):
                if not began and party.leg.question is not question:
                    ear.interrupt()
                elif isinstance(event, Partial):
                    self._tell(partial=event.text)
                    if not began:
                        began = True
                        party.begins_to_speak()
                elif isinstance(event, Heard):
                    party.aloud = True
                    self._tell(heard=event.text or UNKNOWN)
                    party.says(event.text or UNKNOWN, wait=False)
