"""Vosk with the Korean model, spoken to by espeak-ng through the telephone."""

import gc
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from voice.recognition import engine
from voice.recognition.channel import through
from voice.recognition.engine import SharedModel, VoskRecogniser, load_model
from voice.recognition.errors import BrokenModelError, SpeechPartError
from voice.recognition.hearing import End, Heard, NoInput, Partial, Patience
from voice.recognition.models.installed import check_model
from voice.recognition.pcm import Audio, Pcm, to_pcm

from .test_models import make_model

pytestmark = pytest.mark.long

Spoken = Callable[..., Audio]
ANSWERS = ["네", "아니오", "상담원", "요금", "인터넷"]


@pytest.fixture(scope="module")
def model(korean: Path) -> SharedModel:
    return load_model(check_model(korean))


@pytest.fixture
def ears(model: SharedModel) -> VoskRecogniser:
    return VoskRecogniser(model)


def phoned(audio: Audio) -> Pcm:
    return through(audio, 16_000, phone=True).samples


def turn(ears: VoskRecogniser, samples: Pcm, phrases: list[str] | None = None, chunk: int = 1600) -> End:
    ears.start(phrases or [])
    for start in range(0, len(samples), chunk):
        events = ears.accept(samples[start : start + chunk])
        if events and not isinstance(events[-1], Partial):
            return events[-1]
    return ears.finish()


def test_a_phrase_is_heard_with_the_times_of_its_words(ears: VoskRecogniser, spoken: Spoken) -> None:
    for _ in range(2):  # the second turn's times begin at zero again
        end = turn(ears, phoned(spoken("상담원", before=1.0)), ANSWERS)
        assert isinstance(end, Heard)
        assert end.text == "상담원"
        (word,) = end.words
        assert 0.8 < word.start < word.end < end.speech_end + 0.3
        assert 0 < word.confidence <= 1
        assert end.ended == "silence"
        assert end.audio_seconds - end.speech_end == pytest.approx(0.8, abs=0.12)
    assert not ears.free


def test_free_speech_gives_words_with_rising_times_in_every_turn(ears: VoskRecogniser, spoken: Spoken) -> None:
    for _ in range(3):
        end = turn(ears, phoned(spoken("인터넷 고장")))
        assert isinstance(end, Heard)
        assert end.words
        times = [time for word in end.words for time in (word.start, word.end)]
        assert times == sorted(times)
        assert 0.3 < times[0] < times[-1] < end.audio_seconds
        assert " ".join(word.text for word in end.words) == end.text
    assert ears.free


def test_a_turn_ends_at_the_same_place_however_it_is_fed(ears: VoskRecogniser, spoken: Spoken) -> None:
    samples = phoned(spoken("요금"))
    ends = [turn(ears, samples, ANSWERS, chunk) for chunk in (160, 1001, 5000, len(samples))]
    assert len({end.audio_seconds for end in ends}) == 1
    assert all(isinstance(end, Heard) for end in ends)


def test_partial_words_come_while_one_speaks(ears: VoskRecogniser, spoken: Spoken) -> None:
    ears.start(ANSWERS)
    events = ears.accept(phoned(spoken("상담원")))
    partials = [event for event in events if isinstance(event, Partial)]
    assert partials
    assert partials[-1].text == "상담원"
    assert partials[0].seconds < events[-1].audio_seconds  # type: ignore[union-attr]


@pytest.mark.parametrize("hiss", [0, 3, 40])
def test_silence_is_no_input_whatever_the_model_invents(ears: VoskRecogniser, hiss: float) -> None:
    samples = to_pcm(np.random.default_rng(3).normal(0, hiss, 16_000 * 7))
    for phrases in ([], ANSWERS):
        end = turn(ears, samples, phrases)
        assert isinstance(end, NoInput)
        assert end.audio_seconds == pytest.approx(5)


