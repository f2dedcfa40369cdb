"""`voice call` in a terminal with a microphone: what is offered, chosen and shown."""

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from voice.content.shipped import PROJECT
from voice.content.starter import start_line
from voice.recognition.files import write_wave
from voice.recognition.models.catalogue import CATALOGUE
from voice.recognition.pcm import Audio

from .conftest import Needs
from .korean import CALLER, LINE

pytestmark = pytest.mark.long

if TYPE_CHECKING:
    from .sound_card import SoundCard

ENGLISH = next(entry.name for entry in CATALOGUE if entry.language == "en")
SOFT_VOICE = '#!/bin/sh\nespeak-ng -v ko -a 4 -s 150 --stdin -w "$4"\n'
"""In the place of Piper: as soft at the microphone as a headset is."""


class Terminal:
    """A person at a terminal who rings the line."""

    def __init__(self, *options: str, **environment: str) -> None:
        self._screen, theirs = pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "voice", "call", *options],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=PROJECT,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "150", **environment},
        )
        os.close(theirs)
        self._seen = ""

    def sees(self, text: str, within: float = 120) -> bool:
        """Waits for it to come up on the screen; what stands before it is read no more."""
        until = time.monotonic() + within
        while text not in self._seen and time.monotonic() < until:
            if select.select([self._screen], [], [], 0.2)[0]:
                try:
                    data = os.read(self._screen, 65536).decode(errors="replace")
                except OSError:  # the other side is gone
                    break
                self._seen += re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", data)
        before, found, self._seen = self._seen.partition(text)
        assert found, f"no “{text}” in: {before[-1500:]}"
        return True

    def types(self, text: str) -> None:
        os.write(self._screen, f"{text}\n".encode())

    def hangs_up(self) -> None:
        os.write(self._screen, b"\x04")
        self.sees("What came of it")

    def leaves(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._screen)


@pytest.fixture
def card(needs: Needs, tmp_path: Path) -> Iterator["SoundCard"]:
    needs("portaudio", "pulseaudio", "paplay", "espeak-ng")
    from .sound_card import SoundCard

    (tmp_path / "card").mkdir()
    card = SoundCard(tmp_path / "card")
    yield card
    card.unplug()


@pytest.fixture
def ring(card: "SoundCard", tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Rings from a computer on which nothing was told yet and no model was fetched, and which has no network."""
    start_line(tmp_path / "own", PROJECT, ("en",), "Telvia")
    (tmp_path / "piper").write_text(SOFT_VOICE)
    (tmp_path / "piper").chmod(0o755)
    new = {
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "VOICE_MODELS": str(tmp_path / "models"),
        "VOICE_MODELS_URL": "http://127.0.0.1:9",
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "VOICE_PIPER_MODEL_KO": "soft.onnx",
    }
    rung: list[Terminal] = []

    def start(line: Path | None = None, *options: str) -> Terminal:
        rung.append(Terminal("--line", str(line or tmp_path / "own"), *options, **{**new, **card.env}))
        return rung[-1]

    yield start
    for one in rung:
        one.leaves()


def test_a_refused_model_is_offered_once_and_the_call_goes_on_by_keyboard(ring: Callable[..., Terminal]) -> None:
    caller = ring()
    caller.sees(f"the model {ENGLISH} is needed (41 MB, Apache-2.0). Fetch it? (y/N)")
    caller.types("n")
    caller.sees("By keyboard: No model was fetched. Later: voice models get en.")
    caller.sees("Welcome to Telvia")
    caller.types("i want to speak to a person")
    caller.sees("in the queue helpdesk")
    caller.hangs_up()
    again = ring()
    again.sees("Reading the line")
    again.hangs_up()


def test_without_a_network_the_call_goes_on_by_keyboard(ring: Callable[..., Terminal]) -> None:
    caller = ring()
    caller.sees("Fetch it?")
    caller.types("y")
    caller.sees("By keyboard: ")
    caller.sees("cannot be reached")
    caller.sees("Welcome to Telvia")
    caller.types("0")
    caller.sees("in the queue helpdesk")
    caller.hangs_up()


@pytest.mark.usefixtures("korean")
def test_the_microphone_is_chosen_by_itself_and_what_is_heard_is_shown(
    ring: Callable[..., Terminal],
    card: "SoundCard",
    spoken: Callable[..., Audio],
    tmp_path: Path,
) -> None:
    write_wave(tmp_path / "said.wav", spoken("새로운 빌라", voice=CALLER[0], speed=CALLER[1]))
    caller = ring(LINE, "--phone")
    caller.sees("무엇을 도와 드릴까요?")
    caller.sees("dBFS")
    card.play(tmp_path / "said.wav")
    caller.sees("dBFS  새로운 빌라")
    caller.sees("you   새로운 빌라")
    caller.sees("in the queue orders")
    caller.hangs_up()


def test_a_model_of_another_language_is_named_each_time_and_the_call_goes_on(
    ring: Callable[..., Terminal], korean: Path
) -> None:
    for _ in range(2):
        caller = ring(None, "--model", str(korean))
        caller.sees("By keyboard: The model ")
        caller.sees("is for 'ko', and 'en' was asked for")
        caller.sees("Welcome to Telvia")
        caller.hangs_up()
