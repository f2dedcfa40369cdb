"""Everything that the files alone tell, at once: what `load_line` and `load_grammar` refuse, and what they let pass.

What needs the understanding or a speech model is checked by `voice.service.operators.check`.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from voice.content import doubts, left_over, odd_texts
from voice.content.causes import one_each, strays
from voice.content.check_recordings import check_recordings
from voice.content.examples import foreign_examples
from voice.content.files import read_yaml, refuse
from voice.content.foreign import foreign_texts
from voice.content.grammar import Grammar, load_grammar
from voice.content.helplines import abroad
from voice.content.labelled import Labelled, labelled_files, read_labelled
from voice.content.line import Line, load_line
from voice.content.linefile import LINE_FILE, Outline, intents_of, read_outline
from voice.content.past_days import past_days
from voice.content.prompts import Prompts
from voice.errors import ContentError, Problem

KEPT = 16
"""Languages as they were read, of one line or several, before and after a change."""


@dataclass(frozen=True)
class Checked:
    """`line` is None, and a language has no grammar, where faults forbid it."""

    line: Line | None
    grammars: Mapping[str, Grammar]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class _OfLanguage:
    """What the files of one language tell by themselves. `grammar` is None where faults forbid it."""

    grammar: Grammar | None = None
    labelled: tuple[Labelled, ...] = ()
    problems: frozenset[Problem] = frozenset()


_known: dict[str, _OfLanguage] = {}


def check_files(folder: Path, *, lenient: bool = False) -> Checked:
    """A language whose files are as they were is not read again by this process: it takes seconds."""
    problems: set[Problem] = set()
    outline = _outline(folder)
    line = None
    try:
        line = load_line(folder, lenient=lenient)
        problems |= {*line.warnings, *check_recordings(folder, line.prompts)}
    except ContentError as error:
        problems |= set(error.problems)
    if not outline.topics:
        # What the other files say cannot be held against names that nobody knows: one cause, one finding.
        problems = {one for one in problems if one.path == LINE_FILE or not outline.languages}
        outline = replace(outline, languages=())
    prompts = dict(line.prompts) if line else {}
    found = {each: _of_language(folder, each, outline, prompts.get(each)) for each in outline.languages}
    problems |= {problem for each in found.values() for problem in each.problems}
    problems |= {*_strangers(folder, outline), *doubts.file_names(folder, outline.languages)}
    grammars = {language: each.grammar for language, each in found.items() if each.grammar}
    labelled = {language: each.labelled for language, each in found.items()}
    problems |= {*foreign_texts(folder, grammars, labelled, prompts, outline.topics)}
    for spoken in prompts.values():
        problems |= {*doubts.same_names(spoken, outline.topics)}
        lines = doubts.places(folder, spoken.language)
        problems |= {*abroad(spoken, lines), *left_over.in_prompts(spoken, lines)}
    quoted = set(odd_texts.quoted(folder, outline.languages))
    if names := odd_texts.instead(quoted, problems):
        # A name or value between the wrong quotes is no name: what follows from it is not told beside it.
        return Checked(line, grammars, names)
    told = strays({*problems, *quoted, *_over(folder)}, outline, _topics_at(folder))
    return Checked(line, grammars, tuple(one_each(told)))


def _of_language(folder: Path, language: str, outline: Outline, spoken: Prompts | None) -> _OfLanguage:
    base = folder / "grammars" / language
    if not base.is_dir():
        return _OfLanguage()
    digest = hashlib.sha256(repr((language, outline, spoken)).encode())
    for path in sorted((*base.rglob("*"), folder / "prompts" / f"{language}.yaml")):
        with suppress(OSError):  # a folder, or nobody may read it: that is told where it is read
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    key = digest.hexdigest()
    found = _known.get(key)
    if found is None:
        found = _known[key] = _read_language(folder, language, outline, spoken)
        while len(_known) > KEPT:
            _known.pop(next(iter(_known)), None)
    return found


def _read_language(folder: Path, language: str, outline: Outline, spoken: Prompts | None) -> _OfLanguage:
    intents = intents_of(outline.topics, outline.answers, outline.safety)
    problems: set[Problem] = set()
    grammar = None
    try:
        grammar = load_grammar(folder, language, intents)
        problems |= set(grammar.warnings)
    except ContentError as error:
        problems |= set(error.problems)
    rows: list[Labelled] = []
    for path in labelled_files(folder, language):
        found, faults = read_labelled(path, folder, intents)
        rows += found
        problems |= set(faults)
    problems |= {*doubts.cut_by_a_sign(folder, language), *doubts.tested_and_learnt(rows)}
    problems |= {*odd_texts.between_quotes(rows), *odd_texts.out_of_breath(grammar, rows)}
    problems |= {*odd_texts.signs(grammar, rows), *left_over.in_grammar(grammar, rows)}
    if grammar:
        problems |= {*doubts.contradictions(rows, grammar, outline.homes)}
        problems |= {*doubts.lone_phrases(grammar, outline.topics), *doubts.choices_without_brackets(grammar)}
    if grammar and spoken:
        problems |= {*foreign_examples(folder, spoken, grammar, outline.topics)}
    return _OfLanguage(grammar, tuple(rows), frozenset(problems))


def sound_line(folder: Path, *, lenient: bool = False) -> Line:
    """As `load_line`, after the check that an operator asks for. Raises `ContentError` with every fault of every file
    where one of them is an error."""
    checked = check_files(folder, lenient=lenient)
    refuse(checked.problems)
    assert checked.line is not None
    return checked.line


def _outline(folder: Path) -> Outline:
    """The names in line.yaml, or no names where it is no YAML at all: nothing can be checked against it then."""
    try:
        return read_outline(read_yaml(folder / LINE_FILE, LINE_FILE).data)
    except ContentError:
        return read_outline(None)


def _topics_at(folder: Path) -> int:
    """The line of line.yaml where its topics begin."""
    try:
        return read_yaml(folder / LINE_FILE, LINE_FILE).line(("topics",))
    except ContentError:
        return 0


def today() -> date:
    """A day is over when it is so everywhere but on a few islands."""
    return datetime.now(UTC).date()


def _over(folder: Path) -> Iterator[Problem]:
    try:
        yield from past_days(read_yaml(folder / LINE_FILE, LINE_FILE), today())
    except ContentError:
        return  # told by who reads it as a line


def _strangers(folder: Path, outline: Outline) -> Iterator[Problem]:
    """Files of languages that line.yaml does not name; where it names none at all, whether they are YAML."""
    mend = "Add it to languages: in grammars/line.yaml, or take it away."
    for path in sorted((*(folder / "grammars").glob("*/"), *(folder / "prompts").glob("*.yaml"))):
        if path.stem in outline.languages or path.name.startswith("."):
            continue
        if outline.languages:
            shown_as = path.relative_to(folder).as_posix() + ("/" if path.is_dir() else "")
            what = f"“{path.stem}” is no language of this line."
            yield Problem(shown_as, 0, what, mend, "warning")
            continue
        for file in sorted(path.glob("*.yaml")) if path.is_dir() else [path]:
            try:
                read_yaml(file, file.relative_to(folder).as_posix())
            except ContentError as error:
                yield from error.problems
