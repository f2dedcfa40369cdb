"""Microphone and loudspeaker: real ones made of software, and every way they are missing."""

import builtins
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from voice.recognition.ear import Ear, Loudness
from voice.recognition.errors import DeviceBusyError, DeviceMissingError, SpeechPartError, SynthesisError
from voice.recognition.files import write_wave
from voice.recognition.hearing import Heard, NoInput, Patience
from voice.recognition.loudspeaker import Loudspeaker, Voice, find_voice
from voice.recognition.microphone import Microphone, audio_library
from voice.recognition.pcm import Audio, level
from voice.recognition.scripted import ScriptedRecogniser

from .conftest import Needs, tone

pytestmark = pytest.mark.long

if TYPE_CHECKING:
    from .sound_card import SoundCard


@pytest.fixture
def card(needs: Needs, tmp_path: Path) -> Iterator["SoundCard"]:
    needs("portaudio", "pulseaudio", "paplay")
    from .sound_card import look_again, sound_card

    before = dict(os.environ)
    with sound_card(tmp_path, os.environ) as running:  # type: ignore[arg-type]
        yield running
    os.environ.clear()
    os.environ.update(before)
    look_again()


@pytest.fixture
def no_card(needs: Needs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    needs("portaudio")
    from .sound_card import NO_SOUND, look_again

    (tmp_path / "none.conf").write_text(NO_SOUND)
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "none.conf"))
    monkeypatch.setenv("PULSE_SERVER", "unix:/nowhere")
    look_again()
    yield
    monkeypatch.undo()
    look_again()


def played(card: "SoundCard", folder: Path, audio: Audio, after: float = 0.0) -> threading.Thread:
    """Play it into the microphone, some time from now."""
    write_wave(folder / "played.wav", audio)

    def run() -> None:
        time.sleep(after)
        card.play(folder / "played.wav").wait()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


# The microphone


@pytest.mark.parametrize("phone", [False, True])
def test_what_is_said_into_the_microphone_is_heard(card: "SoundCard", tmp_path: Path, phone: bool) -> None:
    with Microphone() as microphone:
        ear = Ear(microphone, ScriptedRecogniser(["yes indeed"], rate=16_000), phone)
        playing = played(card, tmp_path, tone(600, seconds=1.0), after=0.5)
        events = list(ear.listen())
        playing.join()
    assert isinstance(events[-1], Heard)
    assert events[-1].text == "yes indeed"
    assert max(event.level.rms for event in events if isinstance(event, Loudness)) > -20


@pytest.mark.usefixtures("card")
def test_a_silent_microphone_gives_no_input() -> None:
    with Microphone() as microphone:
        *_, end = Ear(microphone, ScriptedRecogniser([])).listen(patience=Patience(no_input=0.5))
    assert isinstance(end, NoInput)


def test_what_was_said_too_early_can_be_forgotten(card: "SoundCard", tmp_path: Path) -> None:
    with Microphone() as microphone:
        played(card, tmp_path, tone(600)).join()
        time.sleep(0.3)
        microphone.forget()
        chunk = microphone.read()
        assert chunk is not None
        assert level(chunk).rms < -60


UNPLUGGED = """
import os
from voice.recognition.ear import Ear
from voice.recognition.errors import DeviceLostError
from voice.recognition.hearing import Patience
from voice.recognition.microphone import Microphone
from voice.recognition.scripted import ScriptedRecogniser

ear = Ear(Microphone(), ScriptedRecogniser([]))
events = ear.listen(patience=Patience(no_input=60))
next(events)
print("listening", flush=True)
try:
    list(events)
except DeviceLostError as error:
    print(error, flush=True)
ear.close()
print("closed", flush=True)
os._exit(0)
"""


