"""A call that comes in, and what the simple verbs do with it."""

import httpx
import pytest
from twilio.request_validator import RequestValidator

from tests.localtwilio.conftest import HOST, App
from voice.localtwilio import CallEnded, LocalTwilio, NeverYourTurn, Pace, Standing


def said(caller) -> list[str]:
    return [utterance.text for utterance in caller.heard]


def test_a_caller_hears_what_the_line_says_in_order(app, ring):
    app["/voice"] = '<Say language="nl-NL" voice="Polly.Lotte">Goedendag.</Say><Say loop="2">Twee keer.</Say>'
    caller = ring()
    assert said(caller) == ["Goedendag.", "Twee keer.", "Twee keer."]
    assert (caller.heard[0].language, caller.heard[0].voice) == ("nl-NL", "Polly.Lotte")
    assert caller.ended
    assert caller.status == "completed"


def test_the_first_request_carries_what_twilio_documents(app: App, ring):
    app["/voice"] = "<Gather/>"
    caller = ring(FromCountry="BE")
    form = app.form("/voice")
    assert form == {
        "AccountSid": "AC" + "0" * 32,
        "ApiVersion": "2010-04-01",
        "CallSid": caller.sid,
        "CallStatus": "ringing",
        "Called": "+3212345670",
        "Caller": "+32470123456",
        "Direction": "inbound",
        "From": "+32470123456",
        "FromCountry": "BE",
        "To": "+3212345670",
    }
    assert caller.sid.startswith("CA")
    assert len(caller.sid) == 34


def test_requests_are_signed_and_carry_a_token_of_their_own(app: App, ring):
    app["/voice"] = '<Gather action="/turn"/>'
    app["/turn"] = "<Hangup/>"
    ring().presses("1#")
    validator = RequestValidator("local-auth-token")
    tokens = set()
    for request in app.requests:
        signature = request["headers"]["X-Twilio-Signature"]
        assert validator.validate(request["url"], request["form"], signature)
        tokens.add(request["headers"]["I-Twilio-Idempotency-Token"])
    assert len(tokens) == len(app.requests) == 3  # voice, turn, status


def test_a_get_carries_the_parameters_in_the_address_and_is_signed_so(app: App, ring):
    app["/voice"] = '<Redirect method="GET">/next?step=2</Redirect>'
    app["/next"] = "<Hangup/>"
    ring()
    request = app.requests[1]
    assert request["form"] == {}
    assert app.form("/next")["step"] == "2"
    assert app.form("/next")["CallStatus"] == "in-progress"
    assert RequestValidator("local-auth-token").validate(request["url"], {}, request["headers"]["X-Twilio-Signature"])


def test_saying_takes_time_by_its_words_and_a_pause_by_its_length(app, ring, twilio: LocalTwilio):
    app["/voice"] = '<Say>een twee drie vier</Say><Pause length="3"/><Pause/><Say>vijf zes</Say>'
    began = twilio.clock.now()
    caller = ring()
    assert [utterance.at - began for utterance in caller.heard] == [0, 2 + 3 + 1]
    assert twilio.clock.now() - began == 2 + 3 + 1 + 1


def test_a_recording_takes_as_long_as_its_wave_file(app, ring, twilio: LocalTwilio):
    app["/voice"] = f'<Play loop="2">{HOST}/hello.wav</Play>'
    app["/hello.wav"] = lambda _: (wave_file(seconds=1.5), {"Content-Type": "audio/wav"})
    began = twilio.clock.now()
    caller = ring()
    assert said(caller) == [f"{HOST}/hello.wav"] * 2
    assert twilio.clock.now() - began == 3.0
    assert app.forms("/hello.wav") == [{}]  # fetched once, without the parameters of the call


def test_a_file_elsewhere_is_not_fetched_and_takes_the_default(app, ring, twilio: LocalTwilio):
    app["/voice"] = "<Play>https://elsewhere.example/music.mp3</Play>"
    began = twilio.clock.now()
    ring()
    assert twilio.clock.now() - began == 10.0


def test_a_recording_that_is_not_there_is_noticed(app, ring, twilio: LocalTwilio):
    twilio.strict = False
    app["/voice"] = f"<Play>{HOST}/gone.wav</Play><Say>Toch.</Say>"
    app["/gone.wav"] = lambda _: ("", 404)
    caller = ring()
    assert said(caller)[-1] == "Toch."
    assert [(fault.code, fault.where) for fault in twilio.errors] == [(11200, "Play")]


def test_music_without_end_ends_after_a_thousand_rounds(app, ring, twilio: LocalTwilio):
    app["/voice"] = '<Play loop="0">https://elsewhere.example/a.mp3</Play><Say>Klaar.</Say>'
    caller = ring(wait=False)
    twilio.advance(10 * 1000 - 1)
    assert not caller.ended
    twilio.advance(2)
    assert said(caller)[-1] == "Klaar."
    assert len(caller.heard) == 1001


