"""Agents and callers, over signed webhooks and REST: who is rung, what they hear, and what becomes of everybody."""

from collections.abc import Callable

import pytest

from tests.conftest import Agent, Ringing, Telvia
from voice.core.call.state import State
from voice.core.contact.state import Stage
from voice.localtwilio import Mishap

pytestmark = pytest.mark.slow

AN, BEA = "+32470000001", "+32470000002"


@pytest.fixture
def an(telvia: Telvia) -> Agent:
    return telvia.hire("An", AN)


@pytest.fixture
def caller(telvia: Telvia, an: Agent) -> Ringing:  # noqa: ARG001
    """On hold for the technical service; An's telephone rings."""
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    telvia.passes(2)
    return caller


def test_the_agent_hears_the_story_and_the_caller_music_until_they_speak(
    telvia: Telvia, an: Agent, caller: Ringing
) -> None:
    telvia.passes(5)
    assert an.rings
    assert caller.queue == "technical"
    an.accepts()
    assert "De technische dienst. Nederlands. De klant zegt: mijn internet ligt plat." in an.hears
    assert an.speaks_with == ["+32470123456"]
    assert caller.person.speaks_with == [AN]
    assert telvia.contact_of(caller).stage is Stage.TALKING
    assert caller.call.state is State.AGENT


@pytest.mark.parametrize(
    ("dialled", "story"),
    [
        (
            "+3212345670",
            "De technische dienst. Nederlands. De klant zegt: mijn internet ligt plat. De klant wacht al 7 minuten.",
        ),
        ("+3212345671", "Le service technique. français. Le client dit : mijn internet ligt plat. Attend depuis"),
        (
            "+3212345672",
            "Der technische Dienst. Deutsch. Der Kunde sagt: mijn internet ligt plat. Wartet seit 7 Minuten.",
        ),
        (
            "+3212345673",
            "Our technical team. English. The caller says: mijn internet ligt plat. Waiting for 7 minutes.",
        ),
    ],
)
def test_the_story_is_told_in_the_callers_language(telvia: Telvia, dialled: str, story: str) -> None:
    telvia.ring(to=dialled).says("mijn internet ligt plat").stays_silent()
    telvia.twilio.advance(330)
    an = telvia.hire("An", AN)
    an.accepts()
    assert story in an.hears


def test_an_agent_who_declines_is_left_alone_and_the_next_is_rung(telvia: Telvia, an: Agent, caller: Ringing) -> None:
    bea = telvia.hire("Bea", BEA)
    an.declines()
    telvia.passes(3)
    assert bea.rings
    assert not an.rings
    assert caller.queue == "technical"
    bea.accepts()
    assert bea.speaks_with == ["+32470123456"]


def test_an_agent_who_never_answers_is_signed_out_after_three_rings(telvia: Telvia, an: Agent, caller: Ringing) -> None:
    telvia.passes(240)
    assert len(an.phone.calls) == 3
    agent = telvia.store.agents.find("An")
    assert agent is not None
    assert not agent.signed_in
    assert telvia.contact_of(caller).stage is Stage.WAITING


def test_an_agent_whom_twilio_does_not_ring_is_not_signed_out_for_it(telvia: Telvia, an: Agent) -> None:
    for _ in range(40):
        telvia.twilio.next_rest(429, path="Calls")
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    telvia.passes(480)
    assert not an.phone.calls
    assert telvia.store.agents.find("An").signed_in  # type: ignore[union-attr]
    assert "429" in str(telvia.store.contacts.ledger_of(telvia.contact_of(caller).reference))
    telvia.twilio.all_goes_well()
    assert an.is_rung(within=180)


def test_a_voicemail_is_no_agent(telvia: Telvia, an: Agent, caller: Ringing) -> None:
    telvia.twilio.person(AN, voicemail="Dit is de voicemail van An.", answers_after=5)
    an.phone.picks_up()
    telvia.passes(30)
    assert telvia.contact_of(caller).stage is Stage.WAITING
    assert caller.queue == "technical"


