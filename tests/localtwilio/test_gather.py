"""Asking, and listening (docs/voice/twiml/gather)."""

import pytest

from tests.localtwilio.conftest import App
from voice.localtwilio import LocalTwilio, Standing

ASK = (
    '<Gather input="speech dtmf" action="/turn" language="nl-NL" hints="internet, factuur"'
    ' speechTimeout="2" timeout="4">'
    "<Say>Waarmee kan ik u helpen vandaag</Say></Gather><Say>Niets gehoord.</Say>"
)


@pytest.fixture
def _asking(app: App) -> None:
    app["/voice"] = ASK
    app["/turn"] = "<Hangup/>"


@pytest.mark.usefixtures("_asking")
class TestAnswering:
    def test_the_question_can_be_looked_at(self, ring):
        asked = ring().gather
        assert asked.input == {"speech", "dtmf"}
        assert asked.hints == ("internet", "factuur")
        assert (asked.language, asked.timeout, asked.speech_timeout) == ("nl-NL", 4, 2)
        assert (asked.finish_on_key, asked.num_digits, asked.action_on_empty_result) == ("#", None, False)

    def test_speech_is_posted_after_the_silence_that_follows_it(self, app: App, ring, twilio: LocalTwilio):
        caller = ring()
        began = twilio.clock.now()
        caller.says("mijn internet ligt plat")
        assert app.form("/turn")["SpeechResult"] == "mijn internet ligt plat"
        assert app.form("/turn")["Confidence"] == "0.9000000"
        assert "Digits" not in app.form("/turn")
        assert twilio.clock.now() - began == 2 + 2  # four words at two a second, and speechTimeout
        assert caller.gather is None

    def test_who_speaks_aloud_has_been_waited_for_already(self, app: App, ring, twilio: LocalTwilio):
        caller = ring()
        caller.aloud = True
        began = twilio.clock.now()
        caller.says("mijn internet ligt plat")
        assert app.form("/turn")["SpeechResult"] == "mijn internet ligt plat"
        assert twilio.clock.now() == began

    @pytest.mark.parametrize(("confidence", "sent"), [(0.25, "0.2500000"), (None, None)])
    def test_confidence_may_be_low_or_absent(self, app: App, ring, confidence, sent):
        ring().says("ja", confidence=confidence)
        assert app.form("/turn").get("Confidence") == sent

    def test_a_recogniser_may_never_give_a_confidence(self, app: App, ring, twilio: LocalTwilio):
        twilio.confidence = None
        ring().says("ja")
        assert "Confidence" not in app.form("/turn")

    def test_keys_are_posted_when_the_finishing_key_comes(self, app: App, ring, twilio: LocalTwilio):
        caller = ring()
        began = twilio.clock.now()
        caller.presses("123#")
        assert app.form("/turn")["Digits"] == "123"
        assert "SpeechResult" not in app.form("/turn")
        assert twilio.clock.now() == began

    def test_keys_are_posted_when_no_more_come(self, app: App, ring, twilio: LocalTwilio):
        caller = ring()
        began = twilio.clock.now()
        caller.presses("12")
        assert app.form("/turn")["Digits"] == "12"
        assert twilio.clock.now() - began == 4

    def test_silence_falls_through_to_the_next_verb(self, app: App, ring, twilio: LocalTwilio):
        caller = ring()
        began = twilio.clock.now()
        caller.stays_silent()
        assert app.forms("/turn") == []
        assert [utterance.text for utterance in caller.just_heard] == ["Niets gehoord."]
        assert twilio.clock.now() - began == 4 + 1

    def test_the_finishing_key_alone_is_silence(self, app: App, ring):
        caller = ring()
        caller.presses("#")
        assert app.forms("/turn") == []
        assert caller.heard[-1].text == "Niets gehoord."

    def test_the_timeout_begins_when_the_prompt_is_over(self, ring, twilio: LocalTwilio):
        caller = ring(wait=False)
        twilio.advance(2.9)
        assert caller.standing is Standing.PROMPTED
        twilio.advance(0.2)
        assert caller.standing is Standing.LISTENED_TO
        twilio.advance(3.8)
        assert caller.is_asked
        twilio.advance(0.2)
        assert not caller.is_asked

    def test_an_impatient_caller_breaks_into_the_prompt(self, app: App, ring):
        caller = ring(patient=False)
        assert caller.standing is Standing.PROMPTED
        caller.says("storing")
        assert caller.heard[0].cut
        assert app.form("/turn")["SpeechResult"] == "storing"

    def test_a_key_breaks_into_the_prompt_too(self, app: App, ring, twilio: LocalTwilio):
        caller = ring(patient=False)
        began = twilio.clock.now()
        caller.presses("0")
        assert caller.heard[0].cut
        assert app.form("/turn")["Digits"] == "0"
        assert twilio.clock.now() - began == 4

    def test_who_lets_the_prompt_end_does_not_cut_it(self, ring):
        caller = ring()
        caller.says("storing")
        assert not caller.heard[0].cut


def test_num_digits_ends_it_without_a_finishing_key(app: App, ring, twilio: LocalTwilio):
    app["/voice"] = '<Gather numDigits="4" action="/turn"/>'
    app["/turn"] = "<Hangup/>"
    caller = ring()
    began = twilio.clock.now()
    caller.presses("1234")
    assert app.form("/turn")["Digits"] == "1234"
    assert twilio.clock.now() == began


