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

POSTGRES = os.environ.get("VOICE_TEST_POSTGRES", "postgresql://postgres@127.0.0.1/test")


def postgres_answers() -> bool:
    try:
        psycopg.connect(POSTGRES, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def emptied(kind: str, file: Path, template: str = "template1") -> Iterator[str]:
    """The URL of a database of the test's own; empty, where no `template` is named."""
    if kind == "sqlite":
        yield f"sqlite:///{file}"
        return
    needs("PostgreSQL (VOICE_TEST_POSTGRES)", postgres_answers())
    name = f"rechtdoor_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        # What a test writes need not outlive a loss of power, so no commit waits for the disk.
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    try:
        yield POSTGRES.rpartition("/")[0] + f"/{name}"
    finally:
        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def migrated_postgresql() -> Iterator[str]:
    """The name of a database with its tables, made once a run and copied for each test."""
    with emptied("postgresql", Path()) as url:
        store = Store(url)
        store.migrate()
        store.close()
        yield url.rpartition("/")[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with emptied(request.param, tmp_path / "calls.sqlite3") as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path, migrated: Path) -> Iterator[str]:
    """Of a database with its tables."""
    file = tmp_path / "calls.sqlite3"
    if request.param == "sqlite":
        shutil.copy(migrated, file)
    template = "" if request.param == "sqlite" else request.getfixturevalue("migrated_postgresql")
    with emptied(request.param, file, template) as url:
        yield url


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store(url)
    yield store
    store.close()
