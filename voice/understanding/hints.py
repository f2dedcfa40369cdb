"""What the recogniser should expect: the most telling words and phrases of the grammar, by the moment of the call.

Twilio takes at most 500 hints of at most 100 characters, told apart by commas
(https://www.twilio.com/docs/voice/twiml/gather#hints). They travel with every answer, so the open question gets the
telling half of that.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from voice.content import Grammar
from voice.core.call.actions import Listen
from voice.core.interpretation import Command
from voice.understanding.features import Features, Floats
from voice.understanding.normalise import NUMBER, normalise

MOST = {Listen.OPEN: 250, Listen.MENU: 120}
MOST_OTHERWISE = 60
LONGEST = 100
LONGEST_PHRASE = 4
"""Words of a phrase worth telling the recogniser: a whole story is never said twice alike."""

SHORTEST_WORD = 4
"""In letters; a sign that is a syllable counts as those in it."""

PER_COMMAND = 5


def choose_hints(
    grammar: Grammar, features: Features, weights: Floats, topics: Sequence[str], column: Mapping[str, int]
) -> dict[str, tuple[str, ...]]:
    """Hints by the moment's name, the most telling first."""
    telling = _telling(grammar, features, weights, topics, column)
    commands = _in_turn([_short(grammar, command.value)[:PER_COMMAND] for command in Command])
    answers = _in_turn([_short(grammar, Command.YES), _short(grammar, Command.NO)])
    choice = _in_turn([list(words) for words in grammar.lists.get("choice", {}).values()])
    numbers = _in_turn([list(words)[:3] for words in grammar.lists.get("number", {}).values()])
    topics_first = _in_turn(telling)
    wanted: dict[Listen, list[str]] = {
        Listen.OPEN: [*topics_first[: MOST[Listen.OPEN] - len(commands)], *commands],
        Listen.YES_NO: [*answers, *commands],
        Listen.OBJECTION: [*_short(grammar, Command.NO), *_short(grammar, Command.BACK), *commands],
        Listen.CHOICE: [*choice[:30], *_in_turn([words[:3] for words in telling]), *commands],
        Listen.MENU: [*numbers, *commands, *topics_first],
        Listen.NUMBER: [*numbers, *commands],
    }
    return {listen.value: _fit(hints, MOST.get(listen, MOST_OTHERWISE)) for listen, hints in wanted.items()}


def _telling(
    grammar: Grammar, features: Features, weights: Floats, topics: Sequence[str], column: Mapping[str, int]
) -> list[list[str]]:
    """For each topic the words, and pairs of words, that speak for it most."""
    lists = []
    for topic in topics:
        said = Counter(gram for p in grammar.phrases if p.intent == topic for gram in _grams(p.text, grammar.language))
        places = np.array([features.places[0].get(gram, 0) for gram in said], dtype=np.intp)
        # A word that speaks for a topic and is often said of it; rare words are told by their weight alone.
        worth = weights[places, column[topic]] * features.weights[places] * np.log1p(list(said.values()))
        names = [gram for _, gram in sorted(zip(-worth, said, strict=True)) if gram in features.places[0]]
        lists.append([name for name in names if all(_letters(word) >= SHORTEST_WORD for word in name.split())])
    return lists


def _letters(word: str) -> int:
    return len(unicodedata.normalize("NFD", word))


def _grams(text: str, language: str) -> set[str]:
    words = normalise(text, language)
    return {*words, *(f"{first} {second}" for first, second in pairwise(words))} - {NUMBER}


def _short(grammar: Grammar, intent: str) -> list[str]:
    phrases = [p.text for p in grammar.phrases if p.intent == intent and len(p.text.split()) <= LONGEST_PHRASE]
    return sorted(phrases, key=lambda text: len(text.split()))


def _in_turn(lists: Iterable[Sequence[str]]) -> list[str]:
    """The first of each, the second of each, and so on."""
    columns = [list(each) for each in lists]
    deepest = max(map(len, columns), default=0)
    return [column[at] for at in range(deepest) for column in columns if at < len(column)]


def _fit(hints: Iterable[str], most: int) -> tuple[str, ...]:
    clean = (" ".join(hint.replace(",", " ").split()) for hint in hints)
    return tuple(dict.fromkeys(hint for hint in clean if 0 < len(hint) <= LONGEST))[:most]
