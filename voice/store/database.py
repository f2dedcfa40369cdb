"""Engines and transactions, on SQLite and PostgreSQL."""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from voice.errors import SettingsError
from voice.store.deadlines import (
    BUSY_SECONDS,
    CONNECT_SECONDS,
    LIMITS,
    POOL_SECONDS,
    briefly,
    connect_in_time,
    impatient,
    left,
)

DEFAULT_URL = "sqlite:///rechtdoor.sqlite3"

SCHEMES = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
FORMS = "Write sqlite:///FILE or postgresql://USER@HOST/NAME."

BATCH = 500
"""Rows that are fetched at once where many are read."""

PLANS = "-c plan_cache_mode=force_custom_plan"
"""A plan made without the values reads a table from end to end where the values would have told of a few rows."""

VIEWS = "views of writes"
"""In a connection's notes: the views that it has (`voice.store.together`)."""

FIRST_LOOK, LAST_LOOK = 0.0005, 0.05
"""Seconds between two looks at whether another process still writes to a SQLite file."""

JOURNAL_PAGES = 8000
"""Of SQLite's journal, 4 kB each, before a writer brings them into the file and waits for the disk (1000 where nobody
says). Most are of the same few pages, so that eight times as many are not much more to bring."""

_QUEUES: dict[str, threading.Lock] = {}
"""Of the writers of each SQLite file."""

Source = Engine | Connection
"""Where a statement goes: the engine, which lends a connection for it, or one connection that serves many."""

_READING: dict[str, dict[str, Any]] = {"sqlite": {"reading": True}, "postgresql": {"isolation_level": "AUTOCOMMIT"}}
_WRITING: dict[str, dict[str, Any]] = {"sqlite": {"reading": None}, "postgresql": {"isolation_level": "READ COMMITTED"}}
"""How a connection is told whether a transaction is wanted. SQLite's begins none of itself (`_on_begin`)."""


def connect(url: str, *, patient: bool = False) -> Engine:
    """An engine for the URL. One that is `patient` waits as long as it takes: no caller waits for what it does.

    Raises `SettingsError` for a URL that is none, or a database that is not supported.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        raise SettingsError("VOICE_DATABASE_URL is no database URL.", FORMS) from None
    scheme = parsed.drivername.partition("+")[0]
    if scheme not in SCHEMES:
        raise SettingsError(f"The database “{scheme}” is not supported.", "Use sqlite:/// or postgresql://.")
    if scheme == "sqlite" and parsed.database in (None, "", ":memory:"):
        # One in memory would be another for each process, and gone with it.
        raise SettingsError("VOICE_DATABASE_URL names no file.", FORMS)
    try:
        if scheme == "sqlite":
            return _sqlite(parsed.set(drivername=SCHEMES[scheme]))
        return _postgresql(parsed.set(drivername=SCHEMES[scheme]), patient)
    except (NoSuchModuleError, ModuleNotFoundError):
        raise SettingsError(
            "PostgreSQL needs a driver that is not installed.", "Run: pip install 'rechtdoor[postgres]'."
        ) from None


def _postgresql(url: URL, patient: bool) -> Engine:
    from psycopg import ProgrammingError
    from psycopg.conninfo import make_conninfo

    try:
        make_conninfo(**{name: value for name, value in url.query.items() if isinstance(value, str)})
    except ProgrammingError as error:
        raise SettingsError(f"VOICE_DATABASE_URL has what no connection has: {error}.", FORMS) from None
    options = " ".join(filter(None, (str(url.query.get("options", "")), PLANS, "" if patient else LIMITS)))
    engine = create_engine(
        url,
        pool_pre_ping=True,
        pool_size=10,
        pool_timeout=POOL_SECONDS,
        hide_parameters=True,
        connect_args={"connect_timeout": CONNECT_SECONDS, "options": options},
    )
    if not patient:
        event.listen(engine, "do_connect", connect_in_time)
        event.listen(engine, "connect", lambda connection, _record: impatient(connection))
        engine.dialect.do_ping = briefly(engine.dialect.do_ping)  # type: ignore[method-assign, assignment]
    return engine


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, pool_timeout=POOL_SECONDS, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "do_connect")
    def _before_connect(*_: object) -> None:
        # Calls and numbers are for nobody else's eyes; SQLite gives its other files the mode of this one.
        # Only a new file is opened here: closing a file drops every lock that the process holds on it
        # (https://sqlite.org/howtocorrupt.html, 2.2), and another process then removes the journal it still reads.
        if engine.url.database:
            with suppress(OSError):
                os.close(os.open(engine.url.database, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute(f"PRAGMA wal_autocheckpoint={JOURNAL_PAGES}")
        connection.execute("PRAGMA foreign_keys=ON")
        # SQLite's own knows A to Z alone (https://sqlite.org/lang_corefunc.html#lower).
        connection.create_function("lower", 1, lambda text: text and text.lower(), deterministic=True)

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        # A transaction that reads and then writes must hold the lock from its start: SQLite refuses the change at
        # once, without waiting, when another has written in between (https://sqlite.org/lang_transaction.html).
        options = connection.get_execution_options()
        if options.get("reading") is None:
            _begin(connection, options.get("patience", left(BUSY_SECONDS)))

    @event.listens_for(engine, "rollback")
    def _on_rollback(connection: Connection) -> None:
        # What was made within the transaction goes with it.
        driver: Any = connection.connection.driver_connection
        if driver.in_transaction:
            connection.info.pop(VIEWS, None)

    return engine


def _begin(connection: Connection, seconds: float) -> None:
    """SQLite sleeps up to a tenth of a second between two looks at a lock, while another process is done in one or two
    milliseconds: two busy processes would both stand still. So it looks once, and this looks again soon, less often
    the longer it takes. The last look is a statement like any other, whose fault is told like any other's."""
    driver: Any = connection.connection.driver_connection
    begun = time.monotonic()
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while (waited := time.monotonic() - begun) < seconds:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.Error as error:
                if "locked" not in str(error):
                    break
                time.sleep(min(FIRST_LOOK + waited / 10, LAST_LOOK, seconds - waited))
            else:
                return
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")


