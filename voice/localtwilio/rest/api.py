"""The REST API, as far as the `twilio` client of a voice line uses it (docs/usage/api).

A Flask app that checks Basic authentication, and answers JSON in Twilio's shapes. Views run under the engine's lock and
only change records and set scripts on their way: what follows from a request happens at the engine's next turn, never
within the request. Errors: `{"code": …, "message": …, "more_info": …, "status": …}` (docs/usage/troubleshooting).
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, jsonify, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from voice.localtwilio.world import World

Json = dict[str, Any]
View = Callable[..., tuple[Json | str, int]]


class Refused(Exception):
    """An answer other than success. `status` is HTTP's, `code` Twilio's."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


@dataclass(frozen=True)
class Trouble:
    """What a test has ordered for a coming request whose path holds `path`.

    `status` is answered instead of the truth; with `performed` the request is carried out all the same, and only its
    answer is lost. `seconds` are real seconds that the answer is late.
    """

    status: int
    performed: bool
    seconds: float
    path: str


_TROUBLES = {
    429: (20429, "Too Many Requests"),
    500: (20500, "Internal Server Error"),
    503: (20503, "Service unavailable"),
    504: (20504, "Timeout"),
}


class Api:
    """The Flask app, and the words its views share."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.troubles: list[Trouble] = []
        self.app = Flask("local Twilio")
        self.app.register_error_handler(Refused, _refusal)
        self.app.register_error_handler(HTTPException, _http_error)
        self.base = f"/2010-04-01/Accounts/{world.account_sid}"

    def route(self, rule: str, method: str, view: View, *, below: str | None = None) -> None:
        """Serve `view` at a path below the account, or another one; a view is handed the parts of the path and answers
        JSON."""

        def guarded(**parts: str) -> Response:
            self._authenticate()
            trouble = self._trouble()
            if trouble is not None and not trouble.performed:
                self._make(trouble)
            with self.world.engine.lock:
                body, status = view(**parts)
            if trouble is not None:
                self._make(trouble)
            return Response(status=status) if status == 204 else _json(body, status)

        name = f"{method} {rule}"
        self.app.add_url_rule((self.base if below is None else below) + rule, name, guarded, methods=[method])

    def _authenticate(self) -> None:
        auth = request.authorization
        if auth is None or (auth.username, auth.password) != (self.world.account_sid, self.world.auth_token):
            raise Refused(401, 20003, "Authenticate")

    def _trouble(self) -> Trouble | None:
        with self.world.engine.lock:
            trouble = next((one for one in self.troubles if one.path in request.path), None)
            if trouble is not None:
                self.troubles.remove(trouble)
            return trouble

    def _make(self, trouble: Trouble) -> None:
        if trouble.seconds:
            time.sleep(trouble.seconds)
        code, message = _TROUBLES.get(trouble.status, (20000 + trouble.status, "Refused"))
        raise Refused(trouble.status, code, message)

    def not_found(self) -> Refused:
        return Refused(404, 20404, f"The requested resource {request.path} was not found")

    def page(self, key: str, items: Sequence[Json]) -> Json:
        """One page of a list (docs/usage/twilios-response#pagination); PageSize at most 1000, 50 as a rule."""
        size = _number(request.args, "PageSize", 50)
        number = _number(request.args, "Page", 0)
        if size > 1000:
            raise Refused(400, 20007, "Page size too large")
        start = size * number
        here = list(items[start : start + size])

        def address(page: int) -> str:
            return f"{request.path}?PageSize={size}&Page={page}"

        return {
            key: here,
            "end": start + max(len(here) - 1, 0),
            "first_page_uri": address(0),
            "next_page_uri": address(number + 1) if start + size < len(items) else None,
            "page": number,
            "page_size": size,
            "previous_page_uri": address(number - 1) if number else None,
            "start": start,
            "uri": address(number),
        }


def form(*known: str) -> MultiDict[str, str]:
    """The form of the request; a parameter the stand-in does not know is refused, so that none is lost in silence."""
    unknown = sorted(set(request.form) - set(known))
    if unknown:
        raise Refused(400, 20001, f"Unknown parameters: {', '.join(unknown)}")
    return request.form


def flag(value: str, name: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise Refused(400, 20422, f"{name} must be true or false, and is {value}")
    return value.lower() == "true"


def whole(value: str, code: int, name: str, least: int, most: int) -> int:
    if not value.isdigit() or not least <= int(value) <= most:
        raise Refused(400, code, f"{name} must be a number from {least} to {most}, and is {value}")
    return int(value)


def address(value: str, code: int, name: str) -> str:
    """An absolute URL."""
    if not value.startswith(("http://", "https://")):
        raise Refused(400, code, f"{name} is not a valid URL: {value}")
    return value


def http_method(value: str) -> str:
    if value not in ("GET", "POST"):
        raise Refused(400, 21209, f"Invalid Method: {value}")
    return value


def _number(args: MultiDict[str, str], name: str, default: int) -> int:
    value = args.get(name, str(default))
    if not value.isdigit():
        raise Refused(400, 20422, f"{name} must be a number, and is {value}")
    return int(value)


def _json(body: Json | str, status: int) -> Response:
    response = jsonify(body)
    response.status_code = status
    return response


def _refusal(error: Refused) -> Response:
    more = f"https://www.twilio.com/docs/errors/{error.code}"
    body = {"code": error.code, "message": error.message, "more_info": more, "status": error.status}
    response = _json(body, error.status)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    return response


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    code = {404: 20404, 405: 20004}.get(status, 20500)
    return _refusal(
        Refused(status, code, f"The requested resource {request.path} was not found" if status == 404 else error.name)
    )
