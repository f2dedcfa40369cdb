"""Audio files as people have them: every format, and every way they are broken."""

import subprocess
import wave
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from voice.recognition.errors import AudioError, BrokenAudioError, DecoderMissingError, EmptyAudioError, LongAudioError
from voice.recognition.files import read_audio, read_wave, write_wave
from voice.recognition.pcm import Audio, level

from .conftest import Needs, tone


@pytest.fixture
def beep(tmp_path: Path) -> Path:
    write_wave(tmp_path / "beep.wav", tone(800))
    return tmp_path / "beep.wav"


def test_a_plain_wave_file_needs_no_ffmpeg(beep: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    audio = read_audio(beep)
    assert (audio.rate, audio.seconds) == (44_100, 0.5)
    assert np.array_equal(audio.samples, tone(800).samples)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("voice.mp3", []),
        ("voice.ogg", []),
        ("voice.m4a", []),
        ("voice.flac", []),
        ("float.wav", ["-c:a", "pcm_f32le"]),
        ("phone.wav", ["-c:a", "pcm_mulaw", "-ar", "8000"]),
        ("byte.wav", ["-c:a", "pcm_u8"]),
        ("stereo.wav", ["-ac", "2", "-c:a", "pcm_s24le"]),
    ],
)
def test_any_format_is_read_as_mono(beep: Path, needs: Needs, name: str, options: list[str]) -> None:
    needs("ffmpeg")
    path = beep.with_name(name)
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(beep), *options, str(path)], check=True)
    audio = read_audio(path)
    assert audio.seconds == pytest.approx(0.5, abs=0.1)
    assert level(audio.samples).rms == pytest.approx(level(tone(800).samples).rms, abs=3.5)


def write_bytes(name: str, data: Callable[[bytes], bytes]) -> Callable[[Path], Path]:
    def make(beep: Path) -> Path:
        beep.with_name(name).write_bytes(data(beep.read_bytes()))
        return beep.with_name(name)

    return make


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (write_bytes("a.wav", lambda _: b""), EmptyAudioError, "empty file"),
        (write_bytes("b.wav", lambda wav: wav[:44]), EmptyAudioError, "no sound"),
        (write_bytes("c.wav", lambda wav: wav[:20]), BrokenAudioError, "cannot be read"),
        (write_bytes("d.wav", lambda _: b"RIFF" + bytes(3000)), BrokenAudioError, "cannot be read"),
        (write_bytes("e.mp3", lambda _: b"no music at all " * 300), BrokenAudioError, "cannot be read"),
        (write_bytes("f.wav", lambda wav: wav[:24] + b"\x01\0\0\0" + wav[28:]), LongAudioError, "minutes"),
        (lambda beep: beep.with_name("nowhere.wav"), AudioError, "no audio file"),
        (lambda beep: beep.parent, AudioError, "no audio file"),
    ],
)
def test_a_file_that_cannot_be_used(
    beep: Path, needs: Needs, make: Callable[[Path], Path], error: type[AudioError], says: str
) -> None:
    needs("ffmpeg")
    with pytest.raises(error, match=says) as caught:
        read_audio(make(beep))
    assert caught.value.mend


def test_a_rate_that_no_recording_has(beep: Path) -> None:
    data = beep.read_bytes()
    beep.write_bytes(data[:24] + (1000).to_bytes(4, "little") + data[28:])
    with pytest.raises(BrokenAudioError, match="1000 Hz"):
        read_audio(beep)


def test_a_file_cut_off_is_read_as_far_as_it_goes(beep: Path) -> None:
    beep.write_bytes(beep.read_bytes()[: 44 + 4410 * 2])
    assert read_audio(beep).seconds == pytest.approx(0.1)


def test_an_hour_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "hour.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(2 * 8000 * 3600))
    with pytest.raises(LongAudioError, match="60 minutes; 10 are allowed"):
        read_audio(path)
    with pytest.raises(LongAudioError, match="0 are allowed"):
        read_audio(path, longest_seconds=5)


def test_a_long_file_of_another_format_is_not_read_to_its_end(tmp_path: Path, needs: Needs) -> None:
    needs("ffmpeg")
    write_wave(tmp_path / "long.wav", Audio(np.zeros(8000 * 120, np.int16), 8000))
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(tmp_path / "long.wav"), str(tmp_path / "long.flac")], check=True)
    with pytest.raises(LongAudioError):
        read_audio(tmp_path / "long.flac", longest_seconds=60)


def test_without_ffmpeg_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "voice.mp3").write_bytes(b"ID3" + bytes(500))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DecoderMissingError, match="apt install ffmpeg"):
        read_audio(tmp_path / "voice.mp3")


def test_a_piped_wave_file_with_a_wrong_length_is_read_whole(beep: Path) -> None:
    data = bytearray(beep.read_bytes())
    data[40:44] = (0x7FFFF000).to_bytes(4, "little")
    assert len(read_wave(BytesIO(bytes(data))).samples) == len(tone(800).samples)
