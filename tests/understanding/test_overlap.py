"""Which phrases would be taken for another intent's."""

import pytest

from voice.content import Grammar, Phrase
from voice.understanding.evaluation.overlap import overlaps

INTENTS = ("billing", "repair", "agent", "callback", "repeat", "back", "yes", "no", "goodbye", "language", "none")
SAID = {
    "billing": ["my bill is wrong", "the invoice is too high", "i paid twice"],
    "repair": ["the lamp is broken", "my bike makes a noise", "it will not charge"],
    "agent": ["a person please"],
    "callback": ["ring me back"],
    "repeat": ["say that again"],
    "back": ["start over"],
    "yes": ["yes"],
    "no": ["no"],
    "goodbye": ["bye"],
    "language": ["in dutch"],
    "none": ["is this the bakery", "what time is it"],
}


def grammar(**more: str) -> Grammar:
    said = [(intent, text) for intent, texts in SAID.items() for text in texts] + [*more.items()]
    return Grammar("en", {}, tuple(Phrase(text, intent, "x.yaml", n) for n, (intent, text) in enumerate(said, 1)), ())


def found(grammar: Grammar) -> set[tuple[str, str]]:
    return {(each.phrase.text, each.intent) for each in overlaps(grammar, (), ("billing", "repair"), INTENTS)}


@pytest.mark.parametrize("many", [0, 1, 2, 3, 8])
def test_a_line_of_hardly_any_phrases_is_judged_without_a_fault(many: int) -> None:
    few = grammar().phrases[:many]
    assert overlaps(Grammar("en", {}, few, ()), (), ("billing", "repair"), INTENTS) == []


def test_what_is_said_in_nearly_the_same_words_is_found_once() -> None:
    assert found(grammar()) == set()
    pairs = found(grammar(repair="the invoice is far too high"))
    assert pairs & {("the invoice is far too high", "billing"), ("the invoice is too high", "repair")}
    assert len(pairs) == 1


def test_two_commands_that_are_alike_are_nobodys_fault() -> None:
    assert found(grammar(repeat="ring me back again")) == set()
