"""Audio files: any format that pydub reads, as 16-bit mono samples at the file's own rate.

Plain wave files need nothing else; other formats go through ffmpeg, as pydub does. A turn of a call is
short: what is longer than `LONGEST_SECONDS` is refused before it fills the memory.
"""

import contextlib
import shutil
import warnings
import wave
from pathlib import Path
from typing import Any, BinaryIO

from voice.recognition.errors import AudioError, BrokenAudioError, DecoderMissingError, EmptyAudioError, LongAudioError
from voice.recognition.pcm import Audio, Pcm, pcm_from_bytes

LONGEST_SECONDS = 600.0
"""Ten minutes. A caller's turn takes seconds; an hour of 44.1 kHz stereo would take over a gigabyte."""

RATES_HZ = (4000, 384_000)
"""What a sound card or a telephone may have. Outside it, a header is damaged."""


def read_audio(path: Path, longest_seconds: float = LONGEST_SECONDS) -> Audio:
    """The file as mono, channels averaged. Raises an `AudioError` that says what to do."""
    if not path.is_file():
        raise AudioError(f"There is no audio file {path}.", "Check the path.")
    if path.stat().st_size == 0:
        raise EmptyAudioError(f"{path} is an empty file.", "Record it again.")
    seconds = _wave_seconds(path)
    if seconds is not None and seconds > longest_seconds:
        raise _too_long(path, seconds, longest_seconds)
    audio = _decode(path, seconds is not None, longest_seconds)
    if not len(audio.samples):
        raise EmptyAudioError(f"{path} holds no sound.", "Record it again; a wave header alone is no audio.")
    if audio.seconds > longest_seconds:
        raise _too_long(path, audio.seconds, longest_seconds)
    return audio


def write_wave(file: Path | BinaryIO, audio: Audio) -> None:
    """A plain 16-bit mono wave file."""
    with wave.open(str(file) if isinstance(file, Path) else file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(audio.rate)
        wav.writeframes(audio.samples.astype("<i2").tobytes())


def read_wave(file: Any) -> Audio:
    """A plain 16-bit mono wave file (path or binary file), as speaking programs write them.

    A program that writes to a pipe cannot know the length beforehand, so a wrong one in the header
    (espeak-ng writes 2 GB) is no fault: what is there is read. Raises `wave.Error` or `EOFError`.
    """
    with wave.open(file, "rb") as wav:
        if wav.getsampwidth() != 2 or wav.getnchannels() != 1:
            raise wave.Error("not 16-bit mono")
        return Audio(_whole_frames(wav), wav.getframerate())


def _whole_frames(wav: wave.Wave_read) -> Pcm:
    parts: list[bytes] = []
    while part := wav.readframes(65536):
        parts.append(part)
    return pcm_from_bytes(b"".join(parts))


def _wave_seconds(path: Path) -> float | None:
    """Length by the header, or by the file's size where the header claims more; None if it is no plain wave."""
    with contextlib.suppress(wave.Error, EOFError, ZeroDivisionError), wave.open(str(path), "rb") as file:
        frame = file.getsampwidth() * file.getnchannels()
        return min(file.getnframes(), path.stat().st_size // frame) / file.getframerate()
    return None


def _decode(path: Path, is_plain_wave: bool, longest_seconds: float) -> Audio:
    if not is_plain_wave and not shutil.which("ffmpeg"):
        raise DecoderMissingError(
            f"{path} is no plain wave file, and ffmpeg, which reads the other formats, is not installed.",
            "Install ffmpeg (Debian, Ubuntu: apt install ffmpeg; macOS: brew install ffmpeg), "
            "or save the file as 16-bit wave.",
        )
    try:
        segment = _segment(path, is_plain_wave, longest_seconds).set_channels(1).set_sample_width(2)
        rate = int(segment.frame_rate)
        samples = pcm_from_bytes(segment.raw_data)
    except Exception as error:  # pydub lets through whatever the parsers of damaged files trip over
        raise BrokenAudioError(
            f"{path} cannot be read as audio.", "Play it in another program; if that fails too, record it again."
        ) from error
    if not RATES_HZ[0] <= rate <= RATES_HZ[1]:
        raise BrokenAudioError(
            f"{path} claims a sample rate of {rate} Hz, which no recording has.",
            "Save it again at 8000, 16000, 44100 or 48000 Hz.",
        )
    return Audio(samples, rate)


def _segment(path: Path, is_plain_wave: bool, longest_seconds: float) -> Any:
    """What pydub makes of the file; anything may be raised."""
    with warnings.catch_warnings():
        # pydub warns on import when ffmpeg is missing; that is said here, in words, when it matters.
        warnings.simplefilter("ignore")
        from pydub import AudioSegment
    # One second more than allowed: enough to see that it is too long, and never the whole of a huge file.
    duration = longest_seconds + 1
    if is_plain_wave or path.suffix.lower() != ".wav":
        return AudioSegment.from_file(str(path), "wav" if is_plain_wave else None, duration=duration)
    # A wave file of another encoding (32-bit float, ADPCM). By its name, pydub would read the bytes as
    # integers and give noise; without a name it asks ffmpeg.
    with path.open("rb") as file:
        return AudioSegment.from_file(file, duration=duration)


def _too_long(path: Path, seconds: float, longest: float) -> LongAudioError:
    return LongAudioError(
        f"{path} lasts at least {seconds / 60:.0f} minutes; {longest / 60:.0f} are allowed.",
        "Cut out the part that the caller says, one file a turn.",
    )