def test_a_caller_who_hangs_up_stops_the_ringing_and_is_written_down_as_missed(
    telvia: Telvia, an: Agent, caller: Ringing
) -> None:
    assert an.rings
    caller.hangs_up()
    telvia.passes(2)
    assert not an.rings
    contact = telvia.contact_of(caller)
    assert (contact.stage, contact.number, contact.words) == (
        Stage.ABANDONED,
        "+32470123456",
        ("mijn internet ligt plat",),
    )
    assert telvia.store.agents.find("An").contact is None  # type: ignore[union-attr]


def test_who_hangs_up_first_is_answered_and_the_agent_rests_before_the_next(
    telvia: Telvia, an: Agent, caller: Ringing
) -> None:
    an.accepts()
    telvia.ring(from_="+32470123499").says("mijn factuur klopt niet").stays_silent()
    caller.hangs_up()
    telvia.passes(2)
    assert telvia.contact_of(caller).stage is Stage.ANSWERED
    assert an.phone.ended
    telvia.passes(15)
    assert not an.rings
    telvia.passes(5)
    assert an.rings


def test_an_agent_does_not_wait_in_an_empty_room_for_a_caller_who_hangs_up_as_they_are_fetched(
    telvia: Telvia, an: Agent, caller: Ringing
) -> None:
    an.phone.picks_up()
    an.phone.presses("1", wait=False)
    telvia.worker.tick()
    telvia.twilio.settle()
    caller.hangs_up()
    telvia.passes(5)
    assert an.phone.ended
    ledger = telvia.store.contacts.ledger_of(telvia.contact_of(caller).reference)
    assert [step["detail"]["state"] for step in ledger if step["what"] == "hang up"] == ["done"]


def test_after_the_agent_the_caller_is_asked_and_says_yes(telvia: Telvia, an: Agent, caller: Ringing) -> None:
    an.accepts().hangs_up()
    caller.person.await_turn()
    assert caller.person.heard[-1].text == "Is alles nu opgelost voor u?"
    assert telvia.contact_of(caller).stage is Stage.ASKED
    assert caller.says("ja").hears == "Dank u wel en tot ziens."
    caller.stays_silent()
    assert telvia.contact_of(caller).stage is Stage.ANSWERED


def test_no_puts_the_caller_in_front_again_with_their_story(telvia: Telvia, an: Agent, caller: Ringing) -> None:
    an.accepts()
    later = telvia.ring(from_="+32470123498").says("mijn internet ligt plat").stays_silent()
    an.hangs_up()
    caller.person.await_turn()
    caller.says("nee")
    assert caller.queue == "technical"
    telvia.passes(25)
    an.accepts()
    assert an.speaks_with == ["+32470123456"]
    assert "mijn internet ligt plat" in an.hears
    assert later.queue == "technical"


def test_first_come_first_served_over_queues_and_callbacks_alike(telvia: Telvia) -> None:
    first = telvia.ring(from_="+32470000011").says("bel me terug").says("ja")
    telvia.ring(from_="+32470000012").says("mijn factuur klopt niet").stays_silent()
    an = telvia.hire("An", AN)
    telvia.passes(2)
    assert telvia.contact_of(first).stage is Stage.RINGING
    assert "Een terugbelverzoek" not in an.hears
    an.phone.picks_up()
    assert "Een terugbelverzoek" in an.hears


def test_an_agent_gets_only_what_they_serve(telvia: Telvia) -> None:
    an = telvia.hire("An", AN, "billing", languages="fr")
    telvia.ring().says("mijn factuur klopt niet").stays_silent()
    telvia.passes(5)
    assert not an.rings


