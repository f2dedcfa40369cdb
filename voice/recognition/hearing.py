"""What is heard, and the protocol of whatever hears it.

The field's words: a turn ends in `Heard` (with words: a match may follow; without: something was said
that is no word, a no-match) or in `NoInput` (nobody spoke). Both are values; neither is an error.
All times are seconds of audio since the turn began.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from voice.recognition.pcm import Pcm

Ended = Literal["silence", "longest", "audio"]
"""Why a turn ended: silence after speech, the longest time allowed, or no more audio."""


@dataclass(frozen=True)
class Word:
    """One word as the model spells it. Confidence is 0 to 1, and 1.0 is given to wrong words too."""

    text: str
    start: float
    end: float
    confidence: float


@dataclass(frozen=True)
class Partial:
    """What has been understood so far; later words may change it."""

    text: str
    seconds: float


@dataclass(frozen=True)
class Heard:
    """Someone spoke. `speech_end` is when the voice was last heard, `audio_seconds` when the turn ended."""

    text: str
    words: tuple[Word, ...]
    speech_end: float
    audio_seconds: float
    ended: Ended


@dataclass(frozen=True)
class NoInput:
    """Nobody spoke in time."""

    audio_seconds: float


End = Heard | NoInput
Hearing = Partial | Heard | NoInput


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds of audio.

    The defaults: 5 s for a first word is Twilio's own `timeout`. 0.8 s of silence ends an utterance:
    Vosk's own first rule, 0.5 s, cuts off who stops to think; from 1 s on callers think the line is dead.
    30 s is longer than any story that one question asks for.
    """

    no_input: float = 5.0
    end_silence: float = 0.8
    longest: float = 30.0


WHOLE_FILE = Patience(no_input=1e9, end_silence=1e9, longest=1e9)
"""A file is one turn, whatever silence is in it."""


class Recogniser(Protocol):
    """Ears for one call. `start` a turn, feed it until it ends, start the next; `close` at the end.

    Feeding after a turn has ended raises RuntimeError. One recogniser is used by one thread at a time;
    different recognisers may run at once.
    """

    @property
    def rate(self) -> int:
        """Samples a second that `accept` takes."""

    def start(self, phrases: Sequence[str] = (), patience: Patience | None = None) -> None:
        """A new turn, whatever became of the last. With phrases, only these are listened for."""

    def accept(self, samples: Pcm) -> list[Hearing]:
        """Listen to these. What changed: partials, and last the end of the turn, if it ended."""

    def finish(self) -> End:
        """There is no more audio: end the turn now."""

    def close(self) -> None:
        """Give back what the recogniser holds. May be called twice."""


def over() -> RuntimeError:
    """What feeding raises when no turn runs."""
    return RuntimeError("no turn is running: call start() first")
