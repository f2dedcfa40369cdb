"""The dispatcher beside the webhooks, on SQLite, where one machine is all there is.

It is a process of its own (`voice work`), started again whenever it dies, and ending with the one that serves. On
PostgreSQL it is started by itself, as often as wanted.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from voice.service.runtime.logs import log
from voice.service.runtime.settings import Settings

ENDS_SECONDS = 20
AGAIN_SECONDS = 1.0
"""How long after it died the dispatcher is started again."""


class Beside:
    """The process, and a thread that starts it again."""

    def __init__(self, settings: Settings) -> None:
        self._call = [sys.executable, "-m", "voice", "work", "--line", str(settings.line), "--beside", str(os.getpid())]
        self._environment = os.environ | {"TWILIO_AUTH_TOKEN": settings.auth_token}
        self._ended = threading.Event()
        self._process = self._start()
        self._thread = threading.Thread(target=self._watch, name="worker", daemon=True)
        self._thread.start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._call, env=self._environment)

    def _watch(self) -> None:
        while True:
            code = self._process.wait()
            if self._ended.wait(AGAIN_SECONDS):
                return
            log.error("the worker ended, and is started again", code=code)
            self._process = self._start()
            if self._ended.is_set():
                self._process.terminate()

    def end(self) -> None:
        self._ended.set()
        self._process.terminate()
        self._thread.join(ENDS_SECONDS)


@contextmanager
def worker_beside(settings: Settings) -> Iterator[None]:
    if not settings.database_url.startswith("sqlite"):
        yield
        return
    if not (settings.account_sid and settings.public_url):
        log.warning("nobody is rung: TWILIO_ACCOUNT_SID and VOICE_PUBLIC_URL are not set")
        yield
        return
    mine, beside = os.getpid(), Beside(settings)
    try:
        yield
    finally:
        # A gunicorn worker is a fork of this process, and comes by here too when it ends.
        if os.getpid() == mine:
            beside.end()
