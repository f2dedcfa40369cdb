"""Sentence templates: hassil's (https://github.com/OHF-Voice/hassil), parsed and expanded by that library.

Its strict matcher is not used: it finds half a percent of what callers really say. A template is checked without being
expanded, by the names it refers to and the number of sentences it makes: one with a slip in it may make millions.
"""

import functools
import math
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from hassil.expression import (
    Alternative,
    Expression,
    Group,
    ListReference,
    Permutation,
    RuleReference,
    Sentence,
    TextChunk,
)
from hassil.intents import TextSlotList
from hassil.parse_expression import parse_sentence
from hassil.parser import ParseError
from hassil.sample import sample_sentence

BRACKETS = {"(": ")", "[": "]", "{": "}", "<": ">"}
MARKS = frozenset({*BRACKETS, *BRACKETS.values(), "|"})
"""What makes a template of a text."""

MOST_SENTENCES = 20_000
"""Sentences of one template. More is a slip of the writer, and would fill the memory before it is seen."""

DEEPEST = 20
"""Rules inside one another: hassil gives up at 24."""

Rules = Mapping[str, Sentence]
Slots = Mapping[str, TextSlotList]


@dataclass(frozen=True)
class Phrase:
    """What a caller may say, and where it is written. A template's phrase is one of its expansions."""

    text: str
    intent: str
    path: str
    line: int
    template: bool = False


@dataclass(frozen=True)
class Template:
    text: str
    intent: str
    path: str
    line: int
    parsed: Sentence
    rules: Rules
    slots: Slots

    def shortest(self) -> str:
        """One of its sentences, without what may be left out: for its length alone."""
        return _shortest(self.parsed.expression, self.rules)

    def expanded(self, most: int | None = None) -> Iterator[Phrase]:
        """Its sentences, each once; at most `most`, drawn evenly and alike each time."""
        texts = list(dict.fromkeys(sample_sentence(self.parsed, dict(self.slots), dict(self.rules))))
        if most is not None and len(texts) > most:
            texts = random.Random(self.text).sample(texts, most)
        for text in texts:
            yield Phrase(text.strip(), self.intent, self.path, self.line, template=True)


@functools.lru_cache(maxsize=8192)
def parse(text: str) -> Sentence:
    """Raises ValueError, which says what is wrong, for a text that is no template. A file saved again has most of
    its templates as they were, so what was parsed is kept."""
    open_brackets: list[str] = []
    for sign in re.sub(r"\\.", "", text):
        if sign in BRACKETS:
            open_brackets.append(sign)
        elif sign in BRACKETS.values() and (not open_brackets or BRACKETS[open_brackets.pop()] != sign):
            raise ValueError(f"{sign} closes what is not open")
    if open_brackets:
        raise ValueError(f"{open_brackets[-1]} is never closed")
    try:
        return parse_sentence(text)
    except (ParseError, ValueError, IndexError, AssertionError, RecursionError):
        raise ValueError("a pair of brackets is empty, or mixes | and ;") from None


def _shortest(expression: Expression, rules: Rules) -> str:
    match expression:
        case RuleReference():
            return _shortest(rules[expression.rule_name].expression, rules)
        case Alternative():
            return min((_shortest(item, rules) for item in expression.items), key=len, default="")
        case Group():
            return "".join(_shortest(item, rules) for item in expression.items)
        case ListReference():
            return "…"
        case TextChunk():
            return expression.text
        case _:
            return ""


def spoken(template: str) -> str:
    """What of a template is words: no brackets, rules and lists."""
    return re.sub(r"<[^>]*>|\{[^}]*\}|[()\[\]|;\\]", " ", template)


def references(sentence: Sentence) -> Iterator[str]:
    """Every `<rule>` and `{list}` that the sentence names, as it is written."""
    return _references(sentence.expression)


def _references(expression: Expression) -> Iterator[str]:
    if isinstance(expression, RuleReference):
        yield f"<{expression.rule_name}>"
    elif isinstance(expression, ListReference):
        yield f"{{{expression.list_name}}}"
    elif isinstance(expression, Group):
        for item in expression.items:
            yield from _references(item)


def depths(rules: Rules) -> dict[str, int] | None:
    """How many rules stand inside one another in each; None where one of them calls itself."""
    named = {name: [ref[1:-1] for ref in references(sentence) if ref[0] == "<"] for name, sentence in rules.items()}
    found: dict[str, int] = {}
    try:
        for name in TopologicalSorter(named).static_order():
            found[name] = 1 + max((found[inner] for inner in named.get(name, ())), default=0)
    except CycleError:
        return None
    return found


def circle(name: str, rules: Rules) -> tuple[str, ...]:
    """The way from a rule back to itself, through the rules that it names; empty when there is none."""
    ways: list[tuple[str, ...]] = [(name,)]
    seen = {name}
    while ways:
        way = ways.pop(0)
        for reference in references(rules[way[-1]]):
            target = reference[1:-1]
            if reference == f"<{name}>":
                return (*way, name)
            if reference[0] == "<" and target in rules and target not in seen:
                seen.add(target)
                ways.append((*way, target))
    return ()


def sentences(expression: Expression, rules: Rules, slots: Slots) -> int:
    """How many sentences it makes, the same one twice counted twice. Its rules and lists exist and make no circle."""
    match expression:
        case RuleReference():
            return sentences(rules[expression.rule_name].expression, rules, slots)
        case ListReference():
            return len(slots[expression.list_name].values)
        case Alternative():
            return sum(sentences(item, rules, slots) for item in expression.items)
        case Permutation():
            product = math.prod(sentences(item, rules, slots) for item in expression.items)
            return product * math.factorial(len(expression.items))
        case Group():
            return math.prod(sentences(item, rules, slots) for item in expression.items)
        case _:
            return 1
