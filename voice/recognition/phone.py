"""The phone ear: what is left of a voice after a telephone line.

300–3400 Hz, 8 kHz and G.711 mu-law both ways (ITU-T G.712 and G.711), which is what Twilio's media is.
Heard through it, a microphone or a file sounds to the recogniser as a caller does. Chunk by chunk gives
the same samples as all at once.
"""

import warnings

import numpy as np
from scipy.signal import butter, sosfilt

from voice.recognition.pcm import Audio, Float, Pcm, Resampler, pcm_from_bytes, to_pcm

with warnings.catch_warnings():
    # Leaves the standard library in 3.13, where pyproject.toml brings audioop-lts; pydub needs it too.
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop

PHONE_RATE = 8000
BAND_HZ = (300, 3400)
_SAMPLE_WIDTH = 2


def mulaw_encode(samples: Pcm) -> bytes:
    """One byte a sample, G.711 mu-law."""
    return audioop.lin2ulaw(samples.astype("<i2").tobytes(), _SAMPLE_WIDTH)


def mulaw_decode(data: bytes) -> Pcm:
    """Samples from G.711 mu-law bytes, one each."""
    return pcm_from_bytes(audioop.ulaw2lin(data, _SAMPLE_WIDTH))


class PhoneEar:
    """A telephone line for audio of `rate` Hz: feed 16-bit chunks, get 16-bit chunks at 8 kHz."""

    def __init__(self, rate: int) -> None:
        self._resampler = Resampler(rate, PHONE_RATE)
        self._band = butter(4, BAND_HZ, btype="bandpass", fs=PHONE_RATE, output="sos")
        self._state = np.zeros((len(self._band), 2))

    def feed(self, samples: Pcm) -> Pcm:
        return self._line(self._resampler.feed(samples.astype(np.float64)))

    def flush(self) -> Pcm:
        """The last samples; afterwards the line is as new."""
        last = self._line(self._resampler.flush())
        self._state = np.zeros_like(self._state)
        return last

    def _line(self, values: Float) -> Pcm:
        if not len(values):
            return np.zeros(0, np.int16)
        filtered, self._state = sosfilt(self._band, values, zi=self._state)
        return mulaw_decode(mulaw_encode(to_pcm(filtered)))


def phone_ear(audio: Audio) -> Audio:
    """The whole audio as the phone gives it, at 8 kHz."""
    ear = PhoneEar(audio.rate)
    return Audio(np.concatenate([ear.feed(audio.samples), ear.flush()]), PHONE_RATE)
