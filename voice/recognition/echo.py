"""Not hearing oneself: what the microphone takes up of the line's own voice is no caller.

A headset brings the caller alone; an open loudspeaker is heard by the microphone, and the line would cut
itself off at its first word. The line knows what it says: what sounds like it (a sharp peak of the
cross-correlation with the prompt) is its echo, and is silence to the recogniser. Over an echo the caller
must speak up, clearly louder than the loudspeaker is at the microphone; then they are heard, and the prompt
is to stop. It is no echo canceller: while both speak, nothing is subtracted.

Measured with espeak-ng voices in half a second of audio at 8 kHz: an echo gives a peak of 31 (digital) or
25 (a room) and more in 19 of 20 windows, another voice 11, and 21 in 1 of 20.
"""

from typing import Literal

import numpy as np

from voice.recognition.pcm import Audio, Float, Pcm, Resampler, level, resample

RATE = 8000
WINDOW_SECONDS = 0.5
"""Held back before it is judged. Shorter, and voices are mistaken for echoes."""
LONGEST_HELD_SECONDS = 1.0
ECHO, VOICE, IN_DOUBT = 24.0, 16.0, 20.0
"""Peaks: from ECHO on it is one; up to VOICE it is none; IN_DOUBT divides what stays between."""
QUIET_DBFS = -50.0
LOUDER_DB = 6.0
LOUDER_CHUNKS = 3
"""So many chunks in a row that are louder than the echo by LOUDER_DB are the caller."""
TAIL_SECONDS = 0.3
"""What the room and the sound card still give of the prompt after its end."""
_WHITENING = 0.7


def likeness(heard: Float, said: Float) -> float:
    """How much the one sounds like some stretch of the other: the peak of their cross-correlation, the spectrum
    partly whitened, over its root mean square. Both at the same rate."""
    size = 1 << (len(heard) + len(said) - 1).bit_length()
    cross = np.fft.rfft(said, size) * np.conj(np.fft.rfft(heard, size))
    magnitude = np.abs(cross)
    cross /= (magnitude + 1e-9 * (magnitude.max() + 1)) ** _WHITENING
    correlation = np.abs(np.fft.irfft(cross, size))
    spread = float(np.sqrt(np.mean(correlation * correlation)))
    return float(correlation.max()) / spread if spread > 0 else 0.0


class EchoGuard:
    """Between a microphone of `rate` Hz and the recogniser, while a prompt is played. `interrupted` says that the
    caller has spoken up over the echo."""

    def __init__(self, prompt: Audio, rate: int) -> None:
        self._said = resample(prompt, RATE).samples.astype(np.float64)
        self._rate = rate
        self._resampler = Resampler(rate, RATE)
        self._state: Literal["unknown", "echo", "open"] = "unknown"
        self._held: list[Pcm] = []
        self._heard: list[Float] = []
        self._loudest = QUIET_DBFS
        self._tail = round(TAIL_SECONDS * rate)
        self.interrupted = False

    def feed(self, chunk: Pcm, playing: bool) -> Pcm:
        """What the recogniser may hear now: the chunk, silence in its stead, or more or less than it (for a moment
        the audio is held back, to be judged)."""
        if self._state == "open":
            return chunk
        if self._state == "echo":
            return self._over_echo(chunk, playing)
        loudness = level(chunk).rms
        if not self._held and loudness < QUIET_DBFS:
            return self._open(chunk) if not playing else chunk
        self._held.append(chunk)
        self._heard.append(self._resampler.feed(chunk.astype(np.float64)))
        self._loudest = max(self._loudest, loudness)
        return self._judge(playing)

    def flush(self) -> Pcm:
        """What is still held back, at the end of all audio."""
        return self._judge(playing=False) if self._held else np.zeros(0, np.int16)

    def _judge(self, playing: bool) -> Pcm:
        heard = np.concatenate(self._heard)
        if playing and len(heard) < WINDOW_SECONDS * RATE:
            return np.zeros(0, np.int16)
        peak = likeness(heard[-round(WINDOW_SECONDS * RATE) :], self._said)
        last_chance = not playing or len(heard) >= LONGEST_HELD_SECONDS * RATE
        if peak >= (IN_DOUBT if last_chance else ECHO):
            self._state = "echo"
            return np.zeros_like(self._release())
        if peak <= VOICE or last_chance:
            return self._open(self._release())
        return np.zeros(0, np.int16)

    def _over_echo(self, chunk: Pcm, playing: bool) -> Pcm:
        if not playing:
            self._tail -= len(chunk)
            return self._open(chunk) if self._tail < 0 else np.zeros_like(chunk)
        loudness = level(chunk).rms
        if loudness < self._loudest + LOUDER_DB:
            self._loudest = max(self._loudest, loudness)
            return np.zeros_like(self._release(chunk))
        self._held.append(chunk)
        if len(self._held) < LOUDER_CHUNKS:
            return np.zeros(0, np.int16)
        self.interrupted = True
        return self._open(self._release())

    def _open(self, samples: Pcm) -> Pcm:
        self._state = "open"
        return samples

    def _release(self, *more: Pcm) -> Pcm:
        samples = np.concatenate([*self._held, *more])
        self._held.clear()
        self._heard.clear()
        return samples
