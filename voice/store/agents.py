"""Agents: who answers, for which queues and languages, and what they are doing."""

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, RowMapping, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from voice.core.contact.dispatch import Agent
from voice.errors import StoreError
from voice.store.database import Source, reading, writing
from voice.store.tables import agents, pin_rings, presence

AGENTS = select(*(column.label(column.key) for column in agents.c))
"""The columns of an agent by the names of its fields: what `as_agent` reads."""

_FIND = AGENTS.where((agents.c.name == bindparam("which")) | (agents.c.endpoint == bindparam("which")))

_TRY = (
    update(agents)
    .where(agents.c.name == bindparam("which"), agents.c.pin_failures < bindparam("most"))
    .values(pin_failures=agents.c.pin_failures + 1)
)


def listed(parameter: str = "listed") -> ColumnElement[bool]:
    """Of an agent of the queue whose name this parameter is, as JSON. A quotation mark inside a name stands behind a
    backslash, so that no part of another name fits; LIKE would not tell large letters from small on SQLite."""
    return func.replace(agents.c.queues, bindparam(parameter), "") != agents.c.queues


@lru_cache(maxsize=1024)
def _names(written: str) -> tuple[str, ...]:
    """Read once: of hundreds of agents many serve the same."""
    return tuple(json.loads(written))


def as_agent(row: RowMapping) -> Agent:
    return Agent(**dict(row) | {name: _names(row[name]) for name in ("queues", "languages")})


class Agents:
    """Raises `StoreError` for an agent that is not there, or a name or endpoint that is taken."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def all(self) -> list[Agent]:
        with reading(self.source) as connection:
            return [as_agent(row) for row in connection.execute(AGENTS.order_by(agents.c.name)).mappings()]

    def find(self, name_or_endpoint: str) -> Agent | None:
        with reading(self.source) as connection:
            row = connection.execute(_FIND, {"which": name_or_endpoint}).mappings().first()
        return as_agent(row) if row else None

    def add(
        self, name: str, endpoint: str, queues: Sequence[str], languages: Sequence[str], pin: str | None = None
    ) -> None:
        _fits(name, agents.c.name, "name")
        _fits(endpoint, agents.c.endpoint, "endpoint")
        row = {"name": name, "endpoint": endpoint, "queues": json.dumps(queues), "languages": json.dumps(languages)}
        try:
            with writing(self.source) as connection:
                new = {"pin": pin, "pin_failures": 0, "signed_in": False, "missed": 0}
                connection.execute(insert(agents), row | new)
        except IntegrityError:
            raise StoreError(
                f"There is an agent “{name}”, or one at {endpoint}, already.", "Remove that one first."
            ) from None

    def remove(self, name: str) -> None:
        """An agent who is on a call is signed out first, and removed afterwards."""
        with writing(self.source) as connection:
            gone = connection.execute(delete(agents).where(agents.c.name == name, agents.c.contact.is_(None)))
            if gone.rowcount:
                return
        if self.find(name) is None:
            raise _nobody(name)
        raise StoreError(f"{name} is on a call.", "Sign them out, and wait for it to end.")

    def sign_in(self, name: str, now: datetime) -> None:
        values = {"missed": 0, "pin_failures": 0, "idle_since": now, "wrap_up_until": None, "not_ready": None}
        self._present(name, "signed in", None, now, signed_in=True, **values)

    def sign_out(self, name: str, now: datetime | None = None) -> None:
        """A call under way goes on to its end."""
        self._present(name, "signed out", None, now or datetime.now(UTC), signed_in=False, not_ready=None)

    def not_ready(self, name: str, reason: str, now: datetime) -> None:
        """Nobody is given to them from now on; a call under way goes on to its end."""
        self._present(name, "not ready", reason, now, not_ready=reason)

    def ready(self, name: str, now: datetime) -> None:
        """What is left of their wrap-up is over, too."""
        self._present(name, "ready", None, now, not_ready=None, wrap_up_until=None, idle_since=now)

    def wrap_up(self, name: str, until: datetime) -> None:
        """Wrap-up lasts until then."""
        self._change(name, wrap_up_until=until)

    def work(self, name: str, queues: Sequence[str], languages: Sequence[str]) -> None:
        """From now on they answer these."""
        self._change(name, queues=json.dumps(list(queues)), languages=json.dumps(list(languages)))

    def tries_pin(self, name: str, most: int) -> bool:
        """Counts one try, before it is looked at: of tries at the same moment no more than `most` in a row are given.
        The right PIN sets the count back."""
        with writing(self.source) as connection:
            return connection.execute(_TRY, {"which": name, "most": most}).rowcount == 1

    def right_pin(self, name: str) -> None:
        self._change(name, pin_failures=0)

    def ask_for_pin(self, name: str, now: datetime, apart: timedelta) -> None:
        """They are to be rung on their own telephone; not again within `apart`, whoever wants it."""
        with writing(self.source) as connection:
            values = {"at": now, "owed": True}
            known = connection.execute(
                select(pin_rings.c.at).where(pin_rings.c.agent == name).with_for_update()
            ).first()
            if known is None:
                with suppress(IntegrityError), connection.begin_nested():
                    connection.execute(insert(pin_rings), {"agent": name} | values)
            elif known.at <= now - apart:
                connection.execute(update(pin_rings).where(pin_rings.c.agent == name).values(**values))

    def take_pin_ring(self) -> Agent | None:
        """One who is to be rung now; given to one worker, once."""
        with writing(self.source) as connection:
            for name in connection.execute(select(pin_rings.c.agent).where(pin_rings.c.owed)).scalars().all():
                mine = (pin_rings.c.agent == name, pin_rings.c.owed)
                if connection.execute(update(pin_rings).where(*mine).values(owed=False)).rowcount:
                    row = connection.execute(_FIND, {"which": name}).mappings().first()
                    if row is not None:
                        return as_agent(row)
        return None

    def _change(self, name: str, **values: Any) -> None:
        with writing(self.source) as connection:
            self._set(connection, name, values)

    def _present(self, name: str, state: str, reason: str | None, now: datetime, **values: Any) -> None:
        with writing(self.source) as connection:
            self._set(connection, name, values | {"since": now})
            note_presence(connection, name, state, now, reason)

    def _set(self, connection: Connection, name: str, values: dict[str, Any]) -> None:
        if not connection.execute(update(agents).where(agents.c.name == name).values(**values)).rowcount:
            raise _nobody(name)


def note_presence(connection: Connection, name: str, state: str, now: datetime, reason: str | None = None) -> None:
    connection.execute(insert(presence), {"agent": name, "at": now, "state": state, "reason": reason})


def _fits(value: str, column: Column[Any], what: str) -> None:
    most = column.type.length  # type: ignore[attr-defined]
    if len(value) > most:
        raise StoreError(f"The {what} of an agent has {len(value)} characters, and {most} are the most.", "Shorten it.")


def _nobody(name: str) -> StoreError:
    return StoreError(f"There is no agent “{name}”.", "See: voice agents list.")
