"""Webhooks that are forged, repeated, late or broken: the caller always hears words, and nothing happens twice."""

import threading
from collections.abc import Callable

import pytest
from twilio.request_validator import RequestValidator

from tests.conftest import PUBLIC, TOKEN, Ringing, Scripted, Telvia
from voice.core.call.state import State
from voice.localtwilio import Mishap
from voice.store import Store

SID = "CA" + "1" * 32


class Twilio:
    """Posts single webhooks, signed as Twilio signs them."""

    def __init__(self, telvia: Telvia, public: str = PUBLIC, token: str = TOKEN) -> None:
        self.client = telvia.app.test_client()
        self.public, self.token = public, token

    def posts(self, path: str, headers: dict[str, str] | None = None, **form: str):
        fields = {"CallSid": SID, "From": "+32470123456", "To": "+3212345670", **form}
        signature = RequestValidator(self.token).compute_signature(self.public + path, fields)
        return self.client.post(path, data=fields, headers={"X-Twilio-Signature": signature, **(headers or {})})


def test_a_wrong_signature_gets_403_and_nothing_happens(telvia: Telvia) -> None:
    assert Twilio(telvia, token="another").posts("/twilio/voice").status_code == 403
    assert telvia.app.test_client().post("/twilio/voice", data={"CallSid": SID}).status_code == 403
    assert telvia.store.call(SID) is None


def test_a_signature_over_the_public_url_holds_behind_a_proxy(telvia: Telvia) -> None:
    assert Twilio(telvia).posts("/twilio/voice", {"Host": "10.0.0.7:8080"}).status_code == 200
    assert Twilio(telvia, public="http://localhost").posts("/twilio/voice").status_code == 403


def test_a_repeated_token_gets_the_same_answer_and_no_second_effect(telvia: Telvia) -> None:
    twilio = Twilio(telvia)
    first = twilio.posts("/twilio/voice", {"I-Twilio-Idempotency-Token": "a"})
    again = twilio.posts("/twilio/voice", {"I-Twilio-Idempotency-Token": "a"})
    assert first.data == again.data
    assert len(telvia.store.journal_of(SID)) == 1


def test_the_same_turn_posted_twice_gets_the_same_answer(telvia: Telvia) -> None:
    twilio = Twilio(telvia)
    twilio.posts("/twilio/voice")
    first = twilio.posts("/twilio/turn?turn=1", SpeechResult="bel me terug")
    taken = [twilio.posts("/twilio/turn?turn=2", {"I-Twilio-Idempotency-Token": t}, SpeechResult="ja") for t in "xy"]
    assert twilio.posts("/twilio/turn?turn=1", SpeechResult="bel me terug").data == first.data
    assert taken[0].data == taken[1].data
    assert len(telvia.store.contacts_of(SID)) == 1


