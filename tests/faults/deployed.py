"""The app under gunicorn as a process of its own, and Twilio who posts to it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from twilio.request_validator import RequestValidator

from tests.conftest import PROJECT, TOKEN

FORM = {"CallSid": "CA" + "1" * 32, "From": "+32470123456", "To": "+3212345670"}
STARTS = 300


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(holds: Callable[[], bool], seconds: float = STARTS) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it takes too long"
        time.sleep(0.05)


def healthy(port: int, timeout: float = 1.0) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=timeout).status_code == 200
    except httpx.HTTPError:
        return False


@contextmanager
def process(call: list[str], environment: dict[str, str], starts: Callable[[], bool]) -> Iterator[None]:
    with subprocess.Popen(call, cwd=PROJECT, env=environment, stderr=subprocess.DEVNULL) as running:
        try:
            wait_for(starts)
            yield
        finally:
            running.terminate()


@contextmanager
def serving(database: str, home: Path) -> Iterator[int]:
    """The port of the app over this database."""
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("VOICE_")},
        "VOICE_DATABASE_URL": database,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "HOME": str(home),
    }
    with process([sys.executable, "-m", "tests.faults.served", str(port)], environment, lambda: healthy(port)):
        yield port


def posts(port: int, path: str, called: str | None = None, timeout: float = 14, **headers: str) -> httpx.Response:
    """`called` is the address that Twilio signed."""
    here = f"http://127.0.0.1:{port}"
    signature = RequestValidator(TOKEN).compute_signature((called or here) + path, FORM)
    headers = {"X-Twilio-Signature": signature, **headers}
    return httpx.post(here + path, data=FORM, headers=headers, timeout=timeout)