def test_keys_are_played_with_their_pauses(app, ring, twilio: LocalTwilio):
    app["/voice"] = '<Play digits="wW12"/>'
    began = twilio.clock.now()
    caller = ring()
    assert said(caller) == ["wW12"]
    assert twilio.clock.now() - began == 0.5 + 1.0 + 2 * 0.25


def test_redirect_goes_on_elsewhere_relative_to_the_present_document(app, ring):
    app["/voice"] = "<Say>Een.</Say><Redirect>a/b</Redirect><Say>Nooit.</Say>"
    app["/a/b"] = "<Redirect>../c</Redirect>"
    app["/c"] = "<Say>Drie.</Say>"
    caller = ring()
    assert said(caller) == ["Een.", "Drie."]


def test_hangup_ends_the_call_and_what_follows_is_not_reached(app, ring):
    app["/voice"] = "<Hangup/><Say>Nooit.</Say>"
    caller = ring()
    assert caller.ended
    assert caller.heard == []


@pytest.mark.parametrize(("reject", "status"), [("<Reject/>", "no-answer"), ('<Reject reason="busy"/>', "busy")])
def test_reject_as_first_verb_leaves_the_call_unanswered(app, ring, reject, status):
    app["/voice"] = reject
    caller = ring()
    assert caller.status == status
    assert app.form("/status")["CallDuration"] == "0"


def test_reject_later_is_a_hangup(app, ring):
    app["/voice"] = "<Say>Dag.</Say><Reject/>"
    assert ring().status == "completed"


def test_the_number_hears_when_the_call_is_over(app: App, ring):
    app["/voice"] = "<Say>een twee drie vier vijf zes</Say>"
    ring()
    form = app.form("/status")
    assert form["CallStatus"] == "completed"
    assert form["CallDuration"] == "3"
    assert form["SequenceNumber"] == "0"
    assert form["CallbackSource"] == "call-progress-events"
    assert form["Timestamp"] == "Wed, 04 Mar 2026 09:00:03 +0000"
    assert len(app.forms("/status")) == 1


def test_a_caller_who_hangs_up_is_gone_at_once(app: App, ring):
    app["/voice"] = '<Gather action="/turn"/>'
    caller = ring()
    caller.hangs_up()
    assert caller.status == "completed"
    assert app.form("/status")["CallStatus"] == "completed"
    assert app.forms("/turn") == []
    with pytest.raises(CallEnded):
        caller.says("hallo?")


def test_what_is_said_while_nobody_listens_is_lost(app, ring, twilio: LocalTwilio):
    app["/voice"] = '<Say>een twee drie vier</Say><Gather input="speech dtmf" action="/turn"/>'
    app["/turn"] = "<Hangup/>"
    caller = ring(wait=False)
    twilio.advance(1)
    assert caller.standing is Standing.TALKED_TO
    caller.says("hallo")
    assert caller.is_asked
    assert app.forms("/turn") == []


def test_cookies_belong_to_one_call(app: App, ring):
    def voice(form):
        from flask import make_response

        answer = make_response("<Response><Redirect>/next</Redirect></Response>")
        answer.headers["Content-Type"] = "text/xml"
        answer.set_cookie("call", form["CallSid"][-4:])
        return answer

    app["/voice"] = voice
    app["/next"] = "<Hangup/>"
    first, second = ring(), ring()
    asked = [request for request in app.requests if request["url"].endswith(("voice", "next"))]
    cookies = [request["headers"].get("Cookie") for request in asked]
    assert cookies == [None, f"call={first.sid[-4:]}", None, f"call={second.sid[-4:]}"]


def test_many_short_turns_at_one_moment_are_no_circle(app, twilio: LocalTwilio):
    twilio.world.pace = Pace.keyboard()
    app["/voice"] = '<Gather input="speech" action="/voice"/>'
    caller = twilio.ring(to="+3212345670")
    for _ in range(120):
        caller.says("nog iets")
    assert caller.is_asked


def test_the_log_may_be_left_out(app):
    app["/voice"] = "<Hangup/>"
    with LocalTwilio(transport=httpx.Client(transport=httpx.WSGITransport(app.flask)), keep_log=False) as twilio:
        assert twilio.ring(to="+3212345670", voice_url=f"{HOST}/voice").log == []


def test_documents_that_follow_each_other_in_a_circle_are_stopped(app, ring, twilio: LocalTwilio):
    twilio.strict = False
    app["/voice"] = "<Redirect>/voice</Redirect>"
    caller = ring()
    assert caller.ended
    assert twilio.errors[-1].where == "Redirect"
    assert len(app.forms("/voice")) == 51


def test_a_line_that_never_stops_talking_is_noticed(app, ring):
    app["/voice"] = "<Say>Blijf aan de lijn.</Say><Redirect>/voice</Redirect>"
    with pytest.raises(NeverYourTurn, match="talked to"):
        ring()


def wave_file(seconds: float) -> bytes:
    import io
    import wave

    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(bytes(int(8000 * seconds)))
    return content.getvalue()
