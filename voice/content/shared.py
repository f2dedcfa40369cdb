"""`grammars/<lang>/_shared.yaml`: the rules and lists that the templates of a language share."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from hassil.expression import Sentence
from hassil.intents import TextSlotList

from voice.content.files import Document, Place, nearest, read_yaml
from voice.content.templates import DEEPEST, MARKS, Phrase, Rules, Slots, circle, depths, parse, references, spoken
from voice.content.texts import fold, strange_sign
from voice.core.interpretation import Choice
from voice.errors import ContentError, Problem

SHARED = "_shared.yaml"
VALUES: Mapping[str, tuple[str, ...]] = {
    "language": (),
    "number": tuple("0123456789"),
    "choice": tuple(choice.value for choice in Choice),
}
"""The lists with a meaning to the line itself, and their values; the languages are the line's own."""

PERHAPS = frozenset({Choice.THIRD, Choice.FOURTH, Choice.LAST, Choice.BOTH})
"""Values that a list may leave out."""

LONGEST_SHOWN = 200

Lists = Mapping[str, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True)
class Shared:
    """`words` are those of the lists, each with its place; its intent is the list's name. `broken` are the rules,
    written as `<name>`, that cannot be used: what is wrong with them is told at their own place, and not again at each
    template that names them."""

    rules: Rules = field(default_factory=dict)
    lists: Lists = field(default_factory=dict)
    words: tuple[Phrase, ...] = ()
    slots: Slots = field(default_factory=dict)
    broken: frozenset[str] = frozenset()
    whole: bool = True
    """False where the file, or a section of it, cannot be read: what it names is not known then, and not missed."""

    @cached_property
    def known(self) -> frozenset[str]:
        """Every rule and list, as a template names them."""
        return self.broken | {*(f"<{name}>" for name in self.rules), *(f"{{{name}}}" for name in self.slots)}


def read_shared(folder: Path, language: str, problems: list[Problem]) -> Shared:
    """Faults are added to `problems`; what is sound is in the answer."""
    shown_as = f"grammars/{language}/{SHARED}"
    try:
        document = read_yaml(folder / shown_as, shown_as)
    except ContentError as error:
        problems += error.problems
        return Shared(whole=False)
    before = len(problems)
    known_keys(document, ("rules", "lists"), problems)
    whole = len(problems) == before
    lists = _lists(document, problems if whole else [])
    slots = {
        name: TextSlotList.from_strings([word for words in values.values() for word in words], name=name)
        for name, values in lists.items()
    }
    words = tuple(
        Phrase(word, name, shown_as, document.line(("lists", name, value)))
        for name, values in lists.items()
        for value, said in values.items()
        for word in said
    )
    return _with_rules(document, Shared(lists=lists, words=words, slots=slots, whole=whole), problems)


def section(document: Document, name: str, kind: type, problems: list[Problem]) -> Any:
    data = document.data
    if data is None:
        return kind()
    if not isinstance(data, dict):
        if name in ("templates", "rules"):
            problems.append(document.problem((), "This file has no sections.", f"Begin with a line “{name}:”."))
        return kind()
    value = data.get(name)
    if value is None:
        return kind()
    if not isinstance(value, kind):
        form = "a list, each item after a dash" if kind is list else "names, each with its text"
        problems.append(document.problem((name,), f"“{name}” must be {form}.", "See docs/grammars.md."))
        return kind()
    return value


def known_keys(document: Document, known: tuple[str, ...], problems: list[Problem]) -> None:
    if isinstance(document.data, dict):
        problems += [
            document.problem((key,), f"“{key}” is not known here.", nearest(key, known))
            for key in document.data
            if key not in known
        ]


def parsed(document: Document, place: Place, text: object, problems: list[Problem]) -> Sentence | None:
    """The template at a place; None, with the fault told, where there is none."""
    if not isinstance(text, str) or not text.strip():
        problems.append(document.problem(place, "This is no template.", "Write it between quotes."))
        return None
    try:
        return parse(text)
    except ValueError as error:
        mend = "Check that each ( [ { < has its partner."
        shown = f"{text[:LONGEST_SHOWN]}…" if len(text) > LONGEST_SHOWN else text
        problems.append(document.problem(place, f"The template “{shown}” cannot be read: {error}.", mend))
        return None


