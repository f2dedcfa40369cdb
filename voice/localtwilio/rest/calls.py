"""Calls by REST: making, looking at, redirecting and ending them (docs/voice/api/call-resource)."""

import re
from collections.abc import Callable

from flask import request

from voice.localtwilio.calls import hang_up, run_course
from voice.localtwilio.engine.clock import rfc2822
from voice.localtwilio.engine.interpreter import Redirected
from voice.localtwilio.engine.script import Script
from voice.localtwilio.records import Leg, StatusCallback, Target
from voice.localtwilio.rest.api import Api, Json, Refused, address, flag, form, http_method, whole
from voice.localtwilio.ringing import DEFAULT_RINGING, Detection, place_call

_DETECTION = (
    "MachineDetection",
    "MachineDetectionTimeout",
    "MachineDetectionSpeechThreshold",
    "MachineDetectionSpeechEndThreshold",
    "MachineDetectionSilenceTimeout",
    "AsyncAmd",
    "AsyncAmdStatusCallback",
    "AsyncAmdStatusCallbackMethod",
)
_EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})


def serve_calls(api: Api) -> None:
    calls = Calls(api)
    api.route("/Calls.json", "POST", calls.create)
    api.route("/Calls.json", "GET", calls.list)
    api.route("/Calls/<sid>.json", "GET", calls.fetch)
    api.route("/Calls/<sid>.json", "POST", calls.update)


class Calls:
    """Also how a conference rings somebody (`place`)."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._world = api.world

    def list(self) -> tuple[Json, int]:
        wanted = {"To": "to", "From": "from", "Status": "status", "ParentCallSid": "parent_call_sid"}
        calls = [call_json(leg) for leg in reversed(self._world.calls.values())]
        for parameter, key in wanted.items():
            if value := request.args.get(parameter):
                calls = [call for call in calls if call[key] == value]
        return self._api.page("calls", calls), 200

    def fetch(self, sid: str) -> tuple[Json, int]:
        return call_json(self._leg(sid)), 200

    def _leg(self, sid: str) -> Leg:
        if sid not in self._world.calls:
            raise self._api.not_found()
        return self._world.calls[sid]

    # ── Making ──────────────────────────────────────────────────────────────────────────────────

    def create(self) -> tuple[Json, int]:
        """Ring somebody, as soon as the account's rate of calls allows it; until then the call is queued."""
        given = form(
            "To", "From", "Url", "Method", "Twiml", "FallbackUrl", "FallbackMethod", "Timeout", "StatusCallback",
            "StatusCallbackEvent", "StatusCallbackMethod", *_DETECTION,
        )  # fmt: skip
        target = document(given.get("Url", ""), given.get("Twiml", ""), given.get("Method", "POST"))
        if target is None:
            self._check_numbers()
            raise Refused(400, 21205, "Url parameter is required.")
        return call_json(self.place(lambda leg: run_course(leg, target))), 201

    def place(self, course: Callable[[Leg], Script[None]], least: int = 1) -> Leg:
        """Ring whom the request names; who answers goes through `course`."""
        self._check_numbers()
        given, world, engine = request.form, self._world, self._world.engine
        seconds = whole(given.get("Timeout", f"{DEFAULT_RINGING:.0f}"), 21208, "Timeout", least, 600)
        leg = Leg(world, world.sid("CA"), given["From"], given["To"], "outbound-api", engine.now())
        leg.callback = self._callback()
        if given.get("FallbackUrl"):
            leg.fallback = Target(given["FallbackUrl"], http_method(given.get("FallbackMethod", "POST")))
        detection = self._detection()
        world.calls[leg.sid] = leg
        begin = max(engine.now(), world.next_call_at)
        if world.calls_per_second:
            world.next_call_at = begin + 1 / world.calls_per_second

        def ring() -> None:
            if not leg.over:
                leg.task = engine.start(place_call(leg, seconds, course(leg), detection))

        engine.at(begin, ring)
        return leg

    def _check_numbers(self) -> None:
        to, from_ = request.form.get("To", ""), request.form.get("From", "")
        if not to:
            raise Refused(400, 21201, "No 'To' number is specified")
        if not from_:
            raise Refused(400, 21213, "No 'From' number is specified")
        code = self._world.unreachable.get(to)
        if code is not None:
            raise Refused(400, code, f"Calls to {to} are refused.")
        if not is_endpoint(to):
            raise Refused(400, 21211, f"The phone number you are attempting to call, {to}, is not valid.")
        if not is_endpoint(from_) or from_.startswith("sip:") or "@" in from_:
            raise Refused(400, 21212, f"The source phone number provided, {from_}, is not valid.")

    def _callback(self) -> StatusCallback | None:
        given = request.form
        if not given.get("StatusCallback"):
            return None
        events = frozenset(given.getlist("StatusCallbackEvent")) or frozenset({"completed"})
        if events - _EVENTS:
            raise Refused(400, 20422, f"Invalid StatusCallbackEvent: {', '.join(sorted(events - _EVENTS))}")
        url = address(given["StatusCallback"], 21609, "StatusCallback")
        return StatusCallback(url, http_method(given.get("StatusCallbackMethod", "POST")), events)

    def _detection(self) -> Detection | None:
        given = request.form
        mode = given.get("MachineDetection", "none")
        if mode not in ("none", "Enable", "DetectMessageEnd"):
            raise Refused(400, 21234, f"Invalid MachineDetection: {mode}")
        if mode == "none":
            return None
        background = flag(given.get("AsyncAmd", "false"), "AsyncAmd")
        url = given.get("AsyncAmdStatusCallback")
        if background and not url:
            raise Refused(400, 21262, "AsyncAmd needs an AsyncAmdStatusCallback")
        method = http_method(given.get("AsyncAmdStatusCallbackMethod", "POST"))
        return Detection(
            to_the_end=mode == "DetectMessageEnd",
            timeout=whole(given.get("MachineDetectionTimeout", "30"), 21234, "MachineDetectionTimeout", 3, 59),
            callback=Target(url, method) if url else None,
            background=background,
        )

    # ── Changing ────────────────────────────────────────────────────────────────────────────────

    def update(self, sid: str) -> tuple[Json, int]:
        """Redirect a call that goes on (Url or Twiml), or end it (Status)."""
        leg = self._leg(sid)
        given = form(
            "Status",
            "Url",
            "Method",
            "Twiml",
            "FallbackUrl",
            "FallbackMethod",
            "StatusCallback",
            "StatusCallbackMethod",
        )
        status = given.get("Status", "")
        target = document(given.get("Url", ""), given.get("Twiml", ""), given.get("Method", "POST"))
        if leg.over or (target is not None and leg.status != "in-progress"):
            raise Refused(400, 21220, "Call is not in-progress. Cannot redirect.")
        if given.get("StatusCallback"):
            leg.callback = self._callback()
        if given.get("FallbackUrl"):
            leg.fallback = Target(given["FallbackUrl"], given.get("FallbackMethod", "POST"))
        if status not in ("", "completed", "canceled"):
            raise Refused(400, 21220, f"Invalid call state: {status}")
        if status == "completed" or (status == "canceled" and leg.answered_at is None):
            hang_up(leg)
        elif target is not None:
            redirect(leg, target)
        return call_json(leg), 200


