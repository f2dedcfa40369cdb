"""No statement of a webhook is waited for without end: Twilio gives it 15 seconds, and the apology must be in time.

PostgreSQL ends a statement or a wait for a lock by itself, if it is alive. One that is frozen, or behind a network that
swallows everything, tells nothing: so the client stops waiting, too, and gives the connection up.
"""

import time
from collections.abc import Generator
from typing import Any

CONNECT_SECONDS = 3
LOCK_SECONDS, STATEMENT_SECONDS = 4, 5
SILENCE_SECONDS = 6.0
"""Longer than the server's own limits, which tell more of what was wrong."""

POOL_SECONDS = 3.0
"""How long a thread waits for a connection that others hold."""

BUSY_SECONDS = 6
"""How long a writer waits for another on SQLite."""

LIMITS = f"-c statement_timeout={STATEMENT_SECONDS * 1000} -c lock_timeout={LOCK_SECONDS * 1000}"
"""As libpq's `options` has them."""


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

    end = time.monotonic() + SILENCE_SECONDS
    try:
        wanted = next(generator)
        while True:
            ready = yield wanted
            if not ready and time.monotonic() > end:
                connection.pgconn.finish()
                raise psycopg.OperationalError(f"The server said nothing for {SILENCE_SECONDS:.0f} s.")
            wanted = generator.send(ready)
    except StopIteration as done:
        return done.value
