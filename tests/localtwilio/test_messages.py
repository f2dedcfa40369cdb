"""SMS, both ways (docs/messaging/api/message-resource)."""

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.localtwilio.conftest import HOST, NUMBER, App
from voice.localtwilio import LocalTwilio

MOBILE = "+32470123456"


def test_a_message_arrives_and_its_way_is_reported(app: App, client: Client, twilio: LocalTwilio):
    app["/events"] = ""
    message = client.messages.create(
        to=MOBILE, from_=NUMBER, body="U staat op de lijst.", status_callback=f"{HOST}/events"
    )
    assert (message.status, message.body) == ("queued", "U staat op de lijst.")
    twilio.advance(2)
    (arrived,) = twilio.phone(MOBILE).texts
    assert (arrived.from_, arrived.body) == (NUMBER, "U staat op de lijst.")
    assert [form["MessageStatus"] for form in app.forms("/events")] == ["sent", "delivered"]
    assert app.form("/events")["MessageSid"] == message.sid
    assert client.messages(message.sid).fetch().status == "delivered"
    assert [one.sid for one in client.messages.list(to=MOBILE)] == [message.sid]


def test_a_telephone_that_cannot_be_reached_is_reported(app: App, client: Client, twilio: LocalTwilio):
    app["/events"] = ""
    twilio.person(MOBILE, unreachable=True)
    client.messages.create(to=MOBILE, from_=NUMBER, body="Dag", status_callback=f"{HOST}/events")
    twilio.advance(2)
    assert app.form("/events")["MessageStatus"] == "undelivered"
    assert app.form("/events")["ErrorCode"] == "30003"
    assert twilio.phone(MOBILE).texts == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"body": ""}, 21602),
        ({"body": "x" * 1601}, 21617),
        ({"to": "0470"}, 21211),
        ({"from_": ""}, 21603),
        ({"to": ""}, 21604),
    ],
)
def test_a_message_that_cannot_be_sent(client: Client, twilio: LocalTwilio, given, code):
    with pytest.raises(TwilioRestException) as caught:
        client.messages.create(**{"to": MOBILE, "from_": NUMBER, "body": "Dag", **given})
    assert caught.value.code == code
    assert twilio.messages == []


def test_somebody_replies_and_is_answered(app: App, twilio: LocalTwilio):
    app["/sms"] = lambda form: f"<Message>U zei: {form['Body']}</Message>"
    twilio.number(NUMBER, voice_url=f"{HOST}/voice", sms_url=f"{HOST}/sms")
    twilio.text(to=NUMBER, from_=MOBILE, body="STOP")
    form = app.form("/sms")
    assert (form["From"], form["To"], form["Body"], form["NumMedia"]) == (MOBILE, NUMBER, "STOP", "0")
    twilio.advance(2)
    assert [text.body for text in twilio.phone(MOBILE).texts] == ["U zei: STOP"]


def test_no_answer_is_an_answer(app: App, twilio: LocalTwilio):
    app["/sms"] = ""
    twilio.number(NUMBER, voice_url=f"{HOST}/voice", sms_url=f"{HOST}/sms")
    twilio.text(to=NUMBER, from_=MOBILE, body="Dag")
    twilio.advance(2)
    assert twilio.phone(MOBILE).texts == []
    assert [message.direction for message in twilio.messages] == ["inbound"]
