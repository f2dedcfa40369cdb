"""What the line asks of Twilio over REST (https://www.twilio.com/docs/usage/api), through the `twilio` client.

`RestRefused` says what a worker can do: "again" (nothing happened, so ask later: 429, no connection), "unknown" (it may
have happened: a timeout, a 5xx), "final" (it will never go: a wrong number, a call that is over).
"""

import json
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import httpx
from twilio.base import values
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from voice.errors import TwilioError
from voice.twilio.account import ORDINARY, PERMISSIONS, SETTINGS
from voice.twilio.routes import FALLBACK, REPEATED

TWILIO = "https://api.twilio.com"
CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 10.0
WHOLE_SECONDS = 12.0
"""How long one request may take in all. httpx limits each wait for more bytes, and an answer that drips never ends."""

LATEST = 200
"""Calls that are looked at to see how fast the account rings."""

AT_ONCE = 16
"""Requests under way."""

OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
"""CallStatus of a call that is over (https://www.twilio.com/docs/voice/api/call-resource#call-status-values)."""


class RestRefused(TwilioError):
    """Twilio said no, or said nothing."""

    def __init__(
        self, kind: Literal["again", "unknown", "final"], message: str, *, code: int | None = None, status: int = 0
    ) -> None:
        super().__init__(message, code=code, status=status)
        self.kind = kind


Ask = Callable[[httpx.Client], httpx.Response]


class Deadline:
    """Keeps a request to `seconds` in all. One that takes longer is cut off: each has a connection to itself, which
    another takes over only when it is over."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._free = threading.BoundedSemaphore(AT_ONCE)
        self._trusted = httpx.create_ssl_context()
        self._idle: deque[httpx.Client] = deque()

    def keep(self, ask: Ask) -> httpx.Response:
        """Raises `httpx.ConnectTimeout` where the request was not begun, `httpx.ReadTimeout` where it was."""
        if not self._free.acquire(timeout=CONNECT_SECONDS):
            raise httpx.ConnectTimeout("too many requests are under way")
        client, answer = self._client(), Future[httpx.Response]()

        def run() -> None:
            try:
                answer.set_result(ask(client))
            except BaseException as error:
                answer.set_exception(error)
            finally:
                self._free.release()

        threading.Thread(target=run, name="Twilio", daemon=True).start()
        try:
            found = answer.result(self._seconds)
        except TimeoutError:
            client.close()
            raise httpx.ReadTimeout("the answer took too long") from None
        except BaseException:
            client.close()
            raise
        self._idle.append(client)
        return found

    def _client(self) -> httpx.Client:
        try:
            return self._idle.pop()
        except IndexError:
            timeout = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
            return httpx.Client(timeout=timeout, verify=self._trusted)


class _Http(HttpClient):  # type: ignore[misc]
    """The `twilio` client's way out: httpx, with timeouts, to where the settings say Twilio is."""

    def __init__(self, keep: Callable[[Ask], httpx.Response], base: str) -> None:
        super().__init__(logger=logging.getLogger(__name__), is_async=False)
        self._keep, self._base = keep, base.rstrip("/")

    def request(
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002
        allow_redirects: bool = False,  # noqa: ARG002
    ) -> Response:
        address = url if self._base == TWILIO else self._base + "/" + url.split("/", 3)[3]

        def ask(client: httpx.Client) -> httpx.Response:
            return client.request(method, address, params=params, data=data, headers=headers, auth=auth)  # type: ignore[arg-type]

        answer = self._keep(ask)
        return Response(answer.status_code, answer.text, answer.headers)


NOT_IN_PROGRESS = 21220
"""Twilio's code for changing a call that is over (https://www.twilio.com/docs/api/errors/21220)."""


@dataclass(frozen=True)
class Ringing:
    """One call to make: to whom, from which number, which paths answer, hear of it
    (if any does), and answer if that one fails; and
    how long it rings."""

    to: str
    from_: str
    path: str
    status_path: str | None
    fallback_path: str
    seconds: int
    detect_machine: bool = False


