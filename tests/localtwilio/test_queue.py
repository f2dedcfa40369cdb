"""Waiting in a queue (docs/voice/twiml/enqueue, /leave)."""

import pytest
from flask import Response

from tests.localtwilio.conftest import App
from voice.localtwilio import LocalTwilio, Standing, TwilioFault

HOLD = "https://elsewhere.example/hold.mp3"


@pytest.fixture(autouse=True)
def _pages(app: App) -> None:
    app["/voice"] = '<Say>Een.</Say><Enqueue action="/after" waitUrl="/hold">technical</Enqueue><Say>Verder.</Say>'
    app["/hold"] = f"<Say>Even geduld.</Say><Play>{HOLD}</Play>"
    app["/after"] = "<Say>Weer hier.</Say>"


def test_the_caller_waits_with_music(ring, twilio: LocalTwilio):
    caller = ring()
    assert caller.in_queue == "technical"
    assert caller.standing is Standing.HELD
    assert [utterance.text for utterance in caller.heard] == ["Een.", "Even geduld.", HOLD]
    assert [member.leg.sid for member in twilio.queue("technical")] == [caller.sid]


def test_the_wait_url_hears_where_the_caller_stands(app: App, ring, twilio: LocalTwilio):
    first = ring()
    twilio.advance(100)
    second = ring()
    form = app.form("/hold")
    assert form["CallSid"] == second.sid
    assert form["QueuePosition"] == "2"
    assert form["QueueTime"] == "0"
    assert form["CurrentQueueSize"] == "2"
    assert form["MaxQueueSize"] == "1000"
    assert form["QueueSid"] == twilio.queues["technical"].sid
    waited = int(twilio.clock.now() - first.member.since)
    assert int(form["AvgQueueTime"]) == pytest.approx(waited / 2, abs=1)


def test_the_wait_url_is_asked_again_when_its_document_ends(app: App, ring, twilio: LocalTwilio):
    caller = ring()
    twilio.advance(11 * 3)
    assert len(app.forms("/hold")) == 4
    assert [form["QueueTime"] for form in app.forms("/hold")] == ["0", "11", "22", "33"]
    assert caller.in_queue


def test_a_wait_url_without_time_is_asked_once_a_second(app: App, ring, twilio: LocalTwilio):
    app["/hold"] = ""
    caller = ring()
    twilio.advance(10)
    assert caller.in_queue
    assert len(app.forms("/hold")) == 11


def test_a_wait_url_without_music_gives_the_caller_a_turn_too(app: App, ring, twilio: LocalTwilio):
    app["/hold"] = "<Say>een twee drie vier</Say>"
    caller = ring()
    assert caller.standing is Standing.HELD
    assert [utterance.text for utterance in caller.heard] == ["Een.", "een twee drie vier"]
    twilio.advance(3)
    assert len(app.forms("/hold")) == 2


def test_the_wait_url_may_be_a_recording(app: App, ring):
    app["/hold"] = lambda _: Response(b"", mimetype="audio/mpeg")
    caller = ring()
    assert caller.heard[-1].kind == "play"
    assert caller.in_queue


@pytest.mark.parametrize("enqueue", ["<Enqueue>technical</Enqueue>", '<Enqueue waitUrl="">technical</Enqueue>'])
def test_without_a_wait_url_the_caller_just_waits(app: App, ring, twilio: LocalTwilio, enqueue):
    app["/voice"] = enqueue
    caller = ring()
    twilio.advance(1000)
    assert caller.in_queue == "technical"
    assert caller.heard == []


def test_leave_asks_the_action_with_its_result(app: App, ring):
    app["/hold"] = '<Pause length="30"/><Leave/><Say>Nooit.</Say>'
    caller = ring()
    caller.waits(60)
    form = app.form("/after")
    assert (form["QueueResult"], form["QueueTime"]) == ("leave", "30")
    assert form["QueueSid"].startswith("QU")
    assert [utterance.text for utterance in caller.heard] == ["Een.", "Weer hier."]
    assert caller.in_queue == ""


