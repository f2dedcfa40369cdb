"""The line of the tests, on either database, and a way to take its database away."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

import pytest

from tests.conftest import Telvia
from tests.store.conftest import migrated_postgresql, store, url
from voice.store import Store

__all__ = ["migrated_postgresql", "store", "url"]


class Relay:
    """A way to PostgreSQL that can be made to swallow everything, as a frozen server or a broken network does;
    `delay` is the seconds it takes each way."""

    def __init__(self, host: str, port: int) -> None:
        self.target = (host, port)
        self.flows = threading.Event()
        self.flows.set()
        self.delay = 0.0
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client = self.server.accept()[0]
            except OSError:
                return
            server = socket.create_connection(self.target)
            for one, other in ((client, server), (server, client)):
                threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                self.flows.wait()
                time.sleep(self.delay)
                other.sendall(data)
        other.close()

    def close(self) -> None:
        self.flows.set()
        self.server.close()


Outage = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def telvia(open_line: Callable[..., Telvia]) -> Telvia:
    """The faults are what is tested, so Twilio goes on after them, as the real one does."""
    return open_line(strict=False)


@pytest.fixture
def database_away(telvia: Telvia) -> Outage:
    """`with database_away():` no process reaches the database."""

    @contextmanager
    def away() -> Iterator[None]:
        there = telvia.store.engine
        telvia.store.engine = Store("sqlite:////nowhere/at/all.sqlite3").engine
        try:
            yield
        finally:
            telvia.store.engine = there

    return away