def redirect(leg: Leg, target: Target) -> None:
    """Send a call elsewhere. If it waits in a queue it has left it from this moment on."""
    if leg.member is not None:
        leg.member.withdraw()
    if leg.task is not None:
        leg.task.interrupt(Redirected(target))


def document(url: str, twiml: str, method: str) -> Target | None:
    """Where a call is to go: a URL, or TwiML itself (Url counts first)."""
    if url:
        return Target(address(url, 21205, "Url"), http_method(method))
    return Target(twiml=twiml) if twiml else None


def is_endpoint(text: str) -> bool:
    """A number in E.164, a SIP address or a client."""
    return bool(re.fullmatch(r"\+[1-9]\d{6,14}|sips?:[^\s@]+@\S+|client:\S+", text))


def call_json(leg: Leg) -> Json:
    api = f"/2010-04-01/Accounts/{leg.world.account_sid}/Calls/{leg.sid}"
    return {
        "account_sid": leg.world.account_sid,
        "answered_by": leg.answered_by or None,
        "api_version": "2010-04-01",
        "date_created": rfc2822(leg.created_at),
        "date_updated": rfc2822(leg.ended_at or leg.answered_at or leg.created_at),
        "direction": leg.direction,
        "duration": str(leg.duration) if leg.over else None,
        "end_time": rfc2822(leg.ended_at) if leg.ended_at is not None else None,
        "forwarded_from": leg.extra.get("ForwardedFrom"),
        "from": leg.from_,
        "parent_call_sid": leg.parent.sid if leg.parent is not None else None,
        "price": None,
        "price_unit": "USD",
        "queue_time": str(leg.queued_ms),
        "sid": leg.sid,
        "start_time": rfc2822(leg.answered_at) if leg.answered_at is not None else None,
        "status": "queued" if leg.status == "initiated" else leg.status,
        "subresource_uris": {},
        "to": leg.to,
        "uri": f"{api}.json",
    }
