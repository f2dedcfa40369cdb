"""Lengths of columns on SQLite, which keeps none of itself: what is too long for PostgreSQL fails here as well.

Triggers, for SQLite adds no CHECK to a table that exists. They are drawn from the tables, and anew with each migration.
"""

from sqlalchemy import Connection, String, Text, text

from voice.store.tables import metadata

PREFIX = "length_of_"
TOO_LONG = "too long for its column"


def forget_lengths(connection: Connection) -> None:
    """Before a migration: a column that goes must be named by nothing."""
    if connection.dialect.name != "sqlite":
        return
    found = connection.execute(
        text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE :like"), {"like": f"{PREFIX}%"}
    )
    for name in found.scalars().all():
        connection.execute(text(f'DROP TRIGGER "{name}"'))


def check_lengths(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    for table in metadata.sorted_tables:
        limits = {
            column.name: column.type.length
            for column in table.columns
            if isinstance(column.type, String) and not isinstance(column.type, Text) and column.type.length
        }
        for when, columns in (("INSERT", limits), ("UPDATE", limits)):
            if not columns:
                continue
            beyond = " OR ".join(f'length(NEW."{name}") > {most}' for name, most in columns.items())
            of = " OF " + ", ".join(f'"{name}"' for name in columns) if when == "UPDATE" else ""
            connection.execute(
                text(
                    f'CREATE TRIGGER "{PREFIX}{table.name}_{when.lower()}" BEFORE {when}{of} ON "{table.name}" '
                    f"WHEN {beyond} BEGIN SELECT RAISE(ABORT, '{TOO_LONG}'); END"
                )
            )
