"""One of the options that were told, with whatever people say around it."""

import pytest

from voice.content import Line
from voice.core.call.state import State
from voice.core.interpretation import Choice, Command
from voice.understanding import Trained

pytestmark = pytest.mark.long


@pytest.mark.parametrize("state", [State.MENU, State.CHOICE])
@pytest.mark.parametrize(
    ("language", "said", "key"),
    [
        ("nl", "geef mij maar nummer een", "1"),
        ("fr", "le numéro un je vous prie", "1"),
        ("fr", "je prendrais le deux", "2"),
        ("de", "ich nehme die drei", "3"),
        ("en", "I'd go for two", "2"),
    ],
)
def test_a_key_is_heard_among_words_that_only_choose(
    shipped: tuple[Line, Trained], state: State, language: str, said: str, key: str
) -> None:
    meaning = shipped[1].understand(said, language, state=state)
    assert (meaning.digits, meaning.command, meaning.safety) == (key, None, None)


@pytest.mark.parametrize(
    ("language", "said", "choice"),
    [
        ("nl", "doe maar de tweede alstublieft", Choice.SECOND),
        ("de", "die zweite bitte", Choice.SECOND),
        ("en", "give me the third one", Choice.THIRD),
        ("fr", "les deux s'il vous plaît", Choice.BOTH),
    ],
)
def test_a_place_too(shipped: tuple[Line, Trained], language: str, said: str, choice: Choice) -> None:
    assert shipped[1].understand(said, language, state=State.CHOICE).choice is choice


def test_more_than_a_choice_is_what_it_says(shipped: tuple[Line, Trained]) -> None:
    understand = shipped[1].understand
    assert understand("geef mij een medewerker", "nl", state=State.MENU).command is Command.AGENT
    assert not understand("I got two bills this month", "en", state=State.MENU).digits
