"""Guessing the PIN of an agent, with their number forged: no PIN is found, and nobody is locked out."""

import threading

import pytest

from tests.conftest import Ringing, Telvia
from tests.web.test_webhooks import Twilio
from voice.localtwilio import Phone
from voice.service.calls.pins import hash_pin
from voice.service.calls.sign_in import PIN_TRIES
from voice.store import Agent

pytestmark = pytest.mark.slow

SIGN_IN, AN = "+3212345679", "+32470000001"


@pytest.fixture
def telvia(telvia: Telvia) -> Telvia:
    telvia.changes(agents_number=SIGN_IN)
    telvia.store.agents.add("An", AN, ["billing"], ["nl"], hash_pin("4711"))
    return telvia


@pytest.fixture
def an(telvia: Telvia) -> Phone:
    return telvia.twilio.phone(AN)


@pytest.fixture
def guessed(telvia: Telvia) -> Telvia:
    """Somebody rang with An's number, and tried as often as they could."""
    forger = telvia.ring(to=SIGN_IN, from_=AN)
    for guess in range(PIN_TRIES):
        forger.presses(f"{guess:04}#")
    assert forger.person.ended
    return telvia


def record(telvia: Telvia) -> Agent:
    agent = telvia.store.agents.find("An")
    assert agent is not None
    return agent


def test_after_five_wrong_pins_the_agents_own_telephone_rings_and_is_asked(guessed: Telvia, an: Phone) -> None:
    guessed.passes(3)
    assert an.rings
    an.picks_up()
    assert "Toets uw pincode" in an.just_heard[-1].text
    an.presses("4711#")
    assert record(guessed).signed_in
    assert record(guessed).pin_failures == 0


def test_who_forges_the_number_learns_nothing_more_and_rings_nobody_often(guessed: Telvia, an: Phone) -> None:
    guessed.passes(40)
    for _ in range(5):
        forger = guessed.ring(to=SIGN_IN, from_=AN)
        assert "op dit toestel gebeld" in forger.hears
        assert forger.person.ended
        Twilio(guessed).posts("/twilio/agent-pin", From=AN, To=SIGN_IN, Digits="4711#")
        guessed.passes(2)
    assert not record(guessed).signed_in
    assert len(an.calls) == 1


def test_the_agent_is_never_locked_out(guessed: Telvia, an: Phone) -> None:
    guessed.passes(400)
    own: Ringing = guessed.ring(to=SIGN_IN, from_=AN)
    assert own.person.ended
    guessed.passes(3)
    an.picks_up()
    for _ in range(2):
        an.presses("0000#")
        assert "niet de juiste" in " ".join(one.text for one in an.just_heard)
    an.presses("4711#")
    assert record(guessed).signed_in


def test_who_picks_up_and_knows_no_pin_is_let_go(guessed: Telvia, an: Phone) -> None:
    guessed.passes(3)
    an.picks_up()
    for _ in range(3):
        an.presses("0000#")
    assert an.ended
    assert not record(guessed).signed_in


def test_pins_tried_at_the_same_moment_are_counted_exactly(telvia: Telvia) -> None:
    answers: list[str] = []
    guessers = threading.Barrier(10)

    def guess() -> None:
        guessers.wait()
        answers.append(Twilio(telvia).posts("/twilio/agent-pin", From=AN, To=SIGN_IN, Digits="0000#").text)

    threads = [threading.Thread(target=guess) for _ in range(guessers.parties)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == guessers.parties
    assert record(telvia).pin_failures == PIN_TRIES
    assert sum("niet de juiste" in answer for answer in answers) <= PIN_TRIES
