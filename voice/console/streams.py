"""Server-sent events: a part of a page, sent anew when it has changed.

One thread of the process is told of changes in the store (`voice.store.changes`) and wakes the open streams. What many
see alike is made once for each change. A stream holds a thread of the console's own, and none of a webhook's.
"""

import functools
import threading
import time
from collections.abc import Callable, Iterator

from flask import Response, stream_with_context

from voice.service.runtime.logs import log
from voice.store import Store
from voice.store.changes import watch

TOGETHER = 0.15
"""Seconds after a change in which all others are sent as one. The first is not kept waiting for them."""

AT_LEAST = 10.0
"""Seconds after which a part is looked at again though nothing was told: a wait grows, a queue opens by the clock."""


class Changes:
    """What number the last change had. Safe to use from many threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._told = threading.Condition()
        self._number = 0
        self._made: dict[object, tuple[int, float, str]] = {}
        self._making: dict[object, threading.Lock] = {}
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """In the process that serves: a thread does not outlive a fork."""
        with self._told:
            if self._thread is None:
                self._thread = threading.Thread(target=self._listen, name="changes", daemon=True)
                self._thread.start()

    def _listen(self) -> None:
        for changed in watch(self._store.engine):
            if changed:
                self.tell()
                time.sleep(TOGETHER)

    def tell(self) -> None:
        with self._told:
            self._number += 1
            self._told.notify_all()

    @property
    def number(self) -> int:
        return self._number

    def wait(self, after: int, seconds: float) -> int:
        """The number of the last change, as soon as it is another one, or when so much time has passed."""
        with self._told:
            self._told.wait_for(lambda: self._number != after, seconds)
            return self._number

    def shared(self, key: object, make: Callable[[], str]) -> str:
        """What `make` makes, once for all who ask with this key between two changes."""
        with self._told:
            lock = self._making.setdefault(key, threading.Lock())
        with lock:
            number, at, made = self._made.get(key, (-1, 0.0, ""))
            if number != self._number or time.monotonic() - at >= AT_LEAST / 2:
                now = self._number
                made = make()
                self._made[key] = (now, time.monotonic(), made)
            return made


def stream(changes: Changes, make: Callable[[], str | None]) -> Response:
    """`make` gives the part as HTML, None when it may no longer be seen; the stream then says so and ends."""
    changes.start()

    def events() -> Iterator[bytes]:
        sent: str | None = None
        yield b"retry: 2000\n\n"
        while True:
            number = changes.number
            try:
                part = make()
            except Exception as error:
                log.error("a stream broke", exc_info=error)
                return
            if part is None:
                yield b"event: over\ndata:\n\n"
                return
            if part != sent:
                sent = part
                yield _event(part)
            else:
                yield b": still here\n\n"
            changes.wait(number, AT_LEAST)

    response = Response(stream_with_context(events()), mimetype="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"  # nginx buffers otherwise
    return response


@functools.lru_cache(maxsize=64)
def _event(part: str) -> bytes:
    """Written once for all whose page shows the same."""
    return ("event: part\n" + "".join(f"data: {row}\n" for row in part.splitlines()) + "\n").encode()
