"""One contract suite, two databases."""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.conftest import needs
from voice.store import Store
from voice.store.tables import metadata

POSTGRES = os.environ.get("VOICE_TEST_POSTGRES", "postgresql://postgres@127.0.0.1/test")


def postgres_answers() -> bool:
    try:
        psycopg.connect(POSTGRES, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def emptied(kind: str, file: Path) -> Iterator[str]:
    """The URL of an empty database of the test's own."""
    if kind == "sqlite":
        yield f"sqlite:///{file}"
        return
    needs("PostgreSQL (VOICE_TEST_POSTGRES)", postgres_answers())
    name = f"rechtdoor_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        # What a test writes need not outlive a loss of power, so no commit waits for the disk.
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    try:
        yield POSTGRES.rpartition("/")[0] + f"/{name}"
    finally:
        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def migrated_postgresql() -> Iterator[str]:
    """The URL of a database with its tables: to make one takes a third of a second, so a run's tests share it."""
    with emptied("postgresql", Path()) as url:
        store = Store(url)
        store.migrate()
        store.close()
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with emptied(request.param, tmp_path / "calls.sqlite3") as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path, migrated: Path) -> Iterator[str]:
    """Of a database with its tables, and nothing in them."""
    if request.param == "sqlite":
        yield f"sqlite:///{shutil.copy(migrated, tmp_path / 'calls.sqlite3')}"
        return
    url: str = request.getfixturevalue("migrated_postgresql")
    yield url
    with psycopg.connect(url, autocommit=True) as connection:
        # Whoever is left over from the test is cut off, and writes nothing into the next.
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        with connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")  # in whatever order they refer
            for table in metadata.sorted_tables:
                connection.execute(f'DELETE FROM "{table.name}"')
        connection.execute(
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences"
        )


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store(url)
    yield store
    store.close()