def let_others_write(many: int) -> None:
    """Between two batches of long work: who waits for SQLite's lock looks for it every `LAST_LOOK` at least. `many`
    rows were of the batch; after one that is not full nothing comes."""
    if many == BATCH:
        time.sleep(1.2 * LAST_LOOK)


def _write_ahead(connection: Any) -> None:
    """SQLite does not wait here, as it does elsewhere, when two ask for it of a new file in the same moment."""
    end = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return


@contextmanager
def reading(source: Source) -> Iterator[Connection]:
    """A connection that reads and takes no lock."""
    if isinstance(source, Connection):
        yield source
        return
    with source.connect() as connection:
        yield connection.execution_options(**_READING[source.dialect.name])


@contextmanager
def streaming(source: Source) -> Iterator[Connection]:
    """A connection that reads, and whose rows come as they are asked for, so that no result need fit into memory.
    PostgreSQL keeps such a result within a transaction alone."""
    if isinstance(source, Connection) or source.dialect.name == "sqlite":
        with reading(source) as connection:
            yield connection.execution_options(yield_per=BATCH)
        return
    with source.connect() as connection:
        yield connection.execution_options(yield_per=BATCH)


@contextmanager
def writing(source: Source) -> Iterator[Connection]:
    """A transaction, all of it or nothing. A connection that is lent comes from `reading`, and reads again after."""
    with _in_turn(source):
        yield from _writing(source)


@contextmanager
def _in_turn(source: Source) -> Iterator[None]:
    """One SQLite file has one writer at a time, and who finds another at work sleeps, longer each time, however soon
    that one is done: so the writers of a process queue before they ask for the file. Where the queue does not move,
    the file's own patience decides."""
    file = source.engine.url.database if source.dialect.name == "sqlite" else None
    if file is None:
        yield
        return
    queue = _QUEUES.setdefault(os.path.abspath(file), threading.Lock())
    waited = queue.acquire(timeout=left(BUSY_SECONDS / 2))
    try:
        yield
    finally:
        if waited:
            queue.release()


def _writing(source: Source) -> Iterator[Connection]:
    if isinstance(source, Engine):
        with source.begin() as connection:
            yield connection
        return
    source.rollback()
    source.execution_options(**_WRITING[source.dialect.name])
    try:
        with source.begin():
            yield source
    finally:
        source.execution_options(**_READING[source.dialect.name])
