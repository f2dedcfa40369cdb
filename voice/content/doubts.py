"""What the files say that can hardly be meant: each is a warning, and the line stands.

Nothing here needs the understanding: words are counted, names compared, file names looked at.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from voice.content.files import read_yaml
from voice.content.grammar import ROOMS, Grammar
from voice.content.labelled import Labelled
from voice.content.prompts import Prompts
from voice.content.templates import sentences
from voice.content.texts import fold
from voice.core.interpretation import Command
from voice.errors import ContentError, Problem

ENDINGS = {".txt": ".tsv", ".csv": ".tsv", ".tab": ".tsv", ".yml": ".yaml", ".YAML": ".yaml", ".TSV": ".tsv"}
"""What editors and spreadsheets make of the endings that are read."""

SPREADSHEETS = (".xlsx", ".xls", ".ods")
LABELLED = "labelled.tsv"

FOREIGN_WORDS, FOREIGN_SHARE, OWN_SHARE = 4, 0.75, 0.34
"""A phrase is taken for another language's if it has so many words, of which that language's files know this share, and
those of its own, the phrase itself left out, no more than the last."""

EXAMPLE = re.compile(r":\s*([^:,.?!;]+)")
"""What stands behind a colon is an example of what to say."""

STEM = 4
"""Letters in which two forms of a word agree."""

TEMPLATE_SENTENCES = 50
SHOWN = 100
CUT_PROMPT = re.compile(r"^\s*[\w.]+:\s+(?![\"'\[{|>#])[^#]*\S\s+#\s*\S")
COMMENT = re.compile(r"^\s*-\s+(?![\"'\[{|>])[^#]*\S\s+#\s*\S")


def file_names(folder: Path, languages: Iterable[str]) -> Iterator[Problem]:
    """Files that nobody reads, for their name or for the folder that they stand in."""
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
    for path in (*sorted((folder / "grammars" / language).glob("*.yaml")), spoken):
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


def contradictions(labelled: Sequence[Labelled], grammar: Grammar) -> Iterator[Problem]:
    """A label that another line, or a phrase, gives to the very same words otherwise."""
    claimed = {fold(phrase.text): (phrase.intent, phrase.path, phrase.line) for phrase in grammar.phrases}
    said: dict[str, Labelled] = {}
    for row in labelled:
        text = fold(row.text)
        other = said.setdefault(text, row)
        if other.label != row.label:
            what = f"“{row.text}” is labelled “{row.label}” here, and “{other.label}” at {other.path}:{other.line}."
            yield Problem(row.path, row.line, what, "Keep the right one.", "warning")
        elif text in claimed and claimed[text][0] not in row.label.split("+"):
            intent, path, line = claimed[text]
            what = f"“{row.text}” is labelled “{row.label}” here, and is a phrase of “{intent}” at {path}:{line}."
            yield Problem(row.path, row.line, what, "Keep the right one.", "warning")


def lone_phrases(grammar: Grammar, topics: Iterable[str]) -> Iterator[Problem]:
    """Topics of which the understanding can learn next to nothing."""
    templates = {
        template.intent
        for template in grammar.templates
        if sentences(template.parsed.expression, template.rules, template.slots) > 1
    }
    count = Counter(phrase.intent for phrase in grammar.phrases)
    for topic in topics:
        one = count[topic] + sum(template.intent == topic for template in grammar.templates) == 1
        if one and topic not in templates:
            path = f"grammars/{grammar.language}/{topic}.yaml"
            what = f"“{topic}” has one phrase: whoever says it otherwise is not understood."
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


def foreign_texts(
    folder: Path,
    grammars: Mapping[str, Grammar],
    labelled: Mapping[str, Sequence[Labelled]],
    prompts: Mapping[str, Prompts],
    topics: Iterable[str],
) -> Iterator[Problem]:
    """Phrases of a topic, labelled lines and prompts that are written in another of the line's languages, by whose
    words they use."""
    own_topics = set(topics)
    known = {language: _words(grammar, prompts.get(language)) for language, grammar in grammars.items()}
    for language, grammar in grammars.items():
        places = _places(folder, language) if language in prompts else {}
        written = (
            *((each.text, each.path, each.line) for each in grammar.phrases if each.intent in own_topics),
            *((each.text, each.path, each.line) for each in labelled.get(language, ()) if each.label in own_topics),
            *((text, f"prompts/{language}.yaml", line) for text, line in places.items()),
        )
        for text, path, line in written:
            if other := _written_in(text, language, known):
                where = f"prompts/{other}.yaml" if path.startswith("prompts/") else f"grammars/{other}/"
                shown = f"{text[:SHOWN]}…" if len(text) > SHOWN else text
                yield Problem(
                    path, line, f"“{shown}” is written in “{other}”, it seems.", f"Move it to {where}.", "warning"
                )


def _written_in(text: str, language: str, known: Mapping[str, Counter[str]]) -> str | None:
    words = fold(re.sub(r"\{[^}]*\}", " ", text)).split()
    if len(words) < FOREIGN_WORDS:
        return None
    mine = Counter(words)
    if sum(known[language][word] > mine[word] for word in words) / len(words) > OWN_SHARE:
        return None
    share = {other: sum(known[other][word] > 0 for word in words) / len(words) for other in known if other != language}
    other = max(share, key=lambda each: share[each], default=language)
    return other if share.get(other, 0.0) >= FOREIGN_SHARE else None


def foreign_examples(folder: Path, prompts: Prompts, grammar: Grammar, topics: Iterable[str]) -> Iterator[Problem]:
    """Examples of what to say (`again: "…, for example: my bill"`) that none of the topics knows a word of: they are
    of a topic that is gone, and who follows them is not understood."""
    own_topics = set(topics)
    said = list(grammar.expanded(TEMPLATE_SENTENCES))
    phrases = (phrase for phrase in said if phrase.intent in own_topics)
    known = {word[:STEM] for phrase in phrases for word in fold(phrase.text).split()}
    commands = {fold(phrase.text) for phrase in said if phrase.intent not in own_topics}
    places = _places(folder, prompts.language)
    for key in ("again", "again.silence"):
        for text in prompts.texts.get(key, {}).values():
            for example in EXAMPLE.findall(str(text)):
                if " " not in example.strip() or fold(example) in commands:
                    continue  # a command
                words = [word for word in fold(example).split() if len(word) >= STEM]
                if words and not any(word[:STEM] in known for word in words):
                    what = f"“{key}” gives an example that is about none of your topics: “{example.strip()}”."
                    mend = "Give one that your callers would say."
                    yield Problem(f"prompts/{prompts.language}.yaml", places.get(str(text), 0), what, mend, "warning")


def _places(folder: Path, language: str) -> dict[str, int]:
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


def _words(grammar: Grammar, prompts: Prompts | None) -> Counter[str]:
    """How often each word stands in the phrases and prompts; those of the command for a language are foreign on
    purpose."""
    phrases = [phrase.text for phrase in grammar.phrases if phrase.intent != Command.LANGUAGE]
    said = [str(text) for forms in prompts.texts.values() for text in forms.values()] if prompts else []
    return Counter(word for text in (*phrases, *said) for word in fold(text).split())
