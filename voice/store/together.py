"""What one transaction writes, gathered and sent as one statement: a turn changes five tables in one round trip.

PostgreSQL takes the parts as one WITH. SQLite has nothing like it: there they are the body of a trigger, on a view of
the connection's own, into which one row is put. Rows of one table are put in the order in which they were given.

A row may be put or changed once in one statement: who changes it again begins another.

The statement reaches the driver as text with its values in order. SQLAlchemy, asked to find names and types of forty
values anew each time, takes longer than the database.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Dialect, Table
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import TypeEngine

from voice.store.database import VIEWS
from voice.store.tables import ledger

OVERTAKEN = "another has changed it"


class Overtaken(Exception):
    """The row that was to be changed is not as it was: nothing is written."""


class OneWrite(NamedTuple):
    """Rows put into a table, or a change of the row in which the columns `where` have certain values. With `guard`
    there must be one."""

    table: Table
    columns: tuple[str, ...]
    rows: int = 1
    where: tuple[str, ...] = ()
    guard: bool = False

    def sql(self, value: Callable[[Column[Any]], str]) -> str:
        """`value` says how the statement tells the next value, which is one for this column."""
        columns = [self.table.c[key] for key in self.columns]
        if self.where:
            change = ", ".join(f'"{column.name}" = {value(column)}' for column in columns)
            which = " AND ".join(f'"{self.table.c[key].name}" = {value(self.table.c[key])}' for key in self.where)
            return f'UPDATE "{self.table.name}" SET {change} WHERE {which}'
        names = ", ".join(f'"{column.name}"' for column in columns)
        rows = ", ".join(f"({', '.join(value(column) for column in columns)})" for _ in range(self.rows))
        return f'INSERT INTO "{self.table.name}" ({names}) VALUES {rows}'

    def types(self) -> Iterator[TypeEngine[Any]]:
        """Of its values, in their order in the statement."""
        yield from (self.table.c[key].type for _ in range(self.rows) for key in self.columns)
        yield from (self.table.c[key].type for key in self.where)


class Writes:
    """Gathered over one connection, which also reads meanwhile."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._put: dict[Table, list[Mapping[str, Any]]] = {}
        self._changed: list[tuple[Table, Mapping[str, Any], Mapping[str, Any], bool]] = []

    def put(self, table: Table, row: Mapping[str, Any]) -> None:
        self._put.setdefault(table, []).append(row)

    def change(self, table: Table, values: Mapping[str, Any], where: Mapping[str, Any], *, guard: bool = False) -> None:
        self._changed.append((table, values, where, guard))

    def note(self, reference: str, what: str, detail: Mapping[str, object], now: datetime) -> None:
        """A line in a contact's ledger."""
        self.put(ledger, noted(reference, what, detail, now))

    def finish(self) -> None:
        """Raises `Overtaken`, upon which the transaction is to be rolled back."""
        parts: list[OneWrite] = []
        values: list[Any] = []
        for table, changed, where, guard in self._changed:
            parts.append(OneWrite(table, tuple(changed), where=tuple(where), guard=guard))
            values += changed.values()
            values += where.values()
        for table, rows in self._put.items():
            columns = tuple(rows[0])
            parts.append(OneWrite(table, columns, len(rows)))
            values += (row[key] for row in rows for key in columns)
        self._put, self._changed = {}, []
        if parts:
            _send(self.connection, tuple(parts), values)


def noted(reference: str, what: str, detail: Mapping[str, object], now: datetime) -> dict[str, Any]:
    """A row of the ledger."""
    written = json.dumps({k: v for k, v in detail.items() if v is not None}, default=str, ensure_ascii=False)
    return {"reference": reference, "at": now, "what": what, "detail": written}


@contextmanager
def together(connection: Connection) -> Iterator[Writes]:
    """What is written within is sent at the end."""
    writes = Writes(connection)
    yield writes
    writes.finish()


def _send(connection: Connection, parts: tuple[OneWrite, ...], values: Sequence[Any]) -> None:
    dialect = connection.dialect
    if dialect.name == "postgresql":
        statement = _with(parts, dialect)
        if connection.exec_driver_sql(statement, _bound(parts, dialect, values)).scalar_one() is False:
            raise Overtaken
        return
    view, body, statement = _triggered(parts)
    known = connection.info.setdefault(VIEWS, set())
    if view not in known:
        driver: Any = connection.connection.driver_connection
        for command in body:
            driver.execute(command)
        known.add(view)
    try:
        connection.exec_driver_sql(statement, _bound(parts, dialect, values))
    except IntegrityError as error:
        if OVERTAKEN in str(error.orig):
            raise Overtaken from None
        raise


def _bound(parts: tuple[OneWrite, ...], dialect: Dialect, values: Sequence[Any]) -> tuple[Any, ...]:
    """The values as the driver wants them."""
    ready = list(values)
    for at, process in _processors(parts, dialect):
        ready[at] = process(ready[at])
    return tuple(ready)


@lru_cache(maxsize=512)
def _processors(parts: tuple[OneWrite, ...], dialect: Dialect) -> tuple[tuple[int, Callable[[Any], Any]], ...]:
    """Of the values that no driver takes as they are, by their place."""
    types = [kind for part in parts for kind in part.types()]
    found = ((at, kind.dialect_impl(dialect).bind_processor(dialect)) for at, kind in enumerate(types))
    return tuple((at, process) for at, process in found if process)


@lru_cache(maxsize=512)
def _with(parts: tuple[OneWrite, ...], dialect: Dialect) -> str:
    def value(column: Column[Any]) -> str:
        return f"%s::{column.type.dialect_impl(dialect).compile(dialect)}"

    steps = [f"s{at} AS ({part.sql(value)} RETURNING 1)" for at, part in enumerate(parts)]
    guards = [f"EXISTS (SELECT 1 FROM s{at})" for at, part in enumerate(parts) if part.guard]
    return f"WITH {', '.join(steps)} SELECT {' AND '.join(guards) or 'true'}"


_numbers = count()


@lru_cache(maxsize=512)
def _triggered(parts: tuple[OneWrite, ...]) -> tuple[str, tuple[str, str], str]:
    """The view's name, what makes it and its trigger, and the statement that puts a row into it."""
    view = f"writes_{next(_numbers)}"
    names: list[str] = []

    def value(_: Column[Any]) -> str:
        names.append(f"v{len(names)}")
        return f"NEW.{names[-1]}"

    steps = []
    for part in parts:
        steps.append(part.sql(value))
        if part.guard:
            steps.append(f"SELECT RAISE(ABORT, '{OVERTAKEN}') WHERE changes() = 0")
    made = f"CREATE TEMP VIEW IF NOT EXISTS {view} AS SELECT " + ", ".join(f"NULL AS {name}" for name in names)
    trigger = f"CREATE TEMP TRIGGER IF NOT EXISTS {view}_put INSTEAD OF INSERT ON {view} BEGIN {'; '.join(steps)}; END"
    return view, (made, trigger), f"INSERT INTO {view} ({', '.join(names)}) VALUES ({', '.join('?' for _ in names)})"