def unknown(document: Document, place: Place, sentence: Sentence, shared: Shared, problems: list[Problem]) -> bool:
    """Does the template name a rule or list that does not exist? Each is told."""
    strange = [reference for reference in references(sentence) if reference not in shared.known]
    problems += [
        document.problem(
            place, f"There is no {'rule' if name[0] == '<' else 'list'} {name}.", nearest(name, shared.known)
        )
        for name in strange
        if shared.whole
    ]
    return bool(strange)


def _with_rules(document: Document, shared: Shared, problems: list[Problem]) -> Shared:
    written = section(document, "rules", dict, problems)
    rules = {name: parsed(document, ("rules", name), text, problems) for name, text in written.items()}
    whole = {name: sentence for name, sentence in rules.items() if sentence is not None}
    for name in whole:
        if name.strip("<>{}") != name:
            mend = f"Write {name.strip('<>{}')}: the brackets stand where it is used."
            problems.append(
                document.problem(("rules", name), f"The rule “{name}” can be used nowhere.", mend, warning=True)
            )
        if strange := strange_sign(spoken(str(written[name]))):
            what = f"The rule <{name}> has a sign in it that nobody speaks: {strange}."
            problems.append(document.problem(("rules", name), what, "Write it in words, or take it out.", warning=True))
    broken = {f"<{name}>" for name in rules if name not in whole}
    known = replace(shared, rules=whole, broken=frozenset(broken))
    deep = depths(whole)
    for name, sentence in whole.items():
        way = circle(name, whole) if deep is None else ()
        if way:
            what = f"The rule <{name}> calls itself: {' → '.join(f'<{step}>' for step in way)}."
            problems.append(document.problem(("rules", name), what, "Take it out of one of them."))
        if (many := (deep or {}).get(name, 0)) == DEEPEST + 1:
            what = f"The rule <{name}> is made of {many} rules inside one another, and {DEEPEST} are the most."
            problems.append(document.problem(("rules", name), what, "Write some of them out."))
        if unknown(document, ("rules", name), sentence, known, problems) or way or many > DEEPEST:
            broken.add(f"<{name}>")
    while spoilt := {f"<{name}>" for name, sentence in whole.items() if broken & {*references(sentence)}} - broken:
        broken |= spoilt
    sound = {name: sentence for name, sentence in whole.items() if f"<{name}>" not in broken}
    return replace(shared, rules=sound, broken=frozenset(broken))


def _listed(words: Any) -> list[Any]:
    return words if isinstance(words, list) else [words]


def _lists(document: Document, problems: list[Problem]) -> Lists:
    lists: dict[str, dict[str, tuple[str, ...]]] = {}
    for name, values in section(document, "lists", dict, problems).items():
        if isinstance(values, list):
            values = {str(word): word for word in values}
        if not isinstance(values, dict) or not values:
            problems.append(document.problem(("lists", name), f"The list “{name}” has no values.", "Add some."))
            continue
        lists[name] = {str(value): tuple(str(word) for word in _listed(words)) for value, words in values.items()}
        first: dict[str, str] = {}
        for value, words in lists[name].items():
            if not all(isinstance(word, str | int | float) for word in _listed(values[value])):
                what = f"A word of “{value}” in the list “{name}” is no text."
                problems.append(document.problem(("lists", name, value), what, "Write it between quotes, in one list."))
                continue
            for word in words:
                if name in VALUES and first.setdefault(fold(word), value) != value:
                    what = f"“{word}” stands for “{first[fold(word)]}” and for “{value}” in the list “{name}”."
                    problems.append(document.problem(("lists", name, value), what, "Keep one of them.", warning=True))
                if strange := strange_sign(word) or ("a bracket" if MARKS & set(word) else ""):
                    what = f"“{word}” in the list “{name}” has a sign in it that nobody speaks: {strange}."
                    problems.append(document.problem(("lists", name, value), what, "Write it in words."))
    for name, needed in VALUES.items():
        if name not in lists:
            what = f"The list “{name}” is missing."
            problems.append(document.problem(("lists",), what, "Each language needs it: see docs/grammars.md."))
            continue
        if needed:
            problems += [
                document.problem(("lists", name), f"The list “{name}” has no value “{value}”.", "Add it.")
                for value in needed
                if value not in lists[name] and value not in PERHAPS
            ]
            problems += [
                document.problem(("lists", name, value), f"“{value}” is no {name}.", nearest(value, needed))
                for value in lists[name]
                if value not in needed
            ]
    return lists
