"""Everything that the files alone tell, at once: what `load_line` and `load_grammar` refuse, and what they let pass.

What needs the understanding or a speech model is checked by `voice.service.operators.check`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from voice.content import doubts, odd_texts
from voice.content.causes import one_each, strays
from voice.content.check_recordings import check_recordings
from voice.content.files import read_yaml, refuse
from voice.content.foreign import foreign_texts
from voice.content.grammar import Grammar, load_grammar
from voice.content.labelled import Labelled, labelled_files, read_labelled
from voice.content.line import Line, load_line
from voice.content.linefile import LINE_FILE, Outline, intents_of, read_outline
from voice.content.past_days import past_days
from voice.errors import ContentError, Problem


@dataclass(frozen=True)
class Checked:
    """`line` is None, and a language has no grammar, where faults forbid it."""

    line: Line | None
    grammars: Mapping[str, Grammar]
    problems: tuple[Problem, ...]


def check_files(folder: Path, *, lenient: bool = False) -> Checked:
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
    grammars: dict[str, Grammar] = {}
    labelled: dict[str, list[Labelled]] = {}
    for language in outline.languages:
        intents = intents_of(outline.topics, outline.answers, outline.safety)
        if (folder / "grammars" / language).is_dir():
            try:
                grammars[language] = load_grammar(folder, language, intents)
                problems |= set(grammars[language].warnings)
            except ContentError as error:
                problems |= set(error.problems)
            rows: list[Labelled] = []
            for path in labelled_files(folder, language):
                found, faults = read_labelled(path, folder, intents)
                rows += found
                problems |= set(faults)
            problems |= set(doubts.cut_by_a_sign(folder, language))
            labelled[language] = rows
            if language in grammars:
                problems |= {*doubts.contradictions(rows, grammars[language], outline.homes)}
                problems |= {*doubts.lone_phrases(grammars[language], outline.topics)}
                problems |= {*doubts.choices_without_brackets(grammars[language])}
            problems |= {*doubts.tested_and_learnt(rows), *odd_texts.between_quotes(rows)}
            problems |= {*odd_texts.out_of_breath(grammars.get(language), rows)}
    problems |= {*_strangers(folder, outline), *doubts.file_names(folder, outline.languages)}
    prompts = dict(line.prompts) if line else {}
    problems |= {*foreign_texts(folder, grammars, labelled, prompts, outline.topics)}
    for language, spoken in prompts.items():
        problems |= {*doubts.same_names(spoken, outline.topics)}
        if language in grammars:
            problems |= {*doubts.foreign_examples(folder, spoken, grammars[language], outline.topics)}
    quoted = set(odd_texts.quoted(folder, outline.languages))
    if names := odd_texts.instead(quoted, problems):
        # A name or value between the wrong quotes is no name: what follows from it is not told beside it.
        return Checked(line, grammars, names)
    told = strays({*problems, *quoted, *_over(folder)}, outline, _topics_at(folder))
    return Checked(line, grammars, tuple(one_each(told)))


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
