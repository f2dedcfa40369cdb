"""A queue that an existing call centre answers: it is rung on the caller's own line, hears the story, and what it does
not take leads to a callback that rings it first."""

from dataclasses import replace

import pytest

from tests.conftest import Agent, Ringing, Telvia
from voice.core.call.state import State
from voice.core.contact.state import Kind, Stage
from voice.core.queue.hours import Hours
from voice.localtwilio import Mishap, Phone
from voice.service.calls.transfer import transfer

DESK, SIP, KLANT = "+3221234567", "sip:desk@example.com", "+32470123456"


def dials(telvia: Telvia, queue: str, address: str) -> None:
    """The operator sends a queue to a call centre."""
    queues = telvia.line.plan.queues | {queue: replace(telvia.line.plan.queues[queue], dial=address)}
    telvia.line = telvia.worker.line = replace(telvia.line, plan=replace(telvia.line.plan, queues=queues))
    object.__setattr__(telvia.app.extensions["switchboard"], "line", telvia.line)


@pytest.fixture(params=[DESK, SIP])
def address(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def desk(telvia: Telvia, address: str) -> Phone:
    dials(telvia, "technical", address)
    return telvia.twilio.phone(address)


@pytest.fixture
def caller(telvia: Telvia, desk: Phone) -> Ringing:  # noqa: ARG001
    return telvia.ring().says("mijn internet ligt plat").stays_silent()


def heard(phone: Phone) -> str:
    return " ".join(u.text for u in phone.heard if u.kind == "say")


def test_the_caller_goes_straight_to_the_call_centre_which_hears_the_story(
    telvia: Telvia, desk: Phone, caller: Ringing, address: str
) -> None:
    assert desk.rings
    assert telvia.contact_of(caller).stage is Stage.TAKING
    desk.picks_up()
    assert heard(desk) == "De technische dienst. Nederlands. De klant zegt: mijn internet ligt plat."
    assert caller.person.speaks_with == [address]
    request = telvia.contact_of(caller)
    assert (request.stage, request.agent, request.words) == (Stage.TALKING, None, ("mijn internet ligt plat",))
    assert request.served is not None


def test_who_hangs_up_after_speaking_is_answered(telvia: Telvia, desk: Phone, caller: Ringing) -> None:
    desk.picks_up()
    caller.hangs_up()
    assert telvia.contact_of(caller).stage is Stage.ANSWERED


def test_after_the_call_centre_the_caller_is_asked_and_no_rings_it_again(
    telvia: Telvia, desk: Phone, caller: Ringing
) -> None:
    desk.picks_up()
    desk.hangs_up()
    caller.person.await_turn()
    assert caller.hears.endswith("Is alles nu opgelost voor u?")
    caller.says("nee")
    assert desk.rings
    request = telvia.contact_of(caller)
    assert (request.stage, request.attempt) == (Stage.TAKING, 2)


@pytest.mark.parametrize(
    ("person", "reason"),
    [
        ({"busy": True}, "niemand vrij om op te nemen"),
        ({}, "niemand vrij om op te nemen"),
        ({"unreachable": True}, "Het lukt ons even niet"),
    ],
    ids=["busy", "no answer", "failed"],
)
def test_what_it_does_not_take_leads_to_the_offer_of_a_callback(
    telvia: Telvia, address: str, person: dict[str, bool], reason: str
) -> None:
    dials(telvia, "technical", address)
    telvia.twilio.person(address, **person)
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    telvia.twilio.run_until(lambda: caller.person.is_asked, 40)
    assert reason in caller.hears
    assert telvia.contact_of(caller).stage is Stage.AWAY
    caller.says("ja")
    request = telvia.contact_of(caller)
    assert (request.kind, request.stage, request.queue) == (Kind.CALLBACK, Stage.WAITING, "technical")
    assert request.arrived == caller.call.arrived


def test_who_picks_up_and_hangs_up_during_the_whisper_has_not_answered(
    telvia: Telvia, desk: Phone, caller: Ringing
) -> None:
    desk.picks_up(wait=False)
    desk.hangs_up()
    caller.person.await_turn()
    assert "Zullen wij u terugbellen" in caller.hears
    request = telvia.contact_of(caller)
    assert (request.stage, request.served) == (Stage.AWAY, None)


def test_who_hangs_up_while_it_rings_is_abandoned(telvia: Telvia, desk: Phone, caller: Ringing) -> None:
    caller.hangs_up()
    assert not desk.rings
    assert telvia.contact_of(caller).stage is Stage.ABANDONED


@pytest.fixture
def asked(telvia: Telvia, address: str) -> Ringing:
    """A callback of who found the call centre busy."""
    dials(telvia, "technical", address)
    telvia.twilio.person(address, busy=True)
    asked = telvia.ring().says("mijn internet ligt plat").stays_silent().says("ja")
    telvia.twilio.person(address, busy=False)
    return asked


def test_a_callback_rings_the_call_centre_first_and_then_the_customer(
    telvia: Telvia, asked: Ringing, address: str
) -> None:
    desk, customer = telvia.twilio.phone(address), telvia.twilio.phone(KLANT)
    telvia.passes(2)
    assert desk.rings
    assert not customer.rings
    desk.accepts()
    assert "Een terugbelverzoek. De klant zegt: mijn internet ligt plat." in heard(desk)
    telvia.passes(2)
    customer.accepts()
    telvia.passes(2)
    assert desk.speaks_with == [KLANT]
    customer.hangs_up()
    telvia.passes(2)
    assert telvia.contact_of(asked).stage is Stage.ANSWERED


def test_a_call_centre_with_a_queue_of_its_own_hears_the_whisper_until_somebody_comes(
    telvia: Telvia, asked: Ringing, address: str
) -> None:
    desk = telvia.twilio.phone(address)
    telvia.passes(2)
    desk.picks_up()
    telvia.passes(60)
    assert heard(desk).count("mijn internet ligt plat") > 2
    desk.presses("1", wait=False)
    telvia.passes(2)
    assert telvia.contact_of(asked).stage is Stage.TAKING


def test_a_call_centre_that_does_not_answer_is_left_alone_for_a_minute_and_the_place_is_kept(
    telvia: Telvia, asked: Ringing, address: str
) -> None:
    desk = telvia.twilio.phone(address)
    telvia.passes(22)
    assert not desk.rings
    assert telvia.contact_of(asked).stage is Stage.WAITING
    telvia.passes(50)
    assert not desk.rings
    telvia.passes(12)
    assert desk.rings
    assert len(desk.calls) == 2


def test_a_call_centre_is_rung_about_one_callback_at_a_time(telvia: Telvia, asked: Ringing, address: str) -> None:
    telvia.twilio.person(address, busy=True)
    second = telvia.ring(from_="+32470123499").says("mijn internet ligt plat").stays_silent().says("ja")
    telvia.twilio.person(address, busy=False)
    rung: set[str] = set()
    for _ in range(30):
        telvia.passes(1)
        now = {one.reference for one in map(telvia.contact_of, (asked, second)) if one.stage is Stage.RINGING}
        assert len(now) <= 1
        rung |= now
    assert len(rung) == 2


def test_our_own_agents_are_not_rung_for_it(telvia: Telvia, asked: Ringing) -> None:
    an: Agent = telvia.hire("An", "+32470000001")
    telvia.passes(5)
    assert not an.rings
    assert telvia.contact_of(asked).agent == "(call centre)"


def test_an_agent_transfers_a_caller_to_the_call_centre(telvia: Telvia) -> None:
    dials(telvia, "technical", DESK)
    an = telvia.hire("An", "+32470000001", "billing")
    caller = telvia.ring().says("mijn factuur klopt niet").stays_silent()
    an.accepts()
    transfer(telvia.line, telvia.store, telvia.contact_of(caller).reference, "technical", telvia.worker.clock())
    desk = telvia.twilio.phone(DESK)
    telvia.passes(10)
    assert desk.rings
    desk.picks_up()
    assert "mijn factuur klopt niet" in heard(desk)
    assert caller.call.state is State.DIAL


def test_a_caller_is_transferred_from_the_call_centre_to_an_agent(telvia: Telvia, desk: Phone, caller: Ringing) -> None:
    an = telvia.hire("An", "+32470000001", "billing")
    desk.picks_up()
    transfer(telvia.line, telvia.store, telvia.contact_of(caller).reference, "billing", telvia.worker.clock())
    telvia.passes(10)
    assert desk.ended
    an.accepts()
    assert an.speaks_with == [KLANT]


def test_outside_opening_hours_it_is_not_rung(telvia: Telvia) -> None:
    dials(telvia, "technical", DESK)
    queues = telvia.line.plan.queues
    closed = replace(queues["technical"], hours=Hours(((),) * 6 + (((0, 60),),)))
    telvia.line = replace(telvia.line, plan=replace(telvia.line.plan, queues=queues | {"technical": closed}))
    object.__setattr__(telvia.app.extensions["switchboard"], "line", telvia.line)
    caller = telvia.ring().says("mijn internet ligt plat")
    assert "is nu gesloten" in caller.hears
    assert not telvia.twilio.phone(DESK).calls


def test_a_hidden_number_calls_from_the_lines_own(telvia: Telvia) -> None:
    dials(telvia, "technical", DESK)
    telvia.ring(from_="anonymous").says("mijn internet ligt plat").stays_silent()
    assert telvia.twilio.phone(DESK).leg.from_ == "+3212345670"


def test_a_worker_that_hears_nothing_more_looks_whether_the_call_goes_on(telvia: Telvia, caller: Ringing) -> None:
    """Twilio's word that the line is over is lost."""
    telvia.twilio.next_webhook(Mishap.LOST)
    caller.hangs_up()
    assert telvia.contact_of(caller).stage is Stage.TAKING
    telvia.twilio.advance(120)
    telvia.passes(2)
    assert telvia.contact_of(caller).stage is Stage.ABANDONED
