"""What a webhook and a worker's look cost the store: counted in statements, and in steps of SQLite's machine, so that a
busy machine changes nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from tests.conftest import Telvia
from tests.core.conftest import PLAN
from voice.core.call.state import Call, State
from voice.core.contact.effects import Job, Owed
from voice.core.contact.events import Assigned, Gone, Joined, Story
from voice.core.contact.state import Contact
from voice.core.queue.facts import QueuesAsked
from voice.store import Store
from voice.store.due import due, next_moment
from voice.store.queue_status import statuses

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
STORY = Story("billing", "nl", "billing", None, ())


@contextmanager
def asked(store: Store) -> Iterator[list[str]]:
    """The statements that the store is asked meanwhile; the beginning of a transaction is one."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not any(
            f"FROM {name}" in statement for name in ("overrides", "notices")
        ):  # once a second for a whole process, however many webhooks come
            found.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(store.engine, "before_cursor_execute", note)


def test_a_worker_with_nothing_to_do_asks_once(telvia: Telvia) -> None:
    telvia.ring().says("mijn internet ligt plat").stays_silent()
    with asked(telvia.store) as looks:
        assert telvia.worker.tick() == 0
    assert len(looks) == 1


def call(n: int) -> Call:
    return Call(f"CA{n:032x}", "nl", "+3212345670", f"+3247{n:07d}", NOW, state=State.HOLD, queue="billing")


def waiting(store: Store, n: int) -> Contact:
    store.save(None, call(n), NOW, event=Joined(STORY, call(n).sid), plan=PLAN)
    return store.contacts_of(call(n).sid)[0]


def past(store: Store, numbers: range) -> None:
    """Callers for whom agents were rung and texts sent, and who hung up."""
    for n in numbers:
        contact = waiting(store, n)
        store.contacts.happen(PLAN, contact.reference, Assigned("An"), NOW)
        store.outbox.owe(contact, Owed(Job.TEXT, "sms.taken"), NOW)
        while order := store.outbox.take(NOW, 0):
            store.outbox.settle(order, "done", "", NOW)
        store.contacts.happen(PLAN, contact.reference, Gone(), NOW)
        assert [one["state"] for one in store.outbox.owed_to(contact.reference)] == ["done", "done"]


def steps(store: Store, work: Callable[[], object]) -> int:
    """Of SQLite's machine, to ten, while the work is done."""
    count = 0

    def step() -> None:
        nonlocal count
        count += 10

    with store.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
    driver.set_progress_handler(step, 10)
    work()
    driver.set_progress_handler(None, 0)
    return count


LATER = NOW + timedelta(minutes=1)
ASKED = QueuesAsked(frozenset({"billing", "general"}), "nl", LATER)
LOOKS: dict[str, Callable[[Store], object]] = {
    "is there anything to do": lambda store: due(store.source, LATER),
    "when will there be": lambda store: next_moment(store.source, LATER),
    "the next order": lambda store: store.outbox.take(LATER, 1.0),
    "whose turn it is": lambda store: store.contacts.assign(PLAN, LATER),
    "what has taken too long": lambda store: store.contacts.sweep(PLAN, LATER),
    "who stands behind a queue": lambda store: statuses(store.source, PLAN, ASKED, LATER),
    "a caller's place": lambda store: store.place_of(call(1), LATER),
    "a webhook's call": lambda store: store.look_up(call(1).sid, "hold:1", "1"),
    "what a number waits for": lambda store: store.contacts.standing("+32470000001", LATER),
}


@pytest.fixture(scope="module")
def short_and_long(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Store]]:
    """A store with a short past, and one with ten times as much of it; in both a caller waits and an agent is busy."""
    stores = []
    for length in (20, 200):
        folder: Path = tmp_path_factory.mktemp(f"past{length}")
        store = Store(f"sqlite:///{folder / 'calls.sqlite3'}")
        store.migrate()
        past(store, range(1000, 1000 + length))
        waiting(store, 1)
        store.agents.add("An", "+32470000001", ["billing"], ["nl"])
        stores.append(store)
    yield stores[0], stores[1]
    for store in stores:
        store.close()


@pytest.mark.parametrize("look", LOOKS)
def test_a_long_past_makes_no_look_dearer(short_and_long: tuple[Store, Store], look: str) -> None:
    short, long = (steps(store, lambda store=store: LOOKS[look](store)) for store in short_and_long)  # type: ignore[misc]
    assert long <= 1.5 * short + 50, f"{short} steps with twenty callers behind it, {long} with two hundred"
