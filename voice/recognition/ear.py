"""An ear: a source of audio, perhaps a telephone line, and a recogniser, turn by turn.

The line may be speaking meanwhile. The first word then cuts it off, as on the phone; the time for a
first word counts from the end of the prompt, as in Twilio's `<Gather>`.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from voice.recognition.channel import Channel
from voice.recognition.hearing import Heard, NoInput, Partial, Patience, Recogniser
from voice.recognition.microphone import Source
from voice.recognition.pcm import Level, level


@dataclass(frozen=True)
class Loudness:
    """How loud the last chunk was, for a level meter."""

    level: Level


EarEvent = Loudness | Partial | Heard | NoInput


class Prompt(Protocol):
    """What the line is saying: `loudspeaker.Speech`, or anything that can be cut off."""

    seconds: float

    def stop(self) -> None: ...


class Ear:
    """Hears one call. Not to be shared between threads, but `interrupt` may come from any."""

    def __init__(self, source: Source, recogniser: Recogniser, phone: bool = False) -> None:
        self._source, self._recogniser = source, recogniser
        self._channel = Channel(source.rate, recogniser.rate, phone)
        self._interrupted = threading.Event()

    def listen(
        self, phrases: Sequence[str] = (), patience: Patience | None = None, prompt: Prompt | None = None
    ) -> Iterator[EarEvent]:
        """One turn: levels and partial words as they come, and last `Heard` or `NoInput`.

        Nothing ends it after `interrupt`. Raises `DeviceLostError` when the microphone goes away.
        """
        wait = patience or Patience()
        said = prompt.seconds if prompt else 0.0
        self._interrupted.clear()
        self._recogniser.start(phrases, replace(wait, no_input=wait.no_input + said, longest=wait.longest + said))
        while not self._interrupted.is_set():
            chunk = self._source.read()
            if chunk is not None:
                yield Loudness(level(chunk))
            events = self._recogniser.accept(self._channel.flush() if chunk is None else self._channel.feed(chunk))
            for event in events:
                if prompt and isinstance(event, Partial | Heard):
                    prompt.stop()
                yield event
            if events and isinstance(events[-1], Heard | NoInput):
                return
            if chunk is None:
                yield self._recogniser.finish()
                return

    def forget(self) -> None:
        """Drop what was said before now and has not been listened to."""
        self._source.forget()

    def interrupt(self) -> None:
        """End the running turn without a result: a key was pressed, or the line hung up."""
        self._interrupted.set()

    def close(self) -> None:
        self._recogniser.close()
        self._source.close()
