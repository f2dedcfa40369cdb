"""Vosk behind the `Recogniser` protocol: one shared model a process, one recogniser a call.

Free decoding is the default. A phrase list is used only where the model has a dynamic graph, with
`[unk]` only where the model knows it. What Vosk itself would do badly is kept from it: an empty phrase
list ends the process (measured with vosk 0.3.45), so it means free decoding here.

A fresh Vosk recogniser composes its graph as it goes and decodes its first utterance five times slower
than the next (measured: real-time factor 0.8 against 0.13 with the Korean model). Recognisers that are
done are therefore kept and handed to the next call; `FinalResult` has made them forget all audio. What they
keep is the graph, which grows with all that was ever said (measured: 200 MB in the first minutes, then 8 MB a
minute less and less), so none is kept for ever.
"""

import atexit
import json
import os
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from voice.recognition.activity import Activity
from voice.recognition.errors import BrokenModelError, SpeechPartError
from voice.recognition.hearing import End, Ended, Heard, Hearing, NoInput, Partial, Patience, Word, over
from voice.recognition.models.installed import ModelFolder
from voice.recognition.models.vocabulary import UNKNOWN_WORD, HeardPhrase, LeftOut, PhraseList, phrase_list
from voice.recognition.pcm import Pcm

BLOCK_SECONDS = 0.1
"""Audio is decoded in blocks of this length, so that a turn ends at the same place however it is fed."""
NO_WORD_SECONDS = 0.5
"""Loud for so long without a word is somebody speaking whom we did not understand; less is a noise."""
EXTRA_SECONDS = 5.0
"""How long somebody who speaks when the time for a first word is over may still bring one."""
KEPT_SECONDS = 900.0
"""After so much audio a recogniser is given up, and a fresh one made for the next call."""
DECODER_LAG_SECONDS = 0.7
"""How long after a word was spoken Vosk may still be silent about it (measured: 0.3 to 0.5 s)."""
SILENT = -3
"""Vosk's log level at which it says nothing; -1, the usual advice, still prints warnings."""

_models: dict[Path, "SharedModel"] = {}
_loading = threading.Lock()


def vosk_library() -> Any:
    """The vosk module, told to be silent. Raises `SpeechPartError` where it is not installed."""
    try:
        import vosk
    except (ImportError, OSError) as error:
        raise SpeechPartError(
            "The speech recogniser Vosk is not installed.", "Install it: pip install 'rechtdoor[speech]'."
        ) from error
    vosk.SetLogLevel(SILENT)
    atexit.register(_leave_to_the_system, vosk)
    return vosk


def _leave_to_the_system(vosk: Any) -> None:
    """At the end of the process Python empties the module before it deletes what the module made, and vosk's
    destructors would then complain on the terminal. The system takes the memory back in any case."""
    for kind in (vosk.Model, vosk.KaldiRecognizer):
        kind.__del__ = lambda _: None


def load_model(folder: ModelFolder) -> "SharedModel":
    """This model, loaded once a process (seconds, and some hundred MB). Safe from any thread."""
    key = folder.path.resolve()
    with _loading:
        if key not in _models:
            _models[key] = SharedModel(folder)
        return _models[key]


@dataclass
class Decoder:
    """A Vosk recogniser, and the samples it has been fed in its life: its times count on from them."""

    recogniser: Any
    fed: int = 0


class SharedModel:
    """A loaded model. Every method may be called from any thread."""

    def __init__(self, folder: ModelFolder) -> None:
        self.folder = folder
        self._vosk = vosk_library()
        try:
            self._model = self._vosk.Model(str(folder.path))
        except Exception as error:  # vosk raises the bare class
            raise BrokenModelError(
                f"Vosk refuses the model {folder.path}: it is damaged, or of another version.",
                "Delete the folder and fetch the model again with `voice models get`.",
            ) from error
        self._idle: list[Decoder] = []
        self._keep = os.cpu_count() or 1
        self._lock = threading.Lock()

    def knows(self, word: str) -> bool:
        """Whether the word is in the model's vocabulary, spelled just so."""
        return bool(self._model.vosk_model_find_word(word) >= 0)

    def phrase_list(self, phrases: Iterable[HeardPhrase]) -> PhraseList:
        return phrase_list(phrases, self.knows)

    def borrow(self, phrases: Sequence[str]) -> Decoder:
        """A decoder for one turn: for these phrases, or, without any, for free speech."""
        if phrases:
            listed = [*phrases, UNKNOWN_WORD] if self.knows(UNKNOWN_WORD) else [*phrases]
            return self._new(json.dumps(listed, ensure_ascii=False))
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self._new()

    def give_back(self, decoder: Decoder) -> None:
        """Keep a decoder for free speech, after its `FinalResult`, for the next turn."""
        with self._lock:
            if len(self._idle) < self._keep and decoder.fed < KEPT_SECONDS * self.folder.rate:
                self._idle.append(decoder)

    def _new(self, *grammar: str) -> Decoder:
        recogniser = self._vosk.KaldiRecognizer(self._model, self.folder.rate, *grammar)
        recogniser.SetWords(True)
        return Decoder(recogniser)


