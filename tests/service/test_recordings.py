"""From what an operator recorded to what a caller hears."""

import json
import os
import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import PROJECT, needs
from voice.content import load_line
from voice.content.recordings import BUILT, MANIFEST, SERVED
from voice.content.starter import start_line
from voice.core.call.actions import Prompt
from voice.recognition.files import read_audio, write_wave
from voice.recognition.pcm import Audio, to_pcm
from voice.service.operators.recordings import KEPT_SECONDS, Built, build


class Studio:
    """An operator who records, and builds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def records(self, name: str, seconds: float = 1.0, suffix: str = ".wav") -> Path:
        path = self.folder / "prompts" / "audio" / f"{name}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        t = np.arange(round(seconds * 22_050)) / 22_050
        write_wave(path, Audio(to_pcm(9000 * np.sin(2 * np.pi * 600 * t) * np.sin(8 * t) ** 2), 22_050))
        return path

    def builds(self, *, anew: bool = False) -> dict[str, Built]:
        line = load_line(self.folder)
        return {built.name: built for built in build(line, tuple(line.prompts), anew=anew)}

    def plays(self, key: str) -> tuple[str, ...] | None:
        return load_line(self.folder).recordings["en"].play(Prompt(key))

    @property
    def built(self) -> list[Path]:
        return sorted((self.folder / BUILT).rglob("*.wav"))


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("studio") / "line"
    start_line(folder, PROJECT, ("en",), "Telvia")
    return folder


@pytest.fixture
def studio(tmp_path: Path, starter: Path) -> Studio:
    return Studio(Path(shutil.copytree(starter, tmp_path / "line")))


def test_what_is_recorded_is_played_once_it_is_built(studio: Studio) -> None:
    studio.records("en/goodbye")
    assert studio.plays("goodbye") is None
    assert studio.builds()["goodbye"].fresh
    [file] = studio.plays("goodbye") or ()
    assert SERVED.fullmatch(file)
    audio = read_audio(studio.folder / BUILT / file)
    assert audio.rate == 8000
    assert 1.0 <= audio.seconds <= 1.3


def test_a_recording_is_built_again_only_when_it_has_changed(studio: Studio) -> None:
    studio.records("en/goodbye")
    first = studio.builds()["goodbye"]
    again = studio.builds()["goodbye"]
    assert (again.fresh, again.recording) == (False, first.recording)
    studio.records("en/goodbye", seconds=2.0)
    changed = studio.builds()["goodbye"]
    assert changed.fresh
    assert studio.plays("goodbye") == (changed.recording.file if changed.recording else "",)


def test_other_words_are_not_played_until_the_operator_says_that_they_are_the_same(studio: Studio) -> None:
    studio.records("en/goodbye")
    studio.builds()
    prompts = studio.folder / "prompts/en.yaml"
    prompts.write_text(prompts.read_text("utf-8").replace('goodbye: "Thank you', 'goodbye: "Thank-you'), "utf-8")
    assert not studio.builds()["goodbye"].fresh
    assert studio.plays("goodbye") is None
    studio.builds(anew=True)
    assert studio.plays("goodbye")


def test_a_recording_that_is_taken_away_is_spoken_again(studio: Studio) -> None:
    source = studio.records("en/goodbye")
    studio.builds()
    source.unlink()
    assert studio.builds() == {}
    assert studio.plays("goodbye") is None


def test_a_call_may_still_play_what_was_replaced_a_moment_ago(studio: Studio) -> None:
    studio.records("en/goodbye")
    studio.builds()
    [before] = studio.built
    studio.records("en/goodbye", seconds=2.0)
    studio.builds()
    assert before.exists()
    yesterday = time.time() - KEPT_SECONDS - 60
    os.utime(before, (yesterday, yesterday))
    studio.builds()
    assert not before.exists()
    assert len(studio.built) == 1


def test_what_cannot_be_used_is_told_and_the_rest_is_built(studio: Studio) -> None:
    studio.records("en/goodbye")
    studio.records("en/goodbuy")
    studio.records("en/back")
    shutil.copy(studio.folder / "prompts/audio/en/back.wav", studio.folder / "prompts/audio/en/back.wave")
    (studio.folder / "prompts/audio/en/person.wav").write_bytes(b"")
    silent = Audio(to_pcm(np.zeros(22_050)), 22_050)
    write_wave(studio.folder / "prompts/audio/en/declined.wav", silent)
    built = studio.builds()
    assert "No prompt has this name." in built["goodbuy"].fault
    assert "There are several: back.wav and back.wave. Keep one." in built["back"].fault
    assert "is an empty file. Record it again." in built["person"].fault
    assert "Nobody speaks in this recording." in built["declined"].fault
    assert [name for name, each in built.items() if each.recording] == ["goodbye"]


def test_any_format_that_ffmpeg_reads_can_be_recorded_in(studio: Studio) -> None:
    needs("ffmpeg", shutil.which("ffmpeg") is not None)
    from pydub import AudioSegment

    wave = studio.records("en/goodbye")
    AudioSegment.from_file(str(wave)).export(str(wave.with_suffix(".mp3")), format="mp3")
    wave.unlink()
    built = studio.builds()["goodbye"]
    assert built.recording
    assert built.recording.source == "en/goodbye.mp3"


def test_without_ffmpeg_wave_files_are_built_and_the_others_say_what_they_need(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.records("en/goodbye")
    (studio.folder / "prompts/audio/en/back.mp3").write_bytes(b"ID3")
    monkeypatch.setattr(shutil, "which", lambda _: None)
    built = studio.builds()
    assert built["goodbye"].recording
    assert "ffmpeg, which reads the other formats, is not installed. Install ffmpeg" in built["back"].fault


def test_music_of_the_lines_own_is_built_and_played_on_hold(studio: Studio) -> None:
    studio.records("hold", seconds=5.0)
    built = studio.builds()["hold"].recording
    assert built
    assert load_line(studio.folder).hold == built.file
    assert built.seconds == pytest.approx(5.0, abs=0.01)
    assert json.loads((studio.folder / MANIFEST).read_text("utf-8"))[""]["hold"]["source"] == "hold.wav"


def test_a_line_without_recordings_gets_no_list_of_them(studio: Studio) -> None:
    assert studio.builds() == {}
    assert not (studio.folder / MANIFEST).exists()
