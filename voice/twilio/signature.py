"""Is the request Twilio's own? (https://www.twilio.com/docs/usage/security#validating-requests)

The signature covers the URL that Twilio called. Behind a proxy that is not the URL that arrives here, so it is put
together again: from `VOICE_PUBLIC_URL`, or else from the forwarded headers where the settings say they may be trusted.
"""

from collections.abc import Mapping
from typing import Protocol
from urllib.parse import urlsplit

from twilio.request_validator import RequestValidator

from voice.twilio.routes import ROOT

SIGNATURE = "X-Twilio-Signature"


class Headers(Protocol):
    """Headers by name: a mapping, or a web framework's own."""

    def get(self, name: str, /) -> str | None: ...


class Signatures:
    """`public_url` is the address that Twilio calls, without a path of its own webhooks: https://voice.example. While
    the account's token is exchanged, what is signed with the `other` one is Twilio's, too."""

    def __init__(self, auth_token: str, public_url: str | None, *, trust_proxy: bool = False, other: str = "") -> None:
        self._validators = [RequestValidator(token) for token in (auth_token, other) if token]
        self._public = public_url.rstrip("/") if public_url else None
        self._trust_proxy = trust_proxy

    def valid(self, url: str, form: Mapping[str, object], headers: "Headers") -> bool:
        """`form` is a mapping or, for names that come more than once, a multi-dictionary with `getlist`."""
        signature = headers.get(SIGNATURE) or ""
        called = self._called(url, headers)
        return bool(signature) and any(one.validate(called, form, signature) for one in self._validators)

    def address(self, url: str, headers: "Headers") -> str:
        """The line's own address, as Twilio called it: up to the path of the webhook."""
        return self._called(url, headers).partition(ROOT)[0]

    def _called(self, url: str, headers: "Headers") -> str:
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        if self._public:
            return self._public + path
        if self._trust_proxy and headers.get("X-Forwarded-Host"):
            scheme = _first(headers.get("X-Forwarded-Proto")) or parts.scheme
            return f"{scheme}://{_first(headers.get('X-Forwarded-Host'))}{path}"
        return url


def _first(value: str | None) -> str:
    """Of a chain of proxies, what the outermost one saw."""
    return (value or "").split(",")[0].strip()