def test_a_turn_posted_to_two_processes_at_once_is_one_turn(telvia: Telvia) -> None:
    Twilio(telvia).posts("/twilio/voice")
    Twilio(telvia).posts("/twilio/turn?turn=1", SpeechResult="bel me terug")
    answers: list[bytes] = []
    start = threading.Barrier(4)

    def post() -> None:
        start.wait()
        answers.append(Twilio(telvia).posts("/twilio/turn?turn=2", SpeechResult="ja").data)

    threads = [threading.Thread(target=post) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1
    assert len(telvia.store.contacts_of(SID)) == 1


@pytest.mark.parametrize("mishap", [Mishap.TWICE, Mishap.RETRIED])
def test_a_webhook_delivered_twice_on_its_way_changes_nothing(telvia: Telvia, mishap: Mishap) -> None:
    caller = telvia.ring()
    telvia.twilio.next_webhook(mishap)
    caller.says("bel me terug").says("ja")
    assert len(telvia.store.contacts_of(caller.person.sid)) == 1


@pytest.mark.parametrize("turns", [(), ("mijn internet ligt plat",), ("bel me terug",)])
def test_whatever_breaks_inside_the_caller_hears_an_apology_and_gets_a_person(
    telvia: Telvia, turns: tuple[str]
) -> None:
    caller = telvia.ring()
    for said in turns:
        caller.says(said)
    caller.says("explode")
    assert "er ging bij ons iets mis" in caller.hears
    assert caller.queue == "general"
    assert all(exchange.status == 200 for exchange in caller.person.log)


def test_without_its_database_the_line_still_gives_words_and_a_person(telvia: Telvia) -> None:
    caller = telvia.ring()
    telvia.store.engine = Store("sqlite:////nowhere/at/all.sqlite3").engine
    caller.person.says("mijn internet ligt plat")
    assert "er ging bij ons iets mis" in caller.hears
    assert caller.queue == "general"
    ready = telvia.app.test_client().get("/readyz")
    assert (ready.status_code, ready.json["database"]) == (200, "The database does not answer: OperationalError.")
    assert telvia.app.test_client().get("/healthz").status_code == 200


def test_the_fallback_needs_neither_database_nor_call(telvia: Telvia) -> None:
    telvia.store.engine = Store("sqlite:////nowhere/at/all.sqlite3").engine
    answer = Twilio(telvia).posts("/twilio/fallback", To="+3212345671", ErrorCode="11200")
    assert "Excusez-nous" in answer.text
    assert ">general</Enqueue>" in answer.text


def test_a_dead_webhook_leads_to_the_fallback(open_line: Callable[..., Telvia]) -> None:
    telvia = open_line(strict=False)
    caller = telvia.ring()
    telvia.twilio.next_webhook(Mishap.LOST)
    caller.says("mijn internet ligt plat")
    assert caller.queue == "general"
    assert "er ging bij ons iets mis" in caller.hears


def test_a_turn_of_another_time_is_answered_with_where_the_call_stands(telvia: Telvia) -> None:
    twilio = Twilio(telvia)
    twilio.posts("/twilio/voice")
    assert "waarvoor belt u" in twilio.posts("/twilio/turn?turn=77", SpeechResult="ja").text.lower()
    assert len(telvia.store.journal_of(SID)) == 1


def test_a_call_that_the_store_does_not_know_is_greeted(telvia: Telvia) -> None:
    assert "Welkom bij Telvia" in Twilio(telvia).posts("/twilio/turn?turn=3", SpeechResult="ja").text


@pytest.mark.parametrize(
    "form",
    [{"CallSid": "x"}, {"CallSid": ""}, {"To": "", "From": ""}, {"SpeechResult": "x" * 10_000}, {"Digits": "ABC\x00"}],
)
def test_odd_forms_get_words(telvia: Telvia, form: dict[str, str]) -> None:
    twilio = Twilio(telvia)
    twilio.posts("/twilio/voice")
    answer = twilio.posts("/twilio/turn?turn=1", **form)
    assert answer.status_code == 200
    assert "<Say" in answer.text


@pytest.mark.parametrize("path", ["/twilio/turn", "/twilio/turn?turn=", "/twilio/turn?n=-1", "/twilio/nothing"])
def test_odd_paths_get_words(telvia: Telvia, path: str) -> None:
    assert "<Say" in Twilio(telvia).posts(path).text


def test_status_callbacks_come_in_any_order_and_more_than_once(telvia: Telvia) -> None:
    twilio = Twilio(telvia)
    assert twilio.posts("/twilio/status", CallStatus="completed").status_code == 200
    twilio.posts("/twilio/voice")
    for _ in range(2):
        twilio.posts("/twilio/status", CallStatus="completed")
    twilio.posts("/twilio/status", CallStatus="ringing")
    call = telvia.store.call(SID)
    assert call is not None
    assert call.state is State.OVER
    assert len(telvia.store.journal_of(SID)) == 2


def test_state_lives_in_the_store_and_in_no_process(open_line: Callable[..., Telvia]) -> None:
    one, other = Twilio(open_line(Scripted())), Twilio(open_line(Scripted()))
    one.posts("/twilio/voice")
    other.posts("/twilio/turn?turn=1", SpeechResult="mijn internet ligt plat")
    assert ">technical</Enqueue>" in one.posts("/twilio/turn?turn=2").text


def test_a_caller_on_hold_whose_line_breaks_is_kept_waiting_with_words(caller: Ringing) -> None:
    caller.says("mijn internet ligt plat").stays_silent()
    caller.store.engine = Store("sqlite:////nowhere/at/all.sqlite3").engine
    caller.waits(90)
    assert caller.queue == "technical"
    assert "Blijf even aan de lijn" in caller.hears
