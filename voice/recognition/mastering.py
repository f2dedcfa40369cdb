"""A voice actor's recording → what is played down a telephone line, and what it was like.

8 kHz, 300–3400 Hz, silence trimmed, active speech at −22 dBFS, never clipped. All levels are dBFS on the int16 scale;
arrays are float64 of shape (n,), one sample each.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import maximum_filter1d, minimum_filter1d, uniform_filter1d
from scipy.signal import butter, lfilter, sosfilt

from voice.recognition.errors import EmptyAudioError
from voice.recognition.pcm import FULL_SCALE, Audio, Float, Resampler, level, to_dbfs, to_pcm
from voice.recognition.phone import BAND_HZ, PHONE_RATE

SPEECH_DBFS = -22.0
"""Active speech level (ITU-T P.56) of what is played: as loud as a voice on the line, with room for its peaks."""
MUSIC_DBFS = -30.0
CEILING_DBFS = -1.0
LIMITER_SECONDS = 0.005
LEAD_SECONDS = 0.08
TAIL_SECONDS = 0.15
"""What stays of the silence before and behind the speech: soft consonants lie there."""
FADE_SECONDS = 0.005
SOFTEST_DB = 30.0
"""How far below the active level speech still is: an f or an s at the edge of the telephone band."""
FAINTEST_DBFS = -60.0
"""Below this there is no speech in a recording, only the room."""


@dataclass(frozen=True)
class Measures:
    """`seconds` and `peak` are those of the result, `noise` what its pauses hold; `clipped` samples, `level` and
    `trimmed` seconds those of the recording."""

    seconds: float
    peak: float
    noise: float
    clipped: int
    level: float
    trimmed: float


def master(recording: Audio) -> tuple[Audio, Measures]:
    """Raises `EmptyAudioError` for a recording in which nobody speaks."""
    values = _band(recording)
    spoken = active_level(values)
    if spoken < FAINTEST_DBFS:
        raise EmptyAudioError("Nobody speaks in this recording.", "Record it again, nearer to the microphone.")
    floor = _noise(values)
    first, last = _speech(values, spoken, floor)
    kept = _faded(_levelled(values[first:last]))
    samples = to_pcm(kept)
    measures = Measures(
        seconds=len(samples) / PHONE_RATE,
        peak=level(samples).peak,
        noise=max(floor + SPEECH_DBFS - spoken, to_dbfs(0)),
        clipped=_clipped(recording),
        level=spoken,
        trimmed=(len(values) - len(kept)) / PHONE_RATE,
    )
    return Audio(samples, PHONE_RATE), measures


def master_music(recording: Audio) -> tuple[Audio, Measures]:
    """Music has no pauses to trim, and is softer than the voice that comes over it."""
    values = _band(recording)
    loudness = to_dbfs(math.sqrt(float(np.mean(values * values))))
    if loudness < FAINTEST_DBFS:
        raise EmptyAudioError("There is no music in this file.", "Save it again.")
    samples = to_pcm(_faded(_limited(values * 10 ** ((MUSIC_DBFS - loudness) / 20))))
    audio = Audio(samples, PHONE_RATE)
    return audio, Measures(audio.seconds, level(samples).peak, to_dbfs(0), _clipped(recording), loudness, 0)


def active_level(values: Float, rate: int = PHONE_RATE) -> float:
    """Active speech level by method B of ITU-T P.56: the power of what is speech, pauses left out."""
    margin, hangover, smoothing = 15.9, 0.2, math.exp(-1 / (rate * 0.03))
    envelope = np.abs(values)
    for _ in range(2):
        envelope = lfilter([1 - smoothing], [1, -smoothing], envelope)
    held = maximum_filter1d(envelope, int(hangover * rate), origin=(int(hangover * rate) - 1) // 2)
    energy = float(np.sum(values * values))
    above: tuple[float, float] | None = None
    for exponent in range(1, 16):
        threshold = FULL_SCALE / 2**exponent
        active = int(np.count_nonzero(held >= threshold))
        if not active:
            continue
        loud = to_dbfs(math.sqrt(energy / active))
        over = loud - to_dbfs(threshold) - margin
        if over >= 0:
            if above is None or above[1] >= 0:
                return loud
            share = above[1] / (above[1] - over)
            return above[0] + share * (loud - above[0])
        above = (loud, over)
    return above[0] if above else to_dbfs(0)


def _band(recording: Audio) -> Float:
    resampler = Resampler(recording.rate, PHONE_RATE)
    values = np.concatenate([resampler.feed(recording.samples.astype(np.float64)), resampler.flush()])
    band: Float = sosfilt(butter(4, BAND_HZ, btype="bandpass", fs=PHONE_RATE, output="sos"), values)
    return band


def _clipped(recording: Audio) -> int:
    return int(np.count_nonzero(np.abs(recording.samples.astype(np.int32)) >= FULL_SCALE - 1))


def _frames(values: Float) -> Float:
    """The level of each 20 ms, shape (n // 160,)."""
    size = PHONE_RATE // 50
    whole = values[: len(values) // size * size].reshape(-1, size)
    return np.array([to_dbfs(math.sqrt(power)) for power in np.mean(whole * whole, axis=1)])


def _noise(values: Float) -> float:
    """What the quietest tenth of the recording holds."""
    frames = _frames(values)
    return float(np.percentile(frames, 10)) if len(frames) else to_dbfs(0)


def _speech(values: Float, spoken: float, floor: float) -> tuple[int, int]:
    """The first and last sample to keep."""
    size = PHONE_RATE // 50
    loud = np.flatnonzero(_frames(values) > max(spoken - SOFTEST_DB, min(floor + 6, spoken - 6)))
    if not len(loud):
        return 0, len(values)
    first = int(loud[0]) * size - round(LEAD_SECONDS * PHONE_RATE)
    last = (int(loud[-1]) + 1) * size + round(TAIL_SECONDS * PHONE_RATE)
    return max(0, first), min(len(values), last)


def _levelled(values: Float) -> Float:
    """At `SPEECH_DBFS`, the peaks rounded off under the ceiling. Rounding costs level, so it is done till both hold."""
    gain = 1.0
    limited = values
    for _ in range(6):
        gain *= 10 ** ((SPEECH_DBFS - active_level(limited)) / 20)
        limited = _limited(values * gain)
    return limited


def _limited(values: Float) -> Float:
    """Each gain is a mean of gains that all hold at this sample, so none lets it over the ceiling."""
    ceiling = FULL_SCALE * 10 ** (CEILING_DBFS / 20)
    gains = np.minimum(1, ceiling / np.maximum(np.abs(values), 1e-9))
    size = 2 * round(LIMITER_SECONDS * PHONE_RATE) + 1
    smooth: Float = uniform_filter1d(minimum_filter1d(gains, size), size)
    return values * smooth


def _faded(values: Float) -> Float:
    size = min(round(FADE_SECONDS * PHONE_RATE), len(values) // 2)
    ramp = np.linspace(0, 1, size)
    faded = values.copy()
    faded[:size] *= ramp
    faded[len(faded) - size :] *= ramp[::-1]
    return faded
