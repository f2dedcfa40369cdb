"""A line with recordings, rung on one's own computer: what is played is shown, and heard, as words."""

import os
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.test_call import events, rings
from tests.service.test_recordings import Studio
from voice.cli.phone.spoken import LineVoice
from voice.content.shipped import PROJECT
from voice.content.starter import start_line
from voice.localtwilio import Utterance
from voice.recognition.files import write_wave
from voice.recognition.pcm import Audio, to_pcm

pytestmark = pytest.mark.slow


class Deck:
    """A loudspeaker that keeps what it was given."""

    def __init__(self) -> None:
        self.heard: list[str | float] = []

    def say(self, text: str) -> "Deck":
        self.heard.append(text)
        return self

    def play(self, audio: Audio) -> "Deck":
        self.heard.append(audio.seconds)
        return self

    def wait(self) -> None:
        pass

    @property
    def seconds(self) -> float:
        return 1.5


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "audio" / "nl").mkdir(parents=True)
    write_wave(tmp_path / "audio" / "nl" / "welcome.0123456789ab.wav", Audio(to_pcm(np.zeros(16_000)), 8000))

    class Quiet(SimpleHTTPRequestHandler):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given, directory=str(tmp_path))

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()


def test_recordings_come_out_of_the_loudspeaker_and_music_does_not(
    server: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    deck = Deck()
    monkeypatch.setattr(LineVoice, "_loudspeaker", lambda *_: deck)
    voice = LineVoice()
    for kind, text in (
        ("play", f"{server}/audio/nl/welcome.0123456789ab.wav"),
        ("say", "Waarvoor belt u?"),
        ("play", f"{server}/audio/hold.0123456789ab.wav"),
        ("play", "https://music.example/waltz.mp3"),
        ("play", f"{server}/audio/nl/gone.0123456789ab.wav"),
    ):
        voice.speak(None, Utterance(kind, text, 0.0, 9.0))  # type: ignore[arg-type]
    assert deck.heard == [2.0, "Waarvoor belt u?"]
    assert "cannot be played" in capsys.readouterr().err


@pytest.mark.long
def test_a_call_shows_the_words_of_what_is_played(tmp_path: Path) -> None:
    start_line(tmp_path / "own", PROJECT, ("en",), "Telvia")
    studio = Studio(tmp_path / "own")
    studio.records("en/welcome")
    studio.builds()
    done = rings("--line", str(studio.folder), "--json", says="", VOICE_CACHE=os.environ.get("VOICE_CACHE", ""))
    first, last = events(done)[0], events(done)[-1]
    assert first["said"] == "Welcome to Telvia. You're speaking to a computer."
    assert last["words_spoken"] > len(first["said"].split())
    assert last["outcome"] == "hangup"