def test_a_microphone_that_is_unplugged_says_so(card: "SoundCard") -> None:
    """In a process of its own, because PortAudio may never come back from a device that went away."""
    with subprocess.Popen([sys.executable, "-c", UNPLUGGED], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "listening\n"
        card.unplug()
        said, _ = process.communicate(timeout=60)
    assert "gives no more sound" in said
    assert "keyboard" in said
    assert said.endswith("closed\n")


@pytest.mark.usefixtures("card")
def test_who_never_reads_loses_the_oldest_and_not_the_memory() -> None:
    with Microphone() as microphone:
        for number in range(2000):
            microphone._put(np.full(1, number % 100, np.int16))
        assert microphone._chunks.qsize() <= 600


@pytest.mark.usefixtures("no_card")
def test_no_microphone() -> None:
    with pytest.raises(DeviceMissingError, match="no microphone") as caught:
        Microphone()
    assert "--text" in caught.value.mend


@pytest.mark.usefixtures("card")
def test_a_microphone_of_that_name_is_not_there() -> None:
    with pytest.raises(DeviceMissingError, match="No microphone is called 'Telvia 3000'"):
        Microphone("Telvia 3000")


@pytest.mark.usefixtures("card")
@pytest.mark.parametrize(("code", "says"), [(-9985, "another program"), (-9997, "refuses 44100 Hz"), (-9999, "opened")])
def test_a_microphone_that_refuses(monkeypatch: pytest.MonkeyPatch, code: int, says: str) -> None:
    import sounddevice

    def refuse(**_: object) -> None:
        raise sounddevice.PortAudioError("Error opening InputStream", code)

    monkeypatch.setattr(sounddevice, "InputStream", refuse)
    with pytest.raises(DeviceBusyError, match=says) as caught:
        Microphone()
    assert caught.value.mend


@pytest.mark.usefixtures("card")
def test_a_stereo_microphone_is_mixed(monkeypatch: pytest.MonkeyPatch) -> None:
    import sounddevice

    real = sounddevice.InputStream

    def stereo_alone(**options: Any) -> Any:
        if options["channels"] == 1:
            raise sounddevice.PortAudioError("Invalid number of channels", -9998)
        return real(**options)

    monkeypatch.setattr(sounddevice, "InputStream", stereo_alone)
    with Microphone() as microphone:
        chunk = microphone.read()
    assert chunk is not None
    assert chunk.shape == (round(microphone.rate * 0.05),)


def test_without_the_python_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(SpeechPartError, match="sounddevice"):
        audio_library()


def test_without_portaudio_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(SpeechPartError) as caught:
        audio_library()
    assert "libportaudio2" in caught.value.mend


# The loudspeaker


@pytest.mark.usefixtures("card")
def test_what_the_line_says_comes_out_of_the_loudspeaker(needs: Needs) -> None:
    needs("espeak-ng")
    voice = find_voice("nl-BE")
    assert voice is not None
    with Microphone() as microphone:
        microphone.forget()
        speech = Loudspeaker(voice).say("Goedemiddag, waarmee kan ik u helpen?")
        assert 1 < speech.seconds < 6
        assert speech.playing
        speech.wait()
        assert not speech.playing
        assert loudest(microphone) > -30


@pytest.mark.usefixtures("card")
def test_the_line_can_be_cut_off() -> None:
    speaker = Loudspeaker(Voice("a tone", lambda _: tone(500, seconds=30)))
    began = time.monotonic()
    with Microphone() as microphone:
        speech = speaker.say("")
        time.sleep(0.5)
        speech.stop()
        speech.stop()
        assert time.monotonic() - began < 5
        assert not speech.playing
        time.sleep(0.5)
        microphone.forget()
        chunk = microphone.read()
        assert chunk is not None
        assert level(chunk).rms < -60


@pytest.mark.usefixtures("card")
def test_the_line_does_not_hear_itself_over_a_real_sound_card(needs: Needs) -> None:
    """This card's microphone hears its loudspeaker as loud as it is: the worst of open loudspeakers."""
    needs("espeak-ng")
    voice = find_voice("nl")
    assert voice is not None
    with Microphone() as microphone:
        microphone.forget()
        speech = Loudspeaker(voice).say("Goedemiddag, u spreekt met Telvia. Waarmee kan ik u helpen?")
        ear = Ear(microphone, ScriptedRecogniser(["its own words"], rate=16_000))
        events = list(ear.listen(patience=Patience(no_input=1.0), prompt=speech))
    assert isinstance(events[-1], NoInput)
    assert max(event.level.rms for event in events if isinstance(event, Loudness)) > -30


def loudest(microphone: Microphone) -> float:
    found = -96.0
    for _ in range(microphone._chunks.qsize()):
        chunk = microphone.read()
        assert chunk is not None
        found = max(found, level(chunk).rms)
    return found


@pytest.mark.usefixtures("no_card")
def test_no_loudspeaker() -> None:
    with pytest.raises(DeviceMissingError, match="no loudspeaker"):
        Loudspeaker(Voice("none", lambda _: tone(500)))


@pytest.mark.parametrize("language", ["nl", "nl-BE", "fr", "de", "en", "ko"])
def test_espeak_speaks_each_language(needs: Needs, language: str) -> None:
    needs("espeak-ng")
    voice = find_voice(language)
    assert voice is not None
    audio = voice.synthesise("-v is geen optie: één, deux, drei")
    assert audio.seconds > 1
    assert level(audio.samples).rms > -40


def test_a_language_that_espeak_does_not_have(needs: Needs) -> None:
    needs("espeak-ng")
    voice = find_voice("qq")
    assert voice is not None
    with pytest.raises(SynthesisError, match="espeak-ng fails"):
        voice.synthesise("hello")


def test_without_a_speaking_program_there_is_no_voice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert find_voice("nl") is None


@pytest.fixture
def piper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A program called piper that keeps to Piper's options, and does what the given shell text says."""

    def write(does: str) -> None:
        (tmp_path / "piper").write_text(f'#!/bin/sh\ntext=$(cat)\nmodel="$2"\nout="$4"\n{does}\n')
        (tmp_path / "piper").chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    for name in list(os.environ):
        if name.startswith("VOICE_PIPER_MODEL"):
            monkeypatch.delenv(name)
    return write


def test_piper_speaks_where_a_voice_is_configured(
    piper: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_wave(tmp_path / "voice.wav", tone(500))
    piper(f'[ "$1 $3" = "-m -f" ] && [ "$text" = "goedemiddag" ] && cp {tmp_path}/voice.wav "$out"')
    monkeypatch.setenv("VOICE_PIPER_MODEL", "/voices/nl_BE-nathalie-medium.onnx")
    voice = find_voice("nl")
    assert voice is not None
    assert voice.name == "piper"
    assert voice.synthesise("goedemiddag").seconds == 0.5
    with pytest.raises(SynthesisError):
        voice.synthesise("something else")
    french = find_voice("fr")
    assert french is None or french.name == "espeak-ng"
    monkeypatch.setenv("VOICE_PIPER_MODEL_FR", "/voices/tom.onnx")
    french = find_voice("fr")
    assert french is not None
    assert french.name == "piper"


@pytest.mark.parametrize("does", ["exit 3", "true", 'echo no wave > "$out"'])
def test_a_speaking_program_that_fails_is_named(
    piper: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, does: str
) -> None:
    piper(does)
    monkeypatch.setenv("VOICE_PIPER_MODEL_NL", "/voices/x.onnx")
    voice = find_voice("nl")
    assert voice is not None
    with pytest.raises(SynthesisError, match="piper") as caught:
        voice.synthesise("goedemiddag")
    assert caught.value.mend


def test_the_package_needs_no_audio_library_to_be_imported() -> None:
    """The webhook app runs where there is neither vosk nor PortAudio."""
    modules = ["ear", "engine", "files", "hearing", "loudspeaker", "microphone", "models", "phone", "scripted"]
    code = "import sys\nsys.modules.update(vosk=None, sounddevice=None)\n" + "\n".join(
        f"import voice.recognition.{module}" for module in modules
    )
    subprocess.run([sys.executable, "-c", code], check=True)
