"""`grammars/<lang>/` → what callers say: phrases, and sentence templates expanded.

Templates are hassil's (https://github.com/OHF-Voice/hassil), parsed and expanded by that library. Its strict matcher is
not used: it finds half a percent of what callers really say.
"""

import itertools
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hassil.errors import HassilError
from hassil.expression import Sentence
from hassil.intents import TextSlotList
from hassil.parse_expression import parse_sentence
from hassil.parser import ParseError
from hassil.sample import sample_sentence

from voice.content.files import Document, nearest, read_yaml
from voice.errors import ContentError, Problem

SHARED = "_shared.yaml"
SPECIAL_LISTS = ("language", "number", "choice")
"""Lists with a meaning to the line itself: see docs/grammars.md."""

MARKS = frozenset("()[]{}<>|")
LARGEST_EXPANSION = 20_000
"""Sentences of one template. More is a mistake of the writer, and would fill the memory before it is seen."""


@dataclass(frozen=True)
class Phrase:
    """What a caller may say, and where it is written. A template's phrase is one of its expansions."""

    text: str
    intent: str
    path: str
    line: int
    template: bool = False


@dataclass(frozen=True)
class Grammar:
    """One language's grammar files, checked.

    `lists` maps a list to its values, and each value to the words for it. `phrases` stand as written, `templates` are
    (text as written, parsed) in `Template`s.
    """

    language: str
    lists: Mapping[str, Mapping[str, tuple[str, ...]]]
    phrases: tuple[Phrase, ...]
    templates: tuple["Template", ...]

    def expanded(self, most: int | None = None) -> Iterator[Phrase]:
        """Every phrase, and every sentence of every template; at most `most` a template, drawn evenly and alike
        each time."""
        yield from self.phrases
        for template in self.templates:
            yield from template.expanded(most)


@dataclass(frozen=True)
class Template:
    text: str
    intent: str
    path: str
    line: int
    parsed: Sentence
    rules: Mapping[str, Sentence]
    slots: Mapping[str, TextSlotList]

    def expanded(self, most: int | None = None) -> Iterator[Phrase]:
        sentences = sample_sentence(self.parsed, dict(self.slots), dict(self.rules))
        texts = list(dict.fromkeys(itertools.islice(sentences, LARGEST_EXPANSION)))
        if most is not None and len(texts) > most:
            texts = random.Random(self.text).sample(texts, most)
        for text in texts:
            yield Phrase(text.strip(), self.intent, self.path, self.line, template=True)


def load_grammar(folder: Path, language: str, intents: tuple[str, ...]) -> Grammar:
    """Read `folder/grammars/<language>/`. Raises `ContentError` with every fault found."""
    base = folder / "grammars" / language
    problems: list[Problem] = []
    rules, lists = _shared(base, language, problems)
    slots = {
        name: TextSlotList.from_strings([word for words in values.values() for word in words], name=name)
        for name, values in lists.items()
    }
    phrases: list[Phrase] = []
    templates: list[Template] = []
    for intent in intents:
        shown_as = f"grammars/{language}/{intent}.yaml"
        try:
            document = read_yaml(base / f"{intent}.yaml", shown_as)
        except ContentError as error:
            problems += error.problems
            continue
        phrases += _phrases(document, intent, problems)
        templates += _templates(document, intent, rules, slots, problems)
        if not any(p.intent == intent for p in phrases) and not any(t.intent == intent for t in templates):
            problems.append(Problem(shown_as, 0, f"“{intent}” has no phrases.", "Write ten or more."))
    for path in sorted(base.glob("*.yaml")):
        if path.name != SHARED and path.stem not in intents:
            what = f"Nothing uses this file: “{path.stem}” is no topic or command."
            problems.append(Problem(f"grammars/{language}/{path.name}", 0, what, nearest(path.stem, intents)))
    if problems:
        raise ContentError(tuple(sorted(problems)))
    return Grammar(language, lists, tuple(phrases), tuple(templates))


