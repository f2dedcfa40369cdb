"""The story travels: transfers, being cut off, signing in by telephone. Named after the television sketch in which a
caller is passed on until despair."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import PUBLIC, Agent, Telvia
from voice.core.contact.state import Kind, Stage
from voice.core.queue.hours import Hours
from voice.errors import SettingsError, StoreError
from voice.service.calls.pins import hash_pin
from voice.service.calls.transfer import transfer

AN, BEA = "+32470000001", "+32470000002"
AGENTS_LINE = "+3212345679"


def closing(telvia: Telvia, queue: str, hour: int) -> None:
    hours = Hours((((0, hour * 60),),) * 7)
    queues = telvia.line.plan.queues | {queue: replace(telvia.line.plan.queues[queue], hours=hours)}
    telvia.changes(plan=replace(telvia.line.plan, queues=queues))


@pytest.fixture
def an(telvia: Telvia) -> Agent:
    return telvia.hire("An", AN)


@pytest.mark.parametrize("at", [datetime(2026, 11, 24, 8, 58, tzinfo=UTC)])
def test_basta(telvia: Telvia, an: Agent) -> None:
    """Misrouted, cut off, sent to a department that has just closed: the story is told once, no menu is heard, and a
    callback keeps the first arrival."""
    closing(telvia, "billing", 10)
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    arrived = caller.call.arrived
    an.accepts().hangs_up()
    caller.person.await_turn()
    caller.says("nee")
    telvia.passes(30)
    an.accepts()
    assert "mijn internet ligt plat" in an.hears
    telvia.passes(60)
    contact = telvia.contact_of(caller)
    transfer(telvia.line, telvia.store, contact.reference, "billing", telvia.worker.clock())
    telvia.passes(20)
    assert caller.person.ended
    heard = " ".join(u.text for u in caller.person.heard)
    assert heard.count("Waarvoor belt u") == 1
    assert "druk 1" not in heard
    assert "De facturatiedienst is nu gesloten" in heard
    contact = telvia.contact_of(caller)
    assert (contact.kind, contact.stage, contact.queue) == (Kind.CALLBACK, Stage.WAITING, "billing")
    assert contact.arrived == arrived
    assert contact.words == ("mijn internet ligt plat",)
    assert len(telvia.store.contacts_of(caller.person.sid)) == 1


def test_a_transfer_keeps_place_and_story_and_frees_the_agent(telvia: Telvia) -> None:
    an, bea = telvia.hire("An", AN, "technical"), telvia.hire("Bea", BEA, "billing")
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    an.accepts()
    contact = telvia.contact_of(caller)
    transfer(telvia.line, telvia.store, contact.reference, "billing", telvia.worker.clock())
    assert bea.is_rung()
    assert an.phone.ended
    bea.accepts()
    telvia.passes(6)
    assert "mijn internet ligt plat" in bea.hears
    assert bea.speaks_with == ["+32470123456"]
    assert telvia.contact_of(caller).arrived == contact.arrived


def test_only_a_caller_with_an_agent_is_sent_on_and_only_to_a_queue(telvia: Telvia) -> None:
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    reference = telvia.contact_of(caller).reference
    with pytest.raises(StoreError, match="with no agent"):
        transfer(telvia.line, telvia.store, reference, "billing", telvia.worker.clock())
    with pytest.raises(SettingsError, match="no queue"):
        transfer(telvia.line, telvia.store, reference, "bilingual", telvia.worker.clock())


def test_earlier_calls_are_told_to_the_agent(telvia: Telvia) -> None:
    telvia.ring().says("mijn factuur klopt niet").stays_silent().hangs_up()
    an = telvia.hire("An", AN)
    telvia.twilio.advance(timedelta(days=1).total_seconds())
    telvia.ring().says("mijn internet ligt plat").stays_silent()
    an.accepts()
    assert "Belde deze week al één keer." in an.hears


class SigningIn:
    """An agent who rings the line's number for agents."""

    def __init__(self, telvia: Telvia, number: str = AN) -> None:
        self.person = telvia.twilio.ring(
            AGENTS_LINE, number, voice_url=f"{PUBLIC}/twilio/voice", fallback_url=f"{PUBLIC}/twilio/fallback"
        )

    def gives(self, pin: str) -> str:
        self.person.presses(f"{pin}#")
        return " ".join(u.text for u in self.person.just_heard)


@pytest.fixture
def with_pin(telvia: Telvia) -> Telvia:
    telvia.changes(agents_number=AGENTS_LINE)
    telvia.store.agents.add("An", AN, ["billing"], ["nl"], hash_pin("4711"))
    return telvia


def test_an_agent_signs_in_and_out_by_telephone(with_pin: Telvia) -> None:
    assert SigningIn(with_pin).gives("4711") == "U bent aangemeld."
    assert with_pin.store.agents.find("An").signed_in  # type: ignore[union-attr]
    assert SigningIn(with_pin).gives("4711") == "U bent afgemeld."


def test_a_pin_is_tried_five_times_and_no_more(with_pin: Telvia) -> None:
    an = SigningIn(with_pin)
    for _ in range(4):
        assert "niet de juiste" in an.gives("0000")
    assert "op dit toestel gebeld" in an.gives("0000")
    assert "op dit toestel gebeld" in SigningIn(with_pin).person.heard[0].text
    assert not with_pin.store.agents.find("An").signed_in  # type: ignore[union-attr]


def test_only_wrong_pins_in_a_row_are_counted_and_silence_is_no_try(with_pin: Telvia) -> None:
    for _ in range(6):
        an = SigningIn(with_pin)
        an.gives("0000")
        an.gives("4711")
    an = SigningIn(with_pin)
    an.person.stays_silent()
    assert an.person.ended
    agent = with_pin.store.agents.find("An")
    assert agent is not None
    assert agent.pin_failures == 0


def test_an_agent_hears_a_language_that_the_line_still_has(with_pin: Telvia) -> None:
    with_pin.store.agents.add("Bea", BEA, ["billing"], ["it", "fr"], hash_pin("4712"))
    assert SigningIn(with_pin, BEA).gives("4712") == "Vous êtes connecté."


def test_a_strange_telephone_is_not_let_in(with_pin: Telvia) -> None:
    assert "niet bekend" in SigningIn(with_pin, "+32499999999").person.heard[0].text


def test_a_pin_is_kept_hashed() -> None:
    assert "4711" not in hash_pin("4711")
    with pytest.raises(SettingsError):
        hash_pin("12")
