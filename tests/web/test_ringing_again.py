"""Who rings again, through the store: the callback that stands, the one that never came, the call that was cut off."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.conftest import Ringing, Telvia
from voice.core.call.state import State
from voice.core.contact.state import Kind, Stage


@pytest.fixture
def asked(telvia: Telvia) -> Ringing:
    """A caller who is to be called back, with nobody there to do it."""
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent().presses("9").says("ja")
    telvia.passes(2)
    return caller


def test_what_stands_can_be_asked_for_and_cancelled_in_words(telvia: Telvia, asked: Ringing) -> None:
    again = telvia.ring().says("wanneer bellen jullie mij")
    assert "Wij bellen u" in again.hears or "wij bellen u" in again.hears
    assert "Wilt u dat zo laten?" in again.hears
    assert "annuleren?" in again.says("het is al opgelost").hears
    again.says("ja")
    assert telvia.contact_of(asked).stage is Stage.WITHDRAWN


def test_who_missed_the_call_is_put_through_with_the_old_place(telvia: Telvia, asked: Ringing) -> None:
    arrived = telvia.contact_of(asked).arrived
    telvia.passes(60)
    assert telvia.ring().says("ik heb een oproep gemist").queue == "technical"
    contact = telvia.contact_of(asked)
    assert (contact.kind, contact.arrived) == (Kind.LIVE, arrived)


def test_a_promise_that_was_broken_puts_the_caller_before_all_others(telvia: Telvia, asked: Ringing) -> None:
    technical = replace(telvia.line.plan.queues["technical"], attempts=1)
    telvia.changes(plan=replace(telvia.line.plan, queues=telvia.line.plan.queues | {"technical": technical}))
    telvia.hire("An", "+32470000001").accepts()
    telvia.twilio.phone("+32470123456").rejects()
    telvia.passes(5)
    assert telvia.contact_of(asked).stage is Stage.UNREACHED
    other = telvia.ring(from_="+32471999999").says("mijn internet ligt plat")
    caller = telvia.ring().says("jullie zouden mij terugbellen")
    assert "Excuseer dat wij u niet teruggebeld hebben" in caller.hears
    contact = telvia.contact_of(caller)
    assert (contact.queue, contact.intent, contact.late) == ("technical", "outage", True)
    assert contact.arrived == asked.call.arrived
    assert contact.reference not in {one.reference for one in telvia.store.contacts.unserved(contact.arrived)}
    assert other.call.arrived > contact.arrived


def test_who_left_the_queue_and_rings_within_the_hour_keeps_topic_and_place(telvia: Telvia) -> None:
    first = telvia.ring().says("mijn factuur klopt niet").stays_silent()
    first.hangs_up()
    telvia.passes(30)
    again = telvia.ring()
    assert "Gaat het nog over een factuur?" in again.hears
    assert again.says("ja").queue == "billing"
    assert telvia.contact_of(again).arrived == first.call.arrived
    assert [one.reference for one in telvia.store.contacts.unserved(first.call.arrived)] == []


def test_the_same_as_before_is_a_yes_to_whether_it_is_still_about_that(telvia: Telvia) -> None:
    first = telvia.ring().says("mijn factuur klopt niet").stays_silent()
    first.hangs_up()
    telvia.passes(30)
    again = telvia.ring().says("nog altijd voor hetzelfde")
    assert again.queue == "billing"
    assert telvia.contact_of(again).arrived == first.call.arrived


@pytest.mark.parametrize("why", ["too late", "off"])
def test_after_the_hour_or_where_the_line_says_so_nobody_is_recognised(telvia: Telvia, why: str) -> None:
    if why == "off":
        telvia.changes(plan=replace(telvia.line.plan, recognise="off"))
    telvia.ring().says("mijn factuur klopt niet").stays_silent().hangs_up()
    telvia.twilio.advance(timedelta(hours=2).total_seconds() if why == "too late" else 60)
    assert "Gaat het nog" not in telvia.ring().hears


def test_somebody_else_behind_the_same_number_gets_a_callback_of_their_own(telvia: Telvia, asked: Ringing) -> None:
    second = telvia.ring().says("mijn factuur klopt niet").stays_silent().presses("9").says("ja")
    assert "Genoteerd" in second.hears
    listed = [one for one in telvia.store.contacts.open_for("+32470123456") if one.listed]
    assert [one.intent for one in listed] == ["outage", "billing"]
    assert listed[0].reference == telvia.contact_of(asked).reference


@pytest.mark.parametrize("answers", [lambda one: one.says("ja"), lambda one: one.says("mijn factuur klopt niet")])
def test_who_is_cut_off_before_the_queue_and_after_being_understood_need_not_tell_it_again(
    telvia: Telvia, answers: Callable[[Ringing], Ringing]
) -> None:
    first = telvia.ring().says("mijn factuur klopt niet").hangs_up()
    telvia.passes(30)
    contact = telvia.contact_of(first)
    assert (contact.stage, contact.intent, contact.words) == (
        *(Stage.ABANDONED, "billing", ("mijn factuur klopt niet",)),
    )
    again = telvia.ring()
    assert "Gaat het nog over een factuur?" in again.hears
    assert answers(again).queue == "billing"
    assert telvia.contact_of(again).arrived == first.call.arrived
    assert telvia.store.contacts.unserved(first.call.arrived) == []


def test_who_was_not_understood_or_was_served_is_not_asked(telvia: Telvia) -> None:
    for said in ("iets met betalen", "wat?"):
        caller = telvia.ring().says(said).hangs_up()
        assert telvia.store.contacts_of(caller.person.sid) == []
    assert "Gaat het nog" not in telvia.ring().hears


def test_who_rings_about_something_else_is_asked_what_and_the_callback_stands(telvia: Telvia, asked: Ringing) -> None:
    again = telvia.ring().says("nee ik bel voor iets anders")
    assert again.call.state is State.QUESTION
    assert again.says("mijn factuur klopt niet").stays_silent().queue == "billing"
    assert telvia.contact_of(asked).stage is Stage.WAITING


def test_a_polite_wish_to_be_rung_back_is_no_promise_that_was_broken(telvia: Telvia) -> None:
    assert "Excuseer" not in telvia.ring().says("zou u mij kunnen terugbellen").hears


def test_who_rings_about_something_else_and_is_not_sure_to_be_is_asked(telvia: Telvia, asked: Ringing) -> None:
    caller = telvia.ring().says("iets met betalen")
    assert "Gaat het over een factuur?" in caller.hears
    assert caller.says("ja").queue == "billing"
    assert telvia.contact_of(asked).listed


@pytest.mark.usefixtures("asked")
def test_a_moment_named_of_a_callback_that_stands_is_no_question_when_it_comes(telvia: Telvia) -> None:
    caller = telvia.ring().says("liever morgen na de middag")
    assert "morgen tussen 12 uur en 17 uur" in caller.hears


@pytest.mark.usefixtures("asked")
def test_who_was_still_not_rung_hears_an_apology(telvia: Telvia) -> None:
    caller = telvia.ring().says("jullie hebben nog altijd niet gebeld")
    assert "Excuseer dat wij u niet teruggebeld hebben." in caller.hears
