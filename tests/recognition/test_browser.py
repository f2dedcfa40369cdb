"""Somebody rings the demonstration from a browser, and speaks into its microphone.

Debian's Chromium records what espeak-ng said; Vosk's Korean model hears it; the line understands and routes.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserType, Page, expect

from voice.cli.demo.cast import PASSWORD
from voice.recognition.files import write_wave
from voice.recognition.pcm import Audio

from .conftest import Needs
from .korean import CALLER, LINE

pytestmark = pytest.mark.long

SECONDS = 60_000


@pytest.fixture
def demonstration(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Of the Korean line; the addresses of its console and of its telephone."""
    command = [sys.executable, "-m", "voice", "console", "demo", "--port", "0", "--no-browser", "--line", str(LINE)]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    demo = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert demo.stdout
    found = [re.match(r"http://\S+", demo.stdout.readline()) for _ in range(2)]
    try:
        assert all(found)
        yield tuple(one[0] for one in found if one)  # type: ignore[misc]
    finally:
        demo.send_signal(signal.SIGINT)
        assert demo.wait(60) == 0


@pytest.fixture
def browser(
    needs: Needs, tmp_path: Path, spoken: Callable[..., Audio], playwright_chromium: BrowserType
) -> Iterator[Callable[[str], Page]]:
    """Chromium whose microphone hears this, again and again."""
    needs("chromium", "espeak-ng")
    opened: list[Browser] = []

    def speaking(text: str) -> Page:
        said = tmp_path / "said.wav"
        write_wave(said, spoken(text, voice=CALLER[0], speed=CALLER[1], before=1.5, after=6))
        arguments = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
        opened.append(
            playwright_chromium.launch(
                executable_path=shutil.which("chromium"),
                args=["--no-sandbox", *arguments, f"--use-file-for-fake-audio-capture={said}"],
            )
        )
        return opened[-1].new_page()

    yield speaking
    for one in opened:
        one.close()


@pytest.mark.usefixtures("korean")
def test_a_caller_speaks_into_the_browsers_microphone_and_stands_in_the_right_queue(
    demonstration: tuple[str, str], browser: Callable[[str], Page]
) -> None:
    console, telephone = demonstration
    page = browser("새로운 빌라")
    page.goto(telephone)
    page.get_by_role("button", name="Ring").click()
    expect(page.get_by_text("새로운 빌라").first).to_be_visible(timeout=SECONDS)
    expect(page.locator("#state")).to_have_text(re.compile("in line|on hold|rung|connected"), timeout=SECONDS)
    with httpx.Client(base_url=console, follow_redirects=True, timeout=30) as supervisor:
        supervisor.post("/sign-in", data={"name": "sofie", "password": PASSWORD}).raise_for_status()
        calls = supervisor.get("/calls").text
    assert re.search(r"<td>orders .*?</td><td>새로운 빌라", calls, re.DOTALL)
    page.get_by_role("button", name="Hang up").click()
    expect(page.locator("#state")).to_have_text("no call")
