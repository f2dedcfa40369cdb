"""The operator's own service, asked for an answer that only it knows: where is this caller's parcel?

One signed POST of JSON (docs/answers.md), before the turn's transaction and never inside it. Whatever is wrong with the
service costs the caller nothing but the wait: the line's own answer is given.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from voice.core.caller import KnownCaller
from voice.core.cleaning import clean
from voice.core.plan import ServiceReply
from voice.service.calls.outside import Form, OutsideService

SIGNATURE = "X-Rechtdoor-Signature"
TIMESTAMP = "X-Rechtdoor-Timestamp"


LARGEST = 16_384
"""Bytes of a reply."""


def _cleaned(given: object) -> object:
    """Also of what an address may be: its one word is as long as it is."""
    return clean(given, LARGEST, LARGEST) if isinstance(given, str) else given


_Text = Annotated[str, BeforeValidator(_cleaned)]


class _Person(BaseModel):
    """Who rings (docs/callers.md)."""

    model_config = ConfigDict(extra="ignore")

    name: _Text | None = Field(default=None, min_length=1, max_length=128)
    language: _Text | None = Field(default=None, max_length=8)
    tier: _Text | None = Field(default=None, max_length=64)
    account: _Text | None = Field(default=None, min_length=1, max_length=64)
    queue: _Text | None = Field(default=None, max_length=64)
    agent: _Text | None = Field(default=None, max_length=64)
    area: _Text | None = Field(default=None, max_length=64)


class _Known(BaseModel):
    """Whether what a caller gave is somebody's (docs/callers.md)."""

    model_config = ConfigDict(extra="ignore", strict=True)

    known: bool


class _Reply(BaseModel):
    """At most what the ear holds, and what fits in three texts."""

    model_config = ConfigDict(extra="ignore")

    speech: _Text | None = Field(default=None, min_length=1, max_length=500)
    sms: _Text | None = Field(default=None, min_length=1, max_length=450)
    queue: _Text | None = None


def signature(secret: str, stamp: str, body: bytes) -> str:
    """`sha256=` and the HMAC of "stamp.body": a service that checks both refuses forged and repeated questions."""
    return "sha256=" + hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def signed(secret: str, body: bytes) -> dict[str, str]:
    """The headers that show whose question it is."""
    stamp = str(int(time.time()))
    return {TIMESTAMP: stamp, SIGNATURE: signature(secret, stamp, body)}


@dataclass
class OperatorService(OutsideService):
    """`secret` signs the questions."""

    secret: str = ""

    wait: ClassVar[float] = 2.0
    largest: ClassVar[int] = LARGEST
    silent: ClassVar[str] = "the operator's service does not answer"

    def ask(self, url: str, question: Mapping[str, Any]) -> ServiceReply | None:
        """An answer for the caller, or None where there is none in time."""
        reply = self._signed(url, question, _Reply)
        return ServiceReply(reply.speech, reply.sms, reply.queue) if reply else None

    def who_is(self, url: str, number: str, dialled: str) -> KnownCaller | None:
        """Who rings from this number; None where nobody says so in time."""
        reply = self._signed(url, {"number": number, "dialled": dialled}, _Person)
        return KnownCaller(**reply.model_dump()) if reply else None

    def knows(self, url: str, question: Mapping[str, Any]) -> bool | None:
        """Whether this customer number or date of birth is one of theirs; None where nobody says so in time."""
        reply = self._signed(url, question, _Known)
        return reply.known if reply else None

    def _signed(self, url: str, question: Mapping[str, Any], form: type[Form]) -> Form | None:
        body = json.dumps(question, ensure_ascii=False).encode()
        return self._asked(url, body, signed(self.secret, body), form)
