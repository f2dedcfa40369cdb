"""SIGTERM under gunicorn: a turn in hand is finished, and new connections are refused at once."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import PROJECT, TOKEN
from tests.faults.test_slow_clients import free_port, healthy, posts, wait_for

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(sys.platform != "linux", reason="gunicorn is deployed on Linux"),
]


@pytest.fixture
def database(tmp_path: Path, migrated: Path) -> Path:
    return Path(shutil.copy(migrated, tmp_path / "calls.sqlite3"))


@pytest.fixture
def served(database: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("VOICE_")},
        "VOICE_DATABASE_URL": f"sqlite:///{database}",
        "TWILIO_AUTH_TOKEN": TOKEN,
    }
    call = [sys.executable, "-m", "tests.faults.served", str(port)]
    with subprocess.Popen(call, cwd=PROJECT, env=environment, stderr=subprocess.DEVNULL) as process:
        wait_for(lambda: healthy(port))
        yield port, process
        process.kill()


def refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except ConnectionRefusedError:
        return True
    return False


def in_hand(port: int) -> bool:
    """Whether a connection to the port is open on the server's side."""
    wanted = f"{port:04X}"
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(row[1].endswith(f":{wanted}") and row[3] == "01" for row in rows)


def test_a_turn_in_hand_is_finished_and_new_ones_are_refused_at_once(
    served: tuple[int, subprocess.Popen[bytes]], database: Path
) -> None:
    port, process = served
    answers: list[httpx.Response] = []
    with sqlite3.connect(database, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")  # the turn waits for the lock
        caller = threading.Thread(target=lambda: answers.append(posts(port, "/twilio/voice")))
        caller.start()
        wait_for(lambda: in_hand(port), 10)
        process.send_signal(signal.SIGTERM)
        wait_for(lambda: refused(port), 3)
        assert not answers
        assert process.poll() is None
        other.execute("ROLLBACK")
    caller.join(20)
    assert [answer.status_code for answer in answers] == [200]
    assert "<Gather" in answers[0].text
    assert process.wait(20) == 0