def test_nobody_who_speaks_the_callers_language_is_told_before_the_queue(telvia: Telvia) -> None:
    """And who then asks for a language that is spoken is put through."""
    an = telvia.hire("An", AN, "billing", languages="fr")
    caller = telvia.ring().says("mijn factuur klopt niet")
    assert caller.hears == (
        "De facturatiedienst heeft op dit moment niemand die Nederlands spreekt. "
        "Zullen wij u terugbellen op nul vier, zeventig, twaalf, vierendertig, zesenvijftig?"
    )
    caller.says("en français")
    assert caller.queue == "billing"
    an.accepts()
    assert "Le service facturation. français." in an.hears


def test_a_queue_without_agents_on_a_line_that_has_some_takes_nobody(telvia: Telvia) -> None:
    telvia.hire("An", AN, "billing")
    caller = telvia.ring().says("mijn internet ligt plat")
    assert caller.hears.startswith("De technische dienst heeft op dit moment niemand vrij om op te nemen.")


def test_who_waits_when_the_last_agent_leaves_hears_so_and_keeps_the_place(telvia: Telvia) -> None:
    an = telvia.hire("An", AN)
    telvia.store.agents.add("Bea", BEA, ["technical"], ["nl"])
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    telvia.store.agents.sign_out(an.name)
    caller.waits(90)
    said = [u.text for u in caller.person.heard if u.kind == "say"]
    lonely = (
        "De technische dienst heeft op dit moment niemand vrij om op te nemen. "
        "Wilt u liever teruggebeld worden? Zeg dan: bel me terug. Of druk 9."
    )
    assert said.count(lonely) == 1
    caller.waits(180)
    assert [u.text for u in caller.person.heard].count(lonely) == 2
    telvia.store.agents.sign_in("Bea", telvia.worker.clock())
    caller.waits(60)
    assert caller.person.heard[-1].text != lonely
    bea = Agent("Bea", telvia.twilio.phone(BEA), telvia)
    bea.accepts()
    assert bea.speaks_with == ["+32470123456"]


def test_who_changes_language_on_hold_waits_for_somebody_who_speaks_it(telvia: Telvia) -> None:
    an, bea = telvia.hire("An", AN, languages="nl"), telvia.hire("Bea", BEA, languages="fr")
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    telvia.passes(2)
    assert an.rings
    caller.says("en français")
    telvia.passes(2)
    assert not an.rings
    bea.accepts()
    assert bea.speaks_with == ["+32470123456"]


def test_a_caller_who_comes_after_the_agent_left_stands_in_line_again(
    telvia: Telvia, an: Agent, caller: Ringing
) -> None:
    an.phone.accepts()
    an.phone.hangs_up()
    telvia.passes(5)
    assert caller.queue == "technical"
    assert telvia.contact_of(caller).stage is Stage.WAITING
    telvia.passes(40)
    an.accepts()
    assert caller.person.speaks_with == [AN]


@pytest.mark.parametrize("status", [401, 429, 503])
def test_a_caller_who_could_not_be_taken_out_at_once_comes_a_little_later(
    telvia: Telvia, an: Agent, caller: Ringing, status: int
) -> None:
    telvia.twilio.next_rest(status, path="Queues")
    an.accepts()
    assert telvia.contact_of(caller).stage is Stage.TAKING
    telvia.passes(6)
    assert an.speaks_with == ["+32470123456"]


def test_a_caller_whose_answer_was_lost_is_fetched_from_the_queue_of_the_fallback(
    open_line: Callable[..., Telvia],
) -> None:
    telvia = open_line(strict=False)
    an = telvia.hire("An", AN)
    caller = telvia.ring()
    telvia.twilio.next_webhook(Mishap.ANSWER_LOST)
    caller.says("mijn internet ligt plat")
    assert caller.queue == "general"
    assert telvia.contact_of(caller).queue == "technical"
    an.is_rung()
    an.accepts()
    assert an.speaks_with == ["+32470123456"]
    assert telvia.contact_of(caller).stage is Stage.TALKING
