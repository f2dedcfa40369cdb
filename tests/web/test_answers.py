"""Questions that need no person: answered at once, day and night, and a person is always one word away."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest

from tests.conftest import Telvia, routed
from voice.core.call.state import Outcome
from voice.core.contact.state import Stage
from voice.core.interpretation import Decision, Interpretation
from voice.service.calls.operator_service import SIGNATURE, TIMESTAMP, OperatorService, signature
from voice.service.operators.report import make_report

CHRISTMAS = datetime(2026, 12, 25, 10, tzinfo=UTC)
SERVICE = "https://shop.example/parcel"


@pytest.fixture
def telvia(open_line: Callable[..., Telvia]) -> Telvia:
    telvia = open_line()
    telvia.understanding.meanings |= {
        "waar vind ik mijn wifi-wachtwoord": routed("wifi_password"),
        "waar blijft mijn pakje": routed("parcel"),
        "tot hoe laat": Interpretation(Decision.CONFIRM, ("hours",), probabilities=(("hours", 0.6),)),
        "vier": Interpretation(digits="4"),
        "hoe laat en mijn factuur": Interpretation(Decision.CHOOSE, ("hours", "billing"), both=True),
    }
    return telvia


def texts(telvia: Telvia) -> list[str]:
    telvia.passes(3)
    return [message.body for message in telvia.twilio.world.messages.values()]


def test_a_question_that_needs_nobody_is_answered_and_the_caller_goes_content(telvia: Telvia) -> None:
    caller = telvia.ring().says("waar vind ik mijn wifi-wachtwoord")
    assert "sticker van uw modem" in caller.hears
    assert "Is uw vraag daarmee beantwoord?" in caller.hears
    caller.says("ja")
    assert "tot ziens" in caller.hears
    assert caller.person.ended
    contact = telvia.contact_of(caller)
    assert (contact.stage, contact.informed, contact.intent) == (Stage.INFORMED, "wifi_password", "outage")
    assert caller.call.outcome is Outcome.INFORMED


def test_the_link_comes_as_a_text_once(telvia: Telvia) -> None:
    caller = telvia.ring().says("waar vind ik mijn wifi-wachtwoord").says("vier")
    assert caller.hears == "De sms is onderweg. Is uw vraag daarmee beantwoord?"
    assert "sms" not in caller.presses("4").hears
    assert texts(telvia) == [
        "Telvia: uw wifi-wachtwoord staat op de sticker van uw modem, of op https://telvia.example/wifi"
    ]


def test_who_hides_the_number_is_offered_no_text(telvia: Telvia) -> None:
    caller = telvia.ring(from_="anonymous").says("waar vind ik mijn wifi-wachtwoord")
    assert "sms" not in caller.hears


def test_a_no_leads_straight_to_the_topics_queue_with_the_story(telvia: Telvia) -> None:
    caller = telvia.ring().says("waar vind ik mijn wifi-wachtwoord").says("nee")
    assert caller.queue == "technical"
    contact = telvia.contact_of(caller)
    assert contact.stage is Stage.WAITING
    assert contact.words[0] == "waar vind ik mijn wifi-wachtwoord"
    assert len(telvia.store.contacts_of(caller.person.sid)) == 1


@pytest.mark.parametrize("word", ["een medewerker"])
def test_a_person_is_one_word_away(telvia: Telvia, word: str) -> None:
    assert telvia.ring().says("waar vind ik mijn wifi-wachtwoord").says(word).queue == "technical"
    assert telvia.ring().says("waar vind ik mijn wifi-wachtwoord").presses("0").queue == "technical"


@pytest.mark.parametrize("at", [CHRISTMAS])
def test_answers_are_given_while_the_queues_are_closed(telvia: Telvia) -> None:
    caller = telvia.ring().says("waar blijft mijn pakje")
    assert "trackingpagina" in caller.hears
    assert "gesloten" in caller.says("nee").hears


def test_an_answer_that_is_not_certain_is_asked_about(telvia: Telvia) -> None:
    caller = telvia.ring().says("tot hoe laat")
    assert caller.hears == "Gaat het over onze openingsuren?"
    assert "dag en nacht" in caller.says("ja").hears


def test_who_names_a_second_thing_comes_to_it_after_the_answer(telvia: Telvia) -> None:
    caller = telvia.ring().says("hoe laat en mijn factuur").presses("1")
    assert "Is uw vraag daarmee beantwoord?" in caller.hears
    assert caller.says("ja").stays_silent().queue == "billing"


def test_a_hang_up_on_the_answer_ends_informed_and_another_matter_does_not(telvia: Telvia) -> None:
    caller = telvia.ring().says("waar vind ik mijn wifi-wachtwoord").hangs_up()
    assert telvia.contact_of(caller).stage is Stage.INFORMED
    other = telvia.ring(from_="+32470123457").says("waar vind ik mijn wifi-wachtwoord").says("terug").hangs_up()
    assert telvia.contact_of(other).stage is not Stage.INFORMED


def test_who_waits_is_answered_without_losing_the_place(telvia: Telvia) -> None:
    caller = telvia.ring().says("een medewerker")
    caller.says("waar vind ik mijn wifi-wachtwoord")
    assert "sticker van uw modem" in caller.hears
    assert caller.queue == "general"


@pytest.fixture
def asked(telvia: Telvia) -> list[httpx.Request]:
    """The operator's service knows this caller's parcel."""
    return served(telvia, lambda _: httpx.Response(200, json={"speech": "Uw pakje komt morgen.", "sms": "Morgen."}))


def served(telvia: Telvia, reply: Callable[[httpx.Request], httpx.Response]) -> list[httpx.Request]:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return reply(request)

    service = OperatorService(httpx.MockTransport(handle), secret="secret")
    object.__setattr__(telvia.app.extensions["switchboard"], "service", service)
    answers = telvia.line.plan.answers
    parcel = replace(answers["parcel"], service=SERVICE)
    telvia.changes(plan=replace(telvia.line.plan, answers={**answers, "parcel": parcel}))
    return seen


def test_the_operators_service_answers_with_the_parcel(telvia: Telvia, asked: list[httpx.Request]) -> None:
    caller = telvia.ring().says("waar blijft mijn pakje")
    assert "Uw pakje komt morgen." in caller.hears
    assert "Uw pakje komt morgen." in caller.says("herhaal").hears
    [request] = asked
    body = request.read()
    assert request.headers[SIGNATURE] == signature("secret", request.headers[TIMESTAMP], body)
    question = json.loads(body)
    assert question["words"] == ["waar blijft mijn pakje"]
    assert (question["intent"], question["number"], question["language"]) == ("parcel", "+32470123456", "nl")
    caller.presses("4")
    assert texts(telvia) == ["Morgen."]


def test_the_service_may_name_a_queue(telvia: Telvia) -> None:
    served(telvia, lambda _: httpx.Response(200, json={"queue": "complaints"}))
    assert telvia.ring().says("waar blijft mijn pakje").queue == "complaints"


@pytest.mark.parametrize(
    "reply",
    [
        httpx.Response(500),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={"queue": "no such queue"}),
        httpx.Response(200, json={}),
        httpx.Response(302, headers={"Location": "https://elsewhere.example"}),
    ],
)
def test_a_broken_service_costs_the_caller_nothing(telvia: Telvia, reply: httpx.Response) -> None:
    served(telvia, lambda _: reply)
    caller = telvia.ring().says("waar blijft mijn pakje")
    assert "trackingpagina" in caller.hears
    assert caller.presses("0").queue == "orders"


def test_a_slow_service_is_waited_for_two_seconds_and_then_left_alone(telvia: Telvia) -> None:
    def late(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow")

    seen = served(telvia, late)
    for number in ("+32470000001", "+32470000002"):
        assert "trackingpagina" in telvia.ring(from_=number).says("waar blijft mijn pakje").hears
    assert len(seen) == 1


def test_the_report_counts_who_needed_nobody_and_who_rang_again_about_the_same(telvia: Telvia) -> None:
    for number in ("+32470000001", "+32470000002"):
        telvia.ring(from_=number).says("waar vind ik mijn wifi-wachtwoord").says("ja")
    telvia.passes(60)
    telvia.ring(from_="+32470000002").says("mijn internet ligt plat").stays_silent()
    report = make_report(telvia.line, telvia.store, 1, telvia.worker.clock())
    assert (report.overall.informed, report.overall.again) == (2, 1)
    assert report.answers == {"wifi_password": (2, 1)}
