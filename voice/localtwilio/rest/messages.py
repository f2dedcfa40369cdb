"""SMS by REST (docs/messaging/api/message-resource)."""

from flask import request

from voice.localtwilio.engine.clock import rfc2822
from voice.localtwilio.records import Message
from voice.localtwilio.rest.api import Api, Json, Refused, address, form
from voice.localtwilio.rest.calls import is_endpoint
from voice.localtwilio.texting import send_text

_LONGEST_BODY = 1600


def serve_messages(api: Api) -> None:
    messages = _Messages(api)
    api.route("/Messages.json", "POST", messages.create)
    api.route("/Messages.json", "GET", messages.list)
    api.route("/Messages/<sid>.json", "GET", messages.fetch)


class _Messages:
    def __init__(self, api: Api) -> None:
        self._api = api
        self._world = api.world

    def create(self) -> tuple[Json, int]:
        given = form("To", "From", "Body", "StatusCallback")
        to, from_, body = given.get("To", ""), given.get("From", ""), given.get("Body", "")
        if not to:
            raise Refused(400, 21604, "A 'To' phone number is required.")
        if not from_:
            raise Refused(400, 21603, "A 'From' phone number is required.")
        code = self._world.unreachable.get(to)
        if code is not None:
            raise Refused(400, code, f"Messages to {to} are refused.")
        if not is_endpoint(to):
            raise Refused(400, 21211, f"The 'To' number {to} is not a valid phone number.")
        if not body:
            raise Refused(400, 21602, "Message body is required.")
        if len(body) > _LONGEST_BODY:
            raise Refused(400, 21617, f"The message body has {len(body)} characters, and {_LONGEST_BODY} are the most.")
        if given.get("StatusCallback"):
            address(given["StatusCallback"], 21609, "StatusCallback")
        message = send_text(self._world, from_, to, body, given.get("StatusCallback", ""))
        return self._json(message), 201

    def list(self) -> tuple[Json, int]:
        messages = [self._json(message) for message in reversed(self._world.messages.values())]
        for parameter, key in {"To": "to", "From": "from"}.items():
            if value := request.args.get(parameter):
                messages = [message for message in messages if message[key] == value]
        return self._api.page("messages", messages), 200

    def fetch(self, sid: str) -> tuple[Json, int]:
        if sid not in self._world.messages:
            raise self._api.not_found()
        return self._json(self._world.messages[sid]), 200

    def _json(self, message: Message) -> Json:
        return {
            "account_sid": self._world.account_sid,
            "api_version": "2010-04-01",
            "body": message.body,
            "date_created": rfc2822(message.at),
            "date_sent": rfc2822(message.at),
            "date_updated": rfc2822(message.at),
            "direction": message.direction,
            "error_code": message.error_code,
            "error_message": None,
            "from": message.from_,
            "messaging_service_sid": None,
            "num_media": "0",
            "num_segments": str(1 + len(message.body) // 153),
            "price": None,
            "price_unit": "USD",
            "sid": message.sid,
            "status": message.status,
            "subresource_uris": {},
            "to": message.to,
            "uri": f"{self._api.base}/Messages/{message.sid}.json",
        }
