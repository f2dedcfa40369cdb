"""Who may use the console, and who is signed in to it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from voice.errors import StoreError
from voice.store.database import Source, reading, writing
from voice.store.tables import sessions, users


@dataclass(frozen=True)
class User:
    """`password` is a salted hash; `agent` the agent they are; `failures` counts wrong passwords in a row."""

    name: str
    password: str | None
    roles: tuple[str, ...]
    agent: str | None = None
    language: str | None = None
    failures: int = 0
    locked_until: datetime | None = None


@dataclass(frozen=True)
class Session:
    user: User
    csrf: str
    began: datetime
    seen: datetime


class Users:
    """Raises `StoreError` for a user who is not there, or whose name is taken."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def all(self) -> list[User]:
        with reading(self.source) as connection:
            return [_as_user(row) for row in connection.execute(select(users).order_by(users.c.name)).mappings()]

    def find(self, name: str) -> User | None:
        with reading(self.source) as connection:
            row = connection.execute(select(users).where(users.c.name == name)).mappings().first()
        return _as_user(row) if row else None

    def add(self, name: str, password: str | None, roles: Sequence[str], agent: str | None) -> None:
        row = {"name": name, "password": password, "roles": json.dumps(list(roles)), "agent": agent, "failures": 0}
        try:
            with writing(self.source) as connection:
                connection.execute(insert(users), row)
        except IntegrityError:
            raise StoreError(f"There is a user “{name}” already.", "Remove that one first.") from None

    def change(self, name: str, **values: Any) -> None:
        """Any of its columns; `roles` as a sequence."""
        if "roles" in values:
            values["roles"] = json.dumps(list(values["roles"]))
        with writing(self.source) as connection:
            if not connection.execute(update(users).where(users.c.name == name).values(**values)).rowcount:
                raise StoreError(f"There is no user “{name}”.", "See: voice console user list.")

    def wrong_password(self, name: str) -> None:
        self.change(name, failures=users.c.failures + 1)

    def remove(self, name: str) -> None:
        with writing(self.source) as connection:
            connection.execute(delete(sessions).where(sessions.c.user == name))
            if not connection.execute(delete(users).where(users.c.name == name)).rowcount:
                raise StoreError(f"There is no user “{name}”.", "See: voice console user list.")

    # ── Sessions ────────────────────────────────────────────────────────────────────────────────

    def begin(self, token: str, name: str, csrf: str, now: datetime) -> None:
        row = {"token": token, "user": name, "csrf": csrf, "began": now, "seen": now}
        with writing(self.source) as connection:
            connection.execute(insert(sessions), row)

    def session(self, token: str) -> Session | None:
        query = select(sessions.c.csrf, sessions.c.began, sessions.c.seen, users).join(
            users, users.c.name == sessions.c.user
        )
        with reading(self.source) as connection:
            row = connection.execute(query.where(sessions.c.token == token)).mappings().first()
        if row is None:
            return None
        facts = dict(row)
        mine = {name: facts.pop(name) for name in ("csrf", "began", "seen")}
        return Session(_as_user(facts), **mine)

    def seen(self, token: str, now: datetime) -> None:
        with writing(self.source) as connection:
            connection.execute(update(sessions).where(sessions.c.token == token).values(seen=now))

    def end(self, token: str) -> None:
        with writing(self.source) as connection:
            connection.execute(delete(sessions).where(sessions.c.token == token))

    def end_all(self, name: str) -> None:
        with writing(self.source) as connection:
            connection.execute(delete(sessions).where(sessions.c.user == name))

    def forget(self, before: datetime) -> None:
        """Sessions not seen since then."""
        with writing(self.source) as connection:
            connection.execute(delete(sessions).where(sessions.c.seen < before))


def _as_user(row: Any) -> User:
    return User(**dict(row) | {"roles": tuple(json.loads(row["roles"]))})
