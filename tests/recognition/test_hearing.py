"""When a turn ends, which phrases can be heard, and the ear that puts it together; all without a model."""

import threading

import numpy as np
import pytest

from voice.recognition.activity import Activity
from voice.recognition.ear import Ear, EarEvent, Loudness
from voice.recognition.hearing import End, Heard, NoInput, Partial, Patience
from voice.recognition.microphone import AudioSource
from voice.recognition.models.vocabulary import HeardPhrase, phrase_list, spelled, unknown_words, words_of
from voice.recognition.pcm import Audio, Pcm, to_pcm
from voice.recognition.scripted import ScriptedRecogniser

from .conftest import tone

RATE = 8000


def silence(seconds: float, rate: int = RATE) -> Pcm:
    return to_pcm(np.random.default_rng(1).normal(0, 3, round(seconds * rate)))


def voice(seconds: float, rate: int = RATE, amplitude: float = 8000) -> Pcm:
    """A voice as far as loudness goes: syllables of 0.2 s with short gaps."""
    samples = tone(400, seconds, rate, amplitude).samples.astype(np.float64)
    syllables = (np.arange(len(samples)) / rate) % 0.25 < 0.2
    return to_pcm(samples * syllables)


def scene(*parts: Pcm, rate: int = RATE) -> Audio:
    return Audio(np.concatenate(parts), rate)


# Loudness


def test_a_voice_is_told_from_the_silence_around_it() -> None:
    activity = Activity(RATE)
    activity.feed(scene(silence(1), voice(1), silence(1)).samples)
    assert activity.last_speech == pytest.approx(1.95, abs=0.05)
    assert activity.spoken_seconds == pytest.approx(0.8, abs=0.1)


def test_a_voice_that_begins_at_once_is_a_voice() -> None:
    activity = Activity(RATE)
    activity.feed(voice(1))
    assert activity.spoken_seconds > 0.5


def test_a_click_is_no_voice() -> None:
    activity = Activity(RATE)
    activity.feed(scene(silence(1), voice(0.04), silence(1)).samples)
    assert activity.spoken_seconds == 0


def test_steady_noise_is_learnt_and_outlives_the_turn() -> None:
    activity = Activity(RATE)
    noise = to_pcm(np.random.default_rng(2).normal(0, 300, RATE * 8))
    activity.feed(noise)
    assert activity.last_speech < 5
    activity.start()
    activity.feed(noise)
    assert activity.spoken_seconds == 0
    activity.feed(voice(1))
    assert activity.spoken_seconds > 0.5


def test_a_faint_voice_on_a_silent_line_is_heard_and_the_faintest_noise_is_not() -> None:
    for amplitude, heard in ((120, True), (20, False)):
        activity = Activity(RATE)
        activity.feed(scene(np.zeros(RATE, np.int16), voice(1, amplitude=amplitude)).samples)
        assert (activity.spoken_seconds > 0) is heard


# Phrases

KNOWN = {"ik", "wil", "verhuizen", "l'", "internet", "aujourd'hui", "wifi", "code", "Rechnung", "ja"}


def knows(word: str) -> bool:
    return word in KNOWN


def test_a_phrase_with_an_unknown_word_is_left_out_whole() -> None:
    phrases = [HeardPhrase("ik wil verhuizen", "moving.yaml", 3), HeardPhrase("ik wil xyzzy, plugh!", "moving.yaml", 4)]
    found = phrase_list(phrases, knows)
    assert found.phrases == ("ik wil verhuizen",)
    assert [(left.phrase.line, left.unknown) for left in found.left_out] == [(4, ("xyzzy", "plugh"))]
    assert {word: [at.line for at in places] for word, places in unknown_words(phrases, knows).items()} == {
        "xyzzy": [4],
        "plugh": [4],
    }


@pytest.mark.parametrize(
    ("word", "spelling"),
    [
        ("Ik", ("ik",)),
        ("Rechnung", ("Rechnung",)),
        ("l'internet", ("l'", "internet")),
        ("l’internet", ("l'", "internet")),
        ("aujourd'hui", ("aujourd'hui",)),
        ("wifi-code", ("wifi", "code")),
        ("wifi-xyzzy", ()),
    ],
)
def test_a_word_is_spelled_as_the_model_has_it(word: str, spelling: tuple[str, ...]) -> None:
    assert [spelled(part, knows) for part in words_of(word)] == [spelling]


def test_a_word_of_any_script_is_one() -> None:
    assert words_of("मेरा इंटरनेट, बंद है!") == ["मेरा", "इंटरनेट", "बंद", "है"]
    assert words_of("와이파이 점검?") == ["와이파이", "점검"]


def test_punctuation_is_not_spoken_and_a_phrase_of_it_is_none() -> None:
    assert phrase_list([HeardPhrase("Ja!"), HeardPhrase("ja"), HeardPhrase("?!"), HeardPhrase("")], knows).phrases == (
        "ja",
    )


# A turn


def hear(audio: Audio, script: list[str], **listen: object) -> End:
    ear = Ear(AudioSource(audio), ScriptedRecogniser(script))
    *_, end = ear.listen(**listen)  # type: ignore[arg-type]
    assert isinstance(end, Heard | NoInput)
    return end


