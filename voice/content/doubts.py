"""What the files say that can hardly be meant: each is a warning, and the line stands.

Nothing here needs the understanding: words are counted, names compared, file names looked at.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from voice.content.files import read_yaml
from voice.content.grammar import ROOMS, Grammar, spoken_files
from voice.content.labelled import Labelled
from voice.content.prompts import Prompts
from voice.content.templates import Phrase, sentences
from voice.content.texts import fold
from voice.errors import ContentError, Problem

ENDINGS = {".txt": ".tsv", ".csv": ".tsv", ".tab": ".tsv", ".yml": ".yaml", ".YAML": ".yaml", ".TSV": ".tsv"}
"""What editors and spreadsheets make of the endings that are read."""

SPREADSHEETS = (".xlsx", ".xls", ".ods")
LABELLED = "labelled.tsv"

MOST_TOPICS = 5
CUT_PROMPT = re.compile(r"^\s*[\w.]+:\s+(?![\"'\[{|>#])[^#]*\S\s+#\s*\S")
COMMENT = re.compile(r"^\s*-\s+(?![\"'\[{|>])[^#]*\S\s+#\s*\S")


def file_names(folder: Path, languages: Iterable[str]) -> Iterator[Problem]:
    """Files that nobody reads, for their name or for the folder that they stand in."""
    languages = list(languages)
    for path in (
        *folder.glob("line.yaml"),
        *folder.glob("*.tsv"),
        *(folder / "grammars").glob("*.*"),
        *(folder / "prompts").glob("*.tsv"),
    ):
        if path.suffix in (".yaml", ".tsv") and path != folder / "grammars" / "line.yaml" and path.is_file():
            shown_as = path.relative_to(folder).as_posix()
            where = "" if path.name == "line.yaml" else f"{languages[0] if languages else 'LANGUAGE'}/"
            what, mend = "Nothing reads this file where it stands.", f"Move it to grammars/{where}."
            yield Problem(shown_as, 0, what, mend, "warning")
    yield from _unread(folder, (*(folder / "grammars").glob("*.*"), *(folder / "prompts").glob("*.*")))
    for language in languages:
        base = folder / "grammars" / language
        yield from _unread(folder, (*base.glob("*"), *base.glob("tests/*")))
        for path in sorted((*base.glob("*.tsv"), *base.glob("*/*.tsv"))):
            if path.name.lower() != LABELLED and path.parent.name not in ("tests", *ROOMS):
                shown_as = path.relative_to(folder).as_posix()
                mend = f"Call it {LABELLED} to learn from it, or put it into tests/ to test with it."
                yield Problem(shown_as, 0, "Nothing reads this file where it stands.", mend, "warning")


def _unread(folder: Path, paths: Iterable[Path]) -> Iterator[Problem]:
    for path in sorted(paths):
        right = _right_name(path.name)
        if path.is_file() and right and not (path.parent / right).exists():
            shown_as = path.relative_to(folder).as_posix()
            yield Problem(shown_as, 0, "Nothing reads this file, for its ending.", f"Call it {right}.", "warning")
        elif path.is_file() and path.suffix.lower() in SPREADSHEETS:
            shown_as = path.relative_to(folder).as_posix()
            mend = "Read it in with voice labels import, or save it as text with tabs (.tsv)."
            yield Problem(shown_as, 0, "Nothing reads a spreadsheet here.", mend, "warning")


def _right_name(name: str) -> str | None:
    stem, _, ending = name.rpartition(".")
    if name.lower() == LABELLED and name != LABELLED:
        return LABELLED
    if f".{ending}" not in ENDINGS or not stem or stem.lower() in ("readme", "notes"):
        return None
    inner = Path(stem)
    if inner.suffix.lower() in (".yaml", ".tsv"):
        return stem.lower() if inner.suffix != inner.suffix.lower() else stem
    return stem + ENDINGS[f".{ending}"]


def cut_by_a_sign(folder: Path, language: str) -> Iterator[Problem]:
    """Phrases and prompts without quotes, of which YAML takes what stands behind a # for a remark."""
    spoken = folder / "prompts" / f"{language}.yaml"
    for path in spoken_files(folder, language):
        shown_as = path.relative_to(folder).as_posix()
        cut, name = (CUT_PROMPT, "prompt") if path == spoken else (COMMENT, "phrase")
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError):
            continue
        for number, line in enumerate(lines, 1):
            if cut.match(line):
                what = f"What stands behind # in this {name} is not read."
                mend = f"Put the {name} between quotes, or take the rest out."
                yield Problem(shown_as, number, what, mend, "warning")


