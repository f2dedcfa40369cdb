"""The people of the tests: a caller who rings the real app, over signed webhooks, through the local Twilio."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from filelock import FileLock
from flask import Flask
from playwright.sync_api import BrowserType, sync_playwright

from voice.content import Line, load_line
from voice.core.call.actions import Listen
from voice.core.call.state import Call
from voice.core.contact.state import Contact
from voice.core.interpretation import Choice, Command, Decision, Interpretation
from voice.localtwilio import Caller, DrivenClock, LocalTwilio, Phone
from voice.service.calls.turn import Switchboard
from voice.service.dispatch.worker import Worker
from voice.service.runtime.logs import set_up
from voice.store import Store
from voice.twilio.fallback import fallback
from voice.twilio.rest import Rest
from voice.twilio.signature import Signatures
from voice.understanding import load_understanding
from voice.web.app import create_app

set_up("error")

# The line and its models are a million objects that live as long as the run does: to look through them for what can be
# thrown away is a tenth of its time.
gc.set_threshold(100_000, 50, 100)

PROJECT = Path(__file__).parent.parent
PUBLIC = "https://line.example"
TOKEN = "the-token-of-the-tests"
OPEN_DAY = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two for each core: half the time a test waits for a database, a browser or a process."""
    return 2 * (os.cpu_count() or 1)


def needs(part: str, there: bool) -> None:
    """Skip a test whose real part is missing here; in CI a missing part is a failure."""
    if there:
        return
    if os.environ.get("CI"):
        pytest.fail(f"CI must have {part}")
    pytest.skip(f"{part} is not here")


@pytest.fixture(scope="session")
def playwright_chromium() -> Iterator[BrowserType]:
    """What starts Chromium: Playwright runs once in a process."""
    with sync_playwright() as playwright:
        yield playwright.chromium


@dataclass
class Scripted:
    """An understanding that knows a few sentences by heart: tests of everything else do not depend on statistics."""

    meanings: dict[str, Interpretation] = field(default_factory=dict)

    def understand(self, text: str, _language: str, **_moment: Any) -> Interpretation:
        if text == "explode":
            raise RuntimeError("the understanding broke")
        return self.meanings.get(text, SCRIPT.get(text, Interpretation()))

    def hints(self, _language: str, _listen: Listen) -> Sequence[str]:
        return ("factuur", "internet", "verhuizen")


def routed(topic: str, command: Command | None = None) -> Interpretation:
    return Interpretation(Decision.ROUTE, (topic,), command=command, probabilities=((topic, 0.97),))


SCRIPT = {
    "mijn internet ligt plat": routed("outage"),
    "mijn factuur klopt niet": routed("billing"),
    "iets met betalen": Interpretation(Decision.CONFIRM, ("billing",), probabilities=(("billing", 0.7),)),
    "factuur of gsm": Interpretation(
        Decision.CHOOSE, ("billing", "mobile"), probabilities=(("billing", 0.4), ("mobile", 0.3))
    ),
    "verhuizing en factuur": Interpretation(Decision.CHOOSE, ("moving", "billing"), both=True),
    "nee, het gaat over mijn gsm": routed("mobile", Command.NO),
    "de eerste": Interpretation(choice=Choice.FIRST),
    "iets anders": Interpretation(choice=Choice.OTHER),
    "ja": Interpretation(command=Command.YES),
    "nee": Interpretation(command=Command.NO),
    "een medewerker": Interpretation(command=Command.AGENT),
    "terug": Interpretation(command=Command.BACK),
    "herhaal": Interpretation(command=Command.REPEAT),
    "bel me terug": Interpretation(command=Command.CALLBACK),
    "tot ziens": Interpretation(command=Command.GOODBYE),
    "en français": Interpretation(command=Command.LANGUAGE, language="fr"),
    "nul vier zeven één nul nul nul nul nul nul": Interpretation(digits="0471000000"),
}


@dataclass
class Ringing:
    """A caller on the line. Reads as what a person does and hears."""

    person: Caller
    store: Store
    twilio: LocalTwilio

    def says(self, text: str) -> "Ringing":
        self.person.says(text)
        return self

    def presses(self, keys: str) -> "Ringing":
        self.person.presses(keys)
        return self

    def stays_silent(self) -> "Ringing":
        self.person.stays_silent()
        return self

    def hangs_up(self) -> "Ringing":
        self.person.hangs_up()
        return self

    def waits(self, seconds: float) -> "Ringing":
        self.person.waits(seconds)
        return self

    @property
    def hears(self) -> str:
        """What was said since the caller last did something."""
        return " ".join(u.text for u in self.person.just_heard if u.kind in ("say", "twilio"))

    @property
    def queue(self) -> str:
        return self.person.in_queue

    @property
    def call(self) -> Call:
        call = self.store.call(self.person.sid)
        assert call is not None
        return call

    @property
    def documents(self) -> list[str]:
        return [exchange.answer for exchange in self.person.log]


