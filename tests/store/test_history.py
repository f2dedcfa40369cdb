"""Versions of the line, kept where every machine finds them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from voice.store import Store
from voice.store.database import reading
from voice.store.history import Republished
from voice.store.tables import file_texts

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
FILES = {"grammars/line.yaml": b"name: Peeters", "prompts/en.yaml": "welcome: “Hello”".encode()}


def test_a_version_is_published_with_its_files_by_somebody(store: Store) -> None:
    assert store.history.newest() is None
    store.history.publish("aaaa", FILES, NOW, "Ann", "saved")
    newest = store.history.newest()
    assert newest is not None
    assert (newest.version, newest.at, newest.by, newest.how, newest.changed) == ("aaaa", NOW, "Ann", "saved", ())
    assert store.history.files("aaaa") == FILES
    assert store.history.files("bbbb") == {}


def test_what_changed_since_the_one_before_is_told_also_on_the_way_back(store: Store) -> None:
    store.history.publish("aaaa", FILES, NOW, "Ann", "saved")
    other = {
        "prompts/en.yaml": b"welcome: Hi",
        "grammars/line.yaml": FILES["grammars/line.yaml"],
        "grammars/x.yaml": b"",
    }
    assert store.history.publish("bbbb", other, NOW, "Bea", "published").changed == (
        "grammars/x.yaml",
        "prompts/en.yaml",
    )
    back = store.history.publish("aaaa", FILES, NOW + timedelta(minutes=1), "Ann", "back")
    assert back.changed == ("grammars/x.yaml", "prompts/en.yaml")
    assert [one.version for one in store.history.latest()] == ["aaaa", "bbbb", "aaaa"]
    assert store.history.newest() == back


def test_a_file_that_stays_is_kept_once(store: Store) -> None:
    store.history.publish("aaaa", FILES, NOW, "Ann", "saved")
    store.history.publish("bbbb", FILES | {"prompts/en.yaml": b"welcome: Hi"}, NOW, "Ann", "saved")
    with reading(store.engine) as connection:
        assert connection.execute(select(func.count()).select_from(file_texts)).scalar() == 3


def test_a_draft_is_kept_without_being_live(store: Store) -> None:
    store.history.publish("aaaa", FILES, NOW, "Ann", "saved")
    store.history.keep("abcd", {"prompts/en.yaml": b""}, NOW + timedelta(minutes=1))
    assert store.history.versions("a") == ["abcd", "aaaa"]
    assert store.history.versions("ab") == ["abcd"]
    newest = store.history.newest()
    assert newest is not None
    assert newest.version == "aaaa"


def test_of_two_machines_that_publish_one_version_at_once_neither_fails(store: Store) -> None:
    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(store.history.publish, "aaaa", FILES, NOW, "Ann", "saved") for _ in range(4)]
    assert {one.result().version for one in done} == {"aaaa"}
    assert len(store.history.latest()) == 1
    assert store.history.files("aaaa") == FILES


def test_who_has_a_long_name_is_kept_all_the_same(store: Store) -> None:
    assert len(store.history.publish("aaaa", FILES, NOW, "x" * 300, "saved").by) == 64


def test_who_publishes_over_something_else_than_they_looked_at_is_told(store: Store) -> None:
    store.history.publish("aaaa", FILES, NOW, "Ann", "saved", over="")
    store.history.publish("bbbb", FILES, NOW, "Ann", "saved", over="aaaa")
    with pytest.raises(Republished):
        store.history.publish("cccc", FILES, NOW, "Bea", "published", over="aaaa")
    assert store.history.versions("cccc") == []

    def publish(version: str) -> bool:
        try:
            store.history.publish(version, FILES, NOW, "Ann", "published", over="bbbb")
        except Republished:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(publish, ("cccc", "dddd", "eeee", "ffff"))) == 1, "of many at once, one"


def test_a_draft_that_was_set_aside_is_found(store: Store) -> None:
    store.history.publish("aaaa", FILES, NOW, "Ann", "saved")
    store.history.keep("bbbb", FILES, NOW)
    assert store.history.aside(5) == [("bbbb", NOW)]
