"""The way from a source of audio to the recogniser: perhaps a telephone line, then the model's own rate.

A model of 16 kHz that is given telephone audio finds nothing at all above 4 kHz, which no recording it
learnt from has. A hiss too faint to hear fills the gap: with it the Korean model understood 36 instead of
27 of 168 phrases spoken through the phone ear (docs/hearing.md). Audio of the full band goes untouched.
"""

import numpy as np

from voice.recognition.pcm import Audio, Pcm, Resampler, to_pcm
from voice.recognition.phone import PHONE_RATE, PhoneEar

HISS = 20.0
"""Standard deviation on the int16 scale: −64 dBFS. 5 helps less, 60 begins to harm."""
_SEED = 1


class Channel:
    """Feed chunks of `source` Hz, get chunks of `target` Hz, the same however the audio is cut."""

    def __init__(self, source: int, target: int, phone: bool = False) -> None:
        self._line = PhoneEar(source) if phone else None
        rate = PHONE_RATE if phone else source
        self._resampler = Resampler(rate, target)
        self._narrow = rate < target
        self._hiss = np.random.default_rng(_SEED)

    def feed(self, samples: Pcm) -> Pcm:
        return self._resampled(samples if self._line is None else self._line.feed(samples), last=False)

    def flush(self) -> Pcm:
        """What the filters still hold, at the end of all audio."""
        return self._resampled(np.zeros(0, np.int16) if self._line is None else self._line.flush(), last=True)

    def _resampled(self, samples: Pcm, last: bool) -> Pcm:
        values = self._resampler.feed(samples.astype(np.float64))
        if last:
            values = np.concatenate([values, self._resampler.flush()])
        if self._narrow:
            values = values + self._hiss.normal(0, HISS, len(values))
        return to_pcm(values)


def through(audio: Audio, rate: int, phone: bool = False) -> Audio:
    """The whole audio as a recogniser of this rate takes it."""
    channel = Channel(audio.rate, rate, phone)
    return Audio(np.concatenate([channel.feed(audio.samples), channel.flush()]), rate)