def _section(document: Document, name: str, kind: type, problems: list[Problem]) -> Any:
    data = document.data
    if data is None:
        return kind()
    if not isinstance(data, dict):
        problems.append(document.problem((), "The file is no mapping.", "Begin with templates: or phrases:."))
        return kind()
    value = data.get(name)
    if value is None:
        return kind()
    if not isinstance(value, kind):
        form = "a list, each item after a dash" if kind is list else "names, each with its text"
        problems.append(document.problem((name,), f"“{name}” must be {form}."))
        return kind()
    return value


def _known_keys(document: Document, known: tuple[str, ...], problems: list[Problem]) -> None:
    if isinstance(document.data, dict):
        problems += [
            document.problem((key,), f"“{key}” is not known here.", nearest(key, known))
            for key in document.data
            if key not in known
        ]


def _phrases(document: Document, intent: str, problems: list[Problem]) -> list[Phrase]:
    found = []
    _known_keys(document, ("templates", "phrases"), problems)
    for n, text in enumerate(_section(document, "phrases", list, problems)):
        place = ("phrases", n)
        if not isinstance(text, str) or not text.strip():
            problems.append(document.problem(place, "This is no phrase.", "Write it between quotes."))
        elif MARKS & set(text):
            mend = "Move it to templates:, or take the brackets out."
            problems.append(document.problem(place, "A phrase is said as it stands, but this has brackets.", mend))
        else:
            found.append(Phrase(text, intent, document.path, document.line(place)))
    return found


def _templates(
    document: Document,
    intent: str,
    rules: Mapping[str, Sentence],
    slots: Mapping[str, TextSlotList],
    problems: list[Problem],
) -> list[Template]:
    found = []
    for n, text in enumerate(_section(document, "templates", list, problems)):
        place = ("templates", n)
        parsed = _parse(document, place, text, problems)
        if parsed is None:
            continue
        template = Template(text, intent, document.path, document.line(place), parsed, rules, slots)
        try:
            next(template.expanded(1), None)
        except (HassilError, ValueError, RecursionError) as error:
            known = [f"<{name}>" for name in rules] + [f"{{{name}}}" for name in slots]
            problems.append(document.problem(place, f"{error}.", nearest(_named(str(error)), known)))
            continue
        found.append(template)
    return found


def _named(message: str) -> str:
    return message.split()[-1]


def _parse(document: Document, place: tuple[str | int, ...], text: object, problems: list[Problem]) -> Sentence | None:
    if not isinstance(text, str) or not text.strip():
        problems.append(document.problem(place, "This is no template.", "Write it between quotes."))
        return None
    try:
        return parse_sentence(text)
    except (ParseError, ValueError, IndexError):
        mend = "Check that each ( [ { < has its partner."
        problems.append(document.problem(place, f"The template “{text}” cannot be read.", mend))
        return None


def _shared(
    base: Path, language: str, problems: list[Problem]
) -> tuple[dict[str, Sentence], dict[str, dict[str, tuple[str, ...]]]]:
    shown_as = f"grammars/{language}/{SHARED}"
    try:
        document = read_yaml(base / SHARED, shown_as)
    except ContentError as error:
        problems += error.problems
        return {}, {}
    _known_keys(document, ("rules", "lists"), problems)
    rules = {}
    for name, text in _section(document, "rules", dict, problems).items():
        parsed = _parse(document, ("rules", name), text, problems)
        if parsed is not None:
            rules[name] = parsed
    lists = {}
    for name, values in _section(document, "lists", dict, problems).items():
        if isinstance(values, list):
            values = {str(word): [word] for word in values}
        if not isinstance(values, dict) or not values:
            problems.append(document.problem(("lists", name), f"The list “{name}” has no values.", "Add some."))
            continue
        lists[name] = {
            str(value): tuple(str(word) for word in (words if isinstance(words, list) else [words]))
            for value, words in values.items()
        }
    problems += [
        Problem(shown_as, 0, f"The list “{name}” is missing.", "Each language needs it: see docs/grammars.md.")
        for name in SPECIAL_LISTS
        if name not in lists
    ]
    return rules, lists
