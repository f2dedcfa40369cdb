"""No look of a webhook or of a worker grows dearer with the calls of years: counted in steps of SQLite's machine and in
pages that PostgreSQL reads, so that a busy machine changes nothing."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from benchmarks.past import fill
from tests.conftest import PROJECT
from tests.core.conftest import PLAN
from tests.store.conftest import emptied
from voice.content import load_line
from voice.core.call.state import Call, State
from voice.core.contact.events import Joined, Story
from voice.core.queue.facts import QueuesAsked
from voice.service.dispatch.retention import Retention
from voice.store import Store
from voice.store.database import BATCH, LAST_LOOK
from voice.store.day import last_contact_of, lives, open_contacts_with_agents, presences
from voice.store.due import due, next_moment
from voice.store.queue_status import statuses
from voice.store.running import open_contacts, versions_of_running_calls

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
PAST = 800
QUEUES = ("billing", "technical", "orders")
ASKED = QueuesAsked(frozenset({"billing", "general"}), "nl", NOW)
MINE = Call("CA" + "f" * 32, "nl", "+3212345670", "+32470000001", NOW, state=State.HOLD, queue="billing")

LOOKS: dict[str, Callable[[Store], object]] = {
    "is there anything to do": lambda store: due(store.source, NOW),
    "with a call centre": lambda store: due(store.source, NOW, ["billing"]),
    "when will there be": lambda store: next_moment(store.source, NOW),
    "who has strayed": lambda store: store.contacts.resettle(PLAN, NOW),
    "whose turn it is": lambda store: store.contacts.assign(PLAN, NOW),
    "what has taken too long": lambda store: store.contacts.sweep(PLAN, NOW),
    "the next order": lambda store: store.outbox.take(NOW, 1.0),
    "when somebody may be rung": lambda store: store.outbox.next_call(NOW, 10.0),
    "orders of the dead": lambda store: store.outbox.give_back(NOW),
    "who stands behind a queue": lambda store: statuses(store.source, PLAN, ASKED, NOW),
    "a caller's place": lambda store: store.place_of(MINE, NOW),
    "a webhook's call": lambda store: store.look_up(MINE.sid, "hold:1", "1"),
    "what a number waits for": lambda store: store.contacts.standing("+32470000001", NOW),
    "the contact of a line": lambda store: store.contacts.of_leg(MINE.sid),
    "who is open": lambda store: open_contacts(store.engine),
    "the list": lambda store: store.contacts.newest(limit=5),
    "the list of the open": lambda store: store.contacts.newest(open_only=True, limit=5),
    "who was not helped": lambda store: store.contacts.unserved(NOW - timedelta(minutes=50)),
    "calls under way": lambda store: versions_of_running_calls(store.engine, NOW - timedelta(hours=24)),
    "the board's day": lambda store: lives(store.source, NOW - timedelta(minutes=50), NOW),
    "the board's agents": lambda store: presences(store.source, NOW - timedelta(minutes=50), NOW),
    "the board's talks": lambda store: open_contacts_with_agents(store.source),
    "an agent's last contact": lambda store: last_contact_of(store.source, "An", NOW - timedelta(minutes=50)),
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def fresh_and_old(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Store]]:
    """A store without a past, and one with much of it; in both a caller waits and an agent is there."""
    folder: Path = tmp_path_factory.mktemp("years")
    with emptied(request.param, folder / "fresh.sqlite3") as fresh, emptied(request.param, folder / "old") as old:
        stores = [Store(url, patient=True) for url in (fresh, old)]
        for store, length in zip(stores, (5, PAST), strict=True):
            store.migrate()
            store.agents.add("An", "+32470000001", ["billing"], ["nl"])
            for n in range(length // 10):
                store.agents.not_ready("An", "lunch", NOW - timedelta(days=1, minutes=n))
            store.save(None, MINE, NOW, event=Joined(Story("billing", "nl", "billing", None, ()), MINE.sid), plan=PLAN)
            fill(store, length, 60, NOW - timedelta(hours=6), QUEUES, ("billing", "outage", "order"))
        yield stores
        for store in stores:
            store.close()


@pytest.mark.parametrize("look", LOOKS)
def test_years_make_no_look_dearer(fresh_and_old: list[Store], look: str) -> None:
    fresh, old = (cost(store, LOOKS[look]) for store in fresh_and_old)
    assert old <= 1.5 * fresh + SLACK[fresh_and_old[0].engine.dialect.name], f"{fresh} of an empty store, {old} of it"


def test_years_make_no_tidying_dearer(fresh_and_old: list[Store]) -> None:
    """Once what is due was let go. Four of its statements go through an index, by each way in which a contact ends."""
    line = load_line(PROJECT)
    fresh, old = (cost(store, lambda store: Retention(store).tidy(line, NOW)) for store in fresh_and_old)
    assert old <= 1.5 * fresh + 4 * SLACK[fresh_and_old[0].engine.dialect.name], f"{fresh} of an empty store, {old}"


def test_long_tidying_lets_others_write_between_its_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer of another process looks for SQLite's lock every 50 ms at least, and gives up after six seconds."""
    store = Store(f"sqlite:///{tmp_path}/line.sqlite3")
    store.migrate()
    fill(store, BATCH + 1, 10, NOW - timedelta(days=100), QUEUES, ("billing",))
    pauses: list[float] = []
    monkeypatch.setattr("voice.store.database.time.sleep", pauses.append)
    line = load_line(PROJECT)
    Retention(store).tidy(line, NOW)
    assert [pause for pause in pauses if pause > LAST_LOOK]
    pauses.clear()
    Retention(store).tidy(line, NOW)
    assert pauses == [], "nothing was left to do"


SLACK = {"sqlite": 60, "postgresql": 12}
"""An index of thousands is two pages deeper than one of five, in every statement that goes through it."""


def cost(store: Store, look: Callable[[Store], object]) -> int:
    return _pages(store, look) if store.engine.dialect.name == "postgresql" else _steps(store, look)


def _steps(store: Store, look: Callable[[Store], object]) -> int:
    count = 0

    def step() -> None:
        nonlocal count
        count += 10

    look(store)
    with store.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
    driver.set_progress_handler(step, 10)
    look(store)
    driver.set_progress_handler(None, 0)
    return count


def _pages(store: Store, look: Callable[[Store], object]) -> int:
    """Its statements are noted, and asked anew for what they read."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if not statement.startswith(("SELECT pg_", "EXPLAIN")):
            asked.append((statement, parameters))

    look(store)  # what is done once is done
    event.listen(store.engine, "before_cursor_execute", note)
    look(store)
    event.remove(store.engine, "before_cursor_execute", note)
    read = 0
    with store.engine.connect() as connection:
        for statement, parameters in asked:
            explained = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}"
            plan = connection.exec_driver_sql(explained, parameters).scalar_one()[0]["Plan"]
            read += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        connection.rollback()
    return read
