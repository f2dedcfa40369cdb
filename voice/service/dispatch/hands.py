"""Hands: threads that carry orders out side by side, so that one slow answer of Twilio holds up nobody else."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from voice.service.runtime.logs import log
from voice.store import Store

HANDS = 8


class Hands:
    """An order is taken only while a hand is free: what is taken is carried out at once."""

    def __init__(self, store: Store, many: int = HANDS) -> None:
        self._store = store
        self._free = threading.Semaphore(many)
        self._pool = ThreadPoolExecutor(many, thread_name_prefix="hand")

    def free(self, seconds: float = 0.0) -> bool:
        """Whether a hand is free, or becomes so in that time."""
        if not self._free.acquire(timeout=seconds):
            return False
        self._free.release()
        return True

    def give(self, work: Callable[[Store], None]) -> None:
        """Do it in another thread, over a connection of its own."""
        self._free.acquire()
        self._pool.submit(self._do, work)

    def _do(self, work: Callable[[Store], None]) -> None:
        try:
            with self._store.connected() as store:
                work(store)
        except Exception as error:
            # What was taken and not settled is given back, or looked into, when its time is up.
            log.error("order", exc_info=error)
        finally:
            self._free.release()

    def close(self) -> None:
        """Wait for what is in hand."""
        self._pool.shutdown()
