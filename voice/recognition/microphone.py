"""Where audio comes from: the microphone, through PortAudio, or audio that is already there.

The microphone is opened at the device's own rate (asking a sound card for 16 kHz is the commonest way to
be refused); who listens resamples. PortAudio calls back from its own thread, which must never wait, so
chunks go through a queue that forgets its oldest when nobody reads.
"""

import queue
import threading
from types import TracebackType
from typing import Any, Protocol

import numpy as np

from voice.recognition.errors import DeviceBusyError, DeviceError, DeviceLostError, DeviceMissingError, SpeechPartError
from voice.recognition.pcm import Audio, Pcm

CHUNK_SECONDS = 0.05
KEPT_SECONDS = 30.0
LOST_SECONDS = 5.0
"""A microphone gives a chunk every 50 ms, in silence too. None for so long, and it is gone: waking up takes a
busy computer a second or two."""
CLOSING_SECONDS = 3.0

_INVALID_RATE, _INVALID_CHANNELS = -9997, -9998  # PortAudio's error codes, from its portaudio.h


class Source(Protocol):
    """A stream of 16-bit mono audio at `rate` Hz."""

    @property
    def rate(self) -> int: ...

    def read(self) -> Pcm | None:
        """The next chunk, waiting for it; None when there is no more, ever."""

    def forget(self) -> None:
        """Drop what has not been read yet."""

    def close(self) -> None: ...


class AudioSource:
    """Audio that is already there, in chunks as from a microphone, but as fast as it is read."""

    def __init__(self, audio: Audio, chunk_seconds: float = CHUNK_SECONDS) -> None:
        self._audio, self._at = audio, 0
        self._chunk = max(1, round(chunk_seconds * audio.rate))

    @property
    def rate(self) -> int:
        return self._audio.rate

    def read(self) -> Pcm | None:
        chunk = self._audio.samples[self._at : self._at + self._chunk]
        self._at += len(chunk)
        return chunk if len(chunk) else None

    def forget(self) -> None:
        """Nothing: what is recorded was not said too early."""

    def close(self) -> None:
        self._at = len(self._audio.samples)


def audio_library() -> Any:
    """The sounddevice module. Raises `SpeechPartError` without it or without PortAudio."""
    try:
        import sounddevice
    except ImportError as error:
        raise SpeechPartError(
            "The Python package sounddevice is not installed.", "Install it: pip install 'rechtdoor[speech]'."
        ) from error
    except OSError as error:
        raise SpeechPartError(
            "The audio library PortAudio is not installed.",
            "Install it (Debian, Ubuntu: apt install libportaudio2; Fedora: dnf install portaudio), "
            "or go on by keyboard with --text.",
        ) from error
    return sounddevice


class Microphone:
    """An open microphone: the system's default, or one by (part of) its name. Close it, or use `with`."""

    def __init__(self, device: str | None = None) -> None:
        self._library = audio_library()
        self._chunks: queue.Queue[Pcm | None] = queue.Queue(round(KEPT_SECONDS / CHUNK_SECONDS))
        self.overflows = 0
        """How often audio was lost because the computer was too slow."""
        info = self._info(device)
        self._name = str(info["name"])
        self._rate = round(float(info["default_samplerate"]))
        self._stream = self._open(device, int(info["max_input_channels"]))

    @property
    def rate(self) -> int:
        return self._rate

    @property
    def name(self) -> str:
        return self._name

    def read(self) -> Pcm | None:
        """The next 50 ms. Raises `DeviceLostError` when the microphone went away."""
        try:
            chunk = self._chunks.get(timeout=LOST_SECONDS)
        except queue.Empty:
            chunk = None
        if chunk is None:
            raise DeviceLostError(
                f"The microphone {self._name!r} gives no more sound.", "Plug it in again, or go on by keyboard."
            )
        return chunk

    def forget(self) -> None:
        while True:
            try:
                if self._chunks.get_nowait() is None:
                    return self._put(None)
            except queue.Empty:
                return None

    def close(self) -> None:
        """At once, or after `CLOSING_SECONDS`: closing a device that went away may never come back."""
        closing = threading.Thread(target=self._stream.close, kwargs={"ignore_errors": True}, daemon=True)
        closing.start()
        closing.join(CLOSING_SECONDS)

    def __enter__(self) -> "Microphone":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _info(self, device: str | None) -> Any:
        try:
            return self._library.query_devices(device, "input")
        except (ValueError, self._library.PortAudioError) as error:
            wanted = f"No microphone is called {device!r}." if device else "This computer has no microphone."
            raise DeviceMissingError(
                wanted, "Plug one in or choose it in the system's sound settings, or go on by keyboard with --text."
            ) from error

    def _open(self, device: str | None, channels: int) -> Any:
        """Mono where the device has it; else what it has, mixed. Some have stereo alone."""
        first: Exception | None = None
        for count in dict.fromkeys((1, max(1, min(2, channels)))):
            stream: Any = None
            try:
                stream = self._library.InputStream(
                    samplerate=self._rate,
                    blocksize=round(self._rate * CHUNK_SECONDS),
                    device=device,
                    channels=count,
                    dtype="int16",
                    callback=self._take,
                    finished_callback=lambda: self._put(None),
                )
                stream.start()
                return stream
            except self._library.PortAudioError as error:
                if stream is not None:
                    stream.close(ignore_errors=True)
                first = first or error
        raise self._refused(first) from first

    def _refused(self, error: Exception | None) -> DeviceError:
        code = error.args[1] if error is not None and len(error.args) > 1 else 0
        if code in (_INVALID_RATE, _INVALID_CHANNELS):
            return DeviceBusyError(
                f"The microphone {self._name!r} refuses {self._rate} Hz.",
                "Set 44100 or 48000 Hz for it in the system's sound settings.",
            )
        return DeviceBusyError(
            f"The microphone {self._name!r} cannot be opened; another program may hold it ({error}).",
            "Close the other program (a video call, a recorder), and allow this one to use the microphone.",
        )

    def _take(self, data: Any, _frames: int, _time: Any, status: Any) -> None:
        if status.input_overflow:
            self.overflows += 1
        self._put(data[:, 0].copy() if data.shape[1] == 1 else np.mean(data, axis=1).astype(np.int16))

    def _put(self, chunk: Pcm | None) -> None:
        while True:
            try:
                return self._chunks.put_nowait(chunk)
            except queue.Full:
                self._chunks.get_nowait()
