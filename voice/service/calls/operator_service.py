"""The operator's own service, asked for an answer that only it knows: where is this caller's parcel?

One signed POST of JSON (docs/answers.md), before the turn's transaction and never inside it. Whatever is wrong with the
service costs the caller nothing but the wait of at most `WAIT`: the line's own answer is given. A service that failed
is left alone for `REST`, so that a broken one does not make every caller wait.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from voice.core.caller import KnownCaller
from voice.core.plan import ServiceReply
from voice.service.runtime.logs import log

WAIT = 2.0
REST = 10.0
LARGEST = 16_384
"""Bytes of a reply."""

SIGNATURE = "X-Rechtdoor-Signature"
TIMESTAMP = "X-Rechtdoor-Timestamp"


class _Person(BaseModel):
    """Who rings (docs/callers.md)."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    name: str | None = Field(default=None, min_length=1, max_length=128)
    language: str | None = Field(default=None, max_length=8)
    tier: str | None = Field(default=None, max_length=64)
    account: str | None = Field(default=None, min_length=1, max_length=64)
    queue: str | None = Field(default=None, max_length=64)
    agent: str | None = Field(default=None, max_length=64)
    area: str | None = Field(default=None, max_length=64)


class _Reply(BaseModel):
    """At most what the ear holds, and what fits in three texts."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    speech: str | None = Field(default=None, min_length=1, max_length=500)
    sms: str | None = Field(default=None, min_length=1, max_length=450)
    queue: str | None = None


Form = TypeVar("Form", bound=BaseModel)


def signature(secret: str, stamp: str, body: bytes) -> str:
    """`sha256=` and the HMAC of "stamp.body": a service that checks both refuses forged and repeated questions."""
    return "sha256=" + hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


@dataclass
class OperatorService:
    """One for each process, safe to use from many threads. `secret` signs the questions."""

    secret: str = ""
    transport: httpx.BaseTransport | None = None
    clock: Callable[[], float] = time.monotonic
    _down: dict[str, float] = field(default_factory=dict)
    _workers: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(8, "operator-service"), repr=False)

    def ask(self, url: str, question: Mapping[str, Any]) -> ServiceReply | None:
        """An answer for the caller, or None where there is none in time."""
        reply = self._asked(url, question, _Reply)
        return ServiceReply(reply.speech, reply.sms, reply.queue) if reply else None

    def who_is(self, url: str, number: str, dialled: str) -> KnownCaller | None:
        """Who rings from this number; None where nobody says so in time."""
        reply = self._asked(url, {"number": number, "dialled": dialled}, _Person)
        return KnownCaller(**reply.model_dump()) if reply else None

    def _asked(self, url: str, question: Mapping[str, Any], form: type[Form]) -> Form | None:
        """The reply, or None where there is none in time."""
        if self._down.get(url, 0.0) > self.clock():
            return None
        asked: Future[Form] = self._workers.submit(self._post, url, question, form)
        try:
            return asked.result(WAIT)
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            self._down[url] = self.clock() + REST
            # What the service said may be about the caller, so only the kind of fault is told.
            log.warning("the operator's service does not answer", url=url, cause=type(error).__name__)
            return None

    def _post(self, url: str, question: Mapping[str, Any], form: type[Form]) -> Form:
        body, stamp = json.dumps(question, ensure_ascii=False).encode(), str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            TIMESTAMP: stamp,
            SIGNATURE: signature(self.secret, stamp, body),
        }
        with httpx.Client(timeout=WAIT, transport=self.transport) as client:
            answer = client.post(url, content=body, headers=headers)
        answer.raise_for_status()
        if len(answer.content) > LARGEST:
            raise ValueError("the reply is too large")
        try:
            return form.model_validate_json(answer.content)
        except ValidationError as error:
            raise ValueError("the reply is not of the form") from error
