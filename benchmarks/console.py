"""How long it takes from a change in the store to the page: `python -m benchmarks.console [PAGES]`.

So many boards are open, 200 contacts wait, and more come one after another; each time is counted from the commit until
a page has been sent the new board. The pages are read by this same machine.
"""

import os
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import httpx
from sqlalchemy import create_engine, insert

from voice.content import load_line
from voice.content.shipped import PROJECT
from voice.core.contact.state import Contact, Kind, Stage
from voice.service.console.accounts import Accounts
from voice.store import Store
from voice.store.rows import as_row
from voice.store.tables import contacts

WAITING, CHANGES, PORT = 200, 6, 8123
NAME, PASSWORD = "sofie", "a long enough password"


def main(pages: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/calls.sqlite3"
        store = Store(url)
        store.migrate()
        Accounts(store).add(NAME, PASSWORD, ["supervisor"])
        queues = list(load_line(PROJECT).plan.queues)
        plain = create_engine(url)

        def waits(number: int) -> None:
            """One more waits. Without the store's own rules: there is no call behind it."""
            now, sid = datetime.now(UTC), f"CA{number:032d}"
            queue = queues[number % len(queues)]
            one = Contact(f"R{number}-1", sid, Kind.LIVE, Stage.WAITING, queue, "nl", now, leg=sid, place=now)
            with plain.begin() as connection:
                connection.execute(insert(contacts), as_row(one))

        for number in range(WAITING):
            waits(number)
        environment = os.environ | {"VOICE_DATABASE_URL": url, "VOICE_LINE": str(PROJECT), "VOICE_LOG_LEVEL": "error"}
        console = subprocess.Popen([sys.executable, "-m", "voice", "console", "--port", str(PORT)], env=environment)
        try:
            seconds = sorted(_changes(pages, waits))
        finally:
            console.terminate()
            console.wait()
    p50, p95 = (1000 * seconds[int(len(seconds) * share)] for share in (0.5, 0.95))
    print(f"{pages} pages, {len(seconds)} of {pages * CHANGES} told: p50 {p50:.0f} ms, p95 {p95:.0f} ms")


def watching(pages: int) -> selectors.BaseSelector:
    """So many boards, open on the console at `PORT`."""
    cookie, selector = signed_in(NAME), selectors.DefaultSelector()
    for _ in range(pages):
        stream = socket.create_connection(("127.0.0.1", PORT))
        stream.sendall(f"GET /board/stream HTTP/1.1\r\nHost: console\r\nCookie: {cookie}\r\n\r\n".encode())
        selector.register(stream, selectors.EVENT_READ)
    _told(selector, pages, 60.0)
    return selector


def _changes(pages: int, waits: Callable[[int], None]) -> list[float]:
    selector = watching(pages)
    found: list[float] = []
    for number in range(CHANGES):
        _told(selector, pages, 1.5)
        began = time.monotonic()
        waits(WAITING + number)
        found += [at - began for at in _told(selector, pages, 10.0).values()]
    return found


def _told(selector: selectors.BaseSelector, pages: int, seconds: float) -> dict[object, float]:
    """When each page was sent a part, until all were or so many seconds are over."""
    seen: dict[object, float] = {}
    end = time.monotonic() + seconds
    while time.monotonic() < end and len(seen) < pages:
        for key, _ in selector.select(0.05):
            stream = key.fileobj
            assert isinstance(stream, socket.socket)
            if b"event: part" in stream.recv(1 << 18):
                seen.setdefault(stream, time.monotonic())
    return seen


def signed_in(name: str) -> str:
    """The cookie of somebody who is signed in on the console at `PORT`, once it serves."""
    with httpx.Client(base_url=f"http://127.0.0.1:{PORT}", timeout=60) as client:
        for _ in range(600):
            with suppress(httpx.HTTPError):
                if client.get("/healthz").status_code == 200:
                    break
            time.sleep(0.1)
        client.post("/sign-in", data={"name": name, "password": PASSWORD})
        return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