def test_silence_after_speech_ends_the_turn() -> None:
    end = hear(scene(silence(1), voice(1), silence(3)), ["mijn internet ligt plat"])
    assert isinstance(end, Heard)
    assert end.text == "mijn internet ligt plat"
    assert end.ended == "silence"
    assert end.audio_seconds - end.speech_end == pytest.approx(0.8, abs=0.15)
    assert [word.text for word in end.words] == end.text.split()
    assert all(word.start < word.end for word in end.words)


def test_who_stops_to_think_is_not_cut_off() -> None:
    end = hear(scene(voice(1), silence(0.7), voice(1), silence(3)), ["mijn internet"])
    assert end.audio_seconds > 3.2


def test_nobody_speaks() -> None:
    assert hear(scene(silence(9)), ["never said"]) == NoInput(pytest.approx(5.0))
    assert hear(scene(silence(9)), [], patience=Patience(no_input=2)).audio_seconds == pytest.approx(2.0)


def test_the_longest_turn_ends_though_somebody_speaks() -> None:
    end = hear(scene(voice(9)), ["a long story"], patience=Patience(longest=4))
    assert isinstance(end, Heard)
    assert (end.ended, end.audio_seconds) == ("longest", pytest.approx(4, abs=0.1))


def test_the_end_of_the_audio_ends_the_turn() -> None:
    end = hear(scene(voice(1)), ["hello"])
    assert isinstance(end, Heard)
    assert (end.text, end.ended) == ("hello", "audio")
    assert hear(scene(silence(0.2)), []) == NoInput(pytest.approx(0.2))


def test_with_phrases_only_these_are_understood() -> None:
    spoken = scene(voice(1), silence(2))
    assert hear(spoken, ["ja"], phrases=["ja", "nee"]) != hear(spoken, ["ja"], phrases=["nee"])
    end = hear(spoken, ["ja"], phrases=["nee"])
    assert isinstance(end, Heard)
    assert end.words == ()


def test_turn_follows_turn_and_nothing_is_heard_between() -> None:
    recogniser = ScriptedRecogniser(["one", "two"])
    ear = Ear(AudioSource(scene(voice(1), silence(1.2), voice(1), silence(1.2))), recogniser)
    texts = [list(ear.listen())[-1] for _ in range(2)]
    assert [end.text for end in texts if isinstance(end, Heard)] == ["one", "two"]
    with pytest.raises(RuntimeError, match="start"):
        recogniser.accept(silence(1))
    with pytest.raises(RuntimeError, match="start"):
        recogniser.finish()


def test_levels_and_partial_words_come_before_the_end() -> None:
    events = list(Ear(AudioSource(scene(voice(1), silence(2))), ScriptedRecogniser(["mijn rekening"])).listen())
    kinds = [type(event) for event in events]
    assert kinds.index(Partial) < len(kinds) - 1
    assert kinds[-1] is Heard
    levels = [event.level.rms for event in events if isinstance(event, Loudness)]
    assert max(levels) > -20
    assert min(levels) < -60


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("rate", [8000, 16_000, 44_100, 48_000])
def test_audio_of_any_rate_is_heard(rate: int, phone: bool) -> None:
    audio = scene(silence(1, rate), voice(1, rate), silence(2, rate), rate=rate)
    *_, end = Ear(AudioSource(audio), ScriptedRecogniser(["yes"], rate=16_000), phone).listen()
    assert isinstance(end, Heard)
    assert end.speech_end == pytest.approx(1.95, abs=0.1)


class Playing:
    """A prompt that is being played. It ends when so many chunks of 50 ms have been heard meanwhile."""

    def __init__(self, audio: Audio) -> None:
        self.audio = audio
        self.stopped = False
        self._left = round(audio.seconds / 0.05)

    @property
    def playing(self) -> bool:
        self._left -= 1
        return self._left >= 0 and not self.stopped

    def stop(self) -> None:
        """Being told to stop after the end is nothing."""
        self.stopped = self.stopped or self._left >= 0


def test_the_first_word_cuts_the_prompt_off() -> None:
    prompt = Playing(Audio(silence(2), RATE))
    ear = Ear(AudioSource(scene(silence(0.5), voice(1), silence(2))), ScriptedRecogniser(["straight on"]))
    events: list[EarEvent] = []
    for event in ear.listen(prompt=prompt):
        assert prompt.stopped == any(isinstance(one, Partial | Heard) for one in [*events, event])
        events.append(event)
    assert prompt.stopped
    assert isinstance(events[-1], Heard)
    assert events[-1].text == "straight on"


def test_the_time_for_a_first_word_counts_from_the_end_of_the_prompt() -> None:
    prompt = Playing(Audio(silence(2), RATE))
    assert hear(scene(silence(9)), [], prompt=prompt) == NoInput(pytest.approx(7.0))
    assert not prompt.stopped
    over = Playing(Audio(silence(0), RATE))
    assert hear(scene(silence(9)), [], prompt=over) == NoInput(pytest.approx(5.0))


def test_a_key_ends_the_listening_without_a_result() -> None:
    ear = Ear(AudioSource(scene(silence(60))), ScriptedRecogniser([]))
    events = []
    for event in ear.listen(patience=Patience(no_input=50)):
        events.append(event)
        if len(events) == 5:
            threading.Thread(target=ear.interrupt).start()
    assert all(isinstance(event, Loudness) for event in events)
    ear.close()