def test_without_an_action_leave_goes_on_behind_the_enqueue(app: App, ring):
    app["/voice"] = '<Enqueue waitUrl="/sub/hold">technical</Enqueue><Redirect>next</Redirect>'
    app["/sub/hold"] = "<Leave/>"
    app["/next"] = "<Say>Verder.</Say>"
    caller = ring()
    assert [utterance.text for utterance in caller.heard] == ["Verder."]


def test_keys_work_while_waiting(app: App, ring):
    app["/hold"] = f'<Gather numDigits="1" action="/key"><Play>{HOLD}</Play></Gather><Redirect>/hold</Redirect>'
    app["/key"] = lambda form: "<Leave/>" if form["Digits"] == "9" else "<Say>Dat ken ik niet.</Say>"
    caller = ring(patient=False)
    caller.presses("1")
    assert caller.in_queue == "technical"
    assert "Dat ken ik niet." in [utterance.text for utterance in caller.heard]
    caller.presses("9")
    assert caller.in_queue == ""
    assert app.form("/after")["QueueResult"] == "leave"


def test_hangup_in_the_wait_document_ends_the_call(app: App, ring):
    app["/hold"] = "<Say>Het is te druk.</Say><Hangup/>"
    caller = ring()
    assert caller.ended
    assert app.form("/after")["QueueResult"] == "hangup"
    assert app.form("/after")["CallStatus"] == "completed"


def test_who_hangs_up_leaves_the_queue_and_the_app_is_told(app: App, ring, twilio: LocalTwilio):
    caller = ring()
    caller.waits(50)
    caller.hangs_up()
    form = app.form("/after")
    assert (form["QueueResult"], form["CallStatus"]) == ("hangup", "completed")
    assert int(form["QueueTime"]) in range(50, 53)
    assert twilio.queue("technical") == []
    assert caller.heard[-1].text != "Weer hier."


def test_the_music_is_cut_off_when_the_caller_leaves(ring):
    caller = ring()
    caller.waits(5)
    caller.hangs_up()
    assert [utterance.cut for utterance in caller.heard] == [False, False, True]


def test_a_full_queue_turns_the_caller_away(app: App, ring, twilio: LocalTwilio):
    twilio.open_queue("technical", max_size=1)
    ring()
    second = ring()
    assert app.form("/after")["QueueResult"] == "queue-full"
    assert "QueueSid" not in app.form("/after")
    assert second.heard[-1].text == "Weer hier."


def test_twilio_itself_may_break_down(app: App, ring, twilio: LocalTwilio):
    twilio.break_next_enqueue()
    ring()
    assert app.form("/after")["QueueResult"] == "system-error"
    assert ring().in_queue == "technical"


@pytest.mark.parametrize("hold", [("kaput", 500), Response("<Response><Dial>1</Dial>", mimetype="text/xml")])
def test_a_broken_wait_url_is_an_error_of_the_queue(app: App, ring, twilio: LocalTwilio, hold):
    twilio.strict = False
    app["/hold"] = lambda _: hold
    app["/fallback"] = lambda _: ("kaput", 500)
    caller = ring()
    assert app.form("/after")["QueueResult"] == "error"
    assert caller.heard[-1].text == "Weer hier."


@pytest.mark.parametrize("verb", ["<Dial>+3212345671</Dial>", "<Enqueue>other</Enqueue>", "<Reject/>"])
def test_what_may_not_stand_in_a_wait_document(app: App, ring, verb):
    app["/hold"] = verb
    with pytest.raises(TwilioFault, match="waitUrl of an Enqueue"):
        ring()


def test_callers_wait_in_the_order_they_came(ring, twilio: LocalTwilio):
    callers = [ring() for _ in range(3)]
    assert [member.leg.sid for member in twilio.queue("technical")] == [caller.sid for caller in callers]
    callers[0].hangs_up()
    assert [member.leg.sid for member in twilio.queue("technical")] == [caller.sid for caller in callers[1:]]
