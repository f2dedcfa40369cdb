"""`grammars/<lang>/` → what callers say: phrases, and sentence templates (see `templates`)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from voice.content.files import Document, listed, named_alike, nearest, read_yaml, refuse
from voice.content.moment_words import FILE as MOMENTS
from voice.content.shared import SHARED, Lists, Shared, known_keys, parsed, read_shared, section, unknown
from voice.content.shipped import shipped_phrases
from voice.content.templates import MARKS, MOST_SENTENCES, Phrase, Template, references, sentences
from voice.content.texts import fold, strange_sign
from voice.content.wishes import FILE as WISHES
from voice.core.interpretation import Command
from voice.errors import ContentError, Problem

OPENINGS_OF_A_TEMPLATE = 50
MOST_NAMED = 2
"""Faults of one cause that are told one by one; more are one finding."""

SECTIONS = ("templates", "phrases")
ROOMS = ("answers", "safety")
"""Folders of a language beside its topics and commands, each with phrases and labelled utterances of its own."""


@dataclass(frozen=True)
class Grammar:
    """One language's grammar files, checked.

    `lists` maps a list to its values, and each value to the words for it; `words` are the same with their places.
    `phrases` stand as written; `templates` are parsed, and not yet expanded.
    """

    language: str
    lists: Lists
    phrases: tuple[Phrase, ...]
    templates: tuple[Template, ...]
    words: tuple[Phrase, ...] = ()
    warnings: tuple[Problem, ...] = ()

    def expanded(self, most: int | None = None) -> Iterator[Phrase]:
        """Every phrase, and every sentence of every template; at most `most` a template, drawn evenly and alike
        each time."""
        yield from self.phrases
        for template in self.templates:
            yield from template.expanded(most)

    def openings(self) -> Iterator[Phrase]:
        """What may be said to the open question: not the answers, nor what no queue is for. Of a template some
        sentences: a phrase list learns which words follow one another, and so hears the others too."""
        answers = (Command.YES, Command.NO, "none")
        return (phrase for phrase in self.expanded(OPENINGS_OF_A_TEMPLATE) if phrase.intent not in answers)


def file_of(base: Path, intent: str) -> Path:
    """The file of an intent's phrases, in its room if it has one; where there is none yet, where it would stand."""
    return next((p for room in ROOMS if (p := base / room / f"{intent}.yaml").exists()), base / f"{intent}.yaml")


def spoken_files(folder: Path, language: str) -> list[Path]:
    """What is written in YAML of a language: its phrases, in every room, and its prompts."""
    base = folder / "grammars" / language
    rooms = (path for room in ROOMS for path in (base / room).glob("*.yaml"))
    return [*sorted((*base.glob("*.yaml"), *rooms)), folder / "prompts" / f"{language}.yaml"]


def load_grammar(folder: Path, language: str, intents: tuple[str, ...]) -> Grammar:
    """Read `folder/grammars/<language>/`. Raises `ContentError` with every fault found."""
    base = folder / "grammars" / language
    problems: list[Problem] = []
    shared = read_shared(folder, language, problems)
    phrases: list[Phrase] = []
    templates: list[Template] = []
    missing: list[str] = []
    for intent in intents:
        path = file_of(base, intent)
        shown_as = path.relative_to(folder).as_posix()
        if not path.exists():
            missing.append(intent)
            continue
        try:
            document = read_yaml(path, shown_as)
        except ContentError as error:
            problems += error.problems
            continue
        before = len(problems)
        written = _phrases(document, intent, problems)
        made = _templates(document, intent, shared, problems)
        if not written and not made and len(problems) == before:
            problems.append(Problem(shown_as, 0, f"“{intent}” has no phrases.", "Write ten or more."))
        phrases += written
        templates += made
    lent = [intent for intent in missing if intent in set(Command)]
    problems += _missing(folder, language, [intent for intent in missing if intent not in lent])
    problems += _lent(language, lent)
    problems += _strangers(base, language, intents)
    phrases += _shipped(language, lent, [*phrases, *(said for each in templates for said in each.expanded())])
    grammar = Grammar(language, shared.lists, tuple(phrases), tuple(templates), shared.words)
    # Only whole templates can be expanded, and two files that claim one phrase are worth telling beside other faults.
    problems += _claimed_twice(grammar.phrases if problems else grammar.expanded())
    refuse(problems)
    return replace(grammar, warnings=tuple(problems))


def _missing(folder: Path, language: str, intents: list[str]) -> Iterator[Problem]:
    """Files that are not there; many of them have one cause."""
    if len(intents) <= MOST_NAMED:
        for intent in intents:
            path = f"grammars/{language}/{intent}.yaml"
            like = named_alike(folder / path, path)
            what = f"“{intent}” has no phrases: the file is missing."
            yield Problem(path, 0, what, f"Rename {like} to it." if like else "Make it.")
        return
    what = f"{len(intents)} files are missing: {listed(f'{intent}.yaml' for intent in intents)}."
    yield Problem(f"grammars/{language}/", 0, what, "Make them, or copy those of another line to begin with.")


