"""A caller hears recordings, fetched as Twilio fetches them."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import Ringing, Telvia
from voice.content import Line
from voice.content.recordings import BUILT, MANIFEST, OWN_MUSIC, Recording, load_recordings, texts_of
from voice.recognition.files import write_wave
from voice.recognition.pcm import Audio, to_pcm

HASH = "0123456789ab"


@pytest.fixture
def line(line: Line, tmp_path: Path) -> Line:
    """Telvia with three recordings: a welcome, and what is announced of billing."""
    texts = texts_of(line.prompts["nl"])
    entries = {}
    for name in ("welcome", "announce.1", "announce.2", "short.billing"):
        recording = Recording(f"nl/{name}.{HASH}.wav", texts[name], "", "", 2.0, -22.0, -3.0, -70.0, 0, 0.0)
        path = tmp_path / BUILT / recording.file
        path.parent.mkdir(parents=True, exist_ok=True)
        write_wave(path, Audio(to_pcm(np.ones(16_000)), 8000))
        entries[name] = asdict(recording)
    (tmp_path / MANIFEST).write_text(json.dumps({"nl": entries}), encoding="utf-8")
    return replace(line, folder=tmp_path, recordings=load_recordings(tmp_path, line.prompts))


def heard(caller: Ringing) -> list[str]:
    """What was heard since the caller last did something: words, and the names of what was played."""
    return [
        u.text.rpartition("/")[2].split(f".{HASH}")[0] if u.kind == "play" else u.text for u in caller.person.just_heard
    ]


def test_the_caller_hears_the_recording_and_may_speak_over_it(telvia: Telvia) -> None:
    caller = telvia.ring()
    assert heard(caller)[0] == "welcome"
    assert caller.person.just_heard[0].seconds == pytest.approx(2.0)
    caller.says("mijn factuur klopt niet")
    assert heard(caller)[:3] == ["announce.1", "short.billing", "announce.2"]


def test_what_is_not_recorded_is_spoken_and_never_half_a_sentence(telvia: Telvia) -> None:
    caller = telvia.ring()
    caller.says("mijn internet ligt plat")
    assert heard(caller)[0].startswith("U belt over een storing thuis")
    caller = telvia.ring()
    caller.stays_silent()
    assert heard(caller)[0].startswith("Ik heb u niet gehoord. Zeg gerust waarvoor u belt")


def test_music_is_played_on_hold(telvia: Telvia) -> None:
    caller = telvia.ring()
    caller.says("mijn factuur klopt niet").stays_silent().waits(90)
    music = [u for u in caller.person.heard if u.kind == "play" and "/hold." in u.text]
    assert len(music) >= 2
    assert music[0].seconds == pytest.approx(32.0)
    assert not telvia.twilio.errors


def test_a_file_is_served_to_be_kept_for_ever(telvia: Telvia, line: Line) -> None:
    served = telvia.app.test_client().get(f"/audio/{line.hold}")
    assert served.status_code == 200
    assert served.content_type == "audio/wav"
    assert hashlib.sha256(served.data).hexdigest()[:12] in line.hold
    assert "max-age=31536000" in served.headers["Cache-Control"]
    assert "public" in served.headers["Cache-Control"]
    assert "immutable" in served.headers["Cache-Control"]
    again = telvia.app.test_client().get(f"/audio/{line.hold}", headers={"If-None-Match": served.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        f"nl/gone.{HASH}.wav",
        "recordings.json",
        "nl/welcome.wav",
        "../built/recordings.json",
        f"../{HASH}.wav",
        f"..%2f..%2fsecret.{HASH}.wav",
        f"nl/../../../secret.{HASH}.wav",
        f"/etc/secret.{HASH}.wav",
    ],
)
def test_nothing_else_is_served(telvia: Telvia, line: Line, path: str) -> None:
    for folder in (line.folder, line.folder / "prompts", line.folder / BUILT):
        (folder / f"secret.{HASH}.wav").write_text("secret")
    answer = telvia.app.test_client().get(f"/audio/{path}", follow_redirects=True)
    assert answer.status_code == 404
    assert b"secret" not in answer.data


def test_the_music_stands_under_the_hash_of_what_is_in_it() -> None:
    [path] = OWN_MUSIC.glob("hold.*.wav")
    assert path.name == f"hold.{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}.wav"


def test_a_line_that_names_other_music_plays_that(open_line: Callable[..., Telvia], line: Line) -> None:
    object.__setattr__(line, "music", "https://music.example/waltz.mp3")
    caller = open_line().ring()
    caller.says("mijn internet ligt plat").stays_silent().waits(30)
    assert any(u.text == "https://music.example/waltz.mp3" for u in caller.person.heard)
