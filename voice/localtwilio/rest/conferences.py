"""Conferences and who is in them, by REST (docs/voice/api/conference-resource, /conference-participant-resource)."""

from functools import partial
from typing import Any

from flask import request

from voice.localtwilio.engine.clock import rfc2822
from voice.localtwilio.engine.script import Script
from voice.localtwilio.records import Conference, Participant, Target
from voice.localtwilio.rest.api import Api, Json, Refused, address, flag, form, http_method
from voice.localtwilio.rest.calls import Calls
from voice.localtwilio.twiml.documents import Verb
from voice.localtwilio.verbs.conference import attend, close, report, stir


def serve_conferences(api: Api) -> None:
    rooms = _Conferences(api)
    api.route("/Conferences.json", "GET", rooms.list)
    api.route("/Conferences/<sid>.json", "GET", rooms.fetch)
    api.route("/Conferences/<sid>.json", "POST", rooms.update)
    api.route("/Conferences/<sid>/Participants.json", "GET", rooms.participants)
    api.route("/Conferences/<sid>/Participants.json", "POST", rooms.create)
    api.route("/Conferences/<sid>/Participants/<call>.json", "GET", rooms.participant)
    api.route("/Conferences/<sid>/Participants/<call>.json", "POST", rooms.change)
    api.route("/Conferences/<sid>/Participants/<call>.json", "DELETE", rooms.kick)


