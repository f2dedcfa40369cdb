"""What one transaction writes, gathered and sent as one statement: a turn changes five tables in one round trip.

PostgreSQL takes the parts as one WITH. SQLite has nothing like it: there they are the body of a trigger, on a view of
the connection's own, into which one row is put. Rows of one table are put in the order in which they were given.

A row may be put or changed once in one statement: who changes it again begins another.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, TextClause, bindparam, text
from sqlalchemy.exc import IntegrityError

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

    def sql(self, at: int, value: Callable[[str], str]) -> str:
        """`at` is its place among the parts; `value` says how the statement names a value."""
        names = [f'"{self.table.c[key].name}"' for key in self.columns]
        if self.where:
            change = ", ".join(
                f"{name} = {value(f'p{at}_{key}')}" for name, key in zip(names, self.columns, strict=True)
            )
            which = " AND ".join(f'"{self.table.c[key].name}" = {value(f"w{at}_{key}")}' for key in self.where)
            return f'UPDATE "{self.table.name}" SET {change} WHERE {which}'
        rows = ", ".join(
            f"({', '.join(value(f'p{at}_{key}_{row}') for key in self.columns)})" for row in range(self.rows)
        )
        return f'INSERT INTO "{self.table.name}" ({", ".join(names)}) VALUES {rows}'

    def types(self, at: int) -> Iterator[tuple[str, Any]]:
        for key in self.columns:
            kind = self.table.c[key].type
            names = [f"p{at}_{key}"] if self.where else [f"p{at}_{key}_{row}" for row in range(self.rows)]
            yield from ((name, kind) for name in names)
        yield from ((f"w{at}_{key}", self.table.c[key].type) for key in self.where)


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
        values: dict[str, Any] = {}
        for at, (table, changed, where, guard) in enumerate(self._changed):
            parts.append(OneWrite(table, tuple(changed), where=tuple(where), guard=guard))
            values |= {f"p{at}_{key}": value for key, value in changed.items()}
            values |= {f"w{at}_{key}": value for key, value in where.items()}
        for at, (table, rows) in enumerate(self._put.items(), len(parts)):
            parts.append(OneWrite(table, tuple(rows[0]), len(rows)))
            values |= {f"p{at}_{key}_{n}": value for n, row in enumerate(rows) for key, value in row.items()}
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


def _send(connection: Connection, parts: tuple[OneWrite, ...], values: Mapping[str, Any]) -> None:
    if connection.dialect.name == "postgresql":
        if connection.execute(_with(parts), values).scalar_one() is False:
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
        connection.execute(statement, values)
    except IntegrityError as error:
        if OVERTAKEN in str(error.orig):
            raise Overtaken from None
        raise


@lru_cache(maxsize=512)
def _with(parts: tuple[OneWrite, ...]) -> TextClause:
    steps = [f"s{at} AS ({part.sql(at, lambda name: f':{name}')} RETURNING 1)" for at, part in enumerate(parts)]
    guards = [f"EXISTS (SELECT 1 FROM s{at})" for at, part in enumerate(parts) if part.guard]
    return _typed(f"WITH {', '.join(steps)} SELECT {' AND '.join(guards) or 'true'}", parts)


_numbers = count()


@lru_cache(maxsize=512)
def _triggered(parts: tuple[OneWrite, ...]) -> tuple[str, tuple[str, str], TextClause]:
    """The view's name, what makes it and its trigger, and the statement that puts a row into it."""
    view = f"writes_{next(_numbers)}"
    names = [name for at, part in enumerate(parts) for name, _ in part.types(at)]
    steps = []
    for at, part in enumerate(parts):
        steps.append(part.sql(at, lambda name: f'NEW."{name}"'))
        if part.guard:
            steps.append(f"SELECT RAISE(ABORT, '{OVERTAKEN}') WHERE changes() = 0")
    made = f"CREATE TEMP VIEW IF NOT EXISTS {view} AS SELECT " + ", ".join(f'NULL AS "{name}"' for name in names)
    trigger = f"CREATE TEMP TRIGGER IF NOT EXISTS {view}_put INSTEAD OF INSERT ON {view} BEGIN {'; '.join(steps)}; END"
    columns, rows = ", ".join(f'"{name}"' for name in names), ", ".join(f":{name}" for name in names)
    return view, (made, trigger), _typed(f"INSERT INTO {view} ({columns}) VALUES ({rows})", parts)


def _typed(statement: str, parts: tuple[OneWrite, ...]) -> TextClause:
    types = (pair for at, part in enumerate(parts) for pair in part.types(at))
    return text(statement).bindparams(*(bindparam(name, type_=kind) for name, kind in types))
