"""Who rings again about the same gets who can decide; what was agreed is sent home, and known to the next agent."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.conftest import Agent, Ringing, Telvia, routed
from voice.core.contact.state import Kind, Stage
from voice.core.queue.hours import Hours
from voice.errors import SettingsError, StoreError
from voice.service.calls.transfer import escalate
from voice.service.console.queues import moment
from voice.service.operators.agreements import agree, checked, is_overdue, kept, reminder, seen_to_from
from voice.service.operators.report import make_report
from voice.store.callers import erase, everything

TECHNICIAN = "er komt maandag een technicus"


@pytest.fixture
def telvia(open_line: Callable[..., Telvia]) -> Telvia:
    """Technical questions have a second level: the people of the complaints queue."""
    telvia = open_line()
    queues = telvia.line.plan.queues
    levels = queues | {"technical": replace(queues["technical"], escalates_to="complaints")}
    telvia.changes(plan=replace(telvia.line.plan, queues=levels))
    return telvia


@pytest.fixture
def an(telvia: Telvia) -> Agent:
    return telvia.hire("An", "+32470999001", "technical")


@pytest.fixture
def first(telvia: Telvia, an: Agent) -> Ringing:
    """Somebody whom the first level answered."""
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    an.accepts()
    telvia.passes(30)
    caller.hangs_up()
    telvia.passes(30)
    assert telvia.contact_of(caller).stage is Stage.ANSWERED
    return caller


def test_a_second_call_about_the_same_goes_up_with_both_stories(telvia: Telvia, first: Ringing) -> None:
    bea = telvia.hire("Bea", "+32470999002", "complaints")
    again = telvia.ring().says("mijn internet ligt plat")
    assert again.hears == "U belt over een storing thuis. Belt u hierover opnieuw, omdat het nog niet opgelost is?"
    again.says("ja")
    assert again.queue == "complaints"
    bea.accepts()
    assert "Belt opnieuw, het was nog niet opgelost. Vorige keer: mijn internet ligt plat." in bea.hears
    ledger = telvia.store.contacts.ledger_of(telvia.contact_of(first).reference)
    assert ledger[-1]["what"] == "not solved"
    assert ledger[-1]["detail"] == {"as": telvia.contact_of(again).reference}
    assert make_report(telvia.line, telvia.store, 1, telvia.worker.clock()).not_solved == {"outage": 1}


@pytest.mark.parametrize("answers", [lambda c: c.says("nee"), lambda c: c.stays_silent().stays_silent()])
def test_something_else_about_it_is_a_first_call(
    telvia: Telvia, first: Ringing, answers: Callable[[Ringing], Ringing]
) -> None:
    assert first
    caller = answers(telvia.ring().says("mijn internet ligt plat"))
    assert caller.queue == "technical"
    assert telvia.contact_of(caller).earlier is None


def test_another_topic_another_number_or_long_after_is_not_asked(telvia: Telvia, first: Ringing) -> None:
    assert first
    for caller in (
        telvia.ring().says("mijn factuur klopt niet"),
        telvia.ring(from_="+32470000099").says("mijn internet ligt plat"),
    ):
        assert "opnieuw" not in caller.hears
        caller.hangs_up()
    telvia.twilio.advance(4 * 86400)
    assert "opnieuw" not in telvia.ring().says("mijn internet ligt plat").hears


def helped(telvia: Telvia, agent: Agent, words: str, *, again: bool = False) -> Ringing:
    """Somebody whom this agent speaks with; who is asked whether it is about the same still says yes."""
    caller = telvia.ring().says(words)
    if again:
        caller.says("ja")
    else:
        caller.stays_silent()
    agent.accepts()
    telvia.passes(30)
    caller.hangs_up()
    telvia.passes(30)
    return caller


def test_another_topic_in_between_is_another_story(telvia: Telvia, first: Ringing) -> None:
    cleo = telvia.hire("Cleo", "+32470999003", "billing")
    helped(telvia, cleo, "mijn factuur klopt niet")
    telvia.hire("Bea", "+32470999002", "complaints")
    again = telvia.ring().says("mijn internet ligt plat")
    assert "opnieuw" in again.hears
    assert again.says("ja").queue == "complaints"
    assert telvia.contact_of(again).earlier == telvia.contact_of(first).reference


def test_what_the_second_level_did_not_solve_goes_to_the_third_with_every_story(telvia: Telvia, first: Ringing) -> None:
    assert first
    queues = telvia.line.plan.queues
    third = queues | {"complaints": replace(queues["complaints"], escalates_to="general")}
    telvia.changes(plan=replace(telvia.line.plan, queues=third))
    telvia.understanding.meanings["en nu valt ook de tv weg"] = routed("outage")  # type: ignore[attr-defined]
    bea = telvia.hire("Bea", "+32470999002", "complaints")
    second = helped(telvia, bea, "en nu valt ook de tv weg", again=True)
    assert telvia.contact_of(second).stage is Stage.ANSWERED
    dirk = telvia.hire("Dirk", "+32470999004", "general")
    again = telvia.ring().says("mijn internet ligt plat").says("ja")
    assert again.queue == "general"
    dirk.accepts()
    assert "Vorige keer: mijn internet ligt plat … en nu valt ook de tv weg." in dirk.hears
    telvia.passes(30)
    again.hangs_up()
    telvia.passes(30)
    assert telvia.ring().says("mijn internet ligt plat").says("ja").queue == "general"


def test_where_nobody_is_above_the_caller_is_not_asked(telvia: Telvia) -> None:
    cleo = telvia.hire("Cleo", "+32470999003", "billing")
    helped(telvia, cleo, "mijn factuur klopt niet")
    again = telvia.ring().says("mijn factuur klopt niet").stays_silent()
    assert again.queue == "billing"
    assert "verder kan beslissen" not in " ".join(again.documents)


def test_who_says_yes_and_then_goes_back_to_something_else_is_not_counted(telvia: Telvia, first: Ringing) -> None:
    assert first
    telvia.hire("Bea", "+32470999002", "complaints")
    telvia.hire("Cleo", "+32470999003", "billing")
    caller = telvia.ring().says("mijn internet ligt plat").says("ja")
    caller.says("terug").says("mijn factuur klopt niet").stays_silent()
    assert caller.queue == "billing"
    assert telvia.contact_of(caller).earlier is None
    assert make_report(telvia.line, telvia.store, 1, telvia.worker.clock()).not_solved == {}


def test_an_agent_passes_the_call_up_and_a_closed_level_promises_a_callback(telvia: Telvia, an: Agent) -> None:
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    an.accepts()
    reference = telvia.contact_of(caller).reference
    closed = replace(telvia.line.plan.queues["complaints"], hours=Hours(((),) * 7, {}))
    telvia.changes(plan=replace(telvia.line.plan, queues=telvia.line.plan.queues | {"complaints": closed}))
    escalate(telvia.line, telvia.store, reference, telvia.worker.clock())
    telvia.passes(20)
    contact = telvia.contact_of(caller)
    assert (contact.queue, contact.kind, contact.stage) == ("complaints", Kind.CALLBACK, Stage.WAITING)
    assert contact.words == ("mijn internet ligt plat",)


def test_an_agent_passes_the_call_up_by_a_key_and_the_caller_is_asked_nothing(telvia: Telvia, an: Agent) -> None:
    bea = telvia.hire("Bea", "+32470999002", "complaints")
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    an.accepts()
    assert "Lukt het niet, toets dan sterretje: een collega neemt over." in an.hears
    an.phone.presses("*")
    telvia.passes(6)
    assert caller.queue == "complaints"
    assert "opgelost" not in caller.hears
    assert "Ik verbind u door. U houdt uw plaats." in caller.hears
    bea.accepts()
    assert "De klant zegt: mijn internet ligt plat." in bea.hears
    assert bea.speaks_with == ["+32470123456"]
    assert not an.speaks_with


def test_who_hangs_up_first_has_passed_nobody_up(telvia: Telvia, an: Agent) -> None:
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    an.accepts().hangs_up()
    telvia.passes(2)
    assert "Is alles nu opgelost voor u?" in caller.hears
    caller.says("ja").stays_silent()
    telvia.passes(30)
    second = telvia.ring(from_="+32471000000").says("mijn internet ligt plat").stays_silent()
    an.accepts()
    second.hangs_up()
    telvia.passes(5)
    assert telvia.contact_of(second).stage is Stage.ANSWERED


def test_where_nobody_is_above_there_is_no_such_key(telvia: Telvia) -> None:
    an = telvia.hire("An", "+32470999001", "billing")
    caller = telvia.ring().says("mijn factuur klopt niet").stays_silent()
    an.accepts()
    assert "sterretje" not in an.hears
    an.phone.presses("*")
    telvia.passes(2)
    assert an.speaks_with
    assert telvia.contact_of(caller).stage is Stage.TALKING


def test_where_there_is_nobody_above_it_is_told(telvia: Telvia) -> None:
    telvia.hire("An", "+32470999001", "billing")
    caller = telvia.ring().says("mijn factuur klopt niet").stays_silent()
    with pytest.raises(SettingsError, match="no level above"):
        escalate(telvia.line, telvia.store, telvia.contact_of(caller).reference, telvia.worker.clock())


def agreed(telvia: Telvia, caller: Ringing, days: int = 3) -> int:
    now = telvia.worker.clock()
    due = f"{now + timedelta(days=days):%Y-%m-%d} 14:00"
    reference = telvia.contact_of(caller).reference
    return agree(telvia.line, telvia.store, reference, TECHNICIAN, due, "an", now).id


def texts(telvia: Telvia) -> list[str]:
    telvia.passes(3)
    return [message.body for message in telvia.twilio.world.messages.values()]


def test_what_was_agreed_is_sent_home_reminded_of_and_overdue_when_it_slips(telvia: Telvia, first: Ringing) -> None:
    number = agreed(telvia, first)
    [text] = texts(telvia)
    assert text.startswith(f"Telvia: wij spraken af: {TECHNICIAN} (vrijdag om 14 uur).")
    [agreement] = telvia.store.agreements.open()
    assert not is_overdue(telvia.line, agreement, telvia.worker.clock())
    telvia.twilio.advance(2.5 * 86400)
    assert texts(telvia)[1:] == [
        f"Telvia: ter herinnering, morgen om 14 uur: {TECHNICIAN}. Past het niet meer? Bel ons gerust."
    ]
    telvia.twilio.advance(86400)
    assert is_overdue(telvia.line, agreement, telvia.worker.clock())
    kept(telvia.store, number, "an", telvia.worker.clock())
    assert telvia.store.agreements.open() == []
    books = [entry["what"] for entry in telvia.store.contacts.ledger_of(agreement.reference)]
    assert books.count("agreed") == books.count("agreement kept") == 1


@pytest.mark.parametrize(
    ("due", "reminded"),
    [
        ("2026-12-01 03:00", "2026-11-30 08:00"),
        ("2026-12-01 23:30", "2026-11-30 21:00"),
        ("2027-03-28 10:00", "2027-03-27 10:00"),
        ("2027-03-29 02:30", "2027-03-28 08:00"),
        ("2026-12-25T10:00+00:00", "2026-12-24 11:00"),
        ("2026-11-24 20:00", None),
    ],
)
def test_nobody_is_reminded_at_night(telvia: Telvia, due: str, reminded: str | None) -> None:
    """Also where the clocks change in between, and where the moment was written in another zone."""
    now = telvia.worker.clock()
    at = reminder(telvia.line, "technical", moment(due, telvia.line, now), now)
    assert (f"{at:%Y-%m-%d %H:%M}" if at else None) == reminded


@pytest.fixture
def weekdays(telvia: Telvia) -> Telvia:
    """Billing is open on weekdays from eight to five, and on no holiday."""
    hours = replace(telvia.line.plan.queues["billing"].hours, weekly=((((8 * 60, 17 * 60),),) * 5 + ((), ())))
    queues = telvia.line.plan.queues
    telvia.changes(plan=replace(telvia.line.plan, queues=queues | {"billing": replace(queues["billing"], hours=hours)}))
    return telvia


@pytest.mark.parametrize(
    ("due", "reminded", "seen_to"),
    [
        ("2026-12-04 12:00", "2026-12-03 12:00", "2026-12-04 12:00"),  # a Friday
        ("2026-12-06 12:00", "2026-12-04 12:00", "2026-12-07 08:00"),  # a Sunday
        ("2026-12-07 12:00", "2026-12-04 12:00", "2026-12-07 12:00"),  # a Monday
        ("2026-12-25 10:00", "2026-12-24 10:00", "2026-12-28 08:00"),  # Christmas, a Friday
        ("2026-12-28 18:30", "2026-12-24 16:00", "2026-12-29 08:00"),
    ],
)
def test_a_promise_due_when_its_queue_is_closed_slips_when_it_opens_and_is_reminded_of_while_it_is_open(
    weekdays: Telvia, due: str, reminded: str, seen_to: str
) -> None:
    line, now = weekdays.line, weekdays.worker.clock()
    at = moment(due, line, now)
    zone = line.plan.timezone
    assert f"{seen_to_from(line, 'billing', at).astimezone(zone):%Y-%m-%d %H:%M}" == seen_to
    assert f"{reminder(line, 'billing', at, now):%Y-%m-%d %H:%M}" == reminded


def test_nobody_is_alarmed_on_a_sunday_by_what_was_due_then(weekdays: Telvia) -> None:
    caller = weekdays.ring().says("mijn factuur klopt niet").stays_silent()
    now = weekdays.worker.clock()
    reference = weekdays.contact_of(caller).reference
    made = agree(weekdays.line, weekdays.store, reference, TECHNICIAN, "2026-11-29 12:00", "an", now)
    for later, slipped in (("2026-11-29 20:00", False), ("2026-11-30 09:00", True)):
        assert is_overdue(weekdays.line, made, moment(later, weekdays.line, now)) is slipped


@pytest.mark.parametrize("due", ["2026-11-20 12:00", "2026-11-30", "2028-01-01 12:00", "maandag"])
def test_a_moment_that_is_past_or_none_is_refused(telvia: Telvia, due: str) -> None:
    with pytest.raises(SettingsError) as refused:
        checked(telvia.line, TECHNICIAN, due, telvia.worker.clock())
    assert refused.value.mend


def test_who_is_no_longer_waited_for_is_not_reminded(telvia: Telvia, first: Ringing) -> None:
    number = agreed(telvia, first)
    kept(telvia.store, number, "an", telvia.worker.clock())
    with pytest.raises(StoreError, match="no agreement"):
        kept(telvia.store, number, "an", telvia.worker.clock())
    telvia.twilio.advance(3 * 86400)
    assert texts(telvia) == []


def test_the_next_call_is_asked_about_what_was_agreed_and_yes_leads_to_its_people(
    telvia: Telvia, an: Agent, first: Ringing
) -> None:
    agreed(telvia, first)
    again = telvia.ring()
    assert f"Wij spraken met u af: {TECHNICIAN}. Gaat het daarover?" in again.hears
    assert again.says("ja").queue == "technical"
    an.accepts()
    assert f"Afgesproken was: {TECHNICIAN}. De klant zegt: mijn internet ligt plat." in an.hears
    contact = telvia.contact_of(again)
    assert (contact.intent, contact.words) == ("outage", ("mijn internet ligt plat",))
    books = telvia.store.contacts.ledger_of(telvia.contact_of(first).reference)
    assert {"as": contact.reference} in [one["detail"] for one in books if one["what"] == "rang again"]


def test_whoever_rings_about_something_else_says_so(telvia: Telvia, first: Ringing) -> None:
    telvia.hire("Cleo", "+32470999003", "billing")
    agreed(telvia, first)
    assert "Waarvoor belt u?" in telvia.ring().says("nee").hears
    other = telvia.ring().says("mijn factuur klopt niet").stays_silent()
    assert (other.queue, telvia.contact_of(other).words) == ("billing", ("mijn factuur klopt niet",))


def test_what_is_done_or_long_past_is_asked_about_no_more(telvia: Telvia, first: Ringing) -> None:
    telvia.changes(plan=replace(telvia.line.plan, recognise="always"))
    agreed(telvia, first)
    telvia.twilio.advance(10 * 86400)
    assert TECHNICIAN in telvia.ring().says("nee").hangs_up().documents[0]
    telvia.twilio.advance(10 * 86400)
    assert TECHNICIAN not in telvia.ring().says("nee").hangs_up().documents[0]
    number = agreed(telvia, first)
    assert TECHNICIAN in telvia.ring().says("nee").hangs_up().documents[0]
    kept(telvia.store, number, "an", telvia.worker.clock())
    assert TECHNICIAN not in telvia.ring().documents[0]


def test_the_next_agent_hears_what_was_agreed_where_the_caller_may_not_be_asked(telvia: Telvia, first: Ringing) -> None:
    telvia.changes(plan=replace(telvia.line.plan, recognise="off"))
    cleo = telvia.hire("Cleo", "+32470999003", "billing")
    agreed(telvia, first)
    again = telvia.ring().says("mijn factuur klopt niet").stays_silent()
    cleo.accepts()
    assert f"Afgesproken was: {TECHNICIAN}." in cleo.hears
    assert all(TECHNICIAN not in document for document in again.documents)


def test_an_agreement_is_erased_with_the_rest(telvia: Telvia, first: Ringing) -> None:
    agreed(telvia, first)
    number = "+32470123456"
    assert len(everything(telvia.store.source, number)["agreements"]) == 1
    erase(telvia.store.source, number, telvia.worker.clock())
    assert telvia.store.agreements.open() == []
    assert texts(telvia) == []
