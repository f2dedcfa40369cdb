"""How many requests may wait for the database at once.

They are fewer than there are threads, so that a database that hangs never takes the last thread: the fallback and the
health check, which need none, are always answered.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from voice.errors import StoreError

THREADS = 16
"""Of one process. A turn is some milliseconds of work and some of waiting for the database."""

SLOTS = 12
SLOT_SECONDS, CROWDED_SECONDS = 2.0, 0.2
"""How long the first that finds none free waits for one, and how long those who come while it does: many times what a
turn takes, and so short that what needs no database gets a thread before long."""


class DatabaseSlots:
    def __init__(self, slots: int = SLOTS) -> None:
        self._free = threading.BoundedSemaphore(slots)
        self._first = threading.Lock()

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Raises `StoreError` where none becomes free in time: the database answers nobody."""
        if not (self._free.acquire(blocking=False) or self._waits()):
            raise StoreError("Too many requests wait for the database.")
        try:
            yield
        finally:
            self._free.release()

    @property
    def crowded(self) -> bool:
        """Somebody waits already."""
        return self._first.locked()

    def _waits(self) -> bool:
        if not self._first.acquire(blocking=False):
            return self._free.acquire(timeout=CROWDED_SECONDS)
        try:
            return self._free.acquire(timeout=SLOT_SECONDS)
        finally:
            self._first.release()
