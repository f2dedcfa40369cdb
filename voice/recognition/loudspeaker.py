"""The line's voice on one's own computer: espeak-ng, or Piper where a voice for it is configured.

Piper is used for a language where VOICE_PIPER_MODEL_NL (FR, DE …) names its voice file, or where the file
in VOICE_PIPER_MODEL is of that language by its name (`nl_BE-nathalie-medium.onnx`). With neither program
there is no voice, and the line prints what it says.
"""

import os
import shutil
import subprocess
import tempfile
import threading
import wave
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from voice.recognition.errors import DeviceError, DeviceMissingError, SynthesisError
from voice.recognition.files import read_wave
from voice.recognition.microphone import audio_library
from voice.recognition.pcm import Audio

ESPEAK_VOICES = {"fr": "fr-be", "en": "en-gb"}
"""The voice where it is not simply the language's code: the demo line speaks to Belgium."""
_TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Voice:
    """A way to turn text into audio. `synthesise` raises `SynthesisError`."""

    name: str
    synthesise: Callable[[str], Audio]


def find_voice(language: str) -> Voice | None:
    """The best voice of this computer for this language, or None."""
    short = language.lower().replace("_", "-").split("-")[0]
    piper, model = shutil.which("piper"), _piper_model(short)
    if piper and model:
        return Voice("piper", lambda text: _piper(piper, model, text))
    espeak = shutil.which("espeak-ng")
    if espeak:
        voice = ESPEAK_VOICES.get(short, short)
        return Voice("espeak-ng", lambda text: _espeak(espeak, voice, text))
    return None


def _piper_model(short: str) -> str:
    own = os.environ.get(f"VOICE_PIPER_MODEL_{short.upper()}", "").strip()
    for_all = os.environ.get("VOICE_PIPER_MODEL", "").strip()
    if own:
        return own
    return for_all if Path(for_all).name.lower().startswith((f"{short}_", f"{short}-")) else ""


def _espeak(program: str, voice: str, text: str) -> Audio:
    # The text goes in by standard input: one that begins with a dash is no option.
    output = _run([program, "-v", voice, "-b", "1", "--stdin", "--stdout"], text)
    return _read(BytesIO(output), "espeak-ng")


def _piper(program: str, model: str, text: str) -> Audio:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        _run([program, "-m", model, "-f", str(path)], text)
        return _read(path, "piper")


def _run(command: list[str], text: str) -> bytes:
    name = Path(command[0]).name
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=_TIMEOUT_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SynthesisError(f"{name} does not run: {error}.", "Install it again, or go on without a voice.") from error
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise SynthesisError(
            f"{name} fails: {''.join(reason) or f'exit code {done.returncode}'}.",
            "Check that its voice for this language is installed.",
        )
    return done.stdout


def _read(file: Any, name: str) -> Audio:
    try:
        return read_wave(str(file) if isinstance(file, Path) else file)
    except (wave.Error, EOFError, OSError) as error:
        raise SynthesisError(f"{name} gives no audio ({error}).", "Install it again.") from error


class Speech:
    """Audio that is being played. `stop` cuts it off, as a caller does."""

    def __init__(self, audio: Audio, stream: Any, done: threading.Event) -> None:
        self.audio = audio
        self._stream, self._done = stream, done
        self._closing = threading.Lock()

    @property
    def seconds(self) -> float:
        """How long it lasts when nobody cuts it off."""
        return self.audio.seconds

    @property
    def playing(self) -> bool:
        return not self._done.is_set()

    def wait(self) -> None:
        """Until it has been said, or stopped."""
        self._done.wait(self.seconds + 5)
        self.stop()

    def stop(self) -> None:
        """At once. May be called twice, and from another thread."""
        self._done.set()
        with self._closing:
            self._stream.close(ignore_errors=True)


class Loudspeaker:
    """Says texts through the system's default loudspeaker, one after another."""

    def __init__(self, voice: Voice) -> None:
        self.voice = voice
        self._library = audio_library()
        try:
            self._library.query_devices(None, "output")
        except (ValueError, self._library.PortAudioError) as error:
            raise DeviceMissingError(
                "This computer has no loudspeaker.", "Choose one in the system's sound settings, or read what is said."
            ) from error

    def say(self, text: str) -> Speech:
        """Begin to say it and come back. Raises `SynthesisError` or `DeviceError`."""
        return self.play(self.voice.synthesise(text))

    def play(self, audio: Audio) -> Speech:
        done, at = threading.Event(), 0

        def fill(out: Any, frames: int, _time: Any, _status: Any) -> None:
            nonlocal at
            chunk = audio.samples[at : at + frames]
            at += len(chunk)
            out[: len(chunk), 0] = chunk
            out[len(chunk) :] = 0
            if len(chunk) < frames:
                raise self._library.CallbackStop

        try:
            stream = self._library.OutputStream(
                samplerate=audio.rate, channels=1, dtype=np.int16, callback=fill, finished_callback=done.set
            )
            stream.start()
        except self._library.PortAudioError as error:
            raise DeviceError(f"The loudspeaker cannot be used ({error}).", "Check the sound settings.") from error
        return Speech(audio, stream, done)
