"""The line as it is now, and as it was for the calls that began before: a saved change is live without a restart.

`Editions` is asked for each webhook: which switchboard answers this call? `Follower` looks, in a thread of its own,
what the editor (`voice.service.editor`) has published, and keeps one editor at work on this machine.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from filelock import FileLock, Timeout

from voice.content import Line
from voice.core.actions import Listen
from voice.core.meaning import Decision, Meaning
from voice.service.logs import log
from voice.service.shelf import Process, Shelf, State
from voice.service.switchboard import Switchboard
from voice.store.running import versions_of_running_calls
from voice.understanding import Understanding, load_understanding
from voice.understanding.normalise import normalise

LOOK_EVERY = 0.1
SIGN_EVERY = 3.0
EDITOR_EVERY = 3.0
"""Seconds between looks at what is published, signs of life, and attempts to start an editor."""

LONGEST_CALL = timedelta(hours=24)
"""A call that the store has heard nothing of for longer is over, whatever became of its last webhook: Twilio ends one
after 4 hours unless asked for more, and after 24 at the latest (https://www.twilio.com/docs/voice/api/call-resource)."""


@dataclass(frozen=True)
class Meanwhile:
    """Understands for a version whose statistics are not trained yet: its new phrases to the letter, the rest as the
    version before did, without the topics that are gone."""

    before: Understanding
    added: Mapping[str, Mapping[str, str]]
    topics: Collection[str]

    def understand(self, text: str, language: str, *, without: Collection[str] = ()) -> Meaning:
        topic = self.added.get(language, {}).get("".join(normalise(text, language)))
        if topic is not None and topic not in without:
            because = f"a new phrase of “{topic}”"
            return Meaning(Decision.ROUTE, (topic,), probabilities=((topic, 1.0),), because=because)
        meaning = self.before.understand(text, language, without=without)
        known = tuple(topic for topic in meaning.topics if topic in self.topics)
        if known == meaning.topics:
            return meaning
        left = tuple((topic, share) for topic, share in meaning.probabilities if topic in self.topics)
        return replace(
            meaning,
            decision=Decision.CONFIRM if known else Decision.UNSURE,
            topics=known,
            both=False,
            probabilities=left,
        )

    def hints(self, language: str, listen: Listen) -> Sequence[str]:
        return self.before.hints(language, listen)


class Editions:
    """Safe to use from many threads. `behind` tells whether something is published that was not taken up yet."""

    def __init__(self, first: Switchboard) -> None:
        self._now = first
        self._trained = first.understanding
        self._older: dict[str, Switchboard] = {}
        self._shelf: Shelf | None = None
        self.behind: Callable[[], bool] = lambda: False

    @property
    def now(self) -> Switchboard:
        """The newest: for calls that begin, and for whatever belongs to no call."""
        return self._now

    def of(self, sid: str) -> Switchboard:
        """The version that this call began with. It costs a look into the store only while there is a choice."""
        now = self._now
        if not sid or not (self._older or self.behind()):
            return now
        call = now.store.call(sid)
        if call is None or call.line in ("", now.line.version):
            return now
        return self._older.get(call.line) or self._fetch(call.line) or self._now

    def follower(self, shelf: Shelf) -> "Follower":
        """What brings this process whatever is published; once it is started, by itself."""
        self._shelf = shelf
        follower = Follower(shelf, "serve", self._now.line.version, self.take)
        self.behind = follower.behind
        return follower

    def take(self, line: Line, state: State) -> None:
        """Answer with this version from the next call on. `line.folder` is the checked copy: nothing that is saved
        meanwhile can slip into it."""
        if state.trained:
            understanding: Understanding = load_understanding(line)
            self._trained = understanding
        else:
            understanding = Meanwhile(self._trained, state.added, frozenset(line.plan.topics))
        self._publish(self._board(line, understanding))

    def _publish(self, board: Switchboard) -> None:
        before, self._now = self._now, board
        if before.line.version == board.line.version:
            return
        running = versions_of_running_calls(board.store.engine, board.clock() - LONGEST_CALL)
        older = {version: old for version, old in self._older.items() if version in running}
        # A call may be about to be saved with the version of a moment ago, so that one stays in any case.
        self._older = {version: old for version, old in older.items() if version != board.line.version} | {
            before.line.version: before
        }

    def _fetch(self, version: str) -> Switchboard | None:
        """Of a call that another process began with a version that this one has not, or has not yet."""
        line = self._shelf.load(version) if self._shelf else None
        if line is None or self._shelf is None:
            return None
        state = self._shelf.state()
        added = state.added if state.version == version else {}
        board = self._board(line, Meanwhile(self._trained, added, frozenset(line.plan.topics)))
        self._older = {**self._older, version: board}
        return board

    def _board(self, line: Line, understanding: Understanding) -> Switchboard:
        folder = self._shelf.line if self._shelf else line.folder
        return replace(self._now, line=replace(line, folder=folder), understanding=understanding, music=line.music)


class Follower:
    """`take` is given each version that is published after this process has read its own. Raising harms nothing: the
    version before stays."""

    def __init__(self, shelf: Shelf, what: str, version: str, take: Callable[[Line, State], None]) -> None:
        self._shelf = shelf
        self._what = what
        self._take = take
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
        command = [sys.executable, "-m", "voice.service.editor", str(self._shelf.line)]
        # A session of its own: Ctrl-C is for whoever serves. The editor ends when its standard input does.
        self._editor = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)

    def _end(self) -> None:
        self._shelf.sign_off(os.getpid())
        if self._editor is not None and self._editor.stdin is not None:
            self._editor.stdin.close()
        self._lock.release(force=True)
