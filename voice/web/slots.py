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
SLOT_SECONDS = 2.0


class DatabaseSlots:
    def __init__(self, slots: int = SLOTS) -> None:
        self._free = threading.BoundedSemaphore(slots)

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Raises `StoreError` where none becomes free in time: the database answers nobody."""
        if not self._free.acquire(timeout=SLOT_SECONDS):
            raise StoreError("Too many requests wait for the database.")
        try:
            yield
        finally:
            self._free.release()
