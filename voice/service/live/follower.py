"""Takes up what the watcher (`voice.service.live.watcher`) publishes, and keeps one watcher alive on this machine."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from filelock import FileLock, Timeout

from voice.content import Line
from voice.service.live.published import Process, Published, PublishedState
from voice.service.runtime.logs import log

LOOK_EVERY = 0.1
SIGN_EVERY = 3.0
EDITOR_EVERY = 3.0
"""Seconds between looks at what is published, signs of life, and attempts to start an editor."""


class Follower:
    """`take` is given each version that is published after this process has read its own. Raising harms nothing: the
    version before stays. `sign` is told every few seconds that the process is there."""

    def __init__(
        self,
        shelf: Published,
        what: str,
        version: str,
        take: Callable[[Line, PublishedState], None],
        sign: Callable[[Process], None] = lambda _: None,
    ) -> None:
        self._shelf = shelf
        self._what = what
        self._take = take
        self._sign_too = sign
        self._version, self._trained = version, True
        self._since = time.time()
        self._mark = (0, 0)
        self._stop = threading.Event()
        self._lock = FileLock(shelf.lock)
        self._editor: subprocess.Popen[bytes] | None = None
        self._signed = self._tried = 0.0

    def start(self) -> None:
        threading.Thread(target=self._run, name="follower", daemon=True).start()

    def stop(self) -> None:
        self._stop.set()

    def behind(self) -> bool:
        return self._shelf.mark() != self._mark

    def look(self) -> None:
        """Take up what is published, if it is news."""
        mark = self._shelf.mark()
        if mark == self._mark:
            return
        state = self._shelf.state()
        news = state.version != self._version or (state.trained and not self._trained)
        if state.version and news and state.at > self._since:
            line = self._shelf.load(state.version)
            if line is not None:
                self._take(line, state)
                self._version, self._trained, self._since = state.version, state.trained, state.at
                self._signed = 0.0
                log.info("took up", line=state.version, trained=state.trained)
        self._mark = mark

    def _run(self) -> None:
        while not self._stop.wait(LOOK_EVERY):
            try:
                self.look()
                self._sign()
                self._keep_editor()
            except Exception as error:
                log.error("the line stays as it is", exc_info=error)
                self._stop.wait(1)
        self._end()

    def _sign(self) -> None:
        now = time.time()
        if now - self._signed >= SIGN_EVERY:
            self._signed = now
            self._shelf.make()
            process = Process(
                pid=os.getpid(),
                what=self._what,
                version=self._version,
                trained=self._trained,
                since=self._since,
                seen=now,
            )
            self._shelf.sign(process)
            self._sign_too(process)

    def _keep_editor(self) -> None:
        """One process of the machine has the lock, and an editor; when it ends, another one gets both."""
        if self._editor is not None and self._editor.poll() is None:
            return
        if time.monotonic() - self._tried < EDITOR_EVERY:
            return
        self._tried = time.monotonic()
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return
        command = [sys.executable, "-m", "voice.service.live.watcher", str(self._shelf.line)]
        # A session of its own: Ctrl-C is for whoever serves. The editor ends when its standard input does.
        self._editor = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)

    def _end(self) -> None:
        self._shelf.sign_off(os.getpid())
        if self._editor is not None and self._editor.stdin is not None:
            self._editor.stdin.close()
        self._lock.release(force=True)
