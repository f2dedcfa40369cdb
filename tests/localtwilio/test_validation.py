"""Wrong TwiML has a name, a place and Twilio's own number (docs/api/errors)."""

import pytest

from tests.localtwilio.conftest import App
from voice.localtwilio import Level, LocalTwilio, TwilioFault

LONG = "x" * 101
MANY = ", ".join(f"hint {number}" for number in range(501))

WRONG = [
    ("<Shout>Hallo</Shout>", 12200, "Shout"),
    ("<say>Hallo</say>", 12200, "say"),
    ('<Say tone="kind">Hallo</Say>', 12200, "Say"),
    ("<Say/>", 13520, "Say"),
    (f"<Say>{'a' * 4097}</Say>", 13521, "Say"),
    ('<Say loop="-1">Hallo</Say>', 13510, "Say"),
    ("<Say><shout>Hallo</shout></Say>", 12200, "Say"),
    ("<Play/>", 12200, "Play"),
    ('<Play loop="often">a.mp3</Play>', 13410, "Play"),
    ('<Play digits="1x"/>', 13430, "Play"),
    ('<Pause length="half"/>', 13910, "Pause"),
    ("<Leave/>", 12200, "Leave"),
    ("<Number>+3212345671</Number>", 12200, "Number"),
    ('<Gather input="thoughts"/>', 13326, "Gather"),
    ('<Gather timeout="0"/>', 13313, "Gather"),
    ('<Gather timeout="5.5"/>', 13313, "Gather"),
    ('<Gather speechTimeout="soon"/>', 13327, "Gather"),
    ('<Gather numDigits="0"/>', 13314, "Gather"),
    ('<Gather finishOnKey="##"/>', 13310, "Gather"),
    ('<Gather method="PUT"/>', 13312, "Gather"),
    ('<Gather language="nl"/>', 13331, "Gather"),
    ('<Gather actionOnEmptyResult="yes"/>', 13338, "Gather"),
    ('<Gather profanityFilter="off"/>', 13333, "Gather"),
    ('<Gather bargeIn="maybe"/>', 13332, "Gather"),
    ('<Gather speechModel="mind_reading"/>', 13334, "Gather"),
    ('<Gather speechModel="phone_call" speechTimeout="auto"/>', 13335, "Gather"),
    (f'<Gather hints="kort, {LONG}"/>', 13330, "Gather"),
    (f'<Gather hints="{MANY}"/>', 13330, "Gather"),
    ("<Gather><Redirect>/x</Redirect></Gather>", 13320, "Gather"),
    ('<Gather><Say loop="x">Hallo</Say></Gather>', 13510, "Gather->Say"),
    ('<Gather><Play digits="1"/></Gather>', 13320, "Gather->Play"),
    ("<Gather>Hallo</Gather>", 12200, "Gather"),
    ('<Redirect method="get">/x</Redirect>', 13710, "Redirect"),
    ("<Redirect>mailto:me@example.com</Redirect>", 12200, "Redirect"),
    ('<Reject reason="rude"/>', 13810, "Reject"),
    ("<Enqueue/>", 14204, "Enqueue"),
    (f"<Enqueue>{'q' * 65}</Enqueue>", 14205, "Enqueue"),
    ('<Enqueue method="PUT">q</Enqueue>', 14201, "Enqueue"),
    ('<Enqueue waitUrlMethod="PUT">q</Enqueue>', 14206, "Enqueue"),
    ("<Dial/>", 13223, "Dial"),
    ("<Dial><Say>Hallo</Say></Dial>", 13215, "Dial"),
    ('<Dial timeout="0">+3212345671</Dial>', 13212, "Dial"),
    ('<Dial hangupOnStar="yes">+3212345671</Dial>', 13213, "Dial"),
    ("<Dial><Number>twelve</Number></Dial>", 13223, "Dial->Number"),
    ("<Dial><Number/></Dial>", 13223, "Dial->Number"),
    ("<Dial><Sip>jan@example.com</Sip></Dial>", 13243, "Dial->Sip"),
    (f"<Dial><Queue>{'q' * 65}</Queue></Dial>", 14213, "Dial->Queue"),
    ("<Dial><Conference/></Dial>", 13237, "Dial->Conference"),
    ('<Dial><Conference beep="loud">a</Conference></Dial>', 13235, "Dial->Conference"),
    ('<Dial><Conference muted="yes">a</Conference></Dial>', 13230, "Dial->Conference"),
    ('<Dial><Conference startConferenceOnEnter="no">a</Conference></Dial>', 13232, "Dial->Conference"),
    ("<Dial><Conference>a</Conference><Number>+3212345671</Number></Dial>", 13000, "Dial"),
    ("<Dial>" + "<Number>+3212345671</Number>" * 11 + "</Dial>", 13250, "Dial"),
]


