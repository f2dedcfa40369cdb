"""The line does not hear itself: over an open loudspeaker it is silent, over a headset the caller comes through."""

from collections.abc import Callable

import numpy as np
import pytest

from voice.recognition.ear import Ear
from voice.recognition.echo import ECHO, RATE, VOICE, EchoGuard, likeness
from voice.recognition.hearing import Heard, NoInput, Partial
from voice.recognition.loudspeaker import Speech
from voice.recognition.microphone import AudioSource
from voice.recognition.pcm import Audio, Float, level, resample, to_pcm
from voice.recognition.scripted import ScriptedRecogniser

from .test_hearing import Playing

Spoken = Callable[..., Audio]
PROMPT = "Goedemiddag, u spreekt met Telvia. Waarmee kan ik u helpen?"
CALLER = "mijn internet ligt al drie dagen plat"


@pytest.fixture
def prompt(spoken: Spoken) -> Audio:
    return resample(spoken(PROMPT, voice="nl", before=0, after=0), 16_000)


@pytest.fixture
def caller(spoken: Spoken) -> Audio:
    return resample(spoken(CALLER, voice="nl+f3", before=0, after=0), 16_000)


def in_a_room(audio: Audio, gain: float = 0.3) -> Float:
    """What a microphone takes up of a loudspeaker some way off: the sound, and as much of it from the walls."""
    seconds = np.arange(audio.rate // 4) / audio.rate
    walls = np.random.default_rng(5).normal(0, 1, len(seconds)) * 10 ** (-3 * seconds / 0.3)
    walls /= np.sqrt(np.sum(walls**2))
    walls[0] += 1
    return gain * np.convolve(audio.samples.astype(np.float64), walls)[: len(audio.samples)]


def microphone(*sounds: tuple[float, Float], seconds: float = 9.0) -> Audio:
    """Sounds, each from a moment on, in the hiss of a room."""
    heard = np.random.default_rng(6).normal(0, 5, round(seconds * 16_000))
    for start, samples in sounds:
        at = round(start * 16_000)
        heard[at : at + len(samples)] += samples[: len(heard) - at]
    return Audio(to_pcm(heard), 16_000)


def test_an_echo_is_told_from_a_voice(prompt: Audio, caller: Audio) -> None:
    said = resample(prompt, RATE).samples.astype(np.float64)
    echo = in_a_room(resample(prompt, RATE))
    voice = resample(caller, RATE).samples.astype(np.float64)
    half = RATE // 2
    starts = range(half // 2, len(said) - 2 * half, half)
    assert np.median([likeness(echo[at : at + half], said) for at in starts]) > ECHO
    assert np.median([likeness(voice[at : at + half], said) for at in range(0, len(voice) - half, half)]) < VOICE
    assert likeness(np.zeros(half), said) == 0


@pytest.mark.parametrize("delay", [0.0, 0.15, 0.4])
def test_over_an_open_loudspeaker_the_line_does_not_hear_itself(prompt: Audio, delay: float) -> None:
    playing = Playing(prompt)
    ear = Ear(AudioSource(microphone((delay, in_a_room(prompt)))), ScriptedRecogniser(["echo", "echo"], 16_000))
    *_, end = ear.listen(prompt=playing)
    assert isinstance(end, NoInput)
    assert not playing.stopped


def test_after_the_prompt_the_caller_is_heard(prompt: Audio, caller: Audio) -> None:
    playing = Playing(prompt)
    heard = microphone((0.1, in_a_room(prompt)), (prompt.seconds + 0.8, caller.samples.astype(np.float64)))
    *_, end = Ear(AudioSource(heard), ScriptedRecogniser([CALLER], 16_000)).listen(prompt=playing)
    assert isinstance(end, Heard)
    assert end.text == CALLER
    assert not playing.stopped


def test_with_a_headset_the_caller_cuts_the_prompt_off(prompt: Audio, caller: Audio) -> None:
    playing = Playing(prompt)
    heard = microphone((0.5, caller.samples.astype(np.float64)))
    *_, alone = Ear(AudioSource(heard), ScriptedRecogniser([CALLER], 16_000)).listen()
    events = list(Ear(AudioSource(heard), ScriptedRecogniser([CALLER], 16_000)).listen(prompt=playing))
    assert playing.stopped
    assert events[-1] == alone  # nothing of it was lost, or moved
    first = next(event for event in events if isinstance(event, Partial))
    assert first.seconds < 1.6


def test_who_speaks_up_over_the_echo_cuts_the_prompt_off(prompt: Audio, caller: Audio) -> None:
    playing = Playing(prompt)
    heard = microphone((0, in_a_room(prompt, gain=0.1)), (1.5, 1.5 * caller.samples.astype(np.float64)))
    *_, end = Ear(AudioSource(heard), ScriptedRecogniser([CALLER], 16_000)).listen(prompt=playing)
    assert playing.stopped
    assert isinstance(end, Heard)


def test_nothing_that_a_caller_says_is_lost_while_it_is_judged(prompt: Audio, caller: Audio) -> None:
    guard = EchoGuard(prompt, caller.rate)
    chunks = np.array_split(caller.samples, 40)
    out = [guard.feed(chunk, playing=True) for chunk in chunks]
    assert np.array_equal(np.concatenate([*out, guard.flush()]), caller.samples)


def test_what_is_held_at_the_end_of_the_audio_comes_out(prompt: Audio, caller: Audio) -> None:
    guard = EchoGuard(prompt, caller.rate)
    first = caller.samples[1600:4000]
    assert len(guard.feed(first, playing=True)) == 0
    assert np.array_equal(guard.flush(), first)
    assert len(guard.flush()) == 0


def test_a_prompt_that_is_over_leaves_the_microphone_alone(prompt: Audio) -> None:
    guard = EchoGuard(prompt, 16_000)
    quiet = np.zeros(800, np.int16)
    assert np.array_equal(guard.feed(quiet, playing=False), quiet)
    loud = prompt.samples[8000:16_000]
    assert np.array_equal(guard.feed(loud, playing=False), loud)
    assert level(loud).rms > -40


def test_speech_is_a_prompt() -> None:
    assert {"audio", "seconds", "playing", "stop"} <= {*dir(Speech), "audio"}
