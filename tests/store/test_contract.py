"""What every store must do, on each database alike."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.core.conftest import PLAN
from voice.core.call.state import Call, Outcome, State
from voice.core.contact.events import Gone, Joined, Promised, Story, Withdrew
from voice.core.queue.status import Trouble
from voice.errors import SettingsError, StoreError
from voice.store import Answer, JournalEntry, Store
from voice.store.database import reading
from voice.store.retention import forget, over_since, rewrite

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
PROMISE = Promised(
    Story("billing", "nl", "billing", None, ("mijn factuur",)), "+32471000000", NOW + timedelta(hours=22)
)
CALL = Call("CA" + "1" * 32, "nl", "+3212345670", "+32470123456", NOW)
FULL = CALL.but(
    state=State.OFFER,
    outcome=Outcome.CALLBACK,
    trouble=Trouble.CLOSED,
    then=State.CALLBACK,
    intent="billing",
    queue="billing",
    candidates=("billing", "mobile"),
    rejected=("outage",),
    words=("er klopt iets niet", "ja, “één” ding"),
    note="moving",
    number="+32471000000",
    both=True,
    told_at=NOW + timedelta(seconds=3),
    turn=4,
    rounds=3,
    questions=2,
)


def test_a_call_comes_back_as_it_was_saved(store: Store) -> None:
    for call in (CALL, FULL.but(sid="CA" + "2" * 32)):
        assert store.save(None, call, NOW)
        assert store.call(call.sid) == call
    assert store.call("CA" + "9" * 32) is None


def test_a_call_is_made_once(store: Store) -> None:
    assert store.save(None, CALL, NOW)
    assert not store.save(None, CALL, NOW, entries=[JournalEntry("rang")])
    assert store.journal_of(CALL.sid) == []


def test_of_two_who_answer_one_turn_one_saves_and_the_other_changes_nothing(store: Store) -> None:
    store.save(None, CALL, NOW)
    first, second = CALL.but(turn=1, intent="billing"), CALL.but(turn=1, intent="mobile")
    assert store.save(CALL, first, NOW, answer=Answer("turn:0", "a", "<first/>"))
    late = Answer("turn:0", "b", "<second/>")
    assert not store.save(CALL, second, NOW, answer=late, event=PROMISE, plan=PLAN)
    assert store.call(CALL.sid) == first
    assert store.look_up(CALL.sid, "turn:0", None)[1] == "<first/>"
    assert store.contacts_of(CALL.sid) == []


def test_many_at_once_save_a_turn_once(store: Store) -> None:
    store.save(None, CALL, NOW)
    start, saved = threading.Barrier(6), []

    def save(number: int) -> None:
        start.wait()
        saved.append(store.save(CALL, CALL.but(turn=1), NOW, answer=Answer("turn:0", f"t{number}", f"<{number}/>")))

    threads = [threading.Thread(target=save, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(saved) == [False] * 5 + [True]


def test_an_answer_is_found_by_its_key_and_by_its_token(store: Store) -> None:
    store.save(None, CALL, NOW, answer=Answer("voice", "token", "<hello/>"))
    assert store.look_up(CALL.sid, "voice", None) == (CALL, "<hello/>")
    assert store.look_up(CALL.sid, "other", "token") == (CALL, "<hello/>")
    assert store.look_up(CALL.sid, "other", "another") == (CALL, None)
    assert store.look_up("CA" + "9" * 32, "voice", "token") == (None, None)


def test_a_request_keeps_the_place_and_the_promise(store: Store) -> None:
    store.save(None, CALL, NOW)
    after = CALL.but(turn=1, intent="billing")
    store.save(CALL, after, NOW + timedelta(minutes=2), event=PROMISE, plan=PLAN)
    [contact] = store.contacts_of(CALL.sid)
    assert (contact.number, contact.queue, contact.intent) == ("+32471000000", "billing", "billing")
    assert (contact.arrived, contact.promised) == (NOW, NOW + timedelta(hours=22))


def test_the_journal_keeps_the_order(store: Store) -> None:
    store.save(None, CALL, NOW, entries=[JournalEntry("rang", {"to": State.QUESTION}), JournalEntry("said")])
    store.save(CALL, CALL.but(turn=1), NOW, entries=[JournalEntry("hung up")])
    assert [entry["what"] for entry in store.journal_of(CALL.sid)] == ["rang", "said", "hung up"]
    assert store.journal_of(CALL.sid)[0]["detail"] == {"to": "question"}


def test_who_came_before_in_the_same_queue_is_ahead(store: Store) -> None:
    def waiting(n: int, queue: str = "billing") -> Call:
        call = CALL.but(sid=f"CA{n:032d}", arrived=NOW + timedelta(seconds=n), queue=queue, state=State.HOLD)
        story = Story(queue, "nl", None, None, ())
        store.save(None, call, NOW, event=Joined(story, call.sid), plan=PLAN)
        return call

    waiting(1)
    waiting(2, queue="mobile")
    store.save(waiting(3), CALL.but(sid=f"CA{3:032d}", state=State.OVER, turn=0), NOW, event=Gone(), plan=PLAN)
    waiting(4)
    assert store.place_of(waiting(5), NOW) == (False, 2)


def test_migrating_twice_changes_nothing(store: Store) -> None:
    store.save(None, CALL, NOW)
    store.migrate()
    assert store.call(CALL.sid) == CALL


def test_several_processes_may_migrate_at_once(empty_url: str) -> None:
    stores = [Store(empty_url) for _ in range(6)]
    with ThreadPoolExecutor(len(stores)) as processes:
        assert list(processes.map(Store.migrate, stores)) == [None] * len(stores)
    assert stores[0].save(None, CALL, NOW)
    for store in stores:
        store.close()


def test_a_new_file_may_be_opened_by_several_processes_in_the_same_moment(tmp_path: Path) -> None:
    """SQLite refuses one of eight in one of some twelve tries, if it is let."""
    with ThreadPoolExecutor(8) as processes:
        for n in range(60):
            stores = [Store(f"sqlite:///{tmp_path / f'{n}.sqlite3'}") for _ in range(8)]
            list(processes.map(lambda store: store.engine.connect().close(), stores))
            for store in stores:
                store.close()


def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="time zone"):
        store.save(None, CALL, NOW.replace(tzinfo=None))


@pytest.mark.parametrize("url", ["nonsense", "mysql://root@127.0.0.1/test", ""])
def test_a_wrong_url_says_how_to_write_one(url: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Store(url)
    assert "sqlite:///" in str(refused.value)


def test_a_database_that_is_not_there_says_so() -> None:
    store = Store("postgresql://postgres@127.0.0.1:1/nothing")
    with pytest.raises(StoreError):
        store.ready()
    with pytest.raises(StoreError, match="running"):
        store.migrate()


def test_words_are_found_and_taken_out_where_nobody_needs_them_any_more(store: Store) -> None:
    over = FULL.but(state=State.OVER)
    going_on = FULL.but(sid="CA" + "3" * 32)
    for call, promise in ((over, PROMISE), (going_on, replace(PROMISE, number="+32471000001"))):
        store.save(
            None, call, NOW, event=promise, plan=PLAN, entries=[JournalEntry("topic", {"words": "er klopt iets"})]
        )
    ended = store.contacts.happen(PLAN, store.contacts_of(over.sid)[0].reference, Withdrew(), NOW)
    assert ended is not None
    found = list(over_since(store.engine, NOW, NOW))
    assert {(kept.table, kept.key) for kept in found} == {("contacts", ended.reference), ("calls", over.sid)}
    rewrite(store.engine, [replace(kept, words=("#",)) for kept in found])
    assert store.contacts_of(over.sid)[0].words == ("#",)
    assert store.call(over.sid) == over.but(words=("#",))
    later = NOW + timedelta(seconds=1)
    assert forget(store.engine, later, later) == 4
    assert store.contacts_of(over.sid)[0].words == ()
    assert store.call(over.sid) == over.but(words=())
    assert store.call(going_on.sid) == going_on
    assert store.contacts_of(going_on.sid)[0].words == ("mijn factuur",)
    assert forget(store.engine, later, later) == 0


LEAVES = "import sys; from voice.store import Store; store = Store(sys.argv[1]); store.ready(); store.close()"


def test_another_connection_does_not_let_go_of_the_file(tmp_path: Path) -> None:
    """A process that comes and goes must not take the journal away under the one that stays."""
    url = f"sqlite:///{tmp_path / 'calls.sqlite3'}"
    ours = Store(url)
    ours.migrate()
    with reading(ours.engine) as first, reading(ours.engine) as second:
        for connection in (first, second):
            connection.execute(text("SELECT count(*) FROM calls"))
        subprocess.run([sys.executable, "-c", LEAVES, url], check=True)
        assert (tmp_path / "calls.sqlite3-wal").exists()
    ours.close()


def test_a_start_waits_for_the_others_that_migrate_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a loaded machine they take longer, together, than a caller's turn would wait for the file."""
    monkeypatch.setattr("voice.store.database.BUSY_SECONDS", 0.05)
    first, second = (Store(f"sqlite:///{tmp_path / 'new.sqlite3'}") for _ in range(2))
    with ThreadPoolExecutor(1) as other:
        with first.engine.begin():
            waiting = other.submit(second.migrate)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.3)
        waiting.result(timeout=30)
    first.close()
    second.close()


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "postgresql://root@127.0.0.1:abc/test",
        "postgresql://root@127.0.0.1/test?foo=bar",
        "postgresql://root@[::1/test",
    ],
)
def test_a_url_that_looks_like_one_says_how_to_write_it(url: str) -> None:
    with pytest.raises(SettingsError, match=r"Write sqlite:///FILE"):
        Store(url)
