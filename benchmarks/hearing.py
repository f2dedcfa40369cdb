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
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import typer

from voice.recognition.channel import through
from voice.recognition.engine import SharedModel, VoskRecogniser, load_model, vosk_library
from voice.recognition.hearing import Heard, Partial
from voice.recognition.loudspeaker import Voice, find_voice
from voice.recognition.models import find_model
from voice.recognition.pcm import Audio, Pcm, to_pcm

TEXTS = {
    "ko": "인터넷 고장 신고|와이파이 비밀번호|이번 달 요금 문의|새로운 주소 변경 신청|상담원 연결해 주세요",
    "nl": "mijn internet ligt plat|ik begrijp mijn rekening niet|ik ga verhuizen|waar blijft mijn pakket",
    "fr": "mon internet ne marche plus|je ne comprends pas ma facture|je déménage|où est mon colis",
    "de": "mein internet geht nicht|ich verstehe meine rechnung nicht|ich ziehe um|wo bleibt mein paket",
    "en": "my internet is down|i don't understand my bill|i am moving house|where is my parcel",
}
BLOCK = 1600
SILENCE_AFTER = 1.5


@dataclass(frozen=True)
class Run:
    """Seconds of processor time for one utterance, and of audio when its first partial word came."""

    work: float
    first_word: float


def utterances(voice: Voice, language: str, rate: int) -> list[Pcm]:
    hiss = np.random.default_rng(1)

    def one(text: str) -> Pcm:
        audio = voice.synthesise(text)
        quiet = [np.zeros(audio.rate // 2), np.zeros(round(SILENCE_AFTER * audio.rate))]
        whole = np.concatenate([quiet[0], audio.samples, quiet[1]])
        noisy = Audio(to_pcm(whole + hiss.normal(0, 3, len(whole))), audio.rate)
        return through(noisy, rate, phone=True).samples

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
    """All of the audio, as the bare library hears it: a turn that has ended is followed by another."""
    began, first = time.thread_time(), 0.0
    recogniser.start()
    for start in range(0, len(samples), BLOCK):
        for event in recogniser.accept(samples[start : start + BLOCK]):
            if isinstance(event, Partial) and not first:
                first = (start + BLOCK) / rate
            elif not isinstance(event, Partial):
                recogniser.start()
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
        words = [run.first_word - 0.5 for one in runs[name] for run in one if run.first_word]
        figures[f"first word after speech begins, s, {name}"] = statistics.median(words)
    return figures


def after_speech(model: SharedModel, audio: list[Pcm]) -> float:
    """Median seconds from the end of the silence that ends a turn until its result is there: the audio that is
    still waited for, and the work on the last block."""
    beyond: list[float] = []
    ears = VoskRecogniser(model)
    for samples in audio:
        ears.start()
        for start in range(0, len(samples), 800):  # 50 ms, as from the microphone
            began = time.thread_time()
            events = ears.accept(samples[start : start + 800])
            if events and isinstance(end := events[-1], Heard):
                waited = (start + 800) / model.folder.rate - end.speech_end - 0.8
                beyond.append(waited + time.thread_time() - began)
                break
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
    figures = {"resident MB, nothing loaded": resident_mb()}
    shared = load_model(find_model(language, model))
    figures["resident MB, model loaded"] = resident_mb()
    audio = utterances(voice, language, shared.folder.rate)
    figures |= compare(shared, audio, rounds)
    figures["result after the silence that ends a turn, s"] = after_speech(shared, audio)
    gc.collect()
    figures["resident MB, one call"] = resident_mb()
    for calls in (1, 4):
        figures[f"callers a core, {calls} at once"] = at_once(shared, audio, calls)
    figures["resident MB, four calls"] = resident_mb()
    if as_json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:55} {value:8.3f}")


if __name__ == "__main__":
    typer.run(main)
