"""The line of the tests, on either database, and a way to take its database away."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from tests.conftest import Telvia
from tests.store.conftest import store, url
from voice.store import Store

__all__ = ["store", "url"]

Outage = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def telvia(open_line: Callable[..., Telvia]) -> Telvia:
    """The faults are what is tested, so Twilio goes on after them, as the real one does."""
    return open_line(strict=False)


@pytest.fixture
def database_away(telvia: Telvia) -> Outage:
    """`with database_away():` no process reaches the database."""

    @contextmanager
    def away() -> Iterator[None]:
        there = telvia.store.engine
        telvia.store.engine = Store("sqlite:////nowhere/at/all.sqlite3").engine
        try:
            yield
        finally:
            telvia.store.engine = there

    return away
