"""A sound card made of software: what is played through it is what its microphone hears.

A PulseAudio of its own, with a null sink whose monitor is the default source, and an ALSA configuration
that leads PortAudio to it. Nothing of the user's own sound is touched.
"""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sounddevice

ALSA = """</usr/share/alsa/alsa.conf>
pcm.!default { type pulse }
ctl.!default { type pulse }
"""
NO_SOUND = "pcm.hint { }\n"
"""An ALSA configuration in which there is no device at all. (An empty one makes alsa-lib abort.)"""


class SoundCard:
    def __init__(self, folder: Path) -> None:
        home, socket = folder / "home", folder / "pulse.socket"
        home.mkdir()
        home.chmod(0o700)
        (folder / "asound.conf").write_text(ALSA)
        self.env = {
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(home),
            "PULSE_SERVER": f"unix:{socket}",
            "ALSA_CONFIG_PATH": str(folder / "asound.conf"),
        }
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
        modules = [f"module-native-protocol-unix auth-anonymous=1 socket={socket}", "module-null-sink rate=48000"]
        self._server = subprocess.Popen(
            [*command, *(part for module in modules for part in ("-L", module))],
            env={**os.environ, **self.env},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 20
        while not socket.exists() and time.monotonic() < deadline:
            time.sleep(0.05)

    def play(self, path: Path) -> subprocess.Popen[bytes]:
        """Begin to play a wave file into the microphone."""
        return subprocess.Popen(["paplay", str(path)], env={**os.environ, **self.env})

    def unplug(self) -> None:
        """The whole card is gone."""
        self._server.kill()
        self._server.wait()


@contextmanager
def sound_card(folder: Path, environ: dict[str, str]) -> Iterator[SoundCard]:
    """A running card, which PortAudio in this process sees. `environ` is set to its environment meanwhile."""
    card = SoundCard(folder)
    try:
        environ.update(card.env)
        look_again()
        yield card
    finally:
        card.unplug()


def look_again() -> None:
    """PortAudio lists the devices once, when it is loaded; let it look anew."""
    sounddevice._terminate()
    sounddevice._initialize()
