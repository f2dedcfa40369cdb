"""How long things take: what is said, what is played, what a person says.

`Pace` estimates; a `Loudspeaker` that really plays sound knows.
"""

import io
import wave
from dataclasses import dataclass
from typing import Protocol

from voice.localtwilio.records import Leg, Utterance


class Loudspeaker(Protocol):
    """Whoever turns what is said on a call into sound."""

    def speak(self, leg: Leg, utterance: Utterance) -> float | None:
        """Begin to play, and say how many seconds it will take; must not wait for the end. None: it takes as long as it
        would without a loudspeaker."""
        ...

    def stop(self, leg: Leg) -> None:
        """Be silent at once: the person has begun to speak, or the call has gone on."""
        ...


@dataclass(frozen=True)
class Pace:
    """Rates and lengths; a rate of 0 words a minute takes no time at all."""

    line: float = 150.0
    """Words a minute of Say."""
    person: float = 150.0
    """Words a minute of those who call."""
    pause: float = 1.0
    """Seconds of silence that are a pause (`speechTimeout="auto"` ends at the first)."""
    play: float = 10.0
    """Seconds of a file whose length cannot be read."""
    endpointing: bool = True
    """Whether Gather waits for its `speechTimeout`; off where whoever hands in speech has waited already."""

    @classmethod
    def keyboard(cls) -> "Pace":
        """For a person who types: nothing said takes time, and a typed line is a finished one."""
        return cls(line=0, person=0, endpointing=False)

    def say(self, text: str) -> float:
        return _seconds(text, self.line)

    def speech(self, text: str) -> float:
        return _seconds(text, self.person)

    def silence(self, speech_timeout: float | None) -> float:
        """Seconds Gather waits after the last word; None is its "auto"."""
        if not self.endpointing:
            return 0.0
        return self.pause if speech_timeout is None else speech_timeout


def _seconds(text: str, words_a_minute: float) -> float:
    return 60.0 * len(text.split()) / words_a_minute if words_a_minute else 0.0


def wave_seconds(content: bytes) -> float | None:
    """The length of a wave file, or None if this is none."""
    try:
        with wave.open(io.BytesIO(content)) as file:
            # A header may claim more than is there.
            there = len(content) // (file.getsampwidth() * file.getnchannels())
            return float(min(file.getnframes(), there) / file.getframerate())
    except (wave.Error, EOFError, ZeroDivisionError):
        return None


def tone_seconds(digits: str) -> float:
    """`w` is half a second, `W` a whole one (docs/voice/twiml/play#attributes-digits), a tone a quarter."""
    return sum({"w": 0.5, "W": 1.0}.get(digit, 0.25) for digit in digits)
