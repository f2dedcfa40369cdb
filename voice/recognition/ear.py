"""An ear: a source of audio, perhaps a telephone line, and a recogniser, turn by turn.

The line may be speaking meanwhile. The first word then cuts it off, as on the phone (its own echo does not);
the time for a first word counts from the end of the prompt, as in Twilio's `<Gather>`.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from voice.recognition.channel import Channel
from voice.recognition.echo import EchoGuard
from voice.recognition.hearing import Heard, NoInput, Partial, Patience, Recogniser
from voice.recognition.microphone import Source
from voice.recognition.pcm import Audio, Level, Pcm, level

NOTHING = np.zeros(0, np.int16)


@dataclass(frozen=True)
class Loudness:
    """How loud the last chunk was, for a level meter."""

    level: Level


EarEvent = Loudness | Partial | Heard | NoInput


class Played(Protocol):
    """What the line is saying: `loudspeaker.Speech`, or anything that can be cut off."""

    audio: Audio

    @property
    def playing(self) -> bool: ...

    def stop(self) -> None: ...


class Ear:
    """Hears one call. Not to be shared between threads, but `interrupt` may come from any."""

    def __init__(self, source: Source, recogniser: Recogniser, phone: bool = False) -> None:
        self._source, self._recogniser = source, recogniser
        self._channel = Channel(source.rate, recogniser.rate, phone)
        self._interrupted = threading.Event()

    def listen(
        self, phrases: Sequence[str] = (), patience: Patience | None = None, prompt: Played | None = None
    ) -> Iterator[EarEvent]:
        """One turn: levels and partial words as they come, and last `Heard` or `NoInput`.

        Nothing ends it after `interrupt`. Raises `DeviceLostError` when the microphone goes away.
        """
        wait = patience or Patience()
        if prompt and not prompt.playing:
            prompt = None
        said = prompt.audio.seconds if prompt else 0.0
        guard = EchoGuard(prompt.audio, self._source.rate) if prompt else None
        self._interrupted.clear()
        self._recogniser.start(phrases, replace(wait, no_input=wait.no_input + said, longest=wait.longest + said))
        while not self._interrupted.is_set():
            chunk = self._source.read()
            if chunk is not None:
                yield Loudness(level(chunk))
            events = self._recogniser.accept(self._audible(chunk, guard, prompt))
            if prompt and guard and (guard.interrupted or any(isinstance(event, Partial | Heard) for event in events)):
                prompt.stop()
            yield from events
            if events and isinstance(events[-1], Heard | NoInput):
                return
            if chunk is None:
                yield self._recogniser.finish()
                return

    def _audible(self, chunk: Pcm | None, guard: EchoGuard | None, prompt: Played | None) -> Pcm:
        """The chunk as the recogniser takes it, without the prompt's echo; None is the end of all audio."""
        if chunk is None:
            return np.concatenate([self._channel.feed(guard.flush() if guard else NOTHING), self._channel.flush()])
        return self._channel.feed(guard.feed(chunk, prompt.playing) if guard and prompt else chunk)

    def forget(self) -> None:
        """Drop what was said before now and has not been listened to."""
        self._source.forget()

    def interrupt(self) -> None:
        """End the running turn without a result: a key was pressed, or the line hung up."""
        self._interrupted.set()

    def close(self) -> None:
        self._recogniser.close()
        self._source.close()
