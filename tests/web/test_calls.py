"""Whole calls over signed webhooks, with the words that a caller hears."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.conftest import Ringing, Scripted, Telvia, routed
from voice.core.call.state import Outcome, State
from voice.core.interpretation import Choice, Interpretation
from voice.core.queue.hours import Hours

pytestmark = pytest.mark.slow


def test_one_question_and_straight_into_the_queue(caller: Ringing) -> None:
    assert caller.hears == (
        "Welkom bij Telvia. U spreekt met een computer. Wat u zegt, bewaren we 30 dagen. "
        "Waarvoor belt u? Zeg het in uw eigen woorden, of zeg: medewerker."
    )
    caller.says("mijn internet ligt plat")
    assert "U belt over een storing thuis. Ik verbind u door." in caller.hears
    caller.stays_silent()
    assert caller.queue == "technical"
    assert (caller.call.outcome, caller.call.questions) == (Outcome.QUEUED, 1)


def test_the_greeting_says_that_it_is_a_machine_and_how_long_words_are_kept(telvia: Telvia) -> None:
    machine = {"nl": "computer", "fr": "automatique", "de": "Computer", "en": "computer"}
    for number, language in telvia.line.plan.numbers.items():
        hears = telvia.ring(to=number).hears
        assert machine[language] in hears
        assert " 30 " in hears


def test_the_number_dialled_chooses_the_language(telvia: Telvia) -> None:
    caller = telvia.ring(to="+3212345671")
    assert "Bienvenue chez Telvia" in caller.hears
    assert caller.person.gather is not None
    assert caller.person.gather.language == "fr-FR"


def test_the_language_changes_by_voice_and_by_key(caller: Ringing) -> None:
    assert caller.says("en français").hears == "Quelle est la raison de votre appel ?"
    assert caller.presses("8").hears == "What are you ringing about?"
    assert caller.presses("7").hears.startswith("Worum geht es")


def test_speech_breaks_into_the_prompt(telvia: Telvia) -> None:
    caller = telvia.ring(patient=False).says("mijn internet ligt plat")
    assert caller.person.heard[0].cut
    assert caller.call.intent == "outage"


def test_a_short_no_takes_the_announcement_back(caller: Ringing) -> None:
    caller.says("mijn internet ligt plat").says("nee")
    assert caller.hears.startswith("Excuseer, dan heb ik u verkeerd begrepen.")
    assert not caller.queue


def test_a_correction_is_used_at_once(caller: Ringing) -> None:
    caller.says("iets met betalen")
    assert caller.hears == "Gaat het over een factuur?"
    assert "uw gsm" in caller.says("nee, het gaat over mijn gsm").hears


def test_two_topics_and_something_else(caller: Ringing) -> None:
    caller.says("factuur of gsm")
    assert "over uw gsm, of over iets anders?" in caller.hears
    assert caller.says("iets anders").hears.startswith("Excuseer")
    assert Ringing is type(caller)


def test_silence_and_nonsense_are_told_apart_and_end_with_a_person(caller: Ringing) -> None:
    assert caller.stays_silent().hears.startswith("Ik heb u niet gehoord.")
    assert "druk 1" in caller.says("blabla").hears
    assert caller.says("blabla").queue == "general"
    assert caller.call.outcome is Outcome.AGENT


def test_0_is_a_person_at_once(caller: Ringing) -> None:
    caller.presses("0")
    assert caller.queue == "general"
    assert "waarover het gaat" in caller.hears


def test_hold_says_where_the_caller_stands(telvia: Telvia) -> None:
    first = telvia.ring().says("mijn internet ligt plat").stays_silent()
    assert "U bent als eerste aan de beurt." in first.hears
    second = telvia.ring().says("mijn internet ligt plat").stays_silent()
    assert "Er is nog één persoon voor u." in second.hears
    third = telvia.ring().says("mijn internet ligt plat").stays_silent()
    assert "Er zijn nog 2 mensen voor u." in third.hears
    first.hangs_up()
    third.waits(60)
    assert "Er is nog één persoon voor u." in " ".join(u.text for u in third.person.heard)


def test_a_callback_from_hold_is_taken_stored_and_confirmed(caller: Ringing) -> None:
    caller.says("mijn internet ligt plat").stays_silent().presses("9")
    assert caller.hears == "Wij bellen u terug op nul vier, zeventig, twaalf, vierendertig, zesenvijftig. Is dat goed?"
    caller.says("ja")
    assert caller.hears.startswith("Genoteerd.")
    assert caller.person.ended
    [contact] = caller.store.contacts_of(caller.person.sid)
    assert (contact.number, contact.queue, contact.stage) == ("+32470123456", "technical", "waiting")
    assert contact.arrived == caller.call.arrived


@pytest.mark.parametrize("give", ["presses", "says"])
def test_another_number_is_taken_by_key_and_by_voice(caller: Ringing, give: str) -> None:
    caller.says("bel me terug").says("nee")
    if give == "presses":
        caller.presses("0471000000#")
    else:
        caller.says("nul vier zeven één nul nul nul nul nul nul")
    assert caller.hears == "Wij bellen u terug op nul vier, eenenzeventig, nul nul, nul nul, nul nul. Is dat goed?"
    caller.presses("1")
    assert caller.store.contacts_of(caller.person.sid)[0].number == "+32471000000"


def test_of_half_a_number_the_rest_is_asked(caller: Ringing) -> None:
    caller.says("bel me terug").says("nee").presses("0471#")
    assert caller.hears == "Tot nu toe heb ik: nul vier, eenenzeventig. Hoe gaat het nummer verder?"
    assert caller.presses("000000#").hears.startswith("Wij bellen u terug op nul vier, eenenzeventig, nul nul, nul nul")


def test_of_a_number_that_is_none_another_is_taken(caller: Ringing) -> None:
    caller.says("bel me terug").says("nee").presses("0999999999#")
    assert caller.presses("0471000000#").hears.startswith("Wij bellen u terug op nul vier, eenenzeventig, nul nul")


def test_a_hidden_number_is_asked_for(telvia: Telvia) -> None:
    assert "welk nummer" in telvia.ring(from_="anonymous").presses("9").hears


@pytest.mark.parametrize("at", [datetime(2026, 12, 25, 9, tzinfo=UTC)])
def test_a_closed_queue_is_told_and_a_callback_offered(caller: Ringing) -> None:
    caller.says("mijn factuur klopt niet")
    assert "De facturatiedienst is nu gesloten, en weer open vanaf vanavond om middernacht." in caller.hears
    assert caller.hears.endswith("Zullen wij u terugbellen op nul vier, zeventig, twaalf, vierendertig, zesenvijftig?")
    caller.says("ja")
    assert caller.call.outcome is Outcome.CALLBACK
    assert caller.store.contacts_of(caller.person.sid)[0].promised is not None


WHY = {
    "full": {
        "nl": "De wachtrij is op dit moment vol. Zullen wij u terugbellen",
        "fr": "La file d'attente est complète pour le moment. Voulez-vous que nous vous rappelions",
        "de": "Die Warteschlange ist im Moment voll. Sollen wir Sie unter",
        "en": "The queue is full at the moment. Shall we ring you back",
    },
    "closing": {
        "nl": "De technische dienst sluit voordat u aan de beurt komt, en is weer open vanaf morgen om 8 uur. Zullen",
        "fr": "Le service technique ferme avant que ce soit votre tour, et rouvre demain à 8 heures. Voulez-vous",
        "de": "Der technische Dienst schließt, bevor Sie an der Reihe sind, und öffnet morgen um 8",
        "en": "Our technical team will close before it's your turn, and opens again tomorrow at 8 am. Shall",
    },
}
LATE_CALLERS = {"nl": "+3212345670", "fr": "+3212345671", "de": "+3212345672", "en": "+3212345673"}


@pytest.mark.parametrize("language", LATE_CALLERS)
@pytest.mark.parametrize("trouble", WHY)
def test_a_queue_that_is_full_or_about_to_close_says_so_and_offers_a_callback(
    telvia: Telvia, trouble: str, language: str
) -> None:
    """Ten have been helped, each in some minutes; two wait, and one is being helped."""
    rules = telvia.line.plan.queues["technical"]
    hours = Hours((((8 * 60, 11 * 60),),) * 7)
    rules = replace(rules, full_at=2) if trouble == "full" else replace(rules, hours=hours)
    telvia.changes(plan=replace(telvia.line.plan, queues=telvia.line.plan.queues | {"technical": rules}))
    an = telvia.hire("An", "+32470000001", "technical")
    for n in range(5):
        helped = telvia.ring(from_=f"+3247000010{n}").says("mijn internet ligt plat").stays_silent()
        an.accepts()
        telvia.passes(400)
        helped.hangs_up()
        telvia.passes(20)
    for n in range(3):
        telvia.ring(from_=f"+3247000011{n}").says("mijn internet ligt plat").stays_silent()
        telvia.passes(2)
        if not n:
            an.accepts()
    caller = telvia.ring(to=LATE_CALLERS[language]).says("mijn internet ligt plat")
    assert caller.hears.startswith(WHY[trouble][language])
    caller.says("ja")
    assert ("morgen terug, tussen 8 uur en" in caller.hears) == (trouble == "closing" and language == "nl")
    assert telvia.contact_of(caller).listed


def test_back_from_hold_asks_anew(caller: Ringing) -> None:
    caller.says("mijn internet ligt plat").stays_silent().presses("*")
    assert caller.hears == "Geen probleem, we beginnen opnieuw. Waarvoor belt u?"
    assert caller.queue == ""
    assert caller.says("mijn factuur klopt niet").stays_silent().queue == "billing"


def test_goodbye_ends_with_words(caller: Ringing) -> None:
    assert caller.says("tot ziens").hears == "Dank u wel en tot ziens."
    assert not caller.person.ended
    caller.stays_silent()
    assert caller.person.ended


def test_a_hang_up_is_known(caller: Ringing) -> None:
    caller.says("mijn internet ligt plat").stays_silent().hangs_up()
    assert caller.call.state is State.OVER
    assert caller.call.outcome is Outcome.QUEUED


def test_the_other_of_two_things_goes_along(caller: Ringing) -> None:
    caller.says("verhuizing en factuur")
    assert caller.hears.startswith("Waarmee beginnen we")
    assert caller.says("de eerste").queue == "orders"
    assert caller.call.note == "billing"


def test_every_gather_is_as_the_documentation_asks(caller: Ringing) -> None:
    gather = caller.person.gather
    assert gather is not None
    assert gather.input == frozenset({"dtmf", "speech"})
    assert gather.action_on_empty_result
    assert gather.hints == ("factuur", "internet", "verhuizen")
    assert 'profanityFilter="false"' in caller.documents[0]
    assert "speechModel" not in caller.documents[0]


def test_what_a_caller_says_reaches_the_right_understanding(open_line: Callable[..., Telvia]) -> None:
    telvia = open_line(Scripted({"wat dan ook": routed("mobile")}))
    assert telvia.ring().says("wat dan ook").stays_silent().queue == "mobile"


def test_keys_at_random_leave_nobody_in_another_language_and_promise_nothing(telvia: Telvia) -> None:
    """A pocket presses, or a child."""
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    for key in "159357":
        caller.presses(key)
    assert not caller.person.ended
    assert caller.queue == "technical"
    other = telvia.ring(from_="+32470000002").presses("6").presses("7").presses("3")
    assert other.call.language == "nl"


def test_a_language_key_that_was_the_wrong_one_is_put_right_by_the_next(telvia: Telvia) -> None:
    assert telvia.ring().presses("6").presses("7").says("ich habe eine Frage").call.language == "de"


def test_a_key_pressed_twice_changes_the_language_all_the_same(telvia: Telvia) -> None:
    assert telvia.ring().presses("8").presses("8").call.language == "en"


def test_an_option_is_chosen_by_its_place(telvia: Telvia) -> None:
    script = telvia.understanding.meanings  # type: ignore[attr-defined]
    script |= {"de derde": Interpretation(choice=Choice.THIRD), "de laatste": Interpretation(choice=Choice.LAST)}
    script |= {"allebei": Interpretation(choice=Choice.BOTH)}
    assert telvia.ring().presses("1").says("de derde").queue == "mobile"
    assert telvia.ring(from_="+32470000002").presses("1").says("de laatste").queue == "orders"
    assert telvia.ring(from_="+32470000003").says("factuur of gsm").says("de laatste").queue == "mobile"
    both = telvia.ring(from_="+32470000004").says("factuur of gsm").says("allebei")
    assert (both.queue, both.call.note) == ("billing", "mobile")
