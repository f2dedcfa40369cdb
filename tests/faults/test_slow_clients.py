"""Clients that are slow on purpose, and a database that hangs, against gunicorn and nginx as they are deployed."""

import os
import shutil
import socket
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.conftest import PROJECT, needs
from tests.faults.deployed import free_port, healthy, posts, process, serving, wait_for
from voice.web.server import SILENT_SECONDS
from voice.web.slots import THREADS

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(sys.platform != "linux", reason="gunicorn and nginx are deployed on Linux"),
]

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Path:
    return Path(shutil.copy(migrated, tmp_path_factory.mktemp("served") / "calls.sqlite3"))


@pytest.fixture(scope="module")
def served(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The app under gunicorn; its port."""
    home = tmp_path_factory.mktemp("home")
    with serving(f"sqlite:///{database}", home) as port:
        yield port
    assert not (home / ".gunicorn").exists(), "no control socket, which all under one HOME would share"


def test_a_forwarded_scheme_is_not_believed_of_a_neighbour(served: int) -> None:
    assert posts(served, "/twilio/fallback").status_code == 200
    forged = posts(served, "/twilio/fallback", f"https://127.0.0.1:{served}", **{"X-Forwarded-Proto": "https"})
    assert forged.status_code == 403
    both = posts(served, "/twilio/fallback", **{"X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "on"})
    assert both.status_code == 200, "the address that was called is the one that arrived"


def test_with_every_thread_waiting_for_the_database_who_needs_none_is_answered(served: int, database: Path) -> None:
    assert posts(served, "/twilio/voice").status_code == 200
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    answers: list[int] = []

    def call() -> None:
        answers.append(posts(served, "/twilio/turn?turn=1", timeout=30).status_code)

    callers = [threading.Thread(target=call) for _ in range(2 * THREADS)]
    try:
        for caller in callers:
            caller.start()
        for _ in range(3):
            before = time.monotonic()
            assert posts(served, "/twilio/fallback").status_code == 200
            assert healthy(served, timeout=10)
            assert time.monotonic() - before < 12
    finally:
        other.close()
        for caller in callers:
            caller.join()
    assert answers == [200] * len(callers), "each hears the apology, or its turn"


@contextmanager
def slow_clients(port: int, many: int, sent: bytes) -> Iterator[None]:
    with ExitStack() as opened:
        for _ in range(many):
            client = opened.enter_context(socket.create_connection(("127.0.0.1", port)))
            client.sendall(sent)
        yield


HALF = b"POST /twilio/voice HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@pytest.mark.parametrize("sent", [HALF, HALF + b"Content-Length: 500\r\n\r\nCallSid=C"], ids=["head", "body"])
def test_clients_that_stop_sending_hold_up_gunicorn_for_seconds_and_no_longer(served: int, sent: bytes) -> None:
    with slow_clients(served, THREADS, sent):
        wait_for(lambda: healthy(served, timeout=SILENT_SECONDS + 20), SILENT_SECONDS + 60)


@pytest.fixture(scope="module")
def behind_nginx(served: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """nginx as deploy/nginx.conf has it, in front of gunicorn; its port."""
    needs("nginx", NGINX is not None)
    assert NGINX is not None
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    whole = (PROJECT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    site = "\nserver {".join(whole.split("\nserver {")[:2]).replace("127.0.0.1:8080", f"127.0.0.1:{served}")
    lines = [line for line in site.splitlines() if not line.strip().startswith(("ssl_", "server_name"))]
    site = "\n".join(f"    listen 127.0.0.1:{port};" if line.strip().startswith("listen") else line for line in lines)
    temporary = "".join(
        f"{name}_temp_path {folder / name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    mine = "user root; " if os.getuid() == 0 else ""
    head = f"{mine}daemon off; pid {folder / 'pid'}; error_log {folder / 'error'}; events {{}}\n"
    whole = f"{head}http {{ access_log off;\n{temporary}{site}\n}}\n"
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    call = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error")]
    with process(call, dict(os.environ), lambda: answers(port)):
        yield port


def answers(port: int) -> bool:
    """Through nginx, which hands on no port."""
    try:
        return posts(port, "/twilio/fallback", "http://127.0.0.1", timeout=10).status_code == 200
    except httpx.HTTPError:
        return False


def test_clients_that_send_little_by_little_never_reach_gunicorn_behind_nginx(behind_nginx: int, served: int) -> None:
    stop = threading.Event()
    head = HALF + b"Content-Length: 500\r\n\r\n"

    def drip() -> None:
        with socket.create_connection(("127.0.0.1", behind_nginx)) as client:
            client.sendall(head)
            while not stop.wait(0.2):
                try:
                    client.sendall(b"x")
                except OSError:
                    return

    dripping = [threading.Thread(target=drip, daemon=True) for _ in range(8)]
    for client in dripping:
        client.start()
    try:
        for _ in range(5):
            before = time.monotonic()
            assert healthy(served, timeout=10)
            assert answers(behind_nginx)
            assert time.monotonic() - before < 10
    finally:
        stop.set()
        for client in dripping:
            client.join(5)


def test_nginx_hands_on_what_twilio_signed_and_refuses_what_is_too_long(behind_nginx: int) -> None:
    answer = posts(behind_nginx, "/twilio/fallback", "http://127.0.0.1")
    assert answer.status_code == 200
    assert "<Enqueue" in answer.text
    long = httpx.post(f"http://127.0.0.1:{behind_nginx}/twilio/voice", content=b"x" * 70_000, timeout=10)
    assert long.status_code == 413
