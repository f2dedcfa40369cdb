"""The post: how Twilio asks the app.

- Signature: `X-Twilio-Signature`, docs/usage/security (HMAC-SHA1 over the public URL and, for a POST, the sorted form).
- At most 15 s for an answer, 5 s for a connection, one more attempt when no connection comes about; the same
  `I-Twilio-Idempotency-Token` on each attempt: docs/usage/webhooks/webhooks-connection-overrides.
- At most 10 redirects, cookies are kept: docs/voice/twiml, "Twilio is a well-behaved HTTP client".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from twilio.request_validator import RequestValidator

from voice.localtwilio.errors import CONNECTION_FAILED, RETRIEVAL_FAILED, TOO_MANY_REDIRECTS

LONGEST_ANSWER = 15.0
"""Seconds; after them Twilio takes the fallback URL."""


_TIMEOUT = {"timeout": httpx.Timeout(LONGEST_ANSWER, connect=5.0).as_dict()}


class Mishap(Enum):
    """What can go wrong with a webhook on its way; a test asks for it with `twilio.next_webhook(...)`."""

    TWICE = "delivered twice; Twilio takes the first answer"
    RETRIED = "the first answer is lost; the same request is sent again and its answer taken"
    LOST = "never arrives; Twilio waits in vain"
    ANSWER_LOST = "arrives, but its answer does not; Twilio waits in vain"
    LATE = "arrives some seconds late"
    FORGED = "carries a wrong signature"


@dataclass(frozen=True)
class Webhook:
    """One request Twilio makes. `url` is the public one; `token` marks a repetition."""

    url: str
    method: str
    params: dict[str, str]
    token: str
    cookies: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What came back; `status` None and a `code` of Twilio's where nothing did."""

    status: int | None = None
    content_type: str = ""
    body: bytes = b""
    url: str = ""
    code: int = 0
    cookies: dict[str, str] = field(default_factory=dict)
    staged: bool = False
    """The test itself made this go wrong."""

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def outcome(self) -> str:
        """For a fault's text."""
        return f"answered {self.status}" if self.status else "gave no answer"


@dataclass(frozen=True)
class _Order:
    mishap: Mishap
    seconds: float
    path: str


@dataclass
class Mishaps:
    """The mishaps a test has asked for, each for one webhook; the first that fits is used up."""

    _orders: list[_Order] = field(default_factory=list)

    def order(self, mishap: Mishap, seconds: float, path: str) -> None:
        """`path`: only a webhook whose URL holds this is meant."""
        self._orders.append(_Order(mishap, seconds, path))

    def forget(self) -> None:
        self._orders.clear()

    def take(self, url: str) -> tuple[Mishap | None, float]:
        for order in self._orders:
            if order.path in url:
                self._orders.remove(order)
                return order.mishap, order.seconds
        return None, 0.0


def _overrides(url: str) -> tuple[int, frozenset[str]]:
    """How often, and upon what, a request is repeated: `#rc=3&rp=5xx,ct,rt` behind its URL; 1 and `ct` without."""
    given = parse_qs(urlsplit(url).fragment)
    return int(given.get("rc", ["1"])[0]), frozenset(given.get("rp", ["ct"])[0].split(","))


def _repeats(answer: Answer, policy: frozenset[str]) -> bool:
    """ct: no connection; rt: no answer in time; 4xx, 5xx: an answer of that kind."""
    if answer.status is None:
        return ("ct" if answer.code == CONNECTION_FAILED else "rt") in policy or "all" in policy
    return f"{answer.status // 100}xx" in policy or ("all" in policy and answer.status >= 400)


class Courier:
    """Sends signed requests through one `httpx.Client`.

    `tunnel` says where a public origin really listens, `{"https://line.example": "http://127.0.0.1:5000"}`: the
    signature is made over the public URL, and the request carries the headers a proxy sets.
    """

    def __init__(self, auth_token: str, client: httpx.Client | None, tunnel: Mapping[str, str] | None = None) -> None:
        self._validator = RequestValidator(auth_token)
        self._client = client or httpx.Client(max_redirects=10)
        self._owned = client is None
        self._tunnel = dict(tunnel or {})

    def close(self) -> None:
        if self._owned:
            self._client.close()

    def deliver(self, webhook: Webhook, mishap: Mishap | None = None) -> Answer:
        """Make the request, with retries and with the mishap the test asked for."""
        forged = mishap is Mishap.FORGED
        retries, policy = _overrides(webhook.url)
        answer = self._attempt(webhook, forged)
        for _ in range(retries):
            if not _repeats(answer, policy):
                break
            answer = self._attempt(webhook, forged)
        if mishap is Mishap.TWICE:
            self._attempt(webhook)
        elif mishap is Mishap.RETRIED:
            answer = self._attempt(webhook)
        elif mishap is Mishap.ANSWER_LOST:
            answer = Answer(code=RETRIEVAL_FAILED, url=webhook.url, staged=True)
        return Answer(**{**vars(answer), "staged": True}) if forged else answer

    def fetch(self, url: str) -> Answer:
        """Get a media file; Twilio sends no parameters of the call then (docs/voice/twiml/play)."""
        return self._attempt(Webhook(url, "GET", {}, ""))

    def _attempt(self, webhook: Webhook, forged: bool = False) -> Answer:
        request = self._request(webhook, forged)
        try:
            response = self._client.send(request, follow_redirects=True)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            return Answer(code=CONNECTION_FAILED, url=webhook.url)
        except httpx.TooManyRedirects:
            return Answer(code=TOO_MANY_REDIRECTS, url=webhook.url)
        except httpx.HTTPError:
            return Answer(code=RETRIEVAL_FAILED, url=webhook.url)
        cookies = webhook.cookies
        if "set-cookie" in response.headers:
            cookies = {**cookies, **response.cookies}
            self._client.cookies.clear()  # one client serves many calls, and cookies belong to one
        return Answer(
            status=response.status_code,
            content_type=response.headers.get("content-type", "").partition(";")[0].strip().lower(),
            body=response.content,
            url=webhook.url,
            code=0 if response.is_success else RETRIEVAL_FAILED,
            cookies=cookies,
        )

    def _request(self, webhook: Webhook, forged: bool) -> httpx.Request:
        url, form = webhook.url.partition("#")[0], webhook.params
        if webhook.method == "GET" and form:
            url += ("&" if "?" in url else "?") + urlencode(form)
            form = {}
        signature = str(self._validator.compute_signature(url, form))
        headers = {
            "X-Twilio-Signature": signature[::-1] if forged else signature,
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
        }
        if webhook.token:
            headers["I-Twilio-Idempotency-Token"] = webhook.token
        if webhook.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in webhook.cookies.items())
        address = self._address(url, headers)
        data = form if webhook.method == "POST" else None
        # Not the client's own build_request: what it would add (its cookies, base URL, headers) is not wanted here.
        return httpx.Request(webhook.method, address, data=data, headers=headers, extensions=_TIMEOUT)

    def _address(self, url: str, headers: dict[str, str]) -> str:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._tunnel:
            return url
        headers["X-Forwarded-Proto"] = parts.scheme
        headers["X-Forwarded-Host"] = parts.netloc
        return self._tunnel[origin] + url.removeprefix(origin)
