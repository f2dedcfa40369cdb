"""A dependency that hangs costs a turn its answer, never more: the apology comes in time, and who needs no database is
answered at once."""

import gzip
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from types import SimpleNamespace

import httpx
import pytest
from sqlalchemy import make_url, select
from sqlalchemy.exc import OperationalError

from tests.conftest import Telvia
from tests.faults.conftest import Relay
from tests.web.test_webhooks import Twilio
from voice.core.contact.effects import Job
from voice.errors import StoreError
from voice.service.calls.operator_service import OperatorService
from voice.service.calls.outside import AT_ONCE
from voice.service.dispatch.hands import Hands
from voice.store import Store, database, deadlines
from voice.store.tables import outbox
from voice.twilio.rest import AT_ONCE as AT_ONCE_OF_REST
from voice.twilio.rest import Rest, RestRefused
from voice.web import app, slots

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


def test_all_that_one_request_waits_for_is_at_most_half_of_twilios_patience() -> None:
    assert deadlines.REQUEST_SECONDS <= 15 / 2


def test_answers_that_are_each_in_time_are_not_waited_for_without_end(
    telvia: Telvia, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that is slow, and not so slow that a statement is given up."""
    if url.startswith("sqlite"):
        pytest.skip("SQLite is asked over no network")
    monkeypatch.setattr(deadlines, "PING_SECONDS", 3.0)
    parsed = make_url(url)
    relay = Relay(parsed.host or "127.0.0.1", parsed.port or 5432)
    telvia.store.engine = Store(parsed.set(host="127.0.0.1", port=relay.port).render_as_string(False)).engine
    twilio = Twilio(telvia)
    assert "Welkom" in twilio.posts("/twilio/voice").text
    relay.delay = 0.5
    before = time.monotonic()
    with monkeypatch.context() as patched:
        patched.setattr(app, "REQUEST_SECONDS", 1.5)
        answer = twilio.posts("/twilio/turn?turn=1", SpeechResult="bel me terug")
    assert time.monotonic() - before < 5, "six answers of a second each"
    assert "er ging bij ons iets mis" in answer.text
    relay.delay = 0.0
    assert "<Gather" in twilio.posts("/twilio/turn?turn=1", SpeechResult="bel me terug").text
    telvia.store.engine.dispose()
    relay.close()


def test_a_connection_that_was_given_up_is_not_made_anew_when_there_is_no_time_left(url: str) -> None:
    store = Store(url)
    with pytest.raises(StoreError) if not url.startswith("sqlite") else nullcontext(), deadlines.within(0):
        store.ready()
    store.ready()
    store.close()


def test_a_writer_waits_for_the_lock_no_longer_than_its_request_may(store: Store, url: str) -> None:
    if not url.startswith("sqlite"):
        pytest.skip("of SQLite's file")
    other = sqlite3.connect(make_url(url).database or "", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    before = time.monotonic()
    with deadlines.within(0.5), pytest.raises(OperationalError):
        store.texted.add("+32470000001", datetime.now(UTC))
    assert time.monotonic() - before < 4
    other.close()
    store.texted.add("+32470000001", datetime.now(UTC))


def test_an_agent_with_a_pin_is_kept_and_what_is_too_long_is_told_by_name(store: Store) -> None:
    from voice.service.calls.pins import hash_pin

    store.agents.add("An", "+32470000001", ["general"], ["nl"], hash_pin("4711"))
    with pytest.raises(StoreError, match="The name of an agent has 65 characters, and 64 are the most"):
        store.agents.add("A" * 65, "+32470000002", ["general"], ["nl"])
    with pytest.raises(StoreError, match="The endpoint of an agent has"):
        store.agents.add("Bea", "client:" + "b" * 300, ["general"], ["nl"])


DRIPS = [b"HTTP/1.1 200 OK\r\nX-Long: ", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"]


@pytest.fixture
def dripping(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a service that sends byte by byte, and never all."""
    server = socket.create_server(("127.0.0.1", 0))

    def drip(connection: socket.socket) -> None:
        connection.recv(65536)
        with suppress(OSError), connection:
            connection.sendall(request.param)
            for _ in range(900):
                connection.sendall(b" ")
                time.sleep(0.05)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=drip, args=(server.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}"
    server.close()


@pytest.mark.parametrize("dripping", DRIPS, indirect=True, ids=["head", "body"])
def test_a_request_that_drips_is_given_up_and_is_not_known_to_have_happened(dripping: str) -> None:
    """Twilio's answer never ends; who asks next finds a way out all the same, however many it was that dripped."""
    rest = Rest("AC1", "token", "https://line.example", dripping, seconds=0.3)
    for _ in range(AT_ONCE_OF_REST + 2):
        before = time.monotonic()
        with pytest.raises(RestRefused) as refusal:
            rest.text("+32470000001", "+3212345670", "dag", "/twilio/message-status?contact=A-1")
        assert refusal.value.kind == "unknown"
        assert time.monotonic() - before < 10, "the whole answer takes 45 s"


@pytest.mark.parametrize("dripping", DRIPS, indirect=True, ids=["head", "body"])
def test_a_service_that_drips_keeps_no_thread(dripping: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OperatorService, "wait", 0.3)
    service = OperatorService(secret="x")
    for asked in range(AT_ONCE):
        assert service.ask(f"{dripping}/{asked}", {}) is None
    together = threading.Barrier(AT_ONCE)
    for one in [service._workers.submit(together.wait, 5) for _ in range(AT_ONCE)]:
        one.result(5)


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
def test_a_reply_that_is_too_large_is_not_read_to_its_end(packed: bool) -> None:
    """What is packed small may be large."""
    read: list[int] = []

    def parts() -> Iterator[bytes]:
        for _ in range(1000):
            read.append(0)
            yield b" " * 10_000

    def handle(request: httpx.Request) -> httpx.Response:
        assert request.headers["Accept-Encoding"] == "identity"
        headers = {"Content-Encoding": "gzip"} if packed else {}
        body = gzip.compress(b'{"speech":"' + b"a" * 10_000_000 + b'"}') if packed else parts()
        return httpx.Response(200, content=body, headers=headers)

    assert OperatorService(httpx.MockTransport(handle), secret="x").ask("https://shop.example/", {}) is None
    assert len(read) < 5


def test_one_slow_order_holds_up_no_other(store: Store) -> None:
    done, slow = threading.Event(), threading.Event()
    hands = Hands(store, many=2)
    hands.give(lambda _: slow.wait(10) and None)
    hands.give(lambda _: done.set())
    assert done.wait(5)
    assert hands.free(5)
    slow.set()
    hands.close()


def test_an_order_in_hand_when_the_worker_is_asked_to_end_is_carried_out_and_written_down(
    telvia: Telvia, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twilio has begun to ring by then: what came of it must not be lost."""
    telvia.hire("An", "+32470000001")
    telvia.ring().says("mijn internet ligt plat").stays_silent()
    asked, answers, stop = threading.Event(), threading.Event(), threading.Event()

    def ring(_ringing: object) -> str:
        asked.set()
        assert answers.wait(20)
        return "CA" + "5" * 32

    monkeypatch.setattr(telvia.worker.rest, "ring", ring)
    telvia.worker.hands = Hands(telvia.store)
    running = threading.Thread(target=telvia.worker.run, args=(stop,))
    running.start()
    assert asked.wait(20)
    stop.set()
    running.join(20)
    answers.set()
    telvia.worker.hands.close()
    assert not running.is_alive()
    with telvia.store.engine.connect() as connection:
        rings = connection.execute(select(outbox.c.state, outbox.c.result).where(outbox.c.job == Job.RING_AGENT)).all()
    assert rings == [("done", "CA" + "5" * 32)]


def test_while_one_waits_for_the_database_the_others_give_up_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else all threads would wait, and the fallback and the health check for them."""
    monkeypatch.setattr(slots, "SLOT_SECONDS", 60.0)
    monkeypatch.setattr(slots, "STILL_SECONDS", 0.01)
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


def test_a_database_that_is_merely_busy_is_waited_for_by_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as others are let go, whoever waits comes in: no caller hears an apology from a line that is busy."""
    monkeypatch.setattr(slots, "STILL_SECONDS", 0.01)
    monkeypatch.setattr(slots, "time", SimpleNamespace(monotonic=lambda: 0.0))  # the last was let go just now
    few, came_in = slots.DatabaseSlots(slots=1), []

    def wait(who: int) -> None:
        with few.slot():
            came_in.append(who)

    waiting = [threading.Thread(target=wait, args=(who,)) for who in range(4)]
    with few.slot():
        for one in waiting:
            one.start()
        time.sleep(0.1)
        assert came_in == []
    for one in waiting:
        one.join(30)
    assert sorted(came_in) == [0, 1, 2, 3]


def test_of_all_requests_only_so_many_wait_for_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "SLOT_SECONDS", 0.05)
    few = slots.DatabaseSlots(slots=1)
    with few.slot(), pytest.raises(StoreError, match="Too many requests wait"), few.slot():
        pass
    with few.slot():
        pass
    assert slots.SLOTS < slots.THREADS
