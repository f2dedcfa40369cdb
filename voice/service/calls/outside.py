"""A service of the operator's, asked while a caller waits: it has so many seconds, and costs the caller nothing more.

One that is slow, broken or vague is left alone for a while, and a line in the log says so. One that drips, or that
sends more than may be read, is cut off: it keeps neither a thread nor memory.
"""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import ClassVar, TypeVar

import httpx
from pydantic import BaseModel

from voice.service.runtime.logs import log

REST = 10.0
"""Seconds for which a service that failed is left alone."""

AT_ONCE = 8
PLAIN = "identity"

Form = TypeVar("Form", bound=BaseModel)


@dataclass
class OutsideService:
    """One for each process, safe to use from many threads. `wait` (seconds) is how long it has, `largest` (bytes) how
    much it may say, `silent` what the log says of one that fails."""

    transport: httpx.BaseTransport | None = None
    clock: Callable[[], float] = time.monotonic
    _down: dict[str, float] = field(default_factory=dict)
    _workers: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(AT_ONCE), repr=False)

    wait: ClassVar[float]
    largest: ClassVar[int]
    silent: ClassVar[str]

    def _asked(self, url: str, body: bytes, headers: Mapping[str, str], form: type[Form]) -> Form | None:
        """The reply, or None where there is none in time. `body` is JSON."""
        if self._down.get(url, 0.0) > self.clock():
            return None
        client = httpx.Client(timeout=self.wait, transport=self.transport)
        asked = self._workers.submit(self._post, client, url, body, headers)
        try:
            return form.model_validate_json(asked.result(self.wait))
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            self._down[url] = self.clock() + REST
            # What the service said may be about the caller, so only the kind of fault is told.
            log.warning(self.silent, url=url, cause=type(error).__name__)
            return None
        finally:
            # Its thread ends with its connection, and one that has not begun never does.
            asked.cancel()
            client.close()

    def _post(self, client: httpx.Client, url: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        """The body. It was asked for as it is: what is packed small may be large."""
        plain = {"Content-Type": "application/json", "Accept-Encoding": PLAIN, **headers}
        found = b""
        with client.stream("POST", url, content=body, headers=plain) as answer:
            answer.raise_for_status()
            if answer.headers.get("Content-Encoding", PLAIN) != PLAIN:
                raise ValueError("the reply is packed")
            for part in answer.iter_bytes():
                found += part
                if len(found) > self.largest:
                    raise ValueError("the reply is too large")
        return found
