"""What is going on is said to those whom it concerns: before the queue, and to those who wait already."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.conftest import Ringing, Telvia, routed
from voice.content.schema import NoticesEntry
from voice.core.contact.state import Stage
from voice.core.interpretation import Interpretation
from voice.errors import SettingsError
from voice.service.operators.notices import NewNotice, add, end
from voice.service.operators.report import make_report
from voice.store.callers import erase

GHENT = {
    "nl": "In Gent ligt het internet tot ongeveer 18 uur uit.",
    "fr": "À Gand, internet est coupé jusqu'à 18 heures.",
}


@pytest.fixture
def telvia(open_line: Callable[..., Telvia]) -> Telvia:
    telvia = open_line()
    telvia.understanding.meanings |= {  # type: ignore[attr-defined]
        "vier": Interpretation(digits="4"),
        "toch mijn factuur": routed("billing"),
    }
    return telvia


def post(telvia: Telvia, *topics: str, area: str | None = None, closure: bool = False, **texts: str) -> int:
    new = NewNotice(texts or GHENT, topics, area, closure)
    now = telvia.worker.clock()
    number = add(telvia.line, telvia.store, new, now + timedelta(hours=2), "els", now)
    telvia.passes(1)
    return number


def texts(telvia: Telvia) -> list[tuple[str, str]]:
    return [(message.to, message.body) for message in telvia.twilio.world.messages.values()]


def test_whose_topic_it_is_hears_it_before_the_queue_and_may_have_a_text(telvia: Telvia) -> None:
    number = post(telvia, "outage")
    caller = telvia.ring().says("mijn internet ligt plat")
    assert caller.hears.startswith("U belt over een storing thuis. In Gent ligt het internet")
    assert "Wilt u een sms zodra het opgelost is?" in caller.hears
    assert not caller.queue
    caller.says("ja")
    assert caller.hears.startswith("U krijgt een sms zodra het opgelost is.")
    assert caller.stays_silent().person.ended
    assert telvia.contact_of(caller).stage is Stage.INFORMED
    telvia.passes(5)
    assert texts(telvia) == []
    assert end(telvia.line, telvia.store, number, "els", telvia.worker.clock()) == 1
    telvia.passes(5)
    [(to, words)] = texts(telvia)
    assert to == "+32470123456"
    assert "is opgelost" in words


def test_who_rings_about_something_else_hears_nothing_of_it(telvia: Telvia) -> None:
    post(telvia, "outage")
    assert "Gent" not in telvia.ring().says("mijn factuur klopt niet").hears


def test_it_is_said_in_the_callers_language_or_not_at_all(telvia: Telvia) -> None:
    post(telvia, "outage")
    assert "Gand" in telvia.ring(to="+3212345671").says("mijn internet ligt plat").hears
    assert "Gent" not in telvia.ring(to="+3212345673", from_="+32470000009").says("mijn internet ligt plat").hears


@pytest.mark.parametrize("stays", [lambda c: c.says("nee"), lambda c: c.stays_silent(), lambda c: c.presses("0")])
def test_who_stays_is_queued_with_the_story(telvia: Telvia, stays: Callable[[Ringing], Ringing]) -> None:
    post(telvia, "outage")
    caller = stays(telvia.ring().says("mijn internet ligt plat"))
    assert caller.queue == "technical"
    contact = telvia.contact_of(caller)
    assert (contact.stage, contact.words) == (Stage.WAITING, ("mijn internet ligt plat",))


@pytest.mark.parametrize("goes", [lambda c: c.hangs_up(), lambda c: c.says("tot ziens").stays_silent()])
def test_who_knows_enough_and_goes_ends_informed(telvia: Telvia, goes: Callable[[Ringing], Ringing]) -> None:
    post(telvia, "outage")
    assert telvia.contact_of(goes(telvia.ring().says("mijn internet ligt plat"))).stage is Stage.INFORMED


def test_another_topic_is_taken_up_there_and_then(telvia: Telvia) -> None:
    post(telvia, "outage")
    caller = telvia.ring().says("mijn internet ligt plat").says("toch mijn factuur")
    assert "U belt over een factuur" in caller.hears


def test_who_waits_already_hears_it_once_keeps_the_place_and_may_have_the_text(telvia: Telvia) -> None:
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    caller.waits(40)
    number = post(telvia, "outage")
    caller.waits(40)
    assert "In Gent ligt het internet" in caller.hears
    caller.says("vier")
    assert "U mag neerleggen, of blijven wachten" in caller.hears
    assert caller.queue == "technical"
    caller.waits(90)
    assert "In Gent" not in caller.hears
    caller.hangs_up()
    assert telvia.contact_of(caller).stage is Stage.INFORMED
    assert end(telvia.line, telvia.store, number, "els", telvia.worker.clock()) == 1


def test_who_hides_the_number_is_offered_no_text(telvia: Telvia) -> None:
    post(telvia, "outage")
    caller = telvia.ring(from_="anonymous").says("mijn internet ligt plat")
    assert "Blijf aan de lijn voor een medewerker" in caller.hears
    assert caller.says("ja").queue == "technical"


def test_what_concerns_all_is_said_before_the_question(telvia: Telvia) -> None:
    post(telvia, nl="Onze winkels zijn vandaag dicht.")
    caller = telvia.ring()
    assert "Onze winkels zijn vandaag dicht. Waarvoor belt u?" in caller.hears
    assert "winkels" not in caller.says("mijn factuur klopt niet").hears


def test_a_closure_offers_a_callback_and_a_person_stays_one_key_away(telvia: Telvia) -> None:
    post(telvia, "outage", closure=True, nl="Onze technische dienst is geëvacueerd.")
    caller = telvia.ring().says("mijn internet ligt plat")
    assert "geëvacueerd. Zullen wij u terugbellen op" in caller.hears
    caller.says("ja")
    assert telvia.contact_of(caller).listed
    other = telvia.ring(from_="+32470000002").says("mijn internet ligt plat").presses("0")
    assert other.queue == "general"


def test_of_an_area_only_those_hear_who_are_there(telvia: Telvia) -> None:
    post(telvia, "outage", area="Gent")
    caller = telvia.ring().says("mijn internet ligt plat")
    assert "Gaat het over een adres in Gent?" in caller.hears
    assert "ligt het internet" in caller.says("ja").hears
    outside = telvia.ring(from_="+32470000002").says("mijn internet ligt plat").says("nee")
    assert outside.queue == "technical"
    assert "ligt het internet" not in outside.hears


@pytest.mark.parametrize("answers", [lambda one: one.says("ja"), lambda one: one.presses("1")])
def test_who_waits_already_is_asked_once_whether_they_are_there(
    telvia: Telvia, answers: Callable[[Ringing], Ringing]
) -> None:
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    other = telvia.ring(from_="+32470000002").says("mijn internet ligt plat").stays_silent()
    post(telvia, "outage", area="Gent")
    for one in (caller, other):
        one.waits(40)
        assert "Gaat het over een adres in Gent? Zeg ja, of druk 1." in one.hears
    assert "ligt het internet" in answers(caller).hears
    assert "Wilt u een sms zodra het opgelost is" in caller.hears
    other.waits(120)
    assert other.hears.count("Gent") == 1
    assert other.queue == caller.queue == "technical"
    assert "Gent" not in answers(caller).hears


def test_it_expires_by_itself_and_the_texts_wait_for_who_says_that_it_is_solved(telvia: Telvia) -> None:
    number = post(telvia, "outage")
    telvia.ring().says("mijn internet ligt plat").says("ja").stays_silent()
    telvia.passes(1)
    telvia.twilio.advance(3 * 3600)
    later = telvia.ring(from_="+32470000002").says("mijn internet ligt plat")
    assert "Gent" not in later.hears
    [listed] = telvia.store.notices.latest()
    assert (listed.said(telvia.worker.clock()), listed.waiting, listed.by) == (False, 1, "els")
    assert end(telvia.line, telvia.store, number, "jan", telvia.worker.clock()) == 1


def test_texts_go_out_at_their_own_pace_and_once_to_each_number(telvia: Telvia) -> None:
    telvia.changes(notices=NoticesEntry(texts_per_minute=6))
    number = post(telvia, "outage")
    for n in (1, 2, 3, 3):
        telvia.ring(from_=f"+3247000000{n}").says("mijn internet ligt plat").says("ja").stays_silent()
        telvia.passes(1)
    assert end(telvia.line, telvia.store, number, "els", telvia.worker.clock()) == 3
    assert end(telvia.line, telvia.store, number, "els", telvia.worker.clock()) == 0
    telvia.passes(3)
    assert len(texts(telvia)) == 1
    telvia.passes(20)
    assert sorted(to for to, _ in texts(telvia)) == ["+32470000001", "+32470000002", "+32470000003"]


def test_the_report_says_who_was_told_and_what_they_did(telvia: Telvia) -> None:
    number = post(telvia, "outage")
    telvia.ring(from_="+32470000001").says("mijn internet ligt plat").says("ja").stays_silent()
    telvia.ring(from_="+32470000002").says("mijn internet ligt plat").says("nee")
    telvia.ring(from_="+32470000003").says("mijn internet ligt plat").hangs_up()
    telvia.passes(60)
    report = make_report(telvia.line, telvia.store, 1, telvia.worker.clock())
    told = report.notices[str(number)]
    assert (told.told, told.stayed, told.content, told.texts) == (3, 1, 1, 1)
    assert (report.overall.calls, report.overall.informed, report.overall.at_once) == (3, 2, 1)
    assert report.overall.left == 0


def test_of_those_who_wait_already_the_report_counts_who_was_told(telvia: Telvia) -> None:
    """Counted by hand: two wait, and are told; one of them has the text. Of four who ring, one takes it, one stays,
    one speaks a language that it is not in, and one rings about something else."""
    waiting = [telvia.ring(from_=f"+3247000001{n}").says("mijn internet ligt plat").stays_silent() for n in (1, 2)]
    number = post(telvia, "outage")
    telvia.ring(from_="+32470000001").says("mijn internet ligt plat").says("ja").stays_silent()
    telvia.ring(from_="+32470000002").says("mijn internet ligt plat").says("nee")
    telvia.ring("+3212345672", "+32470000003").says("mijn internet ligt plat").stays_silent()
    telvia.ring(from_="+32470000004").says("mijn factuur klopt niet").stays_silent()
    telvia.passes(60)
    waiting[0].presses("4")
    waiting[1].hangs_up()
    telvia.passes(5)
    report = make_report(telvia.line, telvia.store, 1, telvia.worker.clock())
    told, all_ = report.notices[str(number)], report.overall
    assert (told.told, told.stayed, told.content, told.texts) == (4, 2, 0, 2)
    assert (all_.calls, all_.informed, all_.at_once, all_.left) == (6, 1, 5, 0)


@pytest.mark.parametrize(
    ("new", "what"),
    [
        (NewNotice({"nl": "Dit bericht voor iedereen heeft helaas meer dan twaalf woorden en dat is te veel."}), "12"),
        (NewNotice({"nl": "Storing."}, ("outtage",)), "no topic"),
        (NewNotice({"xx": "Storing."}, ("outage",)), "no language"),
        (NewNotice({"nl": "Storing <b>"}, ("outage",)), "nobody speaks"),
        (NewNotice({"nl": "Storing."}, (), "Gent"), "needs its topics"),
        (NewNotice({"nl": " "}, ("outage",)), "no words"),
    ],
)
def test_what_cannot_be_said_is_refused_with_a_mend(telvia: Telvia, new: NewNotice, what: str) -> None:
    with pytest.raises(SettingsError, match=what) as refused:
        add(telvia.line, telvia.store, new, None, "els", telvia.worker.clock())
    assert refused.value.mend


def test_a_callers_text_is_not_sent_once_their_number_is_erased(telvia: Telvia) -> None:
    number = post(telvia, "outage")
    telvia.ring().says("mijn internet ligt plat").says("ja").stays_silent()
    telvia.passes(60)
    erase(telvia.store.source, "+32470123456", telvia.worker.clock())
    assert end(telvia.line, telvia.store, number, "els", telvia.worker.clock()) == 0
    telvia.passes(3)
    assert texts(telvia) == []


def test_a_notice_that_ends_while_it_is_said_harms_nobody(telvia: Telvia) -> None:
    number = post(telvia, "outage")
    caller = telvia.ring().says("mijn internet ligt plat")
    end(telvia.line, telvia.store, number, "els", telvia.worker.clock())
    telvia.passes(1)
    assert "Wilt u een sms" in caller.says("herhaal").hears
    assert caller.says("nee").queue == "technical"


def test_who_asks_for_the_text_of_one_that_ends_meanwhile_has_it_at_once(telvia: Telvia) -> None:
    number = post(telvia, "outage")
    caller = telvia.ring().says("mijn internet ligt plat")
    end(telvia.line, telvia.store, number, "els", telvia.worker.clock())
    telvia.passes(1)
    assert "U krijgt een sms" in caller.says("ja").hears
    telvia.passes(5)
    assert "is opgelost" in texts(telvia)[0][1]


def test_of_two_notices_the_second_comes_before_the_queue_too(telvia: Telvia) -> None:
    post(telvia, "outage")
    post(telvia, "outage", area="Brugge", nl="In Brugge ligt ook de televisie uit.")
    caller = telvia.ring().says("mijn internet ligt plat")
    assert "In Gent ligt het internet" in caller.hears
    assert "Gaat het over een adres in Brugge?" in caller.says("nee").hears
    assert "In Brugge ligt ook de televisie uit." in caller.says("ja").hears
    assert caller.says("nee").queue == "technical"


def test_a_closure_comes_before_whatever_else_is_going_on(telvia: Telvia) -> None:
    post(telvia, "outage")
    post(telvia, "outage", closure=True, nl="Onze technische dienst is geëvacueerd.")
    caller = telvia.ring().says("mijn internet ligt plat")
    assert "geëvacueerd. Zullen wij u terugbellen op" in caller.hears


def test_who_waits_when_a_closure_is_set_is_offered_a_callback(telvia: Telvia) -> None:
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent().waits(40)
    post(telvia, "outage", closure=True, nl="Onze technische dienst is geëvacueerd.")
    caller.waits(40)
    assert "geëvacueerd. Wilt u liever teruggebeld worden?" in caller.hears
    assert "sms" not in caller.hears
