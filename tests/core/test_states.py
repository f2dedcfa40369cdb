"""The states as data: every one is there, and the tables agree with it."""

from voice.core.call.state import State
from voice.core.call.states import LISTENING, STATES
from voice.core.call.table import QUESTIONS, TABLE


def test_every_state_has_its_facts_and_its_rows() -> None:
    assert set(STATES) == set(TABLE) == set(State)
    assert all(facts.about for facts in STATES.values())


def test_a_question_listens_and_so_does_a_queue() -> None:
    assert set(LISTENING) == {*QUESTIONS, State.HOLD}


def test_only_questions_are_counted() -> None:
    assert {state for state, facts in STATES.items() if facts.counted} <= set(QUESTIONS)
