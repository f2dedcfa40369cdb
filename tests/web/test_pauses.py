"""How long the line listens: seconds by the state, and by the operator."""

import re

from tests.conftest import Ringing, Telvia
from voice.core.call.state import State
from voice.core.call.states import LISTENING, Pauses
from voice.twilio.caller_documents import KEY_PAUSE


def quiet(caller: Ringing) -> tuple[int, int]:
    """How long is listened, and speechTimeout."""
    asked = caller.documents[-1]
    [pause, *_] = re.findall(r' speechTimeout="(\d+)"', asked)
    return sum(map(int, re.findall(r' timeout="(\d+)"', asked))), int(pause)


def test_a_caller_who_thinks_aloud_has_two_seconds_and_one_who_says_yes_is_answered_at_once(telvia: Telvia) -> None:
    caller = telvia.ring()
    assert quiet(caller) == (5, 2)
    assert quiet(caller.says("iets met betalen")) == (5, 1)
    assert quiet(caller.says("nee, het gaat over mijn gsm")) == (2, 1)


def test_a_number_may_be_dictated_in_two_breaths(telvia: Telvia) -> None:
    caller = telvia.ring(from_="anonymous").says("bel me terug")
    assert caller.call.state is State.NUMBER
    assert quiet(caller) == (10, 2)


def test_the_operator_gives_callers_more_time(telvia: Telvia) -> None:
    telvia.changes(pauses=LISTENING | {State.QUESTION: Pauses(silence=8, pause=4)})
    assert quiet(telvia.ring()) == (8, 4)


def test_a_nought_alone_means_a_person_and_is_not_waited_behind(telvia: Telvia) -> None:
    caller = telvia.ring(from_="anonymous").says("bel me terug")
    waited = re.findall(r' timeout="(\d+)"', caller.documents[-1])
    assert max(map(int, waited)) == KEY_PAUSE
    assert caller.presses("0").queue == "general"


def test_a_number_that_begins_with_a_nought_is_keyed_whole_or_in_two_goes(telvia: Telvia) -> None:
    caller = telvia.ring(from_="anonymous").says("bel me terug")
    assert caller.presses("0471000000").call.number == "+32471000000"
    other = telvia.ring(from_="anonymous").says("bel me terug").presses("0471")
    assert "Tot nu toe heb ik" in other.hears
    assert other.presses("000000").call.number == "+32471000000"


def test_silence_where_a_number_is_asked_for_is_waited_for_as_long_as_before(telvia: Telvia) -> None:
    caller = telvia.ring(from_="anonymous").says("bel me terug")
    before = telvia.worker.clock()
    caller.stays_silent()
    assert (telvia.worker.clock() - before).total_seconds() >= LISTENING[State.NUMBER].silence
