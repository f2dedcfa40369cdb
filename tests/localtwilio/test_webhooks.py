"""What can go wrong with a webhook, and what Twilio does then."""

import pytest
from flask import Response
from twilio.request_validator import RequestValidator

from tests.localtwilio.conftest import HOST, App
from voice.localtwilio import LocalTwilio, Mishap, TwilioFault

SORRY = "We are sorry, an application error has occurred. Goodbye."


@pytest.fixture
def lenient(twilio: LocalTwilio) -> LocalTwilio:
    twilio.strict = False
    return twilio


def codes(twilio: LocalTwilio) -> list[int]:
    return [fault.code for fault in twilio.errors]


BROKEN = [
    (("kaput", 500), 11200),
    (("nothing here", 404), 11200),
    (("", 204), 12100),
    (Response("<Response><Say>", mimetype="text/xml"), 12100),
    (Response("", mimetype="text/xml"), 12100),
    (Response("<Antwoord/>", mimetype="text/xml"), 12102),
    (Response("{}", mimetype="application/json"), 12300),
]


@pytest.mark.parametrize(("answer", "code"), BROKEN)
def test_an_unusable_answer_leads_to_the_fallback_with_its_reason(app: App, ring, lenient, answer, code):
    app["/voice"] = lambda _: answer
    app["/fallback"] = "<Say>Even geduld.</Say>"
    caller = ring()
    assert codes(lenient) == [code]
    assert app.form("/fallback")["ErrorCode"] == str(code)
    assert app.form("/fallback")["ErrorUrl"] == f"{HOST}/voice"
    assert app.form("/fallback")["CallSid"] == caller.sid
    assert [utterance.text for utterance in caller.heard] == ["Even geduld."]


@pytest.mark.parametrize(("answer", "code"), BROKEN)
def test_in_strict_mode_the_test_hears_of_it(app: App, ring, answer, code):
    app["/voice"] = lambda _: answer
    app["/fallback"] = "<Hangup/>"
    with pytest.raises(TwilioFault, match=str(code)):
        ring()


@pytest.mark.usefixtures("lenient")
def test_the_fallback_serves_the_whole_call(app: App, ring):
    app["/voice"] = '<Gather action="/turn"/>'
    app["/turn"] = lambda _: ("kaput", 500)
    app["/fallback"] = '<Gather action="again"/>'
    app["/again"] = "<Say>Hersteld.</Say>"
    caller = ring()
    caller.presses("1#")
    assert app.form("/fallback")["ErrorUrl"] == f"{HOST}/turn"
    caller.presses("2#")
    assert caller.heard[-1].text == "Hersteld."


def test_when_the_fallback_is_broken_too_twilio_apologises_and_hangs_up(app: App, ring, lenient):
    app["/voice"] = app["/fallback"] = lambda _: ("kaput", 500)
    caller = ring()
    assert [(utterance.kind, utterance.text) for utterance in caller.heard] == [("twilio", SORRY)]
    assert caller.status == "completed"
    assert codes(lenient) == [11200, 11200]


def test_an_audio_answer_is_played(app: App, ring):
    app["/voice"] = lambda _: Response(b"", mimetype="audio/mpeg")
    caller = ring()
    assert [(utterance.kind, utterance.text) for utterance in caller.heard] == [("play", f"{HOST}/voice")]
    assert caller.ended


def test_plain_text_is_read_out_unless_it_is_twiml(app: App, ring):
    app["/voice"] = lambda _: Response("Goedendag allemaal", mimetype="text/plain")
    assert ring().heard[0].text == "Goedendag allemaal"
    app["/voice"] = lambda _: Response("<Response><Say>Dag</Say></Response>", mimetype="text/plain")
    assert ring().heard[0].text == "Dag"


