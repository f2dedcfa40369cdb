"""Ears without a model, for the tests of everything that listens.

It hears for itself whether somebody speaks, and when they stop, by loudness; only the words come from a
script. So a beep stands for a sentence, and silence, patience and phrase lists behave as with Vosk.
"""

from collections.abc import Iterable, Sequence

from voice.recognition.activity import Activity
from voice.recognition.hearing import End, Ended, Heard, Hearing, NoInput, Partial, Patience, Word, over
from voice.recognition.pcm import Pcm


class ScriptedRecogniser:
    """Each turn in which somebody speaks takes the next text of the script; after the last, none is
    understood. With phrases, a text that is none of them is not understood either."""

    def __init__(self, script: Iterable[str], rate: int = 8000) -> None:
        self._script = iter(script)
        self._rate = rate
        self._activity = Activity(rate)
        self._running = False
        self._text: str | None = None
        self._turn_phrases: tuple[str, ...] = ()

    @property
    def rate(self) -> int:
        return self._rate

    def start(self, phrases: Sequence[str] = (), patience: Patience | None = None) -> None:
        self._turn_phrases, self._patience = tuple(phrases), patience or Patience()
        self._activity.start()
        self._samples, self._text, self._running = 0, None, True

    def accept(self, samples: Pcm) -> list[Hearing]:
        if not self._running:
            raise over()
        events: list[Hearing] = []
        block = self._rate // 10
        for start in range(0, len(samples), block):
            piece = samples[start : start + block]
            self._samples += len(piece)
            self._activity.feed(piece)
            if self._activity.spoken_seconds and self._text is None:
                self._text = self._next_text()
                if self._text:
                    events.append(Partial(self._text.split()[0], self._seconds))
            if (ended := self._ended()) is not None:
                return [*events, self._end(ended)]
        return events

    def finish(self) -> End:
        if not self._running:
            raise over()
        return self._end("audio")

    def close(self) -> None:
        self._running = False

    @property
    def _seconds(self) -> float:
        return self._samples / self._rate

    def _next_text(self) -> str:
        text = next(self._script, "")
        return text if not self._turn_phrases or text in self._turn_phrases else ""

    def _ended(self) -> Ended | None:
        wait, now = self._patience, self._seconds
        if now >= wait.longest:
            return "longest"
        spoken = self._activity.spoken_seconds > 0
        quiet = now - self._activity.last_speech >= wait.end_silence if spoken else now >= wait.no_input
        return "silence" if quiet else None

    def _end(self, ended: Ended) -> End:
        self._running = False
        if self._text is None:
            return NoInput(self._seconds)
        words = self._text.split()
        speech_end = self._activity.last_speech
        begin = max(0.0, speech_end - self._activity.spoken_seconds)
        step = (speech_end - begin) / max(1, len(words))
        said = tuple(
            Word(word, begin + step * index, begin + step * (index + 1), 1.0) for index, word in enumerate(words)
        )
        return Heard(" ".join(words), said, speech_end, self._seconds, ended)
