"""A dependency that hangs costs a turn its answer, never more: the apology comes in time, and who needs no database is
answered at once."""

import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from sqlalchemy import make_url

from tests.conftest import Telvia
from tests.faults.conftest import Relay
from tests.web.test_webhooks import Twilio
from voice.errors import StoreError
from voice.service.dispatch.hands import Hands
from voice.store import Store, database, deadlines
from voice.twilio.rest import Rest, RestRefused
from voice.web import slots

pytestmark = pytest.mark.slow

Hanging = Callable[[], object]


@pytest.fixture
def hanging(telvia: Telvia, url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hanging]:
    """`with hanging():` the database takes connections and answers nothing (SQLite: another process keeps its lock).
    The time-outs are short, so that the test is."""
    monkeypatch.setattr(deadlines, "SILENCE_SECONDS", 1.0)
    monkeypatch.setattr(database, "BUSY_SECONDS", 1)
    if url.startswith("sqlite"):
        telvia.store.engine = Store(url).engine

        @contextmanager
        def locked() -> Iterator[None]:
            other = sqlite3.connect(make_url(url).database or "", isolation_level=None)
            other.execute("BEGIN EXCLUSIVE")
            yield
            other.close()

        yield locked
        return
    parsed = make_url(url)
    relay = Relay(parsed.host or "127.0.0.1", parsed.port or 5432)
    telvia.store.engine = Store(parsed.set(host="127.0.0.1", port=relay.port).render_as_string(False)).engine

    @contextmanager
    def frozen() -> Iterator[None]:
        relay.flows.clear()
        yield
        relay.flows.set()

    yield frozen
    telvia.store.engine.dispose()
    relay.close()


def test_the_apology_comes_in_time_and_the_next_turn_is_answered(telvia: Telvia, hanging: Hanging) -> None:
    twilio = Twilio(telvia)
    assert "Welkom" in twilio.posts("/twilio/voice").text
    with hanging():  # type: ignore[attr-defined]
        before = time.monotonic()
        answer = twilio.posts("/twilio/turn?turn=1", SpeechResult="mijn internet ligt plat")
        assert time.monotonic() - before < 8
        assert "er ging bij ons iets mis" in answer.text
    assert "Ik verbind u door" in twilio.posts("/twilio/turn?turn=1", SpeechResult="mijn internet ligt plat").text


def test_who_needs_no_database_is_answered_at_once(telvia: Telvia, hanging: Hanging) -> None:
    with hanging():  # type: ignore[attr-defined]
        before = time.monotonic()
        assert Twilio(telvia).posts("/twilio/fallback").status_code == 200
        assert telvia.app.test_client().get("/healthz").status_code == 200
        assert time.monotonic() - before < 0.5


def test_the_time_outs_together_are_shorter_than_twilios_patience() -> None:
    """A connection from the pool is tried, found dead, and another is made; then the statement waits in vain."""
    worst = deadlines.POOL_SECONDS + deadlines.CONNECT_SECONDS + deadlines.SILENCE_SECONDS
    assert worst < 15
    assert deadlines.BUSY_SECONDS < 15


def test_an_agent_with_a_pin_is_kept_and_what_is_too_long_is_told_by_name(store: Store) -> None:
    from voice.service.calls.pins import hash_pin

    store.agents.add("An", "+32470000001", ["general"], ["nl"], hash_pin("4711"))
    with pytest.raises(StoreError, match="The name of an agent has 65 characters, and 64 are the most"):
        store.agents.add("A" * 65, "+32470000002", ["general"], ["nl"])
    with pytest.raises(StoreError, match="The endpoint of an agent has"):
        store.agents.add("Bea", "client:" + "b" * 300, ["general"], ["nl"])


def test_a_request_that_drips_is_given_up_and_is_not_known_to_have_happened() -> None:
    """Twilio's answer comes byte by byte, and never ends."""
    server = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection = server.accept()[0]
        connection.recv(65536)
        with suppress(OSError):
            for byte in b"HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n" + b" " * 500:
                connection.sendall(bytes([byte]))
                time.sleep(0.05)

    threading.Thread(target=drip, daemon=True).start()
    rest = Rest("AC1", "token", "https://line.example", f"http://127.0.0.1:{server.getsockname()[1]}", seconds=0.5)
    before = time.monotonic()
    with pytest.raises(RestRefused) as refusal:
        rest.text("+32470000001", "+3212345670", "dag", "/twilio/message-status?contact=A-1")
    assert refusal.value.kind == "unknown"
    assert time.monotonic() - before < 2
    server.close()


def test_one_slow_order_holds_up_no_other(store: Store) -> None:
    done, slow = threading.Event(), threading.Event()
    hands = Hands(store, many=2)
    hands.give(lambda _: slow.wait(10) and None)
    hands.give(lambda _: done.set())
    assert done.wait(5)
    assert hands.free(5)
    slow.set()
    hands.close()


def test_while_one_waits_for_the_database_the_others_give_up_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else all threads would wait, and the fallback and the health check for them."""
    monkeypatch.setattr(slots, "SLOT_SECONDS", 60.0)
    monkeypatch.setattr(slots, "CROWDED_SECONDS", 0.01)
    few, got = slots.DatabaseSlots(slots=1), threading.Event()

    def wait() -> None:
        with few.slot():
            got.set()

    waiting = threading.Thread(target=wait)
    with few.slot():
        waiting.start()
        until = time.monotonic() + 30
        while not few.crowded and time.monotonic() < until:
            time.sleep(0.01)
        with pytest.raises(StoreError, match="Too many requests wait"), few.slot():
            pass
        assert not got.is_set()
    waiting.join(30)
    assert got.is_set()


def test_of_all_requests_only_so_many_wait_for_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "SLOT_SECONDS", 0.05)
    few = slots.DatabaseSlots(slots=1)
    with few.slot(), pytest.raises(StoreError, match="Too many requests wait"), few.slot():
        pass
    with few.slot():
        pass
    assert slots.SLOTS < slots.THREADS
