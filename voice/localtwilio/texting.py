"""SMS, both ways (docs/messaging/api/message-resource, docs/messaging/guides/webhook-request, /messaging/twiml)."""

from xml.etree import ElementTree as ET

from voice.localtwilio.engine.script import Script
from voice.localtwilio.errors import RETRIEVAL_FAILED, Fault
from voice.localtwilio.post import notify, pass_time, send
from voice.localtwilio.records import Message, Target
from voice.localtwilio.world import Number, World

_ON_ITS_WAY = 1.0
"""Seconds from being sent until it is delivered."""


def send_text(world: World, from_: str, to: str, body: str, callback: str = "") -> Message:
    """An SMS to somebody; its way is reported to `callback`."""
    message = Message(world.sid("SM"), from_, to, body, "outbound-api", world.engine.now(), "queued", callback)
    world.messages[message.sid] = message
    world.engine.start(_travel(world, message))
    return message


def _travel(world: World, message: Message) -> Script[None]:
    _report(world, message, "sent")
    yield from pass_time(world, _ON_ITS_WAY)
    phone = world.phone(message.to)
    if phone.unreachable:
        message.error_code = 30003  # unreachable destination handset
        _report(world, message, "undelivered")
        return
    phone.texts.append(message)
    _report(world, message, "delivered")


def _report(world: World, message: Message, status: str) -> None:
    message.status = status
    if not message.callback:
        return
    params = {**_params(world, message), "MessageStatus": status, "SmsStatus": status}
    if message.error_code is not None:
        params["ErrorCode"] = str(message.error_code)
    notify(world, Target(message.callback, "POST", params))


def receive_text(world: World, number: Number, from_: str, body: str) -> Script[None]:
    """An SMS from somebody to a number of the account; what the app answers goes back."""
    if number.sms is None:
        return
    message = Message(world.sid("SM"), from_, number.number, body, "inbound", world.engine.now(), "received")
    world.messages[message.sid] = message
    params = {**_params(world, message), "Body": body, "NumMedia": "0", "NumSegments": "1", "SmsStatus": "received"}
    answer = yield from send(world, number.sms, params)
    if answer.code or not answer.body.strip():
        if answer.code:
            world.blame(Fault(RETRIEVAL_FAILED, "SMS", answer.outcome, number.sms.url), expected=answer.staged)
        return
    for reply in ET.fromstring(answer.body).iter("Message"):
        send_text(world, number.number, from_, "".join(reply.itertext()).strip())


def _params(world: World, message: Message) -> dict[str, str]:
    return {
        "AccountSid": world.account_sid,
        "ApiVersion": "2010-04-01",
        "From": message.from_,
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "To": message.to,
    }
