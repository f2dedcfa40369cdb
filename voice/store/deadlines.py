"""No statement of a webhook is waited for without end: Twilio gives it 15 seconds, and the apology must be in time.

PostgreSQL ends a statement or a wait for a lock by itself, if it is alive. One that is frozen, or behind a network that
swallows everything, tells nothing: so the client stops waiting, too, and gives the connection up. And each wait being
short says nothing of many: one request waits no longer than `within` says, for all that it asks together.
"""

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from threading import local
from typing import Any

REQUEST_SECONDS = 7.0
"""How long one request waits for the database in all: half of Twilio's patience is left to a machine that is busy."""

CONNECT_SECONDS, LEAST_CONNECT_SECONDS = 3, 2
"""psycopg gives no connection less than that."""

PING_SECONDS = 2.0
"""For whether a connection that nobody used for a while still answers."""

LOCK_SECONDS, STATEMENT_SECONDS = 4, 5
SILENCE_SECONDS = 6.0
"""Longer than the server's own limits, which tell more of what was wrong."""

POOL_SECONDS = 3.0
"""How long a thread waits for a connection that others hold."""

BUSY_SECONDS = 6
"""How long a writer waits for another on SQLite."""

LIMITS = f"-c statement_timeout={STATEMENT_SECONDS * 1000} -c lock_timeout={LOCK_SECONDS * 1000}"
"""As libpq's `options` has them."""

_waits = local()


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What this thread asks meanwhile, it waits for no longer in all. A server that answers at once is asked also after
    that."""
    before = getattr(_waits, "end", None)
    _waits.end = time.monotonic() + left(seconds)
    try:
        yield
    finally:
        _waits.end = before


def left(most: float) -> float:
    """How long this thread may still wait: `most`, or less."""
    end = getattr(_waits, "end", None)
    return most if end is None else max(0.0, min(most, end - time.monotonic()))


def connect_in_time(_dialect: Any, _record: Any, _arguments: Any, parameters: dict[str, Any]) -> None:
    """Before a connection is made: in what is left."""
    import psycopg

    seconds = int(left(CONNECT_SECONDS))
    if seconds < LEAST_CONNECT_SECONDS:
        raise psycopg.OperationalError("The database did not answer in time.")
    parameters["connect_timeout"] = seconds


def briefly(ping: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """A dialect's ping that gives up before long."""

    def pings(connection: Any) -> bool:
        with within(PING_SECONDS):
            return ping(connection)

    return pings


def impatient(connection: Any) -> None:
    """Let a psycopg connection give up on a server that says nothing for `SILENCE_SECONDS`. It is closed then, for
    nobody knows what it would answer, and `OperationalError` is raised, as for any server that is gone."""
    wait = connection.wait

    def within_time(generator: Any, *args: Any, **options: Any) -> Any:
        # Who listens for notifications says for how long.
        waited = generator if "timeout" in options else _within_time(connection, generator)
        return wait(waited, *args, **options)

    connection.wait = within_time


def _within_time(connection: Any, generator: Any) -> Generator[Any, Any, Any]:
    """psycopg resumes its generators ten times a second, also where nothing has come."""
    import psycopg

    begun = time.monotonic()
    end = begun + left(SILENCE_SECONDS)
    try:
        wanted = next(generator)
        while True:
            ready = yield wanted
            if not ready and time.monotonic() > end:
                connection.pgconn.finish()
                raise psycopg.OperationalError(f"The server said nothing for {end - begun:.0f} s.")
            wanted = generator.send(ready)
    except StopIteration as done:
        return done.value