class _Conferences:
    def __init__(self, api: Api) -> None:
        self._api = api
        self._world = api.world
        self._calls = Calls(api)

    def list(self) -> tuple[Json, int]:
        rooms = [self._json(room) for room in reversed(self._world.conferences.values())]
        for parameter, key in {"FriendlyName": "friendly_name", "Status": "status"}.items():
            if value := request.args.get(parameter):
                rooms = [room for room in rooms if room[key] == value]
        return self._api.page("conferences", rooms), 200

    def fetch(self, sid: str) -> tuple[Json, int]:
        return self._json(self._room(sid)), 200

    def update(self, sid: str) -> tuple[Json, int]:
        """End it, or have all in it hear an announcement."""
        room = self._room(sid)
        given = form("Status", "AnnounceUrl", "AnnounceMethod")
        if given.get("Status", "completed") != "completed":
            raise Refused(400, 20422, f"Invalid Status: {given['Status']}")
        if "Status" in given and not room.over:
            close(room, "conference-ended-via-api")
        elif "AnnounceUrl" in given:
            for participant in room.participants:
                _announce(participant, given["AnnounceUrl"], given.get("AnnounceMethod", "POST"))
        room.updated_at = self._world.engine.now()
        return self._json(room), 200

    def participants(self, sid: str) -> tuple[Json, int]:
        here = self._room(sid).participants
        for parameter, of in {"Muted": "muted", "Hold": "hold"}.items():
            if value := request.args.get(parameter):
                here = [one for one in here if getattr(one, of) is flag(value, parameter)]
        return self._api.page("participants", [self._participant_json(one) for one in here]), 200

    def create(self, sid: str) -> tuple[Json, int]:
        """Ring somebody into the room, which may be named by its SID or its name. Who is rung by the rules of a call;
        the participant is there once they have answered."""
        given = form(
            "From", "To", "Label", "Timeout", "Beep", "EarlyMedia", "Muted", "Coaching", "CallSidToCoach",
            "StartConferenceOnEnter", "EndConferenceOnExit", "StatusCallback", "StatusCallbackEvent",
            "StatusCallbackMethod",
        )  # fmt: skip
        room = self._world.conference(sid)
        if room is None:
            raise self._api.not_found()
        noun = {
            "startConferenceOnEnter": _word(given.get("StartConferenceOnEnter", "true"), "StartConferenceOnEnter"),
            "endConferenceOnExit": _word(given.get("EndConferenceOnExit", "false"), "EndConferenceOnExit"),
            "muted": _word(given.get("Muted", "false"), "Muted"),
            "participantLabel": given.get("Label", ""),
            "coach": _coached(room, given.get("Coaching", ""), given.get("CallSidToCoach", "")),
        }
        course = partial(attend, dial=Verb("Dial"), noun=Verb("Conference", noun, room.name))
        leg = self._calls.place(lambda leg: _through(course(leg)), least=5)
        coming = Participant(leg, room, leg.created_at, label=noun["participantLabel"], coaches=noun["coach"])
        return self._participant_json(coming), 201

    def participant(self, sid: str, call: str) -> tuple[Json, int]:
        return self._participant_json(self._one(sid, call)), 200

    def change(self, sid: str, call: str) -> tuple[Json, int]:
        """Mute, hold, announce something to one alone, or decide whether the conference ends with them."""
        one = self._one(sid, call)
        given = form(
            "Muted",
            "Hold",
            "HoldUrl",
            "HoldMethod",
            "AnnounceUrl",
            "AnnounceMethod",
            "EndConferenceOnExit",
            "Coaching",
            "CallSidToCoach",
        )
        if "Coaching" in given or "CallSidToCoach" in given:
            one.coaches = _coached(one.conference, given.get("Coaching", ""), given.get("CallSidToCoach", ""))
        if "Muted" in given:
            one.muted = flag(given["Muted"], "Muted")
            report(one.conference, "mute", "participant-mute" if one.muted else "participant-unmute", one)
        if "EndConferenceOnExit" in given:
            one.ends = flag(given["EndConferenceOnExit"], "EndConferenceOnExit")
            report(one.conference, "modify", "participant-modify", one)
        if "Hold" in given:
            one.hold = flag(given["Hold"], "Hold")
            report(one.conference, "hold", "participant-hold" if one.hold else "participant-unhold", one)
            if one.hold and given.get("HoldUrl"):
                _announce(one, given["HoldUrl"], given.get("HoldMethod", "POST"))
        if "AnnounceUrl" in given:
            _announce(one, given["AnnounceUrl"], given.get("AnnounceMethod", "POST"))
        stir(one)
        return self._participant_json(one), 200

    def kick(self, sid: str, call: str) -> tuple[str, int]:
        """Out of the conference; the call goes on behind its Dial."""
        one = self._one(sid, call)
        one.left_because = "participant_kicked"
        stir(one)
        return "", 204

    def _room(self, sid: str) -> Conference:
        if sid not in self._world.conferences:
            raise self._api.not_found()
        return self._world.conferences[sid]

    def _one(self, sid: str, call: str) -> Participant:
        here = self._room(sid).participants
        found = next((one for one in here if call in (one.leg.sid, one.label) and not one.left_because), None)
        if found is None:
            raise self._api.not_found()
        return found

    def _json(self, room: Conference) -> Json:
        path = f"{self._api.base}/Conferences/{room.sid}"
        return {
            "account_sid": self._world.account_sid,
            "api_version": "2010-04-01",
            "call_sid_ending_conference": room.ended_by or None,
            "date_created": rfc2822(room.created_at),
            "date_updated": rfc2822(room.updated_at),
            "friendly_name": room.name,
            "reason_conference_ended": room.ended_because or None,
            "region": "ie1",
            "sid": room.sid,
            "status": room.status,
            "subresource_uris": {"participants": f"{path}/Participants.json"},
            "uri": f"{path}.json",
        }

    def _participant_json(self, one: Participant) -> Json:
        return {
            "account_sid": self._world.account_sid,
            "call_sid": one.leg.sid,
            "call_sid_to_coach": one.coaches or None,
            "coaching": bool(one.coaches),
            "conference_sid": one.conference.sid,
            "date_created": rfc2822(one.joined_at),
            "date_updated": rfc2822(self._world.engine.now()),
            "end_conference_on_exit": one.ends,
            "hold": one.hold,
            "label": one.label or None,
            "muted": one.muted,
            "queue_time": "0",
            "start_conference_on_enter": one.starts,
            "status": "connected" if one in one.conference.participants else "queued",
            "uri": f"{self._api.base}/Conferences/{one.conference.sid}/Participants/{one.leg.sid}.json",
        }


def _through(course: Script[Any]) -> Script[None]:
    yield from course


def _word(value: str, name: str) -> str:
    return "true" if flag(value, name) else "false"


def _coached(room: Conference, coaching: str, call: str) -> str:
    """The CallSid of who is coached; empty for nobody. Coaching defaults to whether there is one."""
    if not (flag(coaching, "Coaching") if coaching else call):
        return ""
    if call not in [one.leg.sid for one in room.participants]:
        raise Refused(400, 20001, f"CallSidToCoach is no participant of this conference: {call}")
    return call


def _announce(participant: Participant, url: str, method: str) -> None:
    participant.interludes.append(Target(address(url, 21205, "Url"), http_method(method)))
    participant.leg.nudge()