class VoskRecogniser:
    """The ears of one call, by Vosk. `left_out` holds the phrases of this turn that the model cannot hear;
    `free` says that this turn is decoded freely, be it that there is no dynamic graph or no phrase left."""

    def __init__(self, model: SharedModel) -> None:
        self._model = model
        self.left_out: tuple[LeftOut, ...] = ()
        self.free = True
        self._activity = Activity(self.rate)
        self._block = round(BLOCK_SECONDS * self.rate)
        self._decoder: Decoder | None = None
        self._lists: dict[tuple[str, ...], PhraseList] = {}

    @property
    def rate(self) -> int:
        return self._model.folder.rate

    def start(self, phrases: Sequence[str] = (), patience: Patience | None = None) -> None:
        self.close()
        listed = self._listed(tuple(phrases))
        self.left_out, self.free = listed.left_out, not listed.phrases
        self._patience = patience or Patience()
        self._decoder = self._model.borrow(listed.phrases)
        if hasattr(self._decoder.recogniser, "SetEndpointerDelays"):  # in wheels after 0.3.45
            wait = self._patience
            self._decoder.recogniser.SetEndpointerDelays(wait.no_input, wait.end_silence, wait.longest)
        self._offset = self._decoder.fed / self.rate
        self._rest: Pcm = np.zeros(0, np.int16)
        self._samples = 0
        self._words: list[Word] = []
        self._partial = self._told = ""
        self._activity.start()

    def _listed(self, phrases: tuple[str, ...]) -> PhraseList:
        if not self._model.folder.dynamic:
            return PhraseList((), ())
        if phrases not in self._lists:
            self._lists[phrases] = self._model.phrase_list([HeardPhrase(text) for text in phrases])
        return self._lists[phrases]

    def accept(self, samples: Pcm) -> list[Hearing]:
        if self._decoder is None:
            raise over()
        waiting = np.concatenate([self._rest, samples])
        events: list[Hearing] = []
        for start in range(0, len(waiting) - self._block + 1, self._block):
            self._decode(self._decoder, waiting[start : start + self._block])
            if self._spoke and (text := self._text) != self._told:
                self._told = text
                events.append(Partial(text, self._seconds))
            if end := self._end():
                return [*events, end]
        self._rest = waiting[len(waiting) // self._block * self._block :]
        return events

    def finish(self) -> End:
        if self._decoder is None:
            raise over()
        if len(self._rest):
            self._decode(self._decoder, self._rest)
        return self._close_turn("audio")

    def close(self) -> None:
        self._final_result()

    @property
    def _seconds(self) -> float:
        return self._samples / self.rate

    @property
    def _text(self) -> str:
        return " ".join([*(word.text for word in self._words), *self._partial.split()])

    @property
    def _spoke(self) -> bool:
        """Whether what the model made of the audio is speech at all."""
        return bool(self._words or self._partial) and self._activity.spoken_seconds > 0

    def _decode(self, decoder: Decoder, block: Pcm) -> None:
        self._activity.feed(block)
        self._samples += len(block)
        decoder.fed += len(block)
        if decoder.recogniser.AcceptWaveform(block.astype("<i2").tobytes()):
            self._take(decoder.recogniser.Result())
        else:
            self._partial = str(json.loads(decoder.recogniser.PartialResult()).get("partial", ""))

    def _take(self, result: str) -> None:
        """Vosk found an end: keep its words. The caller may only have stopped to think."""
        for row in json.loads(result).get("result", []):
            start, end = float(row["start"]) - self._offset, float(row["end"]) - self._offset
            self._words.append(Word(str(row["word"]), start, end, min(1.0, float(row["conf"]))))
        self._partial = ""

    def _end(self) -> End | None:
        """The end of the turn, if this is it."""
        wait, now = self._patience, self._seconds
        if self._spoke:
            # The voice has stopped; or, where noise hides that, Vosk has heard no word for longer still.
            quiet_since = self._activity.last_speech
            if self._words and not self._partial:
                quiet_since = min(quiet_since, self._words[-1].end + DECODER_LAG_SECONDS)
            if now - quiet_since >= wait.end_silence - 1e-9:
                return self._close_turn("silence")
        elif now >= wait.no_input:
            speaking = now - self._activity.last_speech < wait.end_silence and self._activity.spoken_seconds > 0
            if not speaking or now >= wait.no_input + EXTRA_SECONDS:
                return self._close_turn("silence")
        return self._close_turn("longest") if now >= wait.longest else None

    def _close_turn(self, ended: Ended) -> End:
        speech_end = self._activity.last_speech
        self._take(self._final_result())
        words = tuple(word for word in self._words if word.text != UNKNOWN_WORD)
        spoke_long = self._activity.spoken_seconds >= NO_WORD_SECONDS
        if self._spoke or spoke_long:
            text = " ".join(word.text for word in words)
            return Heard(text, words, speech_end, self._seconds, ended)
        return NoInput(self._seconds)

    def _final_result(self) -> str:
        """End the decoding and let go of the decoder, which has then forgotten the audio."""
        decoder, self._decoder = self._decoder, None
        if decoder is None:
            return "{}"
        result = str(decoder.recogniser.FinalResult())
        if self.free:
            self._model.give_back(decoder)
        return result
