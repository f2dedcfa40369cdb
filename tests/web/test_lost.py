"""Callers whom a line would lose: numbers in breaths, commands that are denied, another number, a farewell."""

import pytest

from tests.conftest import SCRIPT, Ringing, Scripted, Telvia, routed
from voice.core.call.state import State
from voice.core.contact.state import Stage
from voice.core.interpretation import Command, Interpretation

DIGITS = {
    "nul vier zeven nul": "0470", "twaalf vierendertig": "1234", "zesenvijftig": "56", "vijfentwintig": "25",
    "vijfendertig": "35", "oh seven four double oh": "07400", "two one eight": "218", "three double six": "366",
}  # fmt: skip


@pytest.fixture
def telvia(open_line: object) -> Telvia:
    meanings = {words: Interpretation(digits=digits) for words, digits in DIGITS.items()}
    for words in ("bel mij alstublieft niet terug ik wacht", "please don't call me back, I'll hold"):
        meanings[words] = Interpretation(command=Command.CALLBACK)
    meanings["op een ander nummer graag"] = routed("mobile")
    meanings["sorry english please my bill is wrong"] = Interpretation(command=Command.LANGUAGE, language="en")
    return open_line(Denying({**SCRIPT, **meanings}))  # type: ignore[operator,no-any-return]


class Denying(Scripted):
    """Knows what else an utterance may be, where a command is none of it."""

    def understand(self, text: str, _language: str, **moment: object) -> Interpretation:
        if "bill" in text and "language" in moment.get("without", ()):  # type: ignore[operator]
            return routed("billing")
        meaning = super().understand(text, _language)
        denied = meaning.command is not None and meaning.command.value in moment.get("without", ())  # type: ignore[operator]
        return Interpretation() if denied else meaning


def waiting(telvia: Telvia, from_: str = "+32470999999") -> Ringing:
    return telvia.ring(from_=from_).says("mijn internet ligt plat").stays_silent()


def test_a_number_is_said_in_two_breaths_and_only_the_rest_is_asked_for(telvia: Telvia) -> None:
    caller = waiting(telvia, "anonymous").presses("9").says("nul vier zeven nul")
    assert caller.hears == "Tot nu toe heb ik: nul vier, zeventig. Hoe gaat het nummer verder?"
    caller.says("twaalf vierendertig").says("zesenvijftig")
    assert caller.hears.startswith("Wij bellen u terug op nul vier, zeventig, twaalf, vierendertig, zesenvijftig.")
    caller.says("ja")
    assert telvia.contact_of(caller).number == "+32470123456"


def test_a_correction_replaces_the_digits_that_it_corrects(telvia: Telvia) -> None:
    caller = waiting(telvia, "anonymous").presses("9").says("nul vier zeven nul").says("twaalf vierendertig")
    caller.says("vijfentwintig, nee wacht, vijfendertig")
    assert caller.hears.startswith("Wij bellen u terug op nul vier, zeventig, twaalf, vierendertig, vijfendertig.")


def test_a_number_may_be_in_the_home_form_of_another_country(telvia: Telvia) -> None:
    caller = waiting(telvia, "anonymous").presses("9")
    caller.says("oh seven four double oh").says("two one eight").says("three double six").says("ja")
    assert telvia.contact_of(caller).number == "+447400218366"


def test_who_can_give_no_number_is_written_down_with_their_words(telvia: Telvia) -> None:
    an = telvia.hire("An", "+32470000001")
    telvia.store.agents.sign_out(an.name)
    caller = telvia.ring(from_="anonymous").says("mijn internet ligt plat").says("ja")
    assert caller.call.state is State.NUMBER
    caller.says("geen idee")
    assert "genoteerd dat u belde" in caller.hears
    contact = telvia.contact_of(caller)
    assert (contact.stage, contact.words[0]) == (Stage.ABANDONED, "mijn internet ligt plat")


def test_a_denied_command_is_not_that_command(telvia: Telvia) -> None:
    caller = waiting(telvia).says("bel mij alstublieft niet terug ik wacht")
    assert caller.queue == "technical"


def test_who_would_rather_wait_goes_back_to_the_queue_with_the_place(telvia: Telvia) -> None:
    caller = waiting(telvia)
    arrived = telvia.contact_of(caller).arrived
    caller.presses("9").says("bel mij alstublieft niet terug ik wacht")
    assert (caller.queue, telvia.contact_of(caller).arrived) == ("technical", arrived)


def test_another_number_is_no_mobile_topic_where_a_callback_is_arranged(telvia: Telvia) -> None:
    caller = waiting(telvia).presses("9").says("op een ander nummer graag")
    assert caller.call.state is State.NUMBER


def test_a_change_of_language_keeps_what_else_was_said(telvia: Telvia) -> None:
    caller = telvia.ring().says("sorry english please my bill is wrong")
    assert (caller.call.language, caller.call.intent, caller.call.state) == ("en", "billing", State.ANNOUNCE)


def test_who_looks_for_the_number_has_a_moment_more(telvia: Telvia) -> None:
    caller = waiting(telvia, "anonymous").presses("9").says("wacht, ik zoek het even").says("momentje nog")
    assert caller.call.state is State.NUMBER
    assert caller.says("nul vier zeven nul").call.dictated == "0470"


def test_the_first_digits_of_another_number_answer_the_number_that_is_read_back(telvia: Telvia) -> None:
    caller = waiting(telvia).presses("9").says("nul vier zeven nul").says("twaalf vierendertig").says("zesenvijftig")
    assert (caller.call.state, caller.call.number) == (State.CALLBACK, "+32470123456")