def contradictions(labelled: Sequence[Labelled], grammar: Grammar, homes: Mapping[str, str]) -> Iterator[Problem]:
    """A label that another line, a phrase, or a sentence of a template gives to the very same words otherwise. An
    answer of the line and its topic (`homes`) are no two things to a caller."""

    def home(label: str) -> str:
        return homes.get(label, label)

    texts = {row: fold(row.text) for row in labelled}
    wanted = set(texts.values())
    claimed: dict[str, Phrase] = {}
    for phrase in grammar.expanded() if wanted else ():
        if (text := fold(phrase.text)) in wanted:
            claimed.setdefault(text, phrase)
    said: dict[str, Labelled] = {}
    for row, text in texts.items():
        other = said.setdefault(text, row)
        if home(other.label) != home(row.label):
            what = f"“{row.text}” is labelled “{row.label}” here, and “{other.label}” at {other.path}:{other.line}."
            yield Problem(row.path, row.line, what, "Keep the right one.", "warning")
        elif text in claimed and home(claimed[text].intent) not in map(home, row.label.split("+")):
            phrase = claimed[text]
            is_one = "is made by a template" if phrase.template else "is a phrase"
            what = f"“{row.text}” is labelled “{row.label}” here, and {is_one} of “{phrase.intent}”"
            what += f" at {phrase.path}:{phrase.line}."
            yield Problem(row.path, row.line, what, "Keep the right one.", "warning")


def choices_without_brackets(grammar: Grammar) -> Iterator[Problem]:
    """`my|the bill` is “my”, or “the bill”: who writes it means another choice."""
    for template in grammar.templates:
        depth, outside = 0, False
        for sign in template.text:
            depth += (sign in "([{<") - (sign in ")]}>")
            outside |= sign == "|" and not depth
        if outside:
            what = f"A | stands outside brackets in “{template.text}”: it parts the whole sentence in two."
            mend = "Put ( and ) around the words that it chooses between."
            yield Problem(template.path, template.line, what, mend, "warning")


def tested_and_learnt(labelled: Sequence[Labelled]) -> Iterator[Problem]:
    """Who tests with what was learnt by heart learns nothing from the test."""
    learnt = {fold(row.text): row for row in labelled if row.path.endswith(LABELLED)}
    for row in labelled:
        other = learnt.get(fold(row.text))
        if other and not row.path.endswith(LABELLED):
            what = f"“{row.text}” tests nothing: the line learns from it, at {other.path}:{other.line}."
            yield Problem(row.path, row.line, what, "Take it out of one of the two files.", "warning")


def lone_phrases(grammar: Grammar, topics: Iterable[str]) -> Iterator[Problem]:
    """Topics of which the understanding can learn next to nothing."""
    templates = {
        template.intent
        for template in grammar.templates
        if sentences(template.parsed.expression, template.rules, template.slots) > 1
    }
    count = Counter(phrase.intent for phrase in grammar.phrases)
    lone = [
        topic
        for topic in topics
        if count[topic] + sum(template.intent == topic for template in grammar.templates) == 1
        and topic not in templates
    ]
    if lone:
        path = f"grammars/{grammar.language}/" + (f"{lone[0]}.yaml" if len(lone) == 1 else "")
        those = ", ".join(f"“{topic}”" for topic in lone[:MOST_TOPICS])
        those += f" and {len(lone) - MOST_TOPICS} more" if len(lone) > MOST_TOPICS else ""
        has = "has one phrase" if len(lone) == 1 else "have one phrase each"
        what = f"{those} {has}: whoever says it otherwise is not understood."
        yield Problem(path, 0, what, "Write ten or more.", "warning")


def same_names(prompts: Prompts, topics: Iterable[str]) -> Iterator[Problem]:
    """Two topics that a caller hears by one name cannot be told apart in a question."""
    seen: dict[str, str] = {}
    for topic in topics:
        name = fold(prompts.texts.get(f"topic.{topic}", {}).get("other", ""))
        if name and name in seen:
            what = f"“{topic}” and “{seen[name]}” are both called “{prompts.texts[f'topic.{topic}']['other']}”."
            yield Problem(f"prompts/{prompts.language}.yaml", 0, what, "Give each a name of its own.", "warning")
        seen.setdefault(name, topic)


def places(folder: Path, language: str) -> dict[str, int]:
    """Text of a prompt → its line."""
    shown_as = f"prompts/{language}.yaml"
    try:
        document = read_yaml(folder / shown_as, shown_as)
    except ContentError:
        return {}
    found: dict[str, int] = {}

    def walk(value: object, place: tuple[str | int, ...]) -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                walk(inner, (*place, name))
        elif isinstance(value, str):
            found.setdefault(value, document.line(place))

    walk(document.data, ())
    return found
