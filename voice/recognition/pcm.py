"""Audio as numbers: 16-bit mono samples, their level, and another sample rate.

Shapes: `Pcm` is one-dimensional int16, full scale ±32768; `Float` is float64 on the same scale (not
±1), so that a filter chain rounds once, at its end. Rates are in Hz, times in seconds, levels in dBFS.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.signal import firwin, upfirdn

Pcm = npt.NDArray[np.int16]
Float = npt.NDArray[np.float64]

FULL_SCALE = 32768.0
FLOOR_DBFS = -96.0
"""The level of digital silence: one step of 16 bits is 96 dB below full scale."""


@dataclass(frozen=True, eq=False)
class Audio:
    """Mono samples, shape (n,), and their rate in Hz."""

    samples: Pcm
    rate: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate


@dataclass(frozen=True)
class Level:
    """Loudness of a stretch of audio in dBFS, 0 being a full-scale square wave, `FLOOR_DBFS` silence."""

    rms: float
    peak: float


def pcm_from_bytes(data: bytes) -> Pcm:
    """Little-endian 16-bit samples, as wave files and Vosk have them. An odd last byte is left out."""
    return np.frombuffer(data, dtype="<i2", count=len(data) // 2).astype(np.int16, copy=False)


def to_pcm(values: Float) -> Pcm:
    """Round to 16 bits. What is louder than full scale is clipped, as a sound card does; it never wraps."""
    return np.rint(values).clip(-FULL_SCALE, FULL_SCALE - 1).astype(np.int16)


def to_dbfs(amplitude: float) -> float:
    """Amplitude on the int16 scale → dBFS, never below `FLOOR_DBFS`."""
    return max(FLOOR_DBFS, 20 * math.log10(amplitude / FULL_SCALE)) if amplitude > 0 else FLOOR_DBFS


def level(samples: Pcm) -> Level:
    """Level of these samples; of none, silence."""
    if not len(samples):
        return Level(FLOOR_DBFS, FLOOR_DBFS)
    values = samples.astype(np.float64)
    return Level(to_dbfs(float(np.sqrt(np.mean(values * values)))), to_dbfs(float(np.abs(values).max())))


class Resampler:
    """Another sample rate, chunk by chunk: however the audio is cut, the samples are the same.

    The low-pass and its length are those of `scipy.signal.resample_poly` (Kaiser window, β = 5, ten
    zero crossings a side), which cannot be fed in chunks. Feed, then `flush` once; n samples become
    ceil(n · target / source). Not to be shared between threads.
    """

    def __init__(self, source: int, target: int) -> None:
        divisor = math.gcd(source, target)
        self._up, self._down = target // divisor, source // divisor
        self._same = source == target
        longest = max(self._up, self._down, 2)  # 2: a filter must exist, though equal rates never use it
        half = 10 * longest
        # Zeros in front make the filter's delay a whole number of output samples, to be dropped below.
        pad = -half % self._down
        taps = firwin(2 * half + 1, 1 / longest, window=("kaiser", 5.0)) * self._up
        self._taps: Float = np.concatenate([np.zeros(pad), taps])
        self._delay = (half + pad) // self._down
        self._history: Float = np.zeros(0)
        self._start = 0  # index, in the whole input, of the first sample in the history
        self._fed = 0
        self._next = 0  # index of the next filter output, the delay included

    def feed(self, values: Float) -> Float:
        """The output samples that these input samples complete."""
        if self._same:
            return values
        self._history = np.concatenate([self._history, values])
        self._fed += len(values)
        end = (self._fed * self._up - 1) // self._down + 1
        base = self._start * self._up // self._down
        out: Float = upfirdn(self._taps, self._history, self._up, self._down)[self._next - base : end - base]
        out = out[max(0, self._delay - self._next) :]
        self._next = max(end, self._next)
        self._forget()
        return out

    def flush(self) -> Float:
        """The samples still in the filter. Afterwards the resampler is as new."""
        if self._same:
            return np.zeros(0)
        wanted = -(-self._fed * self._up // self._down)
        last = self._delay + wanted - 1
        missing = last * self._down // self._up + 1 - self._fed
        left = self._delay + wanted - max(self._next, self._delay)
        out = self.feed(np.zeros(max(0, missing)))[:left] if self._fed and left > 0 else np.zeros(0)
        self._history, self._start, self._fed, self._next = np.zeros(0), 0, 0, 0
        return out

    def _forget(self) -> None:
        """Drop the input that no later output needs, keeping the start on the grid of output samples."""
        needed = max(0, -(-(self._next * self._down - len(self._taps) + 1) // self._up))
        start = max(self._start, needed // self._down * self._down)
        self._history = self._history[start - self._start :]
        self._start = start


def resample(audio: Audio, rate: int) -> Audio:
    """The whole audio at another rate."""
    if audio.rate == rate:
        return audio
    resampler = Resampler(audio.rate, rate)
    values = np.concatenate([resampler.feed(audio.samples.astype(np.float64)), resampler.flush()])
    return Audio(to_pcm(values), rate)
