"""What the files say that can hardly be meant: each is a warning, and the line stands.

Nothing here needs the understanding: words are counted, names compared, file names looked at.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from voice.content.grammar import Grammar
from voice.content.labelled import Labelled
from voice.content.prompts import Prompts
from voice.content.texts import fold
from voice.core.interpretation import Command
from voice.errors import Problem

ENDINGS = {".txt": ".tsv", ".csv": ".tsv", ".tab": ".tsv", ".yml": ".yaml", ".YAML": ".yaml", ".TSV": ".tsv"}
"""What editors and spreadsheets make of the endings that are read."""

FOREIGN_WORDS, FOREIGN_SHARE, OWN_SHARE = 4, 0.75, 0.34
"""A phrase is taken for another language's if it has so many words, of which that language's files know this share, and
those of its own, the phrase itself left out, no more than the last."""

COMMENT = re.compile(r"^\s*-\s+(?![\"'\[{|>])[^#]*\S\s+#\s*\S")


def file_names(folder: Path, languages: Iterable[str]) -> Iterator[Problem]:
    """Files that nobody reads, for their ending."""
    for language in languages:
        base = folder / "grammars" / language
        for path in sorted((*base.glob("*"), *base.glob("tests/*"))):
            right = _right_name(path.name)
            if path.is_file() and right and not (path.parent / right).exists():
                shown_as = path.relative_to(folder).as_posix()
                yield Problem(shown_as, 0, "Nothing reads this file, for its ending.", f"Call it {right}.", "warning")


def _right_name(name: str) -> str | None:
    stem, _, ending = name.rpartition(".")
    if f".{ending}" not in ENDINGS or not stem:
        return None
    inner = Path(stem)
    if inner.suffix in (".yaml", ".tsv"):
        return stem
    return stem + ENDINGS[f".{ending}"]


def cut_by_a_sign(folder: Path, language: str) -> Iterator[Problem]:
    """Phrases without quotes, of which YAML takes what stands behind a # for a remark."""
    for path in sorted((folder / "grammars" / language).glob("*.yaml")):
        shown_as = path.relative_to(folder).as_posix()
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError):
            continue
        for number, line in enumerate(lines, 1):
            if COMMENT.match(line):
                what = "What stands behind # in this phrase is not read."
                yield Problem(shown_as, number, what, "Put the phrase between quotes, or take the rest out.", "warning")


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
    templates = {template.intent for template in grammar.templates}
    count = Counter(phrase.intent for phrase in grammar.phrases)
    for topic in topics:
        if count[topic] == 1 and topic not in templates:
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


def foreign_phrases(grammars: Mapping[str, Grammar], topics: Iterable[str]) -> Iterator[Problem]:
    """Phrases of a topic that are written in another of the line's languages, by whose words they use."""
    own_topics = set(topics)
    known = {language: _words(grammar) for language, grammar in grammars.items()}
    for language, grammar in grammars.items():
        for phrase in grammar.phrases:
            words = fold(phrase.text).split()
            if phrase.intent not in own_topics or len(words) < FOREIGN_WORDS:
                continue
            mine = Counter(words)
            own = sum(known[language][word] > mine[word] for word in words) / len(words)
            if own > OWN_SHARE:
                continue
            share = {
                other: sum(known[other][word] > 0 for word in words) / len(words)
                for other in grammars
                if other != language
            }
            other = max(share, key=lambda each: share[each], default=language)
            if share.get(other, 0.0) >= FOREIGN_SHARE:
                what = f"“{phrase.text}” is written in “{other}”, it seems."
                yield Problem(phrase.path, phrase.line, what, f"Move it to grammars/{other}/.", "warning")


def _words(grammar: Grammar) -> Counter[str]:
    """How often each word stands in the topics' phrases; those of the command for a language are foreign on purpose."""
    phrases = (phrase for phrase in grammar.phrases if phrase.intent != Command.LANGUAGE)
    return Counter(word for phrase in phrases for word in fold(phrase.text).split())
