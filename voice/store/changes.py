"""Being told that something changed: LISTEN on PostgreSQL, a look at SQLite's own counter of changes.

PostgreSQL's triggers (migrations 0005, 0030) send their notices when a transaction is done. SQLite's `PRAGMA
data_version` is another number once anybody else has written (https://sqlite.org/pragma.html#pragma_data_version); a
look at it reads nothing.
"""

import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

CHANNEL = "voice_changed"
LOOK_EVERY = 0.1
QUIET = 1.0
"""Seconds without a change after which `watch` yields all the same, so that who listens can look at other things."""

AWAY = 2.0
"""Seconds until a database that went away is asked anew."""


def watch(engine: Engine) -> Iterator[bool]:
    """Yields True after each change (several at once are one), False when nothing changed for a while. For ever."""
    while True:
        try:
            yield from _listen(engine) if engine.dialect.name == "postgresql" else _poll(engine)
        except SQLAlchemyError:
            time.sleep(AWAY)
        yield True  # what changed while nobody listened is not known


def _poll(engine: Engine) -> Iterator[bool]:
    with engine.connect() as connection:
        connection.execution_options(reading=True)
        before, quiet = _version(connection), time.monotonic()
        while True:
            time.sleep(LOOK_EVERY)
            now = _version(connection)
            if now != before or time.monotonic() - quiet > QUIET:
                quiet = time.monotonic()
                yield now != before
                before = now


def _version(connection: Any) -> int:
    return int(connection.exec_driver_sql("PRAGMA data_version").scalar_one())


def _listen(engine: Engine) -> Iterator[bool]:
    import psycopg

    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text(f"LISTEN {CHANNEL}"))
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        while True:
            try:
                notices = list(driver.notifies(timeout=QUIET, stop_after=1))
            except psycopg.OperationalError:
                return
            yield bool(notices)
