"""A recording becomes what a telephone line can carry, and as loud as its neighbours."""

import numpy as np
import pytest
from scipy.signal import spectrogram

from voice.content.recordings import OWN_MUSIC
from voice.recognition.errors import EmptyAudioError
from voice.recognition.files import read_audio
from voice.recognition.mastering import (
    CEILING_DBFS,
    LEAD_SECONDS,
    MUSIC_DBFS,
    SPEECH_DBFS,
    TAIL_SECONDS,
    active_level,
    master,
    master_music,
)
from voice.recognition.music import compose
from voice.recognition.pcm import Audio, Float, level, to_pcm

RATE = 44_100


def syllables(seconds: float = 2.0, rate: int = RATE, hertz: float = 700) -> Float:
    """Something that comes and goes four times a second, as syllables do; full scale is 1."""
    t = np.arange(round(seconds * rate)) / rate
    return np.asarray(np.sin(2 * np.pi * hertz * t) * np.sin(np.pi * 4 * t) ** 2)


def recorded(
    amplitude: float, *, before: float = 0.0, after: float = 0.0, noise: float = 0.0, rate: int = RATE
) -> Audio:
    """Speech at this peak (1 is full scale), with silence around it and white noise under all of it."""
    speech = amplitude * syllables(rate=rate)
    whole = np.concatenate([np.zeros(round(before * rate)), speech, np.zeros(round(after * rate))])
    hiss = np.random.default_rng(5).normal(0, noise, len(whole)) if noise else 0
    return Audio(to_pcm(32767 * (whole + hiss)), rate)


@pytest.mark.parametrize("amplitude", [0.02, 0.2, 0.9, 3.0])
@pytest.mark.parametrize("rate", [8000, 16_000, 44_100, 48_000])
def test_however_loud_it_was_it_is_as_loud_as_the_others(amplitude: float, rate: int) -> None:
    audio, measures = master(recorded(amplitude, rate=rate))
    assert audio.rate == 8000
    assert active_level(audio.samples.astype(float)) == pytest.approx(SPEECH_DBFS, abs=0.3)
    assert level(audio.samples).peak <= CEILING_DBFS + 0.01
    assert measures.peak == level(audio.samples).peak


def test_peaks_are_rounded_off_and_not_cut_flat() -> None:
    speech = recorded(0.05)
    samples = speech.samples.copy()
    samples[RATE // 2 : RATE // 2 + 40] = 30_000
    audio, measures = master(Audio(samples, RATE))
    assert measures.peak <= CEILING_DBFS + 0.01
    assert np.count_nonzero(np.abs(audio.samples) == np.abs(audio.samples).max()) < 3


def test_silence_around_the_speech_is_trimmed_but_not_its_edges() -> None:
    audio, measures = master(recorded(0.3, before=1.5, after=3.0, noise=0.0005))
    assert audio.seconds == pytest.approx(2.0 + LEAD_SECONDS + TAIL_SECONDS, abs=0.1)
    assert measures.trimmed == pytest.approx(6.5 - audio.seconds, abs=0.01)
    assert not audio.samples[0]
    assert not audio.samples[-1]


def test_what_a_telephone_does_not_carry_is_taken_out() -> None:
    t = np.arange(2 * RATE) / RATE
    rumble = 0.3 * np.sin(2 * np.pi * 50 * t) + 0.3 * np.sin(2 * np.pi * 9000 * t)
    audio, _ = master(Audio(to_pcm(32767 * (0.2 * syllables() + rumble)), RATE))
    hertz, _, power = spectrogram(audio.samples.astype(float), 8000, nperseg=512)
    loud = power.sum(axis=1)
    assert loud[hertz < 150].sum() < 0.01 * loud.sum()
    assert loud[(hertz > 300) & (hertz < 3400)].sum() > 0.95 * loud.sum()


def test_faults_of_the_recording_are_measured() -> None:
    _, loud = master(recorded(3.0))
    assert loud.clipped > 1000
    _, quiet = master(recorded(0.3, after=1.0, noise=0.0001))
    _, noisy = master(recorded(0.3, after=1.0, noise=0.01))
    assert quiet.clipped == noisy.clipped == 0
    assert noisy.noise - quiet.noise == pytest.approx(40, abs=2)
    assert quiet.level == pytest.approx(noisy.level, abs=0.5)


def test_a_recording_in_which_nobody_speaks_is_refused() -> None:
    hiss = np.random.default_rng(5).normal(0, 3, 3 * RATE)
    for silent in (np.zeros(RATE), hiss):
        with pytest.raises(EmptyAudioError, match="Nobody speaks in this recording"):
            master(Audio(to_pcm(silent), RATE))


def test_the_active_level_of_a_tone_is_its_level_and_pauses_do_not_lower_it() -> None:
    t = np.arange(3 * 8000) / 8000
    tone = 3276.8 * np.sin(2 * np.pi * 1000 * t)
    assert active_level(tone) == pytest.approx(-23.0, abs=0.1)
    paused = np.concatenate([tone, np.zeros(10 * 8000)])
    assert active_level(paused) == pytest.approx(-23.0, abs=0.6)


def test_music_keeps_its_pauses_and_is_softer_than_the_voice() -> None:
    t = np.arange(4 * RATE) / RATE
    audio, measures = master_music(Audio(to_pcm(9000 * np.sin(2 * np.pi * 500 * t) * (t % 2 < 1)), RATE))
    assert audio.seconds == pytest.approx(4.0, abs=0.01)
    assert level(audio.samples).rms == pytest.approx(MUSIC_DBFS, abs=0.2)
    assert measures.trimmed == 0


def test_the_music_of_the_package_is_what_its_own_code_makes() -> None:
    [path] = OWN_MUSIC.glob("hold.*.wav")
    shipped, made = read_audio(path), compose()
    # Processors round the last bit of a sine differently.
    assert np.abs(shipped.samples.astype(int) - made.samples.astype(int)).max() <= 2
    assert level(made.samples).rms < -28
    assert level(made.samples[:400]).peak < -60
    assert level(made.samples[-400:]).peak < -60
