"""Phrases, labelled lines and prompts that are written in another language than the one they stand under.

A language that the line has is known by the words of its files. One that it has not is known by the words that hold
its sentences together (`common_words.yaml`). Of 40 000 phrases and labelled lines in four languages, each held against
a line that has one of the others alone, the rule before it knew of dialect found 71 to 87 in a hundred, and took one in
a thousand of that line's own, all of them dialect, for another's.
"""

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from voice.content.doubts import places
from voice.content.files import read_yaml
from voice.content.grammar import MOST_NAMED, Grammar
from voice.content.labelled import Labelled
from voice.content.prompts import Prompts
from voice.content.texts import fold
from voice.core.interpretation import Command
from voice.errors import Problem

FEWEST_WORDS, FOREIGN_SHARE, OWN_SHARE = 4, 0.75, 0.34
"""A phrase is taken for another language's if it has so many words, of which that language's files know this share, and
those of its own, the phrase itself left out, no more than the last."""

FEWEST_UNKNOWN, COMMON_SHARE, OWN_COMMON = 5, 0.4, 0.25
"""The same of a language that the line has not, by its common words. Who writes in dialect uses some of those: one such
phrase counts where the line's files know its words no better, and several where they make a part of their file."""

PART_OF_A_FILE = 0.1
SHOWN = 100

Written = tuple[str, str, int]
"""A text, its file and its line."""


def foreign_texts(
    folder: Path,
    grammars: Mapping[str, Grammar],
    labelled: Mapping[str, Sequence[Labelled]],
    prompts: Mapping[str, Prompts],
    topics: Iterable[str],
) -> Iterator[Problem]:
    own_topics = set(topics)
    known = {language: _words(grammar, prompts.get(language)) for language, grammar in grammars.items()}
    for language, grammar in grammars.items():
        lines = places(folder, language) if language in prompts else {}
        written: list[Written] = [
            *((each.text, each.path, each.line) for each in grammar.phrases if each.intent in own_topics),
            *((each.text, each.path, each.line) for each in labelled.get(language, ()) if each.label in own_topics),
            *((text, f"prompts/{language}.yaml", line) for text, line in lines.items()),
        ]
        rest: list[Written] = []
        for text, path, line in written:
            if other := _written_in(text, language, known):
                where = f"prompts/{other}.yaml" if path.startswith("prompts/") else f"grammars/{other}/"
                yield _told(text, other, path, line, f"Move it to {where}.")
            else:
                rest.append((text, path, line))
        yield from _of_no_language(rest, language, known)


def _told(text: str, other: str, path: str, line: int, mend: str, more: str = "") -> Problem:
    shown = f"{text[:SHOWN]}…" if len(text) > SHOWN else text
    return Problem(path, line, f"“{shown}” is written in “{other}”, it seems{more}.", mend, "warning")


def _written_in(text: str, language: str, known: Mapping[str, Counter[str]]) -> str | None:
    words = _folded(text)
    if len(words) < FEWEST_WORDS:
        return None
    mine = Counter(words)
    if _share(words, lambda word: known[language][word] > mine[word]) > OWN_SHARE:
        return None
    share = {other: _share(words, theirs.__contains__) for other, theirs in known.items() if other != language}
    other = max(share, key=lambda each: share[each], default=language)
    return other if share.get(other, 0.0) >= FOREIGN_SHARE else None


def _of_no_language(written: Sequence[Written], language: str, known: Mapping[str, Counter[str]]) -> Iterator[Problem]:
    """Texts in a language that the line has not: one finding a file."""
    strangers = {other: words for other, words in common_words().items() if other not in known}
    own = common_words().get(language)
    found: dict[str, list[tuple[Written, str]]] = {}
    size: Counter[str] = Counter()
    for each in written:
        text, path, _ = each
        size[path] += 1
        words = _folded(text)
        if len(words) < FEWEST_UNKNOWN or (own and _share(words, own.__contains__) > OWN_COMMON):
            continue
        share = {other: _share(words, common.__contains__) for other, common in strangers.items()}
        other = max(share, key=lambda each: share[each], default=language)
        if share.get(other, 0.0) >= COMMON_SHARE:
            found.setdefault(path, []).append((each, other))
    for path, those in found.items():
        if len(those) <= MOST_NAMED or len(those) < PART_OF_A_FILE * size[path]:
            those = [(each, other) for each, other in those if not _knows(known[language], each[0])]
        many = len(those) > MOST_NAMED
        for (text, _, line), other in those[:1] if many else those:
            more = f", here and in {len(those) - 1} more lines" if many else ""
            mend = f"Write it in “{language}”: the line has no “{other}”."
            yield _told(text, other, path, line, mend, more)


def _knows(known: Counter[str], text: str) -> bool:
    words = _folded(text)
    mine = Counter(words)
    return _share(words, lambda word: known[word] > mine[word]) > OWN_SHARE


def _folded(text: str) -> list[str]:
    return fold(re.sub(r"\{[^}]*\}", " ", text)).split()


def _share(words: Sequence[str], which: Callable[[str], bool]) -> float:
    return sum(map(which, words)) / len(words)


@functools.cache
def common_words() -> Mapping[str, frozenset[str]]:
    path = Path(__file__).parent / "common_words.yaml"
    return {language: frozenset(words.split()) for language, words in read_yaml(path, path.name).data.items()}


def _words(grammar: Grammar, prompts: Prompts | None) -> Counter[str]:
    """How often each word stands in the phrases and prompts; those of the command for a language are foreign on
    purpose."""
    phrases = [phrase.text for phrase in grammar.phrases if phrase.intent != Command.LANGUAGE]
    said = [str(text) for forms in prompts.texts.values() for text in forms.values()] if prompts else []
    return Counter(word for text in (*phrases, *said) for word in fold(text).split())