def _lent(language: str, commands: list[str]) -> Iterator[Problem]:
    """Commands that this version of the program knows and the line does not: they keep no line from starting."""
    for command in commands:
        known = shipped_phrases(language, command)
        heard = "what comes with Rechtdoor is listened for" if known else "callers can only press its key"
        what = f"The command “{command}” has no phrases: the file is missing, and {heard}."
        path = f"grammars/{language}/{command}.yaml"
        yield Problem(path, 0, what, "Make it, and write how your callers say it.", "warning")


def _shipped(language: str, commands: list[str], own: Iterable[Phrase]) -> list[Phrase]:
    """The project's own phrases of these commands, but for what the line has for something else."""
    taken = {fold(phrase.text) for phrase in own} if commands else set()
    return [
        Phrase(text, command, f"grammars/{language}/{command}.yaml", 0)
        for command in commands
        for text in shipped_phrases(language, command)
        if fold(text) not in taken
    ]


def _strangers(base: Path, language: str, intents: tuple[str, ...]) -> list[Problem]:
    """Files that nobody reads; several of them have one cause, mostly other topics in line.yaml."""
    known = [intent for intent in intents if intent not in set(Command)]
    rooms = (path for room in ROOMS for path in (base / room).glob("*.yaml"))
    found = [
        path
        for path in sorted((*base.glob("*.yaml"), *rooms))
        if path.name not in (SHARED, WISHES, MOMENTS) and path.stem not in intents
    ]
    names = [path.relative_to(base).as_posix() for path in found]
    if len(found) > 1:
        what = f"Nothing uses {listed(names)}: there are no topics, answers or commands called so."
        mend = f"Rename them after topics of line.yaml, or delete them. {nearest('', known)}"
        return [Problem(f"grammars/{language}/", 0, what, mend)]
    return [
        Problem(
            f"grammars/{language}/{name}",
            0,
            f"Nothing uses this file: “{path.stem}” is no topic, answer or command.",
            nearest(path.stem, known),
        )
        for name, path in zip(names, found, strict=True)
    ]


def _claimed_twice(phrases: Iterable[Phrase]) -> list[Problem]:
    """A phrase that two intents claim says nothing about either: both places are named, once for each two lines."""
    first: dict[str, Phrase] = {}
    problems: dict[tuple[str, int, str, int], Problem] = {}
    for phrase in phrases:
        other = first.setdefault(fold(phrase.text), phrase)
        place = (phrase.path, phrase.line, other.path, other.line)
        if other.intent != phrase.intent:
            what = f"“{phrase.text}” is claimed by “{phrase.intent}” here and by “{other.intent}” at {_at(other)}."
            problems.setdefault(place, Problem(phrase.path, phrase.line, what, "Keep it in one of them."))
        elif other is not phrase and not phrase.template and not other.template:
            what = f"“{phrase.text}” already stands at line {other.line}."
            problems.setdefault(place, Problem(phrase.path, phrase.line, what, "Delete one.", "warning"))
    return list(problems.values())


def _at(phrase: Phrase) -> str:
    return f"{phrase.path}:{phrase.line}"


def _phrases(document: Document, intent: str, problems: list[Problem]) -> list[Phrase]:
    found = []
    known_keys(document, SECTIONS, problems)
    for n, text in enumerate(section(document, "phrases", list, problems)):
        place = ("phrases", n)
        if isinstance(text, dict):
            what = "This phrase has a colon in it, and is taken for a name with its value."
            problems.append(document.problem(place, what, "Put it between quotes."))
        elif text is None:
            what = "There is no phrase behind this dash, or it begins with #, which begins a remark."
            problems.append(document.problem(place, what, "Put the phrase between quotes."))
        elif not isinstance(text, str) or not fold(text):
            problems.append(document.problem(place, "This is no phrase.", "Write it between quotes."))
        elif MARKS & set(text):
            mend = "Move it to templates:, or take the brackets out."
            problems.append(document.problem(place, "A phrase is said as it stands, but this has brackets.", mend))
        elif strange := strange_sign(text):
            what = f"The phrase has a sign in it that nobody speaks: {strange}."
            problems.append(document.problem(place, what, "Write it in words, or take it out."))
        else:
            found.append(Phrase(text, intent, document.path, document.line(place)))
    return found


def _templates(document: Document, intent: str, shared: Shared, problems: list[Problem]) -> list[Template]:
    found = []
    for n, text in enumerate(section(document, "templates", list, problems)):
        place = ("templates", n)
        sentence = parsed(document, place, text, problems)
        if sentence is None or unknown(document, place, sentence, shared, problems):
            continue
        if any(reference in shared.broken for reference in references(sentence)):
            continue
        many = sentences(sentence.expression, shared.rules, shared.slots)
        if many > MOST_SENTENCES:
            what = f"This template makes {many:,} sentences; {MOST_SENTENCES:,} is the most."
            problems.append(document.problem(place, what, "Write it as several shorter ones."))
            continue
        line = document.line(place)
        found.append(Template(str(text), intent, document.path, line, sentence, shared.rules, shared.slots))
    return found
