"""Several writes as one statement: all of them or nothing, in their order, also after one that failed."""

from contextlib import suppress
from datetime import UTC, datetime

from sqlalchemy import select

from voice.store import Store
from voice.store.database import writing
from voice.store.tables import agents, marks, presence
from voice.store.together import Overtaken, Writes, together

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def note(writes: Writes, mark: str) -> None:
    writes.put(marks, {"name": mark, "at": NOW})
    for state in ("one", "two", "three"):
        writes.put(presence, {"agent": mark, "at": NOW, "state": state})


def states(store: Store, mark: str) -> list[str]:
    with store.engine.connect() as connection:
        query = select(presence.c.state).where(presence.c.agent == mark).order_by(presence.c.id)
        return list(connection.execute(query).scalars())


def test_rows_are_put_in_order(store: Store) -> None:
    with writing(store.engine) as connection, together(connection) as writes:
        note(writes, "first")
    assert states(store, "first") == ["one", "two", "three"]


def test_what_is_not_as_it_was_writes_nothing(store: Store) -> None:
    store.agents.add("An", "+32470000001", ["billing"], ["nl"])
    with store.connected() as one:
        for mark, missed in (("kept", 0), ("lost", 5), ("kept too", 0)):
            try:
                with writing(one.source) as connection, together(connection) as writes:
                    writes.change(agents, {"not_ready": mark}, {"name": "An", "missed": missed}, guard=True)
                    note(writes, mark)
            except Overtaken:
                assert mark == "lost"
    assert [len(states(store, mark)) for mark in ("kept", "lost", "kept too")] == [3, 0, 3]
    found = store.agents.find("An")
    assert found is not None
    assert found.not_ready == "kept too"


def test_a_transaction_that_ends_badly_leaves_the_next_ones_whole(store: Store) -> None:
    with store.connected() as one:
        with suppress(RuntimeError), writing(one.source) as connection:
            with together(connection) as writes:
                note(writes, "lost")
            raise RuntimeError
        for mark in ("first", "second"):
            with writing(one.source) as connection, together(connection) as writes:
                note(writes, mark)
    assert [len(states(store, mark)) for mark in ("lost", "first", "second")] == [0, 3, 3]
