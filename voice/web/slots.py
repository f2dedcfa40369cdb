"""How many requests may wait for the database at once.

They are fewer than there are threads, so that a database that hangs never takes the last thread: the fallback and the
health check, which need none, are always answered. A database that is merely busy goes on answering, and is waited for.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from voice.errors import StoreError

THREADS = 16
"""Of one process. A turn is some milliseconds of work and some of waiting for the database."""

SLOTS = 12
SLOT_SECONDS = 2.0
"""How long one is waited for."""

STILL_SECONDS = 1.0
"""Where nobody came in or was let go for as long, the database hangs: one goes on waiting for it, and the threads of
all others are for what needs no database."""


class DatabaseSlots:
    def __init__(self, slots: int = SLOTS) -> None:
        self._free = threading.BoundedSemaphore(slots)
        self._first = threading.Lock()
        self._moved = time.monotonic()

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Raises `StoreError` where none becomes free in time: the database answers nobody."""
        if not (self._free.acquire(blocking=False) or self._waits()):
            raise StoreError("Too many requests wait for the database.")
        self._moved = time.monotonic()
        try:
            yield
        finally:
            self._moved = time.monotonic()
            self._free.release()

    @property
    def crowded(self) -> bool:
        """Somebody waits already."""
        return self._first.locked()

    def _waits(self) -> bool:
        now = time.monotonic()
        end, first = now + SLOT_SECONDS, self._first.acquire(blocking=False)
        try:
            while now < end and (first or now - self._moved <= STILL_SECONDS):
                if self._free.acquire(timeout=min(end - now, STILL_SECONDS)):
                    return True
                now = time.monotonic()
            return False
        finally:
            if first:
                self._first.release()
