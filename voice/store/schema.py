"""Which schema the database has, and bringing it to this program's.

On SQLite, which serves one machine, whoever starts brings it up to date. On PostgreSQL that is `voice migrate` alone:
processes of the version before may be at work, and go on, for a migration takes nothing from them.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import OperationalError

from voice.errors import StoreError
from voice.store.database import reading
from voice.store.lengths import check_lengths, forget_lengths

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATION_LOCK = 5_271_009

PATIENCE = 120
"""Seconds that a start waits, on SQLite, for the others that migrate before it: no caller waits for a start."""


def migrate(engine: Engine) -> None:
    """Bring the tables to this version. Safe when several processes start at once: one does it, the others wait.

    Raises `StoreError` for a database that cannot be reached, or is of a newer version than this program.
    """
    from alembic import command  # imported here: a webhook never needs it

    config = _config()
    try:
        with engine.connect().execution_options(patience=PATIENCE) as connection, connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            _refuse_newer(config, _schema_of(connection))
            config.attributes["connection"] = connection
            forget_lengths(connection)
            command.upgrade(config, "head")
            check_lengths(connection)
    except OperationalError as error:
        raise _unreachable(engine, error) from None


def prepare(engine: Engine) -> None:
    """What every process does before it works. Raises `StoreError` as `migrate` does, and on PostgreSQL for a database
    of an older version."""
    config = _config()
    try:
        with reading(engine) as connection:
            found = _schema_of(connection)
    except OperationalError as error:
        raise _unreachable(engine, error) from None
    _refuse_newer(config, found)
    if engine.dialect.name == "sqlite" and found != _known(config)[0]:
        migrate(engine)
        return
    if found != _known(config)[0]:
        what = f"has the schema {found}, which is of an older version" if found else "is empty"
        raise StoreError(f"The database {what}.", "Run: voice migrate.")


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def _known(config: "Config") -> list[str]:
    """The revisions that this program knows, the newest first."""
    from alembic.script import ScriptDirectory

    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]


def _schema_of(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(found) if found else None


def _refuse_newer(config: "Config", found: str | None) -> None:
    known = _known(config)
    if found is not None and found not in known:
        raise StoreError(
            f"The database is of a newer version than this program (schema {found}; this one knows {known[0]}).",
            "Start the newer program, or restore the backup from before the upgrade (docs/running.md).",
        )


def _unreachable(engine: Engine, error: OperationalError) -> StoreError:
    where = engine.url.render_as_string(hide_password=True)
    what = f"The database {where} cannot be used: {error.orig}."
    return StoreError(what, "Is it running, and may this user reach it?")
