"""Whether somebody is speaking, by loudness over the noise of the line.

The recogniser knows better what is a word, but it lags by some 0.3 s, and of digital silence Vosk never
says that speech has ended (measured). Loudness says at once when a voice stops. It also tells words from
the ones that a small model invents in noise: a word in a stretch where nobody raised the level is none.
"""

from collections import deque

import numpy as np

from voice.recognition.pcm import Pcm, to_dbfs

FRAME_SECONDS = 0.02
ABOVE_NOISE_DB = 10.0
QUIETEST_SPEECH_DBFS = -60.0
"""Below it nothing is speech, however silent the line."""
ONSET_FRAMES = 3
"""A click is shorter than 60 ms, a vowel is not."""
WINDOW_FRAMES = 25
WINDOWS = 6
"""The noise is the quietest frame of the last 3 s: whoever speaks that long has drawn a breath."""


class Activity:
    """Feed 16-bit chunks; ask when speech was last heard. The noise level outlives a turn."""

    def __init__(self, rate: int) -> None:
        self._frame = round(rate * FRAME_SECONDS)
        self._rest: Pcm = np.zeros(0, np.int16)
        # Until the line is known it counts as rather quiet, so that a voice in the first second is a voice.
        self._minima: deque[float] = deque([QUIETEST_SPEECH_DBFS] * WINDOWS, maxlen=WINDOWS)
        self._window: list[float] = []
        self.threshold = QUIETEST_SPEECH_DBFS
        """What is louder than this, in dBFS, is speech."""
        self._measure()
        self.start()

    def start(self) -> None:
        """A new turn begins at time zero; the noise of the line is still known."""
        self._frames = 0
        self._run = 0
        self._rest = np.zeros(0, np.int16)
        self.spoken_seconds = 0.0
        self.last_speech = 0.0

    def _measure(self) -> None:
        self.threshold = max(min(self._minima) + ABOVE_NOISE_DB, QUIETEST_SPEECH_DBFS)

    def feed(self, samples: Pcm) -> None:
        whole = np.concatenate([self._rest, samples])
        count = len(whole) // self._frame
        self._rest = whole[count * self._frame :]
        frames = whole[: count * self._frame].reshape(count, self._frame).astype(np.float64)
        for energy in np.einsum("ij,ij->i", frames, frames).tolist():
            self._hear(to_dbfs((energy / self._frame) ** 0.5))

    def _hear(self, loudness: float) -> None:
        self._frames += 1
        self._run = self._run + 1 if loudness > self.threshold else 0
        if self._run >= ONSET_FRAMES:
            # The frames that made up the onset count once it is one.
            self.spoken_seconds += FRAME_SECONDS * (ONSET_FRAMES if self._run == ONSET_FRAMES else 1)
            self.last_speech = self._frames * FRAME_SECONDS
        self._window.append(loudness)
        if len(self._window) == WINDOW_FRAMES:
            self._minima.append(min(self._window))
            self._window.clear()
            self._measure()
