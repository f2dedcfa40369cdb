"""Softphones: `client:NAME`, answered in a browser, as far as a page needs it to ring and to be picked up.

What the Voice JavaScript SDK and Twilio say to each other is no public interface. Here a device with the SDK's own
(https://www.twilio.com/docs/voice/sdks/javascript/twiliodevice) reads a stream of its calls and posts what is done with
them; it is known by the access token that the app has minted, checked as Twilio does
(https://www.twilio.com/docs/iam/access-tokens): HS256, signed with the API key's secret, for an identity that may be
rung, and not run out. There is no sound.
"""

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import jwt
from flask import Response, request

from voice.localtwilio.people import CallEnded, Phone
from voice.localtwilio.records import Leg
from voice.localtwilio.rest.api import Api, Refused
from voice.localtwilio.world import World

PREFIX = "client:"
LOOK_SECONDS = 0.1
OPEN = {"in-progress": "open", "ringing": "pending"}
"""CallStatus → the SDK's `call.status()`."""

TOKEN_INVALID, TOKEN_EXPIRED = 20101, 20104


def serve_clients(api: Api) -> None:
    clients = _Clients(api.world)
    api.app.add_url_rule("/clients/calls", "client calls", clients.calls)
    api.app.add_url_rule("/clients/calls/<sid>/<deed>", "client deed", clients.does, methods=["POST"])


class _Clients:
    def __init__(self, world: World) -> None:
        self._world = world

    def calls(self) -> Response:
        """A stream of what the telephone's call is, sent anew at each change, for as long as the token is good."""
        phone, until = self._phone(request.args.get("token", ""))

        def events() -> Iterator[str]:
            sent = None
            while time.time() < until:
                now = json.dumps(self._call(phone))
                if now != sent:
                    sent = now
                    yield f"data: {now}\n\n"
                time.sleep(LOOK_SECONDS)

        return _across(Response(events(), mimetype="text/event-stream"))

    def does(self, sid: str, deed: str) -> Response:
        """accept, reject, disconnect, digits: what a person does with a telephone."""
        phone, _ = self._phone(request.form.get("token", ""))
        with suppress(CallEnded):
            if phone.calls and phone.leg.sid == sid:
                _do(phone, deed, request.form.get("digits", ""))
        return _across(Response(status=204))

    def _call(self, phone: Phone) -> dict[str, Any] | None:
        with self._world.engine.lock:
            leg = phone.calls[-1] if phone.calls else None
            return _shown(leg) if leg is not None and leg.status in OPEN else None

    def _phone(self, token: str) -> tuple[Phone, float]:
        """Whose token it is, and until when it is good."""
        claims = self._claims(token)
        grants = claims.get("grants", {})
        if not grants.get("voice", {}).get("incoming", {}).get("allow") or not grants.get("identity"):
            raise Refused(401, TOKEN_INVALID, "The token allows nobody to be rung")
        return self._world.phone(PREFIX + grants["identity"]), float(claims["exp"])

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            claims = jwt.decode(
                token,
                self._world.api_secret,
                algorithms=["HS256"],
                issuer=self._world.api_key,
                options={"require": ["exp"]},
            )
        except jwt.ExpiredSignatureError:
            raise Refused(401, TOKEN_EXPIRED, "Access Token expired") from None
        except jwt.InvalidTokenError:
            claims = {}
        if claims.get("sub") != self._world.account_sid:
            raise Refused(401, TOKEN_INVALID, "Invalid Access Token")
        return claims


def _do(phone: Phone, deed: str, digits: str) -> None:
    match deed:
        case "accept":
            phone.picks_up(wait=False)
        case "reject":
            phone.rejects()
        case "disconnect":
            phone.hangs_up()
        case "digits":
            phone.presses(digits, wait=False)
        case _:
            raise Refused(404, 20404, f"A telephone does not {deed}")


def _shown(leg: Leg) -> dict[str, Any]:
    return {"sid": leg.sid, "from": leg.from_, "status": OPEN[leg.status]}


def _across(response: Response) -> Response:
    """The page is the console's, and this is another origin."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
