"""The line as it is now, and as it was for the calls that began before: a saved change is live without a restart.

`Versions` is asked for each webhook: which switchboard answers this call? What is published by the editor reaches it
through `voice.service.live.follower`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock

from voice.content import Line
from voice.core.call.actions import Listen
from voice.core.call.state import State
from voice.core.interpretation import Decision, Interpretation
from voice.core.learnt import LearntDays
from voice.service.calls.turn import Switchboard
from voice.service.live.follower import Follower
from voice.service.live.learning import with_lessons
from voice.service.live.published import Published, PublishedState
from voice.service.live.signing import signer
from voice.store.retention import LONGEST_CALL
from voice.store.running import versions_of_running_calls
from voice.understanding import Understanding, load_understanding
from voice.understanding.normalise import normalise


@dataclass(frozen=True)
class Meanwhile:
    """Understands for a version whose statistics are not trained yet: its new phrases to the letter, the rest as the
    version before did, without the topics that are gone."""

    before: Understanding
    added: Mapping[str, Mapping[str, str]]
    topics: Collection[str]

    def understand(
        self,
        text: str,
        language: str,
        *,
        state: State = State.QUESTION,
        without: Collection[str] = (),
        second: str | None = None,
    ) -> Interpretation:
        topic = self.added.get(language, {}).get("".join(normalise(text, language)))
        if topic is not None and topic not in without:
            because = f"a new phrase of “{topic}”"
            return Interpretation(Decision.ROUTE, (topic,), probabilities=((topic, 1.0),), because=because)
        meaning = self.before.understand(text, language, state=state, without=without, second=second)
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


class Versions:
    """Safe to use from many threads. `behind` tells whether something is published that was not taken up yet."""

    def __init__(self, first: Switchboard) -> None:
        self._now = first
        self._trained = first.understanding
        self._older: dict[str, Switchboard] = {}
        self._shelf: Published | None = None
        self._days: Mapping[str, LearntDays] = {}
        self._changing = Lock()
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

    def follower(self, shelf: Published) -> Follower:
        """What brings this process whatever is published; once it is started, by itself."""
        self._shelf = shelf
        follower = Follower(shelf, "serve", self._now.line.version, self.take, signer(self._now.store))
        self.behind = follower.behind
        return follower

    def take(self, line: Line, state: PublishedState) -> None:
        """Answer with this version from the next call on. `line.folder` is the checked copy: nothing that is saved
        meanwhile can slip into it."""
        with self._changing:
            if state.trained:
                understanding = with_lessons(load_understanding(line), line, self._days)
                self._trained = understanding
            else:
                understanding = Meanwhile(self._trained, state.added, frozenset(line.plan.destinations))
            self._publish(self._board(line, understanding))

    def learn(self, days: Mapping[str, LearntDays]) -> None:
        """Go by what callers have taught, from the next turn on."""
        with self._changing:
            self._days, board = days, self._now
            self._trained = with_lessons(self._trained, board.line, days)
            self._now = replace(board, understanding=with_lessons(board.understanding, board.line, days))

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
        board = self._board(line, Meanwhile(self._trained, added, frozenset(line.plan.destinations)))
        self._older = {**self._older, version: board}
        return board

    def _board(self, line: Line, understanding: Understanding) -> Switchboard:
        folder = self._shelf.line if self._shelf else line.folder
        return replace(self._now, line=replace(line, folder=folder), understanding=understanding, music=line.music)
