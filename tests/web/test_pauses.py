"""How long the line listens: seconds by the state, and by the operator."""

import re

from tests.conftest import Ringing, Telvia
from voice.core.call.state import State
from voice.core.call.states import LISTENING, Pauses


def quiet(caller: Ringing) -> tuple[int, int]:
    """(timeout, speechTimeout) of the last Gather."""
    asked = caller.documents[-1]
    return tuple(int(re.search(rf' {name}="(\d+)"', asked)[1]) for name in ("timeout", "speechTimeout"))  # type: ignore


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
