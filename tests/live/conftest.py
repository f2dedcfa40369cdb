"""An operator who saves files, callers who ring meanwhile, and the processes in between, moved on by hand."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tests.conftest import OPEN_DAY, PUBLIC, TOKEN, Ringing
from tests.content.conftest import Operator, starters
from voice.content import Line, load_line
from voice.localtwilio import DrivenClock, LocalTwilio
from voice.service.calls.turn import Switchboard
from voice.service.live.published import Published, PublishedState
from voice.service.live.versions import Versions
from voice.service.live.waiting import in_the_way
from voice.service.live.watcher import Watcher
from voice.store import Store
from voice.twilio.fallback import fallback
from voice.twilio.signature import Signatures
from voice.understanding import load_understanding
from voice.web.app import create_app

__all__ = ["starters"]


@pytest.fixture(scope="session")
def cache(
    tmp_path_factory: pytest.TempPathFactory, starters: Callable[[str], Path], trained_once: Callable[[Line], Path]
) -> Path:
    """With the starter's models trained, as they are when a line is served."""
    return shutil.copytree(trained_once(load_line(starters("en"))), tmp_path_factory.mktemp("cache") / "models")


class Serving:
    """One process that serves the line: it reads the files once, and follows what is published after that."""

    def __init__(self, shelf: Published, store: Store, at: datetime = OPEN_DAY) -> None:
        line = load_line(shelf.line)
        self.clock = DrivenClock(at)
        board = Switchboard(
            line, load_understanding(line), store, lambda: datetime.fromtimestamp(self.clock.now(), UTC)
        )
        self.editions = Versions(board)
        self.follower = self.editions.follower(shelf)
        app = create_app(self.editions, Signatures(TOKEN, PUBLIC), fallback(line))
        transport = httpx.Client(transport=httpx.WSGITransport(app))
        self.twilio = LocalTwilio(auth_token=TOKEN, transport=transport, clock=self.clock, strict=False)
        self.store = store

    def looks(self) -> None:
        self.follower.look()

    def ring(self) -> Ringing:
        person = self.twilio.ring(to="+32", from_="+32470123456", voice_url=f"{PUBLIC}/twilio/voice")
        return Ringing(person, self.store, self.twilio)


@dataclass
class Desk:
    """The operator at work on a line that is served."""

    files: Operator
    shelf: Published
    store: Store
    editor: Watcher
    serving: list[Serving] = field(default_factory=list)

    def serve(self) -> Serving:
        self.serving.append(Serving(self.shelf, self.store))
        return self.serving[-1]

    def saved(self) -> None:
        """What was written is seen by the editor and, when it is good, taken up by whoever serves."""
        self.editor.look()
        for process in self.serving:
            process.looks()

    @property
    def state(self) -> PublishedState:
        return self.shelf.state()

    @property
    def refused(self) -> list[str]:
        return [str(problem) for problem in self.state.refused.problems] if self.state.refused else []


@pytest.fixture
def desk(
    tmp_path: Path, starters: Callable[[str], Path], cache: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """A line in English that is live as it stands."""
    monkeypatch.setenv("VOICE_CACHE", str(cache))
    shutil.copytree(starters("en"), tmp_path / "own")
    shelf = Published(tmp_path / "own")
    shelf.publish(PublishedState(version=load_line(shelf.line).version, trained=True, at=1.0))
    editor = Watcher(shelf, lambda line: in_the_way(line, store), store.history)
    editor.look()
    yield Desk(Operator(shelf.line), shelf, store, editor)
    editor.stop_training()