class TestMishaps:
    @pytest.fixture(autouse=True)
    def _pages(self, app: App) -> None:
        app["/voice"] = '<Gather action="/turn"/>'
        app["/turn"] = "<Say>Bedankt.</Say>"
        app["/fallback"] = "<Say>Even geduld.</Say>"

    def tokens(self, app: App, path: str) -> list[str]:
        return [
            request["headers"]["I-Twilio-Idempotency-Token"]
            for request in app.requests
            if request["url"].endswith(path)
        ]

    @pytest.mark.parametrize("mishap", [Mishap.TWICE, Mishap.RETRIED])
    def test_a_repetition_carries_the_same_token_and_form(self, app: App, ring, twilio: LocalTwilio, mishap):
        caller = ring()
        twilio.next_webhook(mishap)
        caller.presses("1#")
        first, second = self.tokens(app, "/turn")
        assert first == second
        assert app.forms("/turn")[0] == app.forms("/turn")[1]
        assert [utterance.text for utterance in caller.heard] == ["Bedankt."]

    def test_twice_takes_the_first_answer_and_a_retry_the_second(self, app: App, ring, twilio: LocalTwilio):
        count = iter(range(1, 9))
        app["/turn"] = lambda _: f"<Say>Antwoord {next(count)}.</Say>"
        for mishap, heard in ((Mishap.TWICE, "Antwoord 1."), (Mishap.RETRIED, "Antwoord 4.")):
            caller = ring()
            twilio.next_webhook(mishap)
            caller.presses("1#")
            assert caller.heard[-1].text == heard

    def test_a_lost_webhook_never_arrives_and_costs_fifteen_seconds(self, app: App, ring, twilio: LocalTwilio):
        caller = ring()
        twilio.next_webhook(Mishap.LOST)
        began = twilio.clock.now()
        caller.presses("1#")
        assert app.forms("/turn") == []
        assert app.form("/fallback")["ErrorCode"] == "11200"
        assert caller.heard[-1].at - began == 15

    def test_a_lost_answer_leaves_the_work_done(self, app: App, ring, twilio: LocalTwilio):
        caller = ring()
        twilio.next_webhook(Mishap.ANSWER_LOST)
        caller.presses("1#")
        assert len(app.forms("/turn")) == 1
        assert app.form("/fallback")["ErrorUrl"] == f"{HOST}/turn"

    def test_a_late_webhook_is_waited_for_up_to_fifteen_seconds(self, app: App, ring, twilio: LocalTwilio):
        caller = ring()
        twilio.next_webhook(Mishap.LATE, seconds=14)
        began = twilio.clock.now()
        caller.presses("1#")
        assert caller.heard[-1].text == "Bedankt."
        assert caller.heard[-1].at - began == 14
        assert app.forms("/fallback") == []

    def test_a_webhook_later_than_that_still_arrives_and_is_not_heard(self, app: App, ring, twilio: LocalTwilio):
        caller = ring()
        twilio.next_webhook(Mishap.LATE, seconds=20)
        caller.presses("1#")
        assert caller.heard[-1].text == "Even geduld."
        assert app.forms("/turn") == []
        twilio.advance(20)
        assert len(app.forms("/turn")) == 1

    def test_a_forged_signature_is_wrong(self, app: App, ring, twilio: LocalTwilio):
        caller = ring()
        twilio.next_webhook(Mishap.FORGED)
        caller.presses("1#")
        request = app.requests[1]
        validator = RequestValidator("local-auth-token")
        assert not validator.validate(request["url"], request["form"], request["headers"]["X-Twilio-Signature"])

    def test_a_refused_forgery_is_no_surprise_to_the_test(self, app: App, ring, twilio: LocalTwilio):
        app["/turn"] = lambda _: ("forged", 403)
        caller = ring()
        twilio.next_webhook(Mishap.FORGED)
        caller.presses("1#")
        assert caller.heard[-1].text == "Even geduld."

    def test_a_mishap_waits_for_the_webhook_it_is_meant_for(self, app: App, ring, twilio: LocalTwilio):
        twilio.next_webhook(Mishap.LOST, path="/turn")
        caller = ring()
        assert len(app.forms("/voice")) == 1
        caller.presses("1#")
        assert app.forms("/turn") == []


def test_status_callbacks_may_arrive_in_any_order(app: App, ring, twilio: LocalTwilio):
    app["/voice"] = "<Hangup/>"
    twilio.shuffle_callbacks = True
    callers = [ring() for _ in range(8)]
    twilio.advance(5)
    arrived = [form["CallSid"] for form in app.forms("/status")]
    assert sorted(arrived) == sorted(caller.sid for caller in callers)
    assert arrived != [caller.sid for caller in callers]


def test_a_refused_status_callback_is_a_warning_and_changes_nothing(app: App, ring, lenient):
    app["/voice"] = "<Hangup/>"
    app["/status"] = lambda _: ("", 500)
    assert ring().status == "completed"
    assert codes(lenient) == [15003]


def test_the_log_of_a_call_holds_what_was_asked_and_answered(app: App, ring):
    app["/voice"] = '<Gather action="/turn"/>'
    app["/turn"] = "<Hangup/>"
    caller = ring()
    caller.presses("1#")
    exchanges = [(exchange.method, exchange.url, exchange.status) for exchange in caller.log]
    assert exchanges == [("POST", f"{HOST}/{path}", 200) for path in ("voice", "turn", "status")]
    assert caller.log[1].params["Digits"] == "1"
    assert "<Hangup/>" in caller.log[1].answer