def test_noise_that_nobody_spoke_into_ends_too(ears: VoskRecogniser, spoken: Spoken) -> None:
    """A television that starts with the caller hides the end of the voice from loudness; Vosk still finds it."""
    audio = phoned(spoken("상담원", after=9))
    noise = np.random.default_rng(4).normal(0, 700, len(audio))
    noise[: 16_000 // 2] = 0
    ears.start(ANSWERS, Patience(longest=20))
    events = ears.accept(to_pcm(audio + noise))
    assert isinstance(events[-1], Heard)
    assert events[-1].audio_seconds < 7


def test_the_end_of_the_audio_ends_the_turn(ears: VoskRecogniser, spoken: Spoken) -> None:
    ears.start(ANSWERS)
    ears.accept(phoned(spoken("네", after=0.1)))
    end = ears.finish()
    assert isinstance(end, Heard)
    assert (end.text, end.ended) == ("네", "audio")
    with pytest.raises(RuntimeError):
        ears.accept(np.zeros(1600, np.int16))
    with pytest.raises(RuntimeError):
        ears.finish()


def test_a_phrase_the_model_does_not_know_is_left_out_whole(ears: VoskRecogniser, spoken: Spoken) -> None:
    end = turn(ears, phoned(spoken("상담원")), ["상담원 퀡뷁", "상담원"])
    assert [left.unknown for left in ears.left_out] == [("퀡뷁",)]
    assert isinstance(end, Heard)
    assert end.text == "상담원"


def test_no_phrase_left_means_free_speech_and_not_the_end_of_the_process(ears: VoskRecogniser, spoken: Spoken) -> None:
    assert isinstance(turn(ears, phoned(spoken("상담원")), ["퀡뷁", "?!"]), Heard)
    assert ears.free
    assert len(ears.left_out) == 2


def test_a_model_without_a_dynamic_graph_hears_freely(
    model: SharedModel, spoken: Spoken, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = type(model.folder)(**{**model.folder.__dict__, "dynamic": False})
    monkeypatch.setattr(model, "folder", folder)
    ears = VoskRecogniser(model)
    assert isinstance(turn(ears, phoned(spoken("상담원")), ANSWERS), Heard)
    assert ears.free


def test_the_word_for_the_unknown_is_asked_for_only_where_it_exists(
    model: SharedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(model, "_new", lambda *grammar: asked.append(json.loads(grammar[0])))
    model.borrow(["네"])
    monkeypatch.setattr(model, "knows", lambda _: True)
    model.borrow(["네"])
    assert asked == [["네"], ["네", "[unk]"]]


def test_speech_outside_the_phrases_is_heard_without_words(ears: VoskRecogniser, spoken: Spoken) -> None:
    """Where `[unk]` exists it is what Vosk answers; the word itself is no word."""
    ears.start(ANSWERS)
    ears.accept(phoned(spoken("상담원", after=0.2)))
    ears._take(json.dumps({"result": [{"word": "[unk]", "start": 0.5, "end": 0.9, "conf": 1.0}]}))
    assert ears._decoder is not None
    ears._decoder.recogniser.FinalResult()
    end = ears.finish()
    assert isinstance(end, Heard)
    assert "[unk]" not in end.text


def test_vosks_endpointer_is_used_where_the_wheel_has_it(ears: VoskRecogniser, monkeypatch: pytest.MonkeyPatch) -> None:
    import vosk

    delays: list[tuple[float, ...]] = []
    monkeypatch.setattr(
        vosk.KaldiRecognizer, "SetEndpointerDelays", lambda _, *times: delays.append(times), raising=False
    )
    ears.start([], Patience(no_input=4, end_silence=1, longest=20))
    ears.close()
    assert delays == [(4, 1, 20)]


def test_the_vocabulary_is_asked(model: SharedModel) -> None:
    assert model.knows("요금")
    assert not model.knows("퀡뷁")
    assert not model.knows("")


def test_a_folder_that_only_looks_like_a_model_is_refused(tmp_path: Path, korean: Path) -> None:
    assert korean
    with pytest.raises(BrokenModelError, match="refuses"):
        load_model(check_model(make_model(tmp_path / "hollow")))


def test_without_vosk_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vosk", None)
    with pytest.raises(SpeechPartError, match="not installed"):
        engine.vosk_library()


def test_one_model_a_process_though_all_ask_at_once(korean: Path) -> None:
    found: list[SharedModel] = []
    folder = check_model(korean)
    threads = [threading.Thread(target=lambda: found.append(load_model(folder))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(one) for one in found}) == 1


def test_many_calls_at_once_hear_what_one_alone_hears(model: SharedModel, spoken: Spoken) -> None:
    said = [*ANSWERS, *ANSWERS]
    audio = {text: phoned(spoken(text)) for text in ANSWERS}
    alone = {text: turn(VoskRecogniser(model), audio[text], ANSWERS) for text in ANSWERS}
    heard: list[tuple[str, End]] = []

    def call(number: int, text: str) -> None:
        ears = VoskRecogniser(model)
        if number < 2:  # some listen to free speech meanwhile
            turn(ears, audio[text])
        heard.append((text, turn(ears, audio[text], ANSWERS)))
        ears.close()

    threads = [threading.Thread(target=call, args=numbered) for numbered in enumerate(said)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(heard) == len(said)
    for text, end in heard:
        assert isinstance(end, Heard)
        assert end.text == alone[text].text  # type: ignore[union-attr]


def test_a_decoder_is_kept_for_the_next_call_but_not_for_ever(
    model: SharedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "_idle", [])
    decoder = model.borrow([])
    model.give_back(decoder)
    assert model.borrow([]) is decoder
    decoder.fed = round(engine.KEPT_SECONDS * model.folder.rate)
    model.give_back(decoder)
    assert model.borrow([]) is not decoder


def test_the_end_of_the_process_is_silent(korean: Path) -> None:
    code = (
        "from pathlib import Path\n"
        "from voice.recognition.engine import VoskRecogniser, load_model\n"
        "from voice.recognition.models.installed import check_model\n"
        f"ears = VoskRecogniser(load_model(check_model(Path({str(korean)!r}))))\n"
        "ears.start(['네'])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def resident_mb() -> float:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="resident memory is read from /proc")
def test_a_thousand_calls_leave_nothing_behind(model: SharedModel, spoken: Spoken) -> None:
    samples = phoned(spoken("네", before=0.1, after=0.1))

    def calls(count: int) -> None:
        for number in range(count):
            ears = VoskRecogniser(model)
            ears.start(ANSWERS if number % 20 else [])
            ears.accept(samples[:1600])
            if number % 3:
                ears.finish()  # the others hang up in mid-word
            ears.close()
        gc.collect()

    calls(100)
    before = resident_mb()
    calls(1000)
    assert resident_mb() - before < 25
