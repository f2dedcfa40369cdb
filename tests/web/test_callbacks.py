"""Callbacks: the agent is rung first, then the customer; what was promised is kept, moved, or taken back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import PUBLIC, Agent, Ringing, Telvia
from voice.content import Line
from voice.core.call.state import State
from voice.core.contact.limits import CallbackLimits
from voice.core.contact.state import Kind, Stage
from voice.core.interpretation import Command, Interpretation
from voice.core.queue.hours import Hours
from voice.localtwilio import Phone
from voice.service.calls.phone_numbers import full_number, is_callable

AN, KLANT = "+32470000001", "+32470123456"


@pytest.fixture
def an(telvia: Telvia) -> Agent:
    return telvia.hire("An", AN)


@pytest.fixture
def asked(telvia: Telvia, an: Agent) -> Ringing:  # noqa: ARG001
    """A caller who asked to be called back, and hung up."""
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent().presses("9").says("ja")
    telvia.passes(2)
    return caller


@pytest.fixture
def customer(telvia: Telvia) -> Phone:
    return telvia.twilio.phone(KLANT)


def test_the_agent_first_then_the_customer_who_presses_1(
    telvia: Telvia, an: Agent, asked: Ringing, customer: Phone
) -> None:
    assert an.rings
    assert not customer.calls
    an.accepts()
    assert "Een terugbelverzoek. De klant zegt: mijn internet ligt plat." in an.hears
    assert customer.rings
    customer.accepts()
    telvia.passes(2)
    assert an.speaks_with == [KLANT]
    customer.hangs_up()
    telvia.passes(2)
    contact = telvia.contact_of(asked)
    assert (contact.stage, contact.kind) == (Stage.ANSWERED, Kind.CALLBACK)
    assert contact.served is not None
    assert contact.served > contact.arrived
    assert an.phone.ended


def test_it_is_confirmed_by_a_text_with_its_reference(telvia: Telvia, asked: Ringing, customer: Phone) -> None:
    [text] = customer.texts
    assert telvia.contact_of(asked).reference in text.body
    assert text.body.startswith("Telvia: wij bellen u terug")


def test_only_2_takes_it_back_and_no_is_waited_for(telvia: Telvia, an: Agent, asked: Ringing, customer: Phone) -> None:
    an.accepts()
    customer.picks_up()
    customer.says("nee")
    assert "ik wacht even" in customer.just_heard[-1].text
    assert telvia.contact_of(asked).stage is Stage.TAKING
    customer.presses("2")
    telvia.passes(2)
    assert telvia.contact_of(asked).stage is Stage.WITHDRAWN
    assert an.phone.ended


def test_whoever_picks_up_may_speak_first(telvia: Telvia, an: Agent, asked: Ringing, customer: Phone) -> None:
    an.accepts()
    customer.picks_up()
    assert customer.just_heard[-1].text.startswith("Goeiedag, met Telvia. U vroeg ons")
    customer.says("Jan Peeters hallo")
    assert customer.just_heard[-1].text.startswith("Met Telvia. Iemand vroeg ons om terug te bellen.")
    customer.says("ja")
    telvia.passes(2)
    assert telvia.contact_of(asked).stage is Stage.TALKING


@pytest.mark.parametrize("said", ["met Jansen", "met wie spreek ik", "wie is daar"])
def test_who_tells_a_name_or_asks_who_rings_has_agreed_to_nothing(
    telvia: Telvia, an: Agent, asked: Ringing, customer: Phone, said: str
) -> None:
    telvia.understanding.meanings[said] = Interpretation(command=Command.YES)  # type: ignore[attr-defined]
    surely = telvia.understanding.understand  # type: ignore[attr-defined]

    def understand(text: str, language: str, *, state: State, **moment: Any) -> Interpretation:
        """As a model does where a yes is expected, and nothing else fits."""
        unsure = text == said and state is State.QUESTION
        return Interpretation() if unsure else surely(text, language, state=state, **moment)

    telvia.understanding.understand = understand  # type: ignore[attr-defined]
    an.accepts()
    customer.picks_up()
    customer.says(said)
    assert customer.just_heard[-1].text.startswith("Met Telvia. Iemand vroeg ons om terug te bellen.")
    customer.says("ja")
    telvia.passes(2)
    assert telvia.contact_of(asked).stage is Stage.TALKING


def test_somebody_elses_telephone_withdraws_nothing_and_is_rung_once_more_at_the_most(
    telvia: Telvia, an: Agent, asked: Ringing, customer: Phone
) -> None:
    heard = ""
    for ended in (Stage.WAITING, Stage.UNREACHED):
        assert an.is_rung(within=30 * 60)
        an.accepts()
        customer.picks_up()
        customer.says("u bent verkeerd verbonden")
        telvia.passes(2)
        heard += " ".join(one.text for one in customer.heard if one.kind == "say")
        assert telvia.contact_of(asked).stage is ended
    assert "Excuseer dat we u stoorden." in heard
    assert "storing" not in heard
    steps = telvia.store.contacts.ledger_of(telvia.contact_of(asked).reference)
    assert [step["detail"]["why"] for step in steps if step["what"] == "Unreached"] == ["wrong number"] * 2
    assert len(customer.texts) == 1


def test_who_only_says_hello_is_rung_another_time(telvia: Telvia, an: Agent, asked: Ringing, customer: Phone) -> None:
    an.accepts()
    customer.picks_up()
    for _ in range(3):
        customer.says("hallo")
    telvia.passes(2)
    assert telvia.contact_of(asked).listed


def test_who_is_rung_and_cannot_speak_just_now_is_rung_another_time(
    telvia: Telvia, an: Agent, asked: Ringing, customer: Phone
) -> None:
    an.accepts()
    customer.picks_up()
    customer.says("ik zit achter het stuur")
    assert customer.just_heard[-1].text.startswith("Goed, dan bellen wij later nog eens.")
    telvia.passes(2)
    assert telvia.contact_of(asked).listed


@pytest.mark.parametrize(("answer", "withdrawn"), [("ja", True), ("nee", False)])
def test_who_is_rung_and_needs_it_no_more_is_asked_before_it_is_withdrawn(
    telvia: Telvia, an: Agent, asked: Ringing, customer: Phone, answer: str, withdrawn: bool
) -> None:
    script = telvia.understanding.meanings  # type: ignore[attr-defined]
    script["het is al opgelost hoor"] = Interpretation(command=Command.YES)
    an.accepts()
    customer.picks_up()
    customer.says("het is al opgelost hoor")
    assert customer.just_heard[-1].text == "Wilt u uw terugbelverzoek annuleren?"
    customer.says(answer)
    telvia.passes(2)
    assert (telvia.contact_of(asked).stage is Stage.WITHDRAWN) is withdrawn


@pytest.mark.parametrize("way", ["no answer", "busy", "voicemail", "silence"])
def test_who_is_not_reached_is_tried_again_later(
    telvia: Telvia, an: Agent, asked: Ringing, customer: Phone, way: str
) -> None:
    telvia.twilio.person(
        KLANT,
        busy=way == "busy",
        voicemail="U hebt de voicemail van Jan. Spreek in na de toon." if way == "voicemail" else None,
        answers_after=5 if way in ("voicemail", "silence") else None,
    )
    an.accepts()
    telvia.passes(60)
    contact = telvia.contact_of(asked)
    assert (contact.stage, contact.tries) == (Stage.WAITING, 1)
    assert an.phone.ended
    telvia.twilio.person(KLANT)
    for _ in range(13):
        telvia.twilio.advance(60)
    assert an.is_rung(within=180)
    assert len(customer.calls) == (0 if way == "busy" else 1)


def test_after_the_last_try_a_text_says_so(telvia: Telvia, an: Agent, asked: Ringing, customer: Phone) -> None:
    telvia.twilio.person(KLANT, busy=True)
    for _ in range(3):
        assert an.is_rung()
        an.accepts()
        telvia.passes(3)
        telvia.twilio.advance(15 * 60)
        telvia.passes(2)
    assert telvia.contact_of(asked).stage is Stage.UNREACHED
    assert "niet kunnen bereiken" in customer.texts[-1].body
    tries = [e["detail"]["why"] for e in telvia.store.contacts.ledger_of(telvia.contact_of(asked).reference)
             if e["what"] == "Unreached"]  # fmt: skip
    assert tries == ["busy"] * 3


def test_a_number_that_twilio_refuses_ends_at_once_and_visibly(telvia: Telvia, an: Agent, asked: Ringing) -> None:
    telvia.twilio.refuse_number(KLANT, 21211)
    an.accepts()
    telvia.passes(2)
    assert telvia.contact_of(asked).stage is Stage.UNREACHED
    ledger = telvia.store.contacts.ledger_of(telvia.contact_of(asked).reference)
    assert any("21211" in str(entry["detail"]) for entry in ledger)


@pytest.mark.parametrize(("status", "performed"), [(429, False), (503, True), (500, False)])
def test_an_order_whose_answer_is_lost_is_given_once(telvia: Telvia, an: Agent, status: int, performed: bool) -> None:
    telvia.twilio.next_rest(status, performed=performed, path="Calls")
    caller = telvia.ring().says("bel me terug").says("ja")
    telvia.passes(10)
    rung = 1 if status != 500 else 0
    assert len(an.phone.calls) == rung
    if performed:
        an.accepts()
        assert telvia.contact_of(caller).stage is Stage.TAKING
    telvia.passes(130)
    assert len(telvia.store.contacts.ledger_of(telvia.contact_of(caller).reference)) > 3
    assert not telvia.contact_of(caller).over


def test_the_agent_who_leaves_while_the_customer_rings_costs_no_place(
    telvia: Telvia, an: Agent, asked: Ringing, customer: Phone
) -> None:
    an.accepts().hangs_up()
    telvia.passes(3)
    assert telvia.contact_of(asked).stage is Stage.WAITING
    assert not customer.rings


def test_who_is_in_the_queue_of_the_fallback_can_be_called_back_too(open_line: Callable[..., Telvia]) -> None:
    telvia = open_line(strict=False)
    caller = telvia.ring().says("explode")
    assert caller.queue == "general"
    caller.waits(5).presses("9")
    assert caller.hears == "Wij bellen u terug op nul vier, zeventig, twaalf, vierendertig, zesenvijftig. Is dat goed?"
    caller.says("ja")
    assert telvia.contact_of(caller).listed


def test_nobody_is_on_the_list_twice(telvia: Telvia) -> None:
    telvia.ring().says("bel me terug").says("ja")
    again = telvia.ring()
    assert again.hears.endswith(
        "U staat op onze lijst: wij bellen u terug zodra u aan de beurt bent. Wilt u dat zo laten?"
    )
    again.presses("1")
    assert len(telvia.store.contacts.open_for(KLANT)) == 1


def test_who_rings_again_and_hangs_up_stays_on_the_list(telvia: Telvia) -> None:
    first = telvia.ring().says("bel me terug").says("ja")
    telvia.ring().hangs_up()
    assert telvia.contact_of(first).stage is Stage.WAITING


def test_who_rings_again_asks_something_new_and_says_goodbye_stays_on_the_list(telvia: Telvia) -> None:
    first = telvia.ring().says("bel me terug").says("ja")
    telvia.ring().says("mijn factuur klopt niet").says("tot ziens")
    assert telvia.contact_of(first).stage is Stage.WAITING


def test_who_waits_after_all_gets_the_agent_who_is_being_rung_for_them(
    telvia: Telvia, an: Agent, customer: Phone
) -> None:
    first = telvia.ring().says("mijn internet ligt plat").stays_silent().presses("9").says("ja")
    again = telvia.ring()
    telvia.passes(2)
    assert an.rings
    again.presses("0")
    an.accepts()
    telvia.passes(5)
    assert an.speaks_with == [KLANT]
    assert not customer.calls
    assert telvia.contact_of(first).leg == again.person.sid


def test_who_rings_while_they_are_being_rung_waits_on_the_line_with_the_old_place(
    telvia: Telvia, an: Agent, customer: Phone
) -> None:
    telvia.twilio.person(KLANT, busy=False)
    first = telvia.ring().says("mijn internet ligt plat").stays_silent().presses("9").says("ja")
    again = telvia.ring()
    telvia.passes(2)
    an.accepts()
    assert customer.rings
    again.presses("0")
    telvia.passes(3)
    assert not customer.rings
    an.accepts()
    telvia.passes(5)
    assert an.speaks_with == [KLANT]
    assert telvia.contact_of(first).leg == again.person.sid


def test_who_rings_again_can_wait_with_the_old_place(telvia: Telvia) -> None:
    first = telvia.ring().says("mijn internet ligt plat").stays_silent().presses("9").says("ja")
    telvia.twilio.advance(600)
    again = telvia.ring().presses("0")
    assert again.queue == "technical"
    contact = telvia.contact_of(first)
    assert (contact.kind, contact.leg, contact.arrived) == (Kind.LIVE, again.person.sid, first.call.arrived)
    an = telvia.hire("An", AN)
    telvia.passes(1)
    an.accepts()
    assert an.speaks_with == [KLANT]


def test_who_rings_again_waits_and_hangs_up_is_on_the_list_again(telvia: Telvia, customer: Phone) -> None:
    first = telvia.ring().says("mijn internet ligt plat").stays_silent().presses("9").says("ja")
    telvia.ring().presses("0").hangs_up()
    contact = telvia.contact_of(first)
    assert (contact.kind, contact.stage, contact.arrived) == (Kind.CALLBACK, Stage.WAITING, first.call.arrived)
    telvia.hire("An", AN).accepts()
    assert customer.rings


def test_who_rings_again_and_cannot_wait_hears_why_and_what_stands(telvia: Telvia) -> None:
    first = telvia.ring().says("mijn internet ligt plat").stays_silent().presses("9").says("ja")
    telvia.hire("An", AN, languages="fr")
    again = telvia.ring().presses("0")
    assert again.hears.startswith("De technische dienst heeft op dit moment niemand die Nederlands spreekt. Wilt u dat")
    again.presses("1")
    assert telvia.contact_of(first).stage is Stage.WAITING


def test_who_rings_again_about_something_that_nobody_answers_is_still_on_the_list(telvia: Telvia) -> None:
    first = telvia.ring().says("mijn internet ligt plat").stays_silent().presses("9").says("ja")
    telvia.hire("An", AN, "technical")
    again = telvia.ring().says("mijn factuur klopt niet")
    assert "niemand vrij" in again.hears
    assert again.says("nee").hears.startswith("Goed, dat blijft zo staan.")
    assert telvia.contact_of(first).stage is Stage.WAITING


def test_where_there_is_ground_who_rings_again_hears_about_when(telvia: Telvia) -> None:
    an = telvia.hire("An", AN, "technical")
    for n in range(5):
        helped = telvia.ring(from_=f"+3247000010{n}").says("mijn internet ligt plat").stays_silent()
        an.accepts()
        telvia.passes(100)
        helped.hangs_up()
        telvia.passes(20)
    telvia.ring(from_="+32470000111").says("mijn internet ligt plat").stays_silent()
    an.accepts()
    telvia.ring().says("mijn internet ligt plat").stays_silent().presses("9").says("ja")
    heard = telvia.ring().hears
    local = telvia.worker.clock().astimezone(telvia.line.plan.timezone)
    soon = [local.replace(second=0) + timedelta(minutes=n) for n in range(1, 9)]
    times = [f"{at.hour} uur {at:%M}" for at in soon if at.minute % 5 == 0]
    assert any(f"Wij bellen u terug rond {time}." in heard for time in times)


@pytest.mark.parametrize("at", [datetime(2026, 11, 27, 18, tzinfo=UTC)])
def test_on_friday_evening_the_windows_of_monday_are_offered(telvia: Telvia) -> None:
    weekdays = Hours((((9 * 60, 17 * 60),),) * 5 + ((), ()))
    technical = replace(telvia.line.plan.queues["technical"], hours=weekdays, window=timedelta(minutes=15), capacity=1)
    telvia.changes(plan=replace(telvia.line.plan, queues=telvia.line.plan.queues | {"technical": technical}))
    caller = telvia.ring().says("mijn internet ligt plat").presses("3")
    assert "maandag tussen 9 uur en 9 uur 15: druk 1." in caller.hears


def test_an_agent_who_declines_a_callback_costs_the_customer_no_place(
    telvia: Telvia, an: Agent, asked: Ringing, customer: Phone
) -> None:
    assert an.is_rung()
    an.declines()
    telvia.ring(from_="+32470000099").says("mijn internet ligt plat").stays_silent()
    contact = telvia.contact_of(asked)
    assert (contact.stage, contact.tries, contact.arrived) == (Stage.WAITING, 0, asked.call.arrived)
    telvia.passes(31)
    an.accepts()
    assert "Een terugbelverzoek" in an.hears
    assert customer.rings


def test_who_rings_again_can_cancel(telvia: Telvia) -> None:
    first = telvia.ring().says("bel me terug").says("ja")
    assert "geannuleerd" in telvia.ring().presses("2").presses("2").says("ja").hears
    assert telvia.contact_of(first).stage is Stage.WITHDRAWN


@pytest.mark.parametrize("words", ["ANNULEER", "Stop aub", "Beste, annuleer, dank je wel", "Ok annuleren! groetjes"])
def test_a_text_back_cancels_and_says_so(
    telvia: Telvia, an: Agent, asked: Ringing, customer: Phone, words: str
) -> None:
    assert an.rings
    telvia.twilio.number("+3212345670", voice_url=f"{PUBLIC}/twilio/voice", sms_url=f"{PUBLIC}/twilio/sms")
    telvia.twilio.text("+3212345670", KLANT, words)
    telvia.passes(2)
    assert telvia.contact_of(asked).stage is Stage.WITHDRAWN
    assert not an.rings
    assert "geannuleerd" in customer.texts[-1].body


def test_a_promise_that_slips_is_told_and_moves_up(telvia: Telvia) -> None:
    technical = replace(telvia.line.plan.queues["technical"], capacity=1)
    telvia.changes(plan=replace(telvia.line.plan, queues=telvia.line.plan.queues | {"technical": technical}))
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent().presses("9")
    assert "Of zeg wanneer." in caller.hears
    caller.presses("3")
    assert "vandaag tussen 11 uur en 12 uur: druk 1." in caller.hears
    caller.presses("1").says("ja")
    assert caller.hears == "Genoteerd. Wij bellen u vandaag terug, tussen 11 uur en 12 uur. Tot dan."
    telvia.passes(1)
    assert (
        telvia.twilio.phone(KLANT)
        .texts[0]
        .body.startswith("Telvia: wij bellen u vandaag terug, tussen 11 uur en 12 uur. Uw nummer: ")
    )
    again = telvia.ring()
    assert "Wij bellen u vandaag terug, tussen 11 uur en 12 uur." in again.hears
    again.presses("1")
    contact = telvia.contact_of(caller)
    assert contact.until == (contact.promised or caller.call.arrived) + timedelta(hours=1)
    telvia.twilio.advance(3600 * 2)
    telvia.passes(3)
    assert telvia.contact_of(caller).late
    assert "later terug dan beloofd" in telvia.twilio.phone(KLANT).texts[-1].body


def test_a_promise_that_slips_is_kept_by_somebody_of_another_language(telvia: Telvia, customer: Phone) -> None:
    """Rather than by nobody: the agent hears which language it is in their own, the customer which one is spoken."""
    an = telvia.hire("An", AN, languages="fr")
    technical = replace(telvia.line.plan.queues["technical"], capacity=1)
    telvia.changes(plan=replace(telvia.line.plan, queues=telvia.line.plan.queues | {"technical": technical}))
    caller = telvia.ring().says("mijn internet ligt plat")
    assert "niemand die Nederlands spreekt" in caller.hears
    caller.presses("3").presses("1").says("ja")
    telvia.twilio.advance(3600)
    telvia.passes(3)
    assert not an.rings
    telvia.twilio.advance(3600)
    telvia.passes(3)
    assert an.rings
    an.accepts()
    assert "Le service technique. néerlandais. Une demande de rappel." in an.hears
    customer.picks_up()
    assert customer.heard[-1].text == (
        "Goeiedag, met Telvia. U vroeg ons om u terug te bellen. Uw medewerker spreekt Frans. Zeg ja, of druk 1."
    )
    customer.says("ja")
    telvia.passes(2)
    assert an.speaks_with == [KLANT]
    assert telvia.contact_of(caller).late


def test_who_was_told_no_moment_is_overdue_after_an_hour_and_is_not_told_that_it_slipped(
    telvia: Telvia, customer: Phone
) -> None:
    an = telvia.hire("An", AN, languages="fr")
    telvia.ring().says("mijn internet ligt plat").says("ja")
    telvia.twilio.advance(3600 - 60)
    telvia.passes(3)
    assert not an.rings
    telvia.twilio.advance(60)
    telvia.passes(3)
    assert an.rings
    assert len(customer.texts) == 1


def test_of_two_who_are_free_an_overdue_callback_goes_to_who_speaks_its_language(telvia: Telvia) -> None:
    telvia.ring().says("mijn internet ligt plat").stays_silent().presses("9").says("ja")
    telvia.twilio.advance(2 * 3600)
    telvia.worker.tick()
    an, bea = telvia.hire("An", AN, languages="fr"), telvia.hire("Bea", "+32470000002", languages="nl")
    telvia.passes(2)
    assert bea.rings
    assert not an.rings


def test_a_promise_in_time_has_not_slipped_because_nobody_picked_up(telvia: Telvia, customer: Phone) -> None:
    an = telvia.hire("An", AN)
    technical = replace(telvia.line.plan.queues["technical"], capacity=1)
    telvia.changes(plan=replace(telvia.line.plan, queues=telvia.line.plan.queues | {"technical": technical}))
    telvia.twilio.person(KLANT, busy=True)
    telvia.ring().says("mijn internet ligt plat").stays_silent().presses("9").presses("3").presses("1").says("ja")
    telvia.twilio.advance(3600 + 50 * 60)
    an.accepts()
    telvia.passes(12 * 60)
    assert not any("later terug dan beloofd" in text.body for text in customer.texts)


def takes_out_billing(telvia: Telvia) -> None:
    plan = telvia.line.plan
    queues = {name: queue for name, queue in plan.queues.items() if name != "billing"}
    topics = {topic: queue for topic, queue in plan.topics.items() if queue != "billing"}
    telvia.changes(plan=replace(plan, queues=queues, topics=topics))


def test_a_queue_that_the_operator_takes_out_loses_nobody_and_holds_nobody_up(telvia: Telvia, customer: Phone) -> None:
    """Who waits in it goes with place and words to the people who take any question."""
    billing, technical = (
        telvia.ring(from_=number).says(words).says("bel me terug").says("ja")
        for number, words in ((KLANT, "mijn factuur klopt niet"), ("+32470123499", "mijn internet ligt plat"))
    )
    takes_out_billing(telvia)
    an = telvia.hire("An", AN, "billing", "technical", "general")
    telvia.passes(2)
    contact = telvia.contact_of(billing)
    assert (contact.queue, contact.stage, contact.arrived) == ("general", Stage.RINGING, billing.call.arrived)
    an.accepts()
    assert "De klant zegt: mijn factuur klopt niet." in an.hears
    customer.accepts()
    telvia.passes(3)
    assert an.speaks_with == [KLANT]
    customer.hangs_up()
    telvia.passes(25)
    assert telvia.contact_of(technical).stage is Stage.RINGING


def test_what_was_answered_in_a_queue_that_is_gone_hides_nobody_who_waits(telvia: Telvia, an: Agent) -> None:
    earlier = telvia.ring().says("mijn factuur klopt niet").stays_silent()
    an.accepts()
    earlier.hangs_up()
    telvia.passes(30)
    takes_out_billing(telvia)
    narrow = replace(telvia.line.plan.queues["technical"], full_at=1)
    telvia.changes(plan=replace(telvia.line.plan, queues=telvia.line.plan.queues | {"technical": narrow}))
    telvia.ring(from_="+32470123498").says("mijn internet ligt plat").stays_silent()
    caller = telvia.ring(from_="+32470123497").says("mijn internet ligt plat")
    assert "Zullen wij u terugbellen" in caller.hears


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        ("090212345", "Dat nummer kunnen wij helaas niet bellen. Op welk nummer"),
        ("00911234567890", "Dat nummer kunnen wij helaas niet bellen. Op welk nummer"),
        ("078150000", "Dat nummer kunnen wij helaas niet bellen. Op welk nummer"),
        ("047112345", "Tot nu toe heb ik: "),
    ],
    ids=["premium", "foreign", "shared cost", "none"],
)
def test_numbers_that_cost_dearly_or_are_none_are_not_rung(telvia: Telvia, number: str, answer: str) -> None:
    caller = telvia.ring().says("bel me terug").says("nee").presses(f"{number}#")
    assert caller.hears.startswith(answer)


def test_a_caller_whose_own_number_is_not_rung_is_not_offered_it(telvia: Telvia) -> None:
    telvia.hire("An", AN, languages="fr")
    caller = telvia.ring(from_="+12025550123").says("mijn internet ligt plat")
    assert caller.hears.endswith("Zullen wij u terugbellen?")
    assert "welk nummer" in caller.says("ja").hears


@pytest.fixture
def two_calls(telvia: Telvia) -> tuple[Ringing, Ringing]:
    """Two from one number: the first was promised a callback while the second waited, who now asks for one too."""
    second = telvia.ring().says("mijn internet ligt plat").stays_silent()
    first = telvia.ring().says("mijn internet ligt plat").presses("9").says("ja")
    return first, second.presses("9")


def test_of_two_calls_at_once_the_second_hears_what_stands(telvia: Telvia, two_calls: tuple[Ringing, Ringing]) -> None:
    first, second = two_calls
    assert second.says("ja").hears.startswith("U staat op onze lijst: wij bellen u terug zodra u aan de beurt bent.")
    assert [one.reference for one in telvia.store.contacts.open_for(KLANT) if one.listed] == [
        telvia.contact_of(first).reference
    ]
    second.presses("1")
    assert "dat blijft zo staan" in second.hears
    assert telvia.contact_of(first).stage is Stage.WAITING
    assert telvia.contact_of(second).stage is Stage.WITHDRAWN


@pytest.mark.parametrize(
    ("key", "first_is", "second_is"),
    [("2", Stage.WITHDRAWN, Stage.WITHDRAWN), ("0", Stage.WAITING, Stage.WITHDRAWN)],
    ids=["cancels", "waits with the old place"],
)
def test_who_hears_what_stands_in_a_second_call_has_one_contact(
    telvia: Telvia, two_calls: tuple[Ringing, Ringing], key: str, first_is: Stage, second_is: Stage
) -> None:
    first, second = two_calls
    second.says("ja").presses(key)
    if key == "2":
        second.presses("2").says("ja")
    assert telvia.contact_of(second).stage is second_is
    assert telvia.contact_of(first).stage is first_is
    if key == "0":
        assert (telvia.contact_of(first).kind, telvia.contact_of(first).leg) == (Kind.LIVE, second.person.sid)


def test_who_hears_what_stands_and_hangs_up_is_abandoned_and_the_callback_still_on_the_list(
    telvia: Telvia, two_calls: tuple[Ringing, Ringing]
) -> None:
    first, second = two_calls
    second.says("ja").hangs_up()
    assert telvia.contact_of(first).stage is Stage.WAITING
    assert telvia.contact_of(second).stage is Stage.ABANDONED


def test_who_hides_the_number_and_gives_none_where_nobody_is_hears_so_and_is_abandoned(telvia: Telvia) -> None:
    an = telvia.hire("An", AN)
    caller = telvia.ring(from_="anonymous").says("mijn internet ligt plat").stays_silent()
    telvia.store.agents.sign_out(an.name)
    caller.presses("9").stays_silent().stays_silent()
    assert caller.hears == (
        "De technische dienst heeft op dit moment niemand vrij om op te nemen. Zonder nummer kunnen we u niet "
        "terugbellen. Ik heb wel genoteerd dat u belde, en waarover. Bel ons gerust opnieuw. Dank u wel en tot ziens."
    )
    assert telvia.contact_of(caller).stage is Stage.ABANDONED


def test_somebody_elses_callback_is_nobodys_business(telvia: Telvia) -> None:
    telvia.ring().says("bel me terug").says("ja")
    stranger = telvia.ring(from_="+32470999999").says("bel me terug").says("nee").presses("0470123456#")
    assert stranger.hears.startswith("Voor dat nummer hebben we al een terugbelverzoek. Op welk nummer")
    stranger.presses("2")
    assert len(telvia.store.contacts.open_for(KLANT)) == 1


@pytest.mark.parametrize(
    ("number", "becomes"), [(KLANT, Stage.WAITING), ("+12025550123", Stage.ABANDONED)], ids=["of the line", "foreign"]
)
def test_a_queue_that_rings_back_who_hangs_up_rings_no_number_that_is_never_rung(
    telvia: Telvia, number: str, becomes: Stage
) -> None:
    technical = replace(telvia.line.plan.queues["technical"], on_abandon="callback")
    telvia.changes(plan=replace(telvia.line.plan, queues=telvia.line.plan.queues | {"technical": technical}))
    caller = telvia.ring(from_=number).says("mijn internet ligt plat").stays_silent().hangs_up()
    assert telvia.contact_of(caller).stage is becomes


def test_who_rings_while_an_agent_is_rung_for_them_hears_what_stands(telvia: Telvia, an: Agent) -> None:
    telvia.ring().says("bel me terug").says("ja")
    telvia.passes(2)
    assert an.rings
    assert telvia.ring().hears.endswith(
        "U staat op onze lijst: wij bellen u terug zodra u aan de beurt bent. Wilt u dat zo laten?"
    )


def test_a_number_is_called_back_only_so_often_a_day(telvia: Telvia) -> None:
    for _ in range(5):
        telvia.ring().says("bel me terug").says("ja")
        telvia.ring().presses("2").presses("2").says("ja")
    assert "welk nummer" in telvia.ring().says("bel me terug").hears


def test_the_callers_own_callback_does_not_count_against_its_change(telvia: Telvia) -> None:
    telvia.changes(plan=replace(telvia.line.plan, limits=CallbackLimits(daily=1)))
    telvia.ring().says("bel me terug").says("ja")
    again = telvia.ring().says("mijn internet ligt plat").stays_silent().presses("9")
    assert "welk nummer" not in again.hears
    again.says("ja")
    assert [one.queue for one in telvia.store.contacts.open_for("+32470123456")] == ["technical"]


@pytest.mark.parametrize("said", ["vrijdag na één uur", "nee, vrijdag liever, tussen één en vijf"])
def test_any_moment_can_be_said_is_read_back_and_is_promised(telvia: Telvia, said: str) -> None:
    caller = telvia.ring().presses("9").says(said)
    assert "vrijdag tussen één uur" in caller.hears.replace("13 uur", "één uur")
    caller.says("ja")
    promised = telvia.contact_of(caller).promised
    assert promised is not None
    assert promised.astimezone(telvia.line.plan.timezone).strftime("%a %H:%M") == "Fri 13:00"


@pytest.mark.parametrize("said", ["gisteren om vijf uur", "vanochtend om acht uur"])
def test_a_moment_that_is_over_is_asked_for_again(telvia: Telvia, said: str) -> None:
    caller = telvia.ring().presses("9").says(said)
    assert caller.hears == "Wanneer past het?"
    caller.says(said)
    assert caller.hears.endswith("Wanneer past het?")
    caller.says("vrijdag na één uur").says("ja")
    promised = telvia.contact_of(caller).promised
    assert promised is not None
    assert promised.astimezone(telvia.line.plan.timezone).strftime("%a %H:%M") == "Fri 13:00"


def test_as_soon_as_possible_is_an_answer_to_when(telvia: Telvia) -> None:
    caller = telvia.ring().presses("9").says("een ander moment").says("zo snel mogelijk").says("ja")
    contact = telvia.contact_of(caller)
    assert (contact.listed, contact.promised) == (True, None)


def test_who_asks_how_long_a_callback_takes_hears_what_is_known_of_it(telvia: Telvia) -> None:
    caller = telvia.ring().presses("9").says("hoe lang duurt dat")
    assert caller.hears.startswith("Hoelang dat duurt, kan ik nog niet zeggen. Wij bellen u terug op")
    assert telvia.contact_of(caller.says("ja")).listed


def test_who_hides_the_number_and_does_not_know_it_is_not_asked_again(telvia: Telvia) -> None:
    caller = telvia.ring(from_="+266696687").says("mijn internet ligt plat")
    caller.presses("9").says("ik ken dat nummer niet vanbuiten")
    assert "nummer" not in caller.hears


def test_a_breath_of_the_number_counts_whatever_is_said_beside_it(telvia: Telvia) -> None:
    caller = telvia.ring(from_="+266696687").presses("9")
    for breath in (
        "nul vier zeven één",
        "achtentwintig, wacht even hoor",
        "ik zoek mijn briefje",
        "drieëndertig",
        "tweeëntwintig",
    ):
        caller.says(breath)
    assert caller.call.number == "+32471283322"


def test_who_wants_another_telephone_rung_is_asked_for_its_number(telvia: Telvia) -> None:
    assert "Op welk nummer" in telvia.ring(from_="+3292241876").presses("9").says("ja maar op mijn gsm graag").hears


@pytest.mark.parametrize(
    "words", ["het moet stoppen met wegvallen!", "NIET annuleren", "dank u wel", "stop daar maar eens mee"]
)
def test_a_text_that_only_has_the_word_in_it_cancels_nothing(telvia: Telvia, asked: Ringing, words: str) -> None:
    telvia.twilio.number("+3212345670", voice_url=f"{PUBLIC}/twilio/voice", sms_url=f"{PUBLIC}/twilio/sms")
    telvia.twilio.text("+3212345670", KLANT, words)
    telvia.passes(2)
    assert telvia.contact_of(asked).listed


def test_who_rings_by_sip_is_served_and_their_agent_misses_nothing(telvia: Telvia, an: Agent) -> None:
    """Twilio refuses an outgoing call From a SIP address: the line shows a number of its own."""
    caller = telvia.ring(to="sip:line@telvia.sip.twilio.com", from_="sip:desk@telvia.sip.twilio.com")
    caller.says("mijn internet ligt plat").stays_silent()
    assert an.is_rung()
    assert an.phone.leg.from_ == "+3212345670"


def test_who_dials_the_french_number_by_sip_hears_french(telvia: Telvia) -> None:
    caller = telvia.ring(to="sip:+3212345671@telvia.sip.twilio.com", from_="sip:desk@telvia.sip.twilio.com")
    assert caller.call.language == "fr"


def test_a_refusal_of_our_own_number_is_no_miss_of_the_agents(telvia: Telvia, an: Agent) -> None:
    telvia.changes(plan=replace(telvia.line.plan, numbers={"sip:line@x.example": "nl"}))
    telvia.ring(to="sip:line@x.example").says("mijn internet ligt plat").stays_silent()
    telvia.passes(200)
    agent = telvia.store.agents.find("An")
    assert agent is not None
    assert (agent.signed_in, agent.missed, an.rings) == (True, 0, False)


def test_an_agent_who_rings_is_not_called_back_on_the_telephone_that_is_rung_first(telvia: Telvia, an: Agent) -> None:
    caller = telvia.ring(from_=an.phone.number).presses("9").says("ja")
    assert "Dat nummer kunnen wij helaas niet bellen. Op welk nummer" in caller.hears
    assert "kunnen wij helaas niet bellen" in caller.presses(an.phone.number.replace("+32", "0")).hears


def test_who_asks_for_slower_speech_has_it_for_the_rest_of_the_call(telvia: Telvia) -> None:
    caller = telvia.ring().says("kunt u wat trager spreken alstublieft")
    assert '<prosody rate="80%">' in caller.documents[-1]
    assert '<prosody rate="80%">' in caller.says("mijn internet ligt plat").documents[-1]


@pytest.mark.parametrize("number", ["+447624412345", "+447797712345", "+447781123456"])
def test_the_islands_are_rung_where_the_operator_says_so(line: Line, number: str) -> None:
    """Man, Jersey, Guernsey: numbers of the British plan, and countries of their own."""
    british = replace(line, country="GB", callbacks=line.callbacks.model_copy(update={"countries": ["GB"]}))
    with_islands = line.callbacks.model_copy(update={"countries": ["GB", "IM", "JE", "GG"]})
    assert not is_callable(number, british)
    assert is_callable(number, replace(british, callbacks=with_islands))
    assert full_number("0" + number[3:], british) == number
