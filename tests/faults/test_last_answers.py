"""The database is away for a while: each telephone hears its own last answer, and everybody is served afterwards."""

import re
from dataclasses import replace

import pytest
from twilio.request_validator import RequestValidator

from tests.conftest import PUBLIC, TOKEN, Agent, Ringing, Telvia
from tests.faults.conftest import Outage
from voice.localtwilio import Phone
from voice.twilio.routes import AGENT_STATUS, BRIEFING, CUSTOMER_STATUS, MESSAGE_STATUS, SMS, STATUS, Route

pytestmark = pytest.mark.slow

AN, KLANT = "+32470000001", "+32470123456"


@pytest.fixture
def an(telvia: Telvia) -> Agent:
    return telvia.hire("An", AN)


@pytest.fixture
def customer(telvia: Telvia, an: Agent) -> Phone:
    """An agent has taken a callback, and the customer's telephone rings."""
    telvia.ring().says("mijn internet ligt plat").stays_silent().presses("9").says("ja")
    an.accepts()
    phone = telvia.twilio.phone(KLANT)
    assert phone.rings
    return phone


def test_an_agent_hears_a_sentence_and_is_let_go_and_the_caller_keeps_the_place(
    telvia: Telvia, an: Agent, database_away: Outage
) -> None:
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    assert an.is_rung()
    with database_away():
        an.phone.picks_up()
        telvia.twilio.advance(3)
    assert "er ging bij ons iets mis" in an.hears
    assert an.phone.ended
    assert caller.queue == "technical"
    assert [contact.number for contact in telvia.store.contacts.newest()] == [KLANT]
    assert an.is_rung(within=200)
    an.accepts()
    assert an.speaks_with == [KLANT]


def test_a_customer_is_told_that_the_line_rings_again_and_is_rung(
    telvia: Telvia, an: Agent, customer: Phone, database_away: Outage
) -> None:
    with database_away():
        customer.picks_up()
        telvia.twilio.advance(3)
    assert "Wij bellen u zo meteen opnieuw" in " ".join(u.text for u in customer.heard)
    assert customer.ended
    telvia.passes(1000)
    an.accepts()
    customer.accepts()
    telvia.passes(2)
    assert an.speaks_with == [KLANT]


def test_an_attempt_that_failed_here_does_not_use_up_the_customers_own(
    telvia: Telvia, an: Agent, customer: Phone, database_away: Outage
) -> None:
    technical = replace(telvia.line.plan.queues["technical"], attempts=1)
    telvia.changes(plan=replace(telvia.line.plan, queues={**telvia.line.plan.queues, "technical": technical}))
    with database_away():
        customer.picks_up(wait=False)
        telvia.twilio.advance(2)
    telvia.passes(1000)
    an.accepts()
    assert customer.rings


@pytest.mark.parametrize("route", [SMS, STATUS, AGENT_STATUS, CUSTOMER_STATUS, MESSAGE_STATUS])
def test_what_nobody_hears_is_refused_with_5xx_so_that_twilio_repeats_it(
    telvia: Telvia, database_away: Outage, route: Route
) -> None:
    values = {p.name: 1 if p.number else "A-1" for p in route.parameters}
    form = {"CallSid": "CA" + "1" * 32, "From": KLANT, "To": "+3212345670", "Body": "stop"}
    form |= {"CallStatus": "completed", "MessageStatus": "delivered"}
    path = route.path(**values)
    signature = RequestValidator(TOKEN).compute_signature(PUBLIC + path, form)
    with database_away():
        answer = telvia.app.test_client().post(path, data=form, headers={"X-Twilio-Signature": signature})
    assert (answer.status_code, answer.data) == (503, b"")


def test_a_call_by_rest_has_a_fallback_and_its_status_is_repeated(an: Agent, customer: Phone) -> None:
    legs = [an.phone.calls[-1], customer.calls[-1]]
    assert [leg.fallback.url.partition("?")[0] for leg in legs] == [
        f"{PUBLIC}/twilio/agent-fallback",
        f"{PUBLIC}/twilio/customer-fallback",
    ]
    assert all(leg.callback.url.endswith("#rc=3&rp=5xx,ct,rt") for leg in legs)


@pytest.mark.usefixtures("customer")
def test_what_became_of_a_text_is_in_the_ledger(telvia: Telvia) -> None:
    telvia.passes(3)
    [contact] = telvia.store.contacts.newest()
    told = [e["detail"] for e in telvia.store.contacts.ledger_of(contact.reference) if e["what"] == "sms"]
    assert [one["status"] for one in told] == ["delivered"]


def test_a_status_that_could_not_be_saved_is_found_later(telvia: Telvia, database_away: Outage) -> None:
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    with database_away():
        caller.hangs_up()
        telvia.twilio.advance(5)
    telvia.passes(240)
    assert telvia.contact_of(caller).over


def test_a_caller_who_is_asked_is_queued_and_nobody_else(telvia: Telvia, database_away: Outage) -> None:
    caller: Ringing = telvia.ring()
    with database_away():
        caller.says("mijn internet ligt plat")
        assert caller.queue == "general"


def test_a_call_centre_that_cannot_be_told_is_connected_all_the_same(telvia: Telvia, database_away: Outage) -> None:
    path = BRIEFING.path(call="CA" + "1" * 32)
    form = {"CallSid": "CA" + "2" * 32, "From": KLANT, "To": AN}
    signature = RequestValidator(TOKEN).compute_signature(PUBLIC + path, form)
    with database_away():
        answer = telvia.app.test_client().post(path, data=form, headers={"X-Twilio-Signature": signature})
    assert answer.status_code == 200
    assert re.findall(r"<(\w+)", answer.text.partition("?>")[2]) == ["Response", "Pause"]
