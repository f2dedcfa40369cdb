"""How fast this line hears, against the bare vosk library on the same audio in the same run.

    .venv/bin/python benchmarks/hearing.py [--language ko] [--model PATH] [--json]

Speech is espeak-ng's, through the telephone. Each round hears every utterance with both, by turns, and the
median of the rounds counts. Work is processor time of the thread that hears, so that other programs do not
count. The bare library is used as its own examples use it: `AcceptWaveform` and a partial result for each
0.1 s, `FinalResult` last.
"""

import gc
import json
import os
import statistics
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import numpy as np
import typer

from voice.cli.phone.conversation import Show, converse
from voice.cli.phone.scene import Scene
from voice.cli.phone.spoken import UNKNOWN
from voice.cli.phone.turns import END, ListeningMoment, Turn, TurnKind
from voice.recognition.channel import through
from voice.recognition.ear import Ear
from voice.recognition.engine import SharedModel, VoskRecogniser, load_model, vosk_library
from voice.recognition.hearing import WHOLE_FILE, Heard, Partial, Patience
from voice.recognition.loudspeaker import Voice, find_voice
from voice.recognition.microphone import CHUNK_SECONDS, AudioSource
from voice.recognition.models.installed import find_model
from voice.recognition.pcm import Audio, Pcm, to_pcm
from voice.service.runtime.logs import set_up
from voice.service.runtime.settings import load

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

TEXTS = {
    "ko": "인터넷 고장 신고|와이파이 비밀번호|이번 달 요금 문의|새로운 주소 변경 신청|상담원 연결해 주세요",
    "nl": "mijn internet ligt plat|ik begrijp mijn rekening niet|ik ga verhuizen|waar blijft mijn pakket",
    "fr": "mon internet ne marche plus|je ne comprends pas ma facture|je déménage|où est mon colis",
    "de": "mein internet geht nicht|ich verstehe meine rechnung nicht|ich ziehe um|wo bleibt mein paket",
    "en": "my internet is down|i don't understand my bill|i am moving house|where is my parcel",
}
BLOCK = 1600
BEFORE, AFTER = 0.5, 1.5
"""Seconds of quiet around an utterance."""

SOFTEST = 300
"""Of 32768: what is softer at the end of an utterance is not its voice any more (-41 dBFS)."""

LATE = 0.5
AT_ONCE = (1, 2, 4, 6, 8, 10)
KOREAN = Path(__file__).parent.parent / "tests" / "lines" / "korean"


@dataclass(frozen=True)
class Run:
    """Seconds of processor time for one utterance, and of audio when its first partial word came."""

    work: float
    first_word: float


def utterances(voice: Voice, language: str) -> list[tuple[Audio, float]]:
    """What is said, with quiet around it, and when the voice stops."""
    hiss = np.random.default_rng(1)

    def one(text: str) -> tuple[Audio, float]:
        audio = voice.synthesise(text)
        loud = np.flatnonzero(np.abs(audio.samples.astype(np.int32)) > SOFTEST)
        quiet = [np.zeros(round(BEFORE * audio.rate)), np.zeros(round(AFTER * audio.rate))]
        whole = np.concatenate([quiet[0], audio.samples, quiet[1]])
        noisy = Audio(to_pcm(whole + hiss.normal(0, 3, len(whole))), audio.rate)
        return noisy, BEFORE + float(loud[-1]) / audio.rate

    return [one(text) for text in TEXTS[language].split("|")]


def bare(recogniser: Any, samples: Pcm, rate: int) -> Run:
    began, first = time.thread_time(), 0.0
    for start in range(0, len(samples), BLOCK):
        if recogniser.AcceptWaveform(samples[start : start + BLOCK].tobytes()):
            recogniser.Result()
        elif json.loads(recogniser.PartialResult())["partial"] and not first:
            first = (start + BLOCK) / rate
    recogniser.FinalResult()
    return Run(time.thread_time() - began, first)


