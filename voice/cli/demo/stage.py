"""The processes of the demonstration, as they run in earnest, and the local Twilio that rings them."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Self

import httpx

from voice.cli.demo.cast import BETWEEN, hire, let_listen, sentences, somebody_rings
from voice.cli.demo.telephones import Telephones
from voice.cli.phone.conversation import listening_moment
from voice.cli.phone.turns import ListeningMoment
from voice.content import load_line
from voice.errors import SettingsError
from voice.localtwilio import LocalTwilio, RealClock
from voice.service.live.published import Published
from voice.store import Store
from voice.understanding import load_understanding

PATIENCE, ENDS_SECONDS = 30.0, 15.0
"""Seconds until it is told that it goes on starting: a computer that does much else takes minutes over it."""

FIRST = 2.0
"""Seconds until the first caller rings."""


@contextmanager
def until_interrupted() -> Iterator[None]:
    """Until Ctrl-C, or until the process is asked to end; the second time is not heard, so that it ends in order."""

    def end(*_: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    with suppress(KeyboardInterrupt):
        yield


class DemoStage:
    """A copy of the line in a folder of the moment, a database of its own, and what serves them, for as long as the
    `with` lasts. `address` is the console's, `telephone` the page on which one rings oneself."""

    def __init__(self, line: Path, port: int, starting: Callable[[str], None]) -> None:
        self._source, self._starting = line, starting
        self._folder = Path(tempfile.mkdtemp(prefix="rechtdoor-demo-"))
        self._processes: list[subprocess.Popen[bytes]] = []
        self._store: Store | None = None
        self.telephone = ""
        self.address = f"http://127.0.0.1:{port or _free_port()}"
        self._line = f"http://127.0.0.1:{_free_port()}"
        self._telephones = Telephones()
        self.twilio = LocalTwilio(
            auth_token=secrets.token_hex(16),
            api_secret=secrets.token_hex(32),
            clock=RealClock(),
            strict=False,
            keep_log=False,
            calls_per_second=0,
            seed=secrets.randbits(64),
            loudspeaker=self._telephones,
        )

    def __enter__(self) -> Self:
        try:
            self._set_up()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def play(self) -> None:
        """People ring for ever. Raises `SettingsError` where a process ends that should not."""
        wait, chance = FIRST, Random()
        while True:
            time.sleep(wait)
            if any(process.poll() is not None for process in self._processes):
                raise SettingsError("A process of the demonstration ended by itself.", "What it said stands above.")
            if self._sentences:
                somebody_rings(self.twilio, Random(chance.random()), chance.choice(self._sentences))
            wait = min(chance.expovariate(1 / BETWEEN), 3 * BETWEEN)

    def _set_up(self) -> None:
        copied = self._folder / "line"
        for part in ("grammars", "prompts"):
            shutil.copytree(self._source / part, copied / part)
        let_listen(copied)
        line = load_line(copied)
        self._sentences = sentences(line)
        if not self._sentences:
            self._starting(
                "Nobody rings by themselves: this line has no labelled lines (grammars/<language>/labelled.tsv)."
            )
        self._store = store = Store(self._database)
        store.migrate()
        hire(line, store, self.twilio)
        for number in line.plan.numbers:
            self.twilio.number(
                number,
                voice_url=f"{self._line}/twilio/voice",
                fallback_url=f"{self._line}/twilio/fallback",
                status_callback=f"{self._line}/twilio/status",
                sms_url=f"{self._line}/twilio/sms",
            )
        environment = os.environ | {
            "VOICE_LINE": str(copied),
            "VOICE_DATABASE_URL": self._database,
            "VOICE_PUBLIC_URL": self._line,
            "VOICE_TWILIO_API_URL": self.twilio.serve_rest(),
            "VOICE_LOG_LEVEL": "error",
            "VOICE_CALLS_PER_SECOND": "50",
            "TWILIO_ACCOUNT_SID": self.twilio.world.account_sid,
            "TWILIO_AUTH_TOKEN": self.twilio.world.auth_token,
            "TWILIO_API_KEY": self.twilio.world.api_key,
            "TWILIO_API_SECRET": self.twilio.world.api_secret,
        }
        self.twilio.run()
        self._starting("Reading the line; the first time it is trained, which takes minutes…")
        understanding = load_understanding(line)
        self._starting("Starting the line…")
        self._start(["serve", "--port", self._line.rpartition(":")[2], "--workers", "1"], environment)
        self._start(["console", "--port", self.address.rpartition(":")[2]], environment)
        self._await("line", f"{self._line}/healthz")
        self._await("console", f"{self.address}/healthz")

        def asked(sid: str) -> ListeningMoment | None:
            call = store.call(sid)
            return listening_moment(line, understanding, call, holds=False) if call else None

        self.telephone = self._telephones.serve(self.twilio, line, self._line, asked)

    @property
    def _database(self) -> str:
        return f"sqlite:///{self._folder / 'demo.sqlite3'}"

    def _start(self, command: list[str], environment: dict[str, str]) -> None:
        # A group of its own: Ctrl-C in the terminal is for this process, which ends the others in order.
        call = [sys.executable, "-m", "voice", *command]
        self._processes.append(subprocess.Popen(call, env=environment, start_new_session=True))

    def _await(self, what: str, url: str) -> None:
        """As long as it takes: a process that cannot start ends."""
        told = time.monotonic()
        while all(process.poll() is None for process in self._processes):
            with suppress(httpx.HTTPError):
                if httpx.get(url, timeout=2).status_code == 200:
                    return
            if time.monotonic() - told > PATIENCE:
                self._starting(f"The {what} is still starting; this computer is busy…")
                told = time.monotonic()
            time.sleep(0.1)
        raise SettingsError("The demonstration did not start.", "What the line said stands above.")

    def _end(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(ENDS_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._telephones.close()
        self.twilio.close()
        if self._store is not None:
            self._store.close()
        shutil.rmtree(Published(self._folder / "line").folder, ignore_errors=True)
        shutil.rmtree(self._folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