@dataclass
class Agent:
    """Somebody who answers: their telephone, and where they sign in."""

    name: str
    phone: Phone
    telvia: "Telvia"

    def accepts(self) -> "Agent":
        """Picks up, hears who is calling, and presses 1."""
        assert self.is_rung(), f"the telephone of {self.name} does not ring"
        self.phone.accepts()
        self.telvia.passes(3)
        return self

    def is_rung(self, within: int = 60) -> bool:
        """Lets time pass until the telephone rings."""
        for _ in range(within):
            if self.rings:
                return True
            self.telvia.passes(1)
        return self.rings

    def declines(self) -> "Agent":
        self.phone.declines()
        self.telvia.passes(1)
        return self

    def hangs_up(self) -> "Agent":
        self.phone.hangs_up()
        self.telvia.passes(1)
        return self

    @property
    def rings(self) -> bool:
        return self.phone.rings

    @property
    def hears(self) -> str:
        return " ".join(u.text for u in self.phone.heard if u.kind == "say")

    @property
    def speaks_with(self) -> list[str]:
        return self.phone.speaks_with


@dataclass
class Telvia:
    """The demo line, open for calls."""

    line: Line
    store: Store
    app: Flask
    twilio: LocalTwilio
    understanding: object
    worker: Worker

    def hire(self, name: str, number: str, *queues: str, languages: str = "nl fr de en") -> Agent:
        """An agent who has signed in; for all queues where none are named."""
        self.store.agents.add(name, number, queues or tuple(self.line.plan.queues), languages.split())
        self.store.agents.sign_in(name, self.worker.clock())
        return Agent(name, self.twilio.phone(number), self)

    def changes(self, **changes: object) -> None:
        """The operator changes the line while it is open."""
        self.line = self.worker.line = replace(self.line, **changes)  # type: ignore[arg-type]
        object.__setattr__(self.app.extensions["switchboard"], "line", self.line)

    def passes(self, seconds: float) -> "Telvia":
        """Let time pass, with the worker at work: it looks every second, or where it is minutes, every five."""
        step = 1 if seconds < 100 else 5
        for _ in range(max(1, round(seconds / step))):
            self.worker.tick()
            self.twilio.advance(step)
        self.worker.tick()
        self.twilio.settle()
        return self

    def contact_of(self, caller: "Ringing") -> Contact:
        return self.store.contacts_of(caller.person.sid)[-1]

    def ring(self, to: str = "+3212345670", from_: str = "+32470123456", *, patient: bool = True) -> Ringing:
        person = self.twilio.ring(
            to=to,
            from_=from_,
            voice_url=f"{PUBLIC}/twilio/voice",
            fallback_url=f"{PUBLIC}/twilio/fallback",
            status_callback=f"{PUBLIC}/twilio/status",
            patient=patient,
        )
        return Ringing(person, self.store, self.twilio)


@pytest.fixture(scope="session")
def line() -> Line:
    return load_line(PROJECT)


@pytest.fixture(scope="session")
def trained_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Line], Path]:
    """The folder of models in which those of a line are, trained by one of the run's processes for all of them."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "models"

    def train(line: Line) -> Path:
        folder.mkdir(exist_ok=True)
        with FileLock(folder / "lock"):
            load_understanding(line, cache=folder)
        return folder

    return train


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its tables, made once and copied for each test."""
    path = tmp_path_factory.mktemp("database") / "calls.sqlite3"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    store.close()
    return path


@pytest.fixture
def store(tmp_path: Path, migrated: Path) -> Iterator[Store]:
    path = shutil.copy(migrated, tmp_path / "calls.sqlite3")
    store = Store(f"sqlite:///{path}")
    yield store
    store.close()


@pytest.fixture
def at() -> datetime:
    """When the call is made; a test may give another moment by parametrizing this."""
    return OPEN_DAY


@pytest.fixture
def open_line(line: Line, store: Store, at: datetime) -> Callable[..., Telvia]:
    """Opens the line; by default with an understanding that knows a few sentences by heart."""

    def open_it(understanding: object | None = None, *, strict: bool = True) -> Telvia:
        clock = DrivenClock(at)
        knows = understanding or Scripted()
        switchboard = Switchboard(line, knows, store, lambda: datetime.fromtimestamp(clock.now(), UTC))  # type: ignore[arg-type]
        app = create_app(switchboard, Signatures(TOKEN, PUBLIC), fallback(line))
        transport = httpx.Client(transport=httpx.WSGITransport(app))
        twilio = LocalTwilio(auth_token=TOKEN, transport=transport, clock=clock, strict=strict)
        rest_client = httpx.Client(transport=httpx.WSGITransport(twilio.rest_app))
        rest = Rest(twilio.world.account_sid, TOKEN, PUBLIC, "http://twilio.example", rest_client)
        worker = Worker(switchboard.line, store, rest, switchboard.clock)
        return Telvia(line, store, app, twilio, knows, worker)

    return open_it


@pytest.fixture
def telvia(open_line: Callable[..., Telvia]) -> Telvia:
    return open_line()


@pytest.fixture
def caller(telvia: Telvia) -> Ringing:
    return telvia.ring()