def ours(recogniser: VoskRecogniser, samples: Pcm, rate: int) -> Run:
    """The same audio, all of it in one turn, whatever silence is in it: as `voice hear FILE`."""
    began, first = time.thread_time(), 0.0
    recogniser.start(patience=WHOLE_FILE)
    for start in range(0, len(samples), BLOCK):
        for event in recogniser.accept(samples[start : start + BLOCK]):
            if isinstance(event, Partial) and not first:
                first = (start + BLOCK) / rate
    recogniser.finish()
    return Run(time.thread_time() - began, first)


def compare(model: SharedModel, audio: list[Pcm], rounds: int) -> dict[str, float]:
    rate = model.folder.rate
    vosk = vosk_library()
    kept = vosk.KaldiRecognizer(model._model, rate)
    kept.SetWords(True)
    ears = VoskRecogniser(model)

    def fresh(samples: Pcm, rate: int) -> Run:
        recogniser = vosk.KaldiRecognizer(model._model, rate)
        recogniser.SetWords(True)
        return bare(recogniser, samples, rate)

    ways: dict[str, Callable[[Pcm], Run]] = {
        "bare, one recogniser kept": lambda samples: bare(kept, samples, rate),
        "bare, a new one each time": lambda samples: fresh(samples, rate),
        "rechtdoor": lambda samples: ours(ears, samples, rate),
    }
    runs: dict[str, list[list[Run]]] = {name: [] for name in ways}
    for samples in audio:  # one round that does not count: all graphs composed, all caches warm
        bare(kept, samples, rate)
        ours(ears, samples, rate)
    for number in range(rounds):
        # Every round begins with another, or the last would always find the processor's cache full of the others.
        order = list(ways)[number % 3 :] + list(ways)[: number % 3]
        for name in order:
            runs[name].append([ways[name](samples) for samples in audio])
    seconds = sum(len(samples) for samples in audio) / rate
    figures = {
        f"real-time factor, {name}": statistics.median(sum(run.work for run in one) / seconds for one in runs[name])
        for name in ways
    }
    pairs = list(zip(runs["bare, one recogniser kept"], runs["rechtdoor"], strict=True))
    figures["speed against bare, kept"] = statistics.median(
        sum(run.work for run in plain) / sum(run.work for run in own) for plain, own in pairs
    )
    pairs = list(zip(runs["bare, a new one each time"], runs["rechtdoor"], strict=True))
    figures["speed against bare, new"] = statistics.median(
        sum(run.work for run in plain) / sum(run.work for run in own) for plain, own in pairs
    )
    for name in ("bare, one recogniser kept", "rechtdoor"):
        words = [run.first_word - BEFORE for one in runs[name] for run in one if run.first_word]
        figures[f"first word after speech begins, s, {name}"] = statistics.median(words)
    return figures


class Live:
    """Audio as a microphone gives it: chunks of 50 ms, each when it has been spoken."""

    def __init__(self, audio: Audio) -> None:
        self._audio = AudioSource(audio, CHUNK_SECONDS)
        self.rate = audio.rate
        self.began = time.monotonic()
        self._given = 0

    def read(self) -> Pcm | None:
        chunk = self._audio.read()
        if chunk is not None:
            self._given += len(chunk)
            time.sleep(max(0.0, self.began + self._given / self.rate - time.monotonic()))
        return chunk

    @property
    def behind(self) -> float:
        """Seconds since the chunk that was read last had been spoken."""
        return time.monotonic() - self.began - self._given / self.rate

    def forget(self) -> None:
        pass

    def close(self) -> None:
        pass