def test_an_empty_finish_on_key_takes_every_key(app: App, ring):
    app["/voice"] = '<Gather finishOnKey="" action="/turn"/>'
    app["/turn"] = "<Hangup/>"
    ring().presses("#*1")
    assert app.form("/turn")["Digits"] == "#*1"


def test_the_star_can_finish(app: App, ring):
    app["/voice"] = '<Gather finishOnKey="*" action="/turn"/>'
    app["/turn"] = "<Hangup/>"
    ring().presses("1#*")
    assert app.form("/turn")["Digits"] == "1#"


def test_speech_is_lost_where_only_keys_are_taken(app: App, ring):
    app["/voice"] = '<Gather action="/turn"/>'
    app["/turn"] = "<Hangup/>"
    caller = ring()
    caller.says("hallo")
    assert caller.is_asked
    caller.presses("1#")
    assert app.form("/turn")["Digits"] == "1"


def test_keys_are_lost_where_only_speech_is_taken(app: App, ring):
    app["/voice"] = '<Gather input="speech" action="/turn"><Say>een twee drie vier</Say></Gather>'
    app["/turn"] = "<Hangup/>"
    caller = ring(patient=False)
    caller.presses("1")
    assert not caller.heard[0].cut
    assert app.forms("/turn") == []


def test_what_is_noticed_first_counts(app: App, ring, twilio: LocalTwilio):
    app["/voice"] = '<Gather input="dtmf speech" action="/turn" speechTimeout="3"/>'
    app["/turn"] = "<Hangup/>"
    caller = ring()
    caller.says("een twee", wait=False)
    twilio.settle()
    caller.presses("5#")
    assert app.form("/turn")["SpeechResult"] == "een twee"
    assert "Digits" not in app.form("/turn")


def test_a_second_breath_within_the_silence_belongs_to_the_same_answer(app: App, ring, twilio: LocalTwilio):
    app["/voice"] = '<Gather input="speech" action="/turn" speechTimeout="3"/>'
    app["/turn"] = "<Hangup/>"
    caller = ring()
    caller.says("mijn internet", wait=False)
    twilio.advance(2)
    caller.says("ligt plat", confidence=0.5)
    assert app.form("/turn")["SpeechResult"] == "mijn internet ligt plat"
    assert app.form("/turn")["Confidence"] == "0.5000000"


def test_the_silence_after_speech_is_by_default_the_timeout(app: App, ring, twilio: LocalTwilio):
    app["/voice"] = '<Gather input="speech" action="/turn"/>'
    app["/turn"] = "<Hangup/>"
    caller = ring()
    began = twilio.clock.now()
    caller.says("een twee")
    assert twilio.clock.now() - began == 1 + 5


def test_auto_ends_at_the_first_pause(app: App, ring, twilio: LocalTwilio):
    app["/voice"] = '<Gather input="speech" action="/turn" speechTimeout="auto" timeout="30"/>'
    app["/turn"] = "<Hangup/>"
    caller = ring()
    began = twilio.clock.now()
    caller.says("een twee")
    assert twilio.clock.now() - began == 1 + twilio.world.pace.pause


def test_nobody_is_listened_to_for_more_than_a_minute(app: App, ring, twilio: LocalTwilio):
    app["/voice"] = '<Gather input="speech" action="/turn" speechTimeout="5"/>'
    app["/turn"] = "<Hangup/>"
    caller = ring()
    began = twilio.clock.now()
    caller.says("woord " * 1000)
    assert twilio.clock.now() - began == 60


def test_action_on_empty_result_makes_silence_a_request(app: App, ring):
    app["/voice"] = '<Gather input="speech" action="/turn" actionOnEmptyResult="true"/><Say>Nooit.</Say>'
    app["/turn"] = "<Hangup/>"
    caller = ring()
    caller.stays_silent()
    assert "SpeechResult" not in app.form("/turn")
    assert caller.heard == []


def test_without_an_action_the_document_itself_is_asked(app: App, ring):
    app["/voice"] = lambda form: "<Hangup/>" if "Digits" in form else "<Gather/>"
    ring().presses("7#")
    assert app.form("/voice")["Digits"] == "7"


def test_with_barge_in_off_the_prompt_is_said_to_its_end_and_the_answer_counts(app: App, ring):
    app["/voice"] = (
        '<Gather input="speech" bargeIn="false" action="/turn"><Say>een twee drie</Say><Say>vier</Say></Gather>'
    )
    app["/turn"] = "<Hangup/>"
    caller = ring(patient=False)
    caller.says("ja")
    assert [utterance.text for utterance in caller.heard if not utterance.cut] == ["een twee drie", "vier"]
    assert app.form("/turn")["SpeechResult"] == "ja"


def test_a_prompt_may_hold_pauses_and_recordings(app: App, ring, twilio: LocalTwilio):
    app["/voice"] = (
        '<Gather action="/turn"><Say>een twee</Say><Pause length="2"/>'
        "<Play>https://elsewhere.example/a.mp3</Play></Gather>"
    )
    began = twilio.clock.now()
    caller = ring()
    assert [utterance.kind for utterance in caller.heard] == ["say", "play"]
    assert twilio.clock.now() - began == 1 + 2 + 10


def test_a_get_action_puts_the_answer_in_the_address(app: App, ring):
    app["/voice"] = '<Gather method="GET" action="/turn?state=ask"/>'
    app["/turn"] = "<Hangup/>"
    ring().presses("1#")
    assert app.form("/turn")["Digits"] == "1"
    assert app.form("/turn")["state"] == "ask"
    assert app.requests[1]["form"] == {}