@pytest.mark.parametrize(("content", "code", "where"), WRONG)
def test_it_is_named_with_its_place_and_number(app: App, ring, content, code, where):
    app["/voice"] = content
    app["/fallback"] = "<Hangup/>"
    with pytest.raises(TwilioFault) as caught:
        ring()
    assert (caught.value.fault.code, caught.value.fault.where) == (code, where)
    assert str(code) in str(caught.value)
    assert "/voice" in str(caught.value)


def test_all_faults_of_a_document_are_noted_not_the_first_only(app: App, ring, twilio: LocalTwilio):
    twilio.strict = False
    app["/voice"] = '<Say tone="a" mood="b">Hallo</Say><Shout/><Pause length="x"/>'
    ring()
    assert [fault.code for fault in twilio.errors] == [12200, 12200, 12200, 13910]


def test_a_warning_lets_the_document_go_on_without_what_was_wrong(app: App, ring, twilio: LocalTwilio):
    twilio.strict = False
    app["/voice"] = '<Say tone="kind">Een.</Say><Shout>Twee.</Shout><Gather timeout="soon"/><Say>Drie.</Say>'
    caller = ring()
    assert caller.gather.timeout == 5
    caller.stays_silent()
    assert [utterance.text for utterance in caller.heard] == ["Een.", "Drie."]
    assert {fault.level for fault in twilio.errors} == {Level.WARNING}


def test_an_error_ends_the_document_before_it_begins(app: App, ring, twilio: LocalTwilio):
    twilio.strict = False
    app["/voice"] = "<Say>Een.</Say><Enqueue/>"
    app["/fallback"] = "<Say>Hersteld.</Say>"
    caller = ring()
    assert [utterance.text for utterance in caller.heard] == ["Hersteld."]
    assert app.form("/fallback")["ErrorCode"] == "14204"
    assert twilio.errors[0].level is Level.ERROR


RIGHT = [
    '<Say voice="Polly.Lotte-Neural" language="nl-NL">Een <break time="1s"/> <emphasis>twee</emphasis>.</Say>',
    f"<Say>{'a' * 4096}</Say>",
    f'<Gather input="speech dtmf" hints="{MANY.rpartition(",")[0]}" speechTimeout="auto" enhanced="true"/>',
    '<Gather input="speech" speechModel="googlev2_telephony" speechTimeout="3" language="nl-NL"/>',
    '<Gather input="dtmf speech" partialResultCallback="/partial" partialResultCallbackMethod="GET"/>',
    f'<Gather hints="{"x" * 100}" finishOnKey="" timeout="auto"/>',
    "<Gather><Say>Zeg het maar.</Say><Pause/></Gather><!-- and nothing more -->",
]


@pytest.mark.parametrize("content", RIGHT)
def test_what_is_right_passes(app: App, ring, twilio: LocalTwilio, content):
    app["/voice"] = content
    ring()
    assert twilio.errors == []


def test_speech_mark_up_is_spoken_as_its_text(app: App, ring):
    app["/voice"] = '<Say>Een <break time="1s"/><emphasis>twee</emphasis> drie.</Say>'
    assert ring().heard[0].text == "Een twee drie."
