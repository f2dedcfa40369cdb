"""Programs and databases of different versions."""

import pytest
from sqlalchemy import insert, inspect, select, text

from tests.core.conftest import PLAN
from tests.store.test_contract import CALL, NOW
from voice.core.contact.events import Joined, Story
from voice.errors import StoreError
from voice.store import Store
from voice.store.tables import calls, metadata


def test_only_the_command_migrates_postgresql_and_every_start_sqlite(empty_url: str) -> None:
    store = Store(empty_url)
    if store.engine.dialect.name == "postgresql":
        with pytest.raises(StoreError, match=r"empty.*voice migrate"):
            store.prepare()
        store.migrate()
    store.prepare()
    store.ready()
    store.close()


def test_a_program_of_an_older_version_says_so(empty_url: str) -> None:
    store = Store(empty_url)
    store.migrate()
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for meets in (store.prepare, store.migrate):
        with pytest.raises(StoreError, match=r"newer version than this program .schema 9999; this one knows"):
            meets()
    store.close()


LEFT = {"alarms": {"since"}, "directory": {"source"}}
"""Columns that only a process of the version before writes. The migration of the next version takes them away."""


def test_the_migrations_make_the_tables_that_the_code_knows(store: Store) -> None:
    found = inspect(store.engine)
    for table in metadata.sorted_tables:
        assert {column["name"] for column in found.get_columns(table.name)} == {
            column.name for column in table.columns
        } | LEFT.get(table.name, set()), table.name
        made = {index["name"] for index in found.get_indexes(table.name) if not index.get("duplicates_constraint")}
        assert made == {index.name for index in table.indexes}, table.name


def test_a_process_of_the_version_before_goes_on_beside(store: Store) -> None:
    """It knows nothing of the columns that were added, and writes without them."""
    row = {"sid": "CA" + "7" * 32, "turn": 1, "state": "question", "outcome": "hangup", "language": "nl"}
    row |= {"arrived": NOW, "updated": NOW, "record": '{"sid":"x"}'}
    with store.engine.begin() as connection:
        connection.execute(insert(calls), row)
        assert connection.execute(select(calls.c.questions, calls.c.corrected)).one() == (0, False)
    story = Story("billing", "nl", "billing", None, ())
    assert store.save(None, CALL, NOW, event=Joined(story, CALL.sid), plan=PLAN)
