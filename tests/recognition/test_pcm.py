"""Sample rates, levels and the phone ear: the same however the audio is cut."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import resample_poly

from voice.recognition.channel import Channel, through
from voice.recognition.pcm import FLOOR_DBFS, Audio, Pcm, Resampler, level, pcm_from_bytes, resample, to_pcm
from voice.recognition.phone import PHONE_RATE, PhoneEar, mulaw_decode, mulaw_encode, phone_ear

from .conftest import tone

RATES = [6000, 8000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000]


def noise(samples: int, seed: int = 0) -> Pcm:
    return to_pcm(np.random.default_rng(seed).normal(0, 5000, samples))


def pieces(samples: Pcm, cuts: list[int]) -> list[Pcm]:
    return list(np.split(samples, sorted(cut % (len(samples) + 1) for cut in cuts)))


@pytest.mark.parametrize("source", RATES)
@pytest.mark.parametrize("target", [8000, 16_000])
def test_a_resampled_file_is_what_scipy_makes_of_it(source: int, target: int) -> None:
    samples = noise(7001)
    divisor = int(np.gcd(source, target))
    expected = to_pcm(resample_poly(samples.astype(np.float64), target // divisor, source // divisor))
    ours = resample(Audio(samples, source), target)
    assert ours.rate == target
    assert len(ours.samples) == len(expected)
    assert np.abs(ours.samples.astype(int) - expected.astype(int)).max() <= 1


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(RATES), st.sampled_from([8000, 16_000]), st.integers(0, 3000), st.lists(st.integers(0, 3000)))
def test_resampling_is_the_same_however_the_audio_is_cut(s: int, t: int, length: int, cuts: list[int]) -> None:
    samples = noise(length)
    resampler = Resampler(s, t)
    parts = [resampler.feed(piece.astype(np.float64)) for piece in pieces(samples, cuts)]
    chunked = to_pcm(np.concatenate([*parts, resampler.flush()]))
    assert np.array_equal(chunked, resample(Audio(samples, s), t).samples)


def test_a_flushed_resampler_starts_anew() -> None:
    resampler = Resampler(44_100, 16_000)
    values = noise(5000).astype(np.float64)
    first, second = (np.concatenate([resampler.feed(values), resampler.flush()]) for _ in range(2))
    assert np.array_equal(first, second)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(RATES), st.integers(0, 3000), st.lists(st.integers(0, 3000)))
def test_the_phone_ear_is_the_same_however_the_audio_is_cut(rate: int, length: int, cuts: list[int]) -> None:
    samples = noise(length)
    ear = PhoneEar(rate)
    chunked = np.concatenate([*(ear.feed(piece) for piece in pieces(samples, cuts)), ear.flush()])
    whole = phone_ear(Audio(samples, rate))
    assert whole.rate == PHONE_RATE
    assert np.array_equal(chunked, whole.samples)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(RATES), st.booleans(), st.integers(0, 3000), st.lists(st.integers(0, 3000)))
def test_the_channel_is_the_same_however_the_audio_is_cut(rate: int, phone: bool, length: int, cuts: list[int]) -> None:
    samples = noise(length)
    channel = Channel(rate, 16_000, phone)
    chunked = np.concatenate([*(channel.feed(piece) for piece in pieces(samples, cuts)), channel.flush()])
    assert np.array_equal(chunked, through(Audio(samples, rate), 16_000, phone).samples)


def test_only_narrow_audio_is_given_a_hiss() -> None:
    silent = Audio(np.zeros(8000, np.int16), 8000)
    assert level(through(silent, 16_000).samples).rms == pytest.approx(-64.3, abs=0.5)
    assert level(through(Audio(silent.samples, 16_000), 16_000).samples).rms == FLOOR_DBFS
    assert level(through(Audio(silent.samples, 48_000), 16_000).samples).rms == FLOOR_DBFS
    assert level(through(Audio(silent.samples, 48_000), 16_000, phone=True).samples).rms > -65


@pytest.mark.parametrize(("hertz", "lost_db"), [(60, 40), (150, 18), (1000, -1), (2500, -1), (3950, 25), (7000, 40)])
def test_the_phone_ear_keeps_the_telephone_band_alone(hertz: float, lost_db: float) -> None:
    sent = tone(hertz)
    heard = phone_ear(sent)
    middle = slice(len(heard.samples) // 4, -len(heard.samples) // 4)
    lost = level(sent.samples).rms - level(heard.samples[middle]).rms
    if lost_db < 0:
        assert abs(lost) < 1
    else:
        assert lost > lost_db


def test_mulaw_is_g711() -> None:
    """The corners of the table in ITU-T G.711: full scale is ±32124 on 16 bits, 0xFF is zero."""
    table = {0x00: -32124, 0x80: 32124, 0xFF: 0, 0x7F: 0, 0xFE: 8, 0x7E: -8, 0xEF: 132, 0x8F: 16764}
    for code, value in table.items():
        assert mulaw_decode(bytes([code]))[0] == value
    codes = bytes(code for code in range(256) if code != 0x7F)  # minus zero has no code of its own
    assert mulaw_encode(mulaw_decode(codes)) == codes


@given(st.integers(-32_768, 32_767))
def test_mulaw_errs_by_less_than_one_step(sample: int) -> None:
    heard = int(mulaw_decode(mulaw_encode(np.array([sample], np.int16)))[0])
    assert abs(heard - sample) <= (abs(sample) + 132) / 16


def test_levels() -> None:
    assert level(np.zeros(100, np.int16)).rms == FLOOR_DBFS
    assert level(np.zeros(0, np.int16)).peak == FLOOR_DBFS
    assert level(np.full(100, -32_768, np.int16)).rms == 0
    assert level(tone(1000, amplitude=32_767).samples).rms == pytest.approx(-3.01, abs=0.02)


def test_loud_is_clipped_and_never_wraps() -> None:
    assert to_pcm(np.array([40_000.0, -40_000.0, 0.4])).tolist() == [32_767, -32_768, 0]


def test_an_odd_last_byte_is_left_out() -> None:
    assert pcm_from_bytes(b"\x01\x00\x02").tolist() == [1]