class Speaking:
    """A caller who says one thing as fast as it is spoken, and hangs up. `beyond` are the seconds from the silence that
    ends it until its webhook is at the app."""

    def __init__(self, ears: VoskRecogniser, audio: Audio, speech_end: float) -> None:
        self._ears, self._audio, self._speech_end = ears, audio, speech_end
        self._spoken = False
        self.ended_at = 0.0
        self.beyond = 0.0

    def next(self, _moment: ListeningMoment) -> Turn:
        if self._spoken:
            return END
        self._spoken = True
        source = Live(self._audio)
        *_, end = Ear(source, self._ears, phone=True).listen()
        self.ended_at = source.began + self._speech_end + Patience().end_silence
        return Turn(TurnKind.SPEECH, end.text if isinstance(end, Heard) and end.text else UNKNOWN)

    def before(self, app: "WSGIApplication") -> "WSGIApplication":
        """The app, with a clock at its door."""

        def timed(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
            if self._spoken and not self.beyond:
                self.beyond = time.monotonic() - self.ended_at
            return app(environ, start)

        return timed


class Nobody:
    """A show that shows nothing."""

    def __getattr__(self, _name: str) -> Callable[..., None]:
        return lambda *_, **__: None


def to_webhook(model: SharedModel, spoken: list[tuple[Audio, float]]) -> float:
    """Median seconds from the end of the silence that ends an utterance to the webhook's request, in whole calls: the
    audio that is still waited for, the recogniser, the caller's side of the call, and the way to the app."""
    settings = load(line=KOREAN if model.folder.language == "ko" else None)
    beyond: list[float] = []
    with Scene(settings, datetime.now(UTC), lambda _: None) as scene:
        numbers, server = scene.switchboard.line.plan.numbers, scene._server
        assert server is not None
        dialled = next(number for number, code in numbers.items() if code == model.folder.language)
        app = server.app
        for audio, speech_end in spoken:
            turns = Speaking(VoskRecogniser(model), audio, speech_end)
            server.app = turns.before(app)
            converse(scene, dialled, "anonymous", turns, cast(Show, Nobody()), patient=False)
            beyond.append(turns.beyond)
    return statistics.median(beyond)


def at_once(model: SharedModel, audio: list[Pcm], calls: int) -> float:
    """How many callers who speak without a pause one core can hear, found with so many at once: seconds of audio
    over seconds of processor time."""
    speech = np.concatenate(audio)
    work: list[float] = []

    def call() -> None:
        work.append(ours(VoskRecogniser(model), speech, model.folder.rate).work)

    for _ in range(2):  # the first is for the graphs of decoders that are new
        work.clear()
        threads = [threading.Thread(target=call) for _ in range(calls)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return calls * len(speech) / model.folder.rate / sum(work)


def keeping_up(model: SharedModel, audio: list[Pcm]) -> int:
    """The most callers at once whom one core hears as fast as they speak: none is ever more than `LATE` behind. They
    speak without a pause, in real time, and their threads share one core; so does whatever else runs on it."""
    speech = Audio(np.concatenate(audio), model.folder.rate)
    cores = os.sched_getaffinity(0)

    def behind(calls: int) -> float:
        late: list[float] = []

        def call() -> None:
            source, ears = Live(speech), VoskRecogniser(model)
            ears.start()
            while (chunk := source.read()) is not None:
                if any(not isinstance(event, Partial) for event in ears.accept(chunk)):
                    ears.start()
                late.append(source.behind)
            ears.close()

        threads = [threading.Thread(target=call) for _ in range(calls)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return max(late)

    os.sched_setaffinity(0, {min(cores)})
    try:
        return max((calls for calls in AT_ONCE if behind(calls) <= LATE), default=0)
    finally:
        os.sched_setaffinity(0, cores)


def resident_mb() -> float:
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        return 0.0


def main(
    language: str = "ko",
    model: str = "",
    rounds: int = 6,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    voice = find_voice(language)
    if voice is None or language not in TEXTS:
        raise typer.BadParameter("espeak-ng must be installed, and the language be one of " + ", ".join(TEXTS))
    set_up("error")
    figures = {"resident MB, nothing loaded": resident_mb()}
    shared = load_model(find_model(language, model))
    figures["resident MB, model loaded"] = resident_mb()
    spoken = utterances(voice, language)
    audio = [through(said, shared.folder.rate, phone=True).samples for said, _ in spoken]
    figures |= compare(shared, audio, rounds)
    figures["webhook after the silence that ends a turn, s"] = to_webhook(shared, spoken)
    gc.collect()
    figures["resident MB, one call"] = resident_mb()
    for calls in (1, 4):
        figures[f"callers a core, {calls} at once"] = at_once(shared, audio, calls)
    figures["resident MB, four calls"] = resident_mb()
    if hasattr(os, "sched_setaffinity"):
        figures["callers whom one core keeps up with"] = keeping_up(shared, audio)
    if as_json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:55} {value:8.3f}")


if __name__ == "__main__":
    typer.run(main)