class Rest:
    """`public_url` is where Twilio finds the webhooks."""

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        public_url: str,
        base: str = TWILIO,
        client: httpx.Client | None = None,
        *,
        seconds: float = WHOLE_SECONDS,
    ) -> None:
        http = _Http((lambda ask: ask(client)) if client else Deadline(seconds).keep, base)
        self._client = Client(account_sid, auth_token, http_client=http)
        self._public = public_url.rstrip("/")
        self._queues: dict[str, str] = {}

    def ring(self, ringing: Ringing) -> str:
        """Make a call; returns its CallSid."""
        status = {"status_callback": self._public + ringing.status_path + REPEATED} if ringing.status_path else {}
        detection = {"machine_detection": "Enable"} if ringing.detect_machine else {}
        with _Asking():
            call = self._client.calls.create(
                to=ringing.to,
                from_=ringing.from_,
                url=self._public + ringing.path,
                timeout=ringing.seconds,
                fallback_url=self._public + ringing.fallback_path,
                **status,
                **detection,
            )
        return str(call.sid)

    def text(self, to: str, from_: str, body: str, status_path: str = "") -> str:
        """Send a text; what becomes of it is told to `status_path`, if one is named. Returns its MessageSid."""
        status = self._public + status_path + REPEATED if status_path else values.unset
        with _Asking():
            return str(self._client.messages.create(to=to, from_=from_, body=body, status_callback=status).sid)

    def take_out(self, queue: str, call_sid: str, path: str) -> None:
        """Take a caller out of a queue: it works for one who asks, and is final for any other."""
        with _Asking():
            member = self._client.queues(self._queue_sid(queue)).members(call_sid)
            member.update(url=self._public + path, method="POST")

    def take_in(
        self, room: str, to: str, from_: str, status_path: str, seconds: int, *, muted: bool, coach: str | None
    ) -> str:
        """Ring somebody into a conference, which goes on when they leave. Whoever coaches is heard by the one on the
        line `coach` alone. Returns the CallSid."""
        coaching = {"coaching": True, "call_sid_to_coach": coach} if coach else {}
        with _Asking():
            made = self._client.conferences(self._room_sid(room)).participants.create(
                to=to,
                from_=from_,
                timeout=seconds,
                muted=muted,
                beep="false",
                end_conference_on_exit=False,
                status_callback=self._public + status_path + REPEATED,
                **coaching,
            )
        return str(made.call_sid)

    def in_room(self, room: str, call_sid: str, **changes: bool | str) -> None:
        """`hold`, `end_conference_on_exit`, or who hears them, of one who is in a conference; final for who is not."""
        with _Asking():
            self._client.conferences(self._room_sid(room)).participants(call_sid).update(**changes)

    def _room_sid(self, name: str) -> str:
        """Of the conference of this name that goes on."""
        found = self._client.conferences.list(friendly_name=name, status="in-progress", limit=1)
        if not found:
            raise RestRefused("final", f"There is no conference “{name}”.", status=404)
        return str(found[0].sid)

    def redirect(self, call_sid: str, path: str) -> None:
        with _Asking():
            fallback = self._public + FALLBACK.path()
            self._client.calls(call_sid).update(url=self._public + path, method="POST", fallback_url=fallback)

    def hang_up(self, call_sid: str) -> None:
        """A call that is over already is as well."""
        try:
            with _Asking():
                self._client.calls(call_sid).update(status="completed")
        except RestRefused as refusal:
            if refusal.code != NOT_IN_PROGRESS and refusal.status != 404:
                raise

    def leading(self) -> dict[str, tuple[str, dict[str, str]]]:
        """Of each number of the account its sid, and where it leads (`voice.twilio.account`)."""
        with _Asking():
            found = self._client.incoming_phone_numbers.list()
        return {
            str(one.phone_number): (str(one.sid), {name: getattr(one, name) or "" for name in SETTINGS})
            for one in found
        }

    def lead(self, sid: str, settings: dict[str, str]) -> None:
        """Let a number of the account lead there."""
        with _Asking():
            self._client.incoming_phone_numbers(sid).update(**settings)

    def may_ring(self, countries: Iterable[str]) -> dict[str, dict[str, bool]]:
        """Of each country (ISO 3166) what the account may ring there."""
        with _Asking():
            found = {code: self._client.voice.v1.dialing_permissions.countries(code).fetch() for code in countries}
        return {code: {name: bool(getattr(one, name)) for name in PERMISSIONS} for code, one in found.items()}

    def let_ring(self, countries: Mapping[str, Mapping[str, bool]]) -> None:
        """Let the account ring ordinary numbers of these countries; the others stay as they are."""
        asked = [
            {"iso_code": code} | {name: str(found[name] or name == ORDINARY).lower() for name in PERMISSIONS}
            for code, found in countries.items()
        ]
        with _Asking():
            self._client.voice.v1.dialing_permissions.bulk_country_updates.create(json.dumps(asked))

    def held_up(self, since: datetime) -> float:
        """For how many seconds at most Twilio has held back one of the calls made since then: as many are ordered at
        once as the account's rate does not let through."""
        with _Asking():
            calls = self._client.calls.list(start_time_after=since, limit=LATEST)
        return max((int(one.queue_time or 0) / 1000 for one in calls if one.direction == "outbound-api"), default=0.0)

    def is_over(self, call_sid: str) -> bool:
        """Whether a call is over; one that Twilio does not know is."""
        try:
            with _Asking():
                return self._client.calls(call_sid).fetch().status in OVER
        except RestRefused as refusal:
            if refusal.status == 404:
                return True
            raise

    def _queue_sid(self, name: str) -> str:
        if name not in self._queues:
            self._queues |= {queue.friendly_name: queue.sid for queue in self._client.queues.list(page_size=1000)}
        if name not in self._queues:
            raise RestRefused("final", f"There is no queue “{name}” at Twilio yet.", status=404)
        return self._queues[name]


class _Asking:
    """What can go wrong with a request, by kind."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, TwilioRestException):
            what = f"Twilio refused: {error.msg}"
            raise RestRefused(_kind(error.status), what, code=error.code, status=error.status) from error
        if isinstance(error, TwilioException):
            # A list that could not be read: the client tells of it by the answer alone.
            status = getattr(error.args[-1], "status_code", 0)
            raise RestRefused(_kind(status), f"Twilio refused: {status}", status=status) from error
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            raise RestRefused("again", f"Twilio cannot be reached: {error}.") from error
        if isinstance(error, httpx.HTTPError):
            raise RestRefused("unknown", f"Twilio did not answer: {type(error).__name__}.") from error


def _kind(status: int) -> Literal["again", "unknown", "final"]:
    """That the account is not let in, or asks too often, says nothing of whom was to be rung: nothing has happened."""
    if status in (401, 429):
        return "again"
    return "unknown" if status >= 500 else "final"
