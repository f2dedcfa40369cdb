"""What was left in a text that is not said: a note to oneself, several phrases in one, a question without its sign."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from voice.content.grammar import Grammar
from voice.content.labelled import Labelled
from voice.content.prompts import Prompts
from voice.errors import Problem

TO_DO = re.compile(r"\b(?:TODO|TO DO|FIXME|(?i:tbd|xxx+)|[Ll]orem ipsum)\b|\?\?\?")
"""“todo” in small letters is a Spanish word."""

NOTES = (
    (re.compile(r"^(?:e\.g\.|i\.e\.|z\. ?b\.|bijv\.|bv\.|p\. ?ex\.)\s", re.IGNORECASE), "before"),
    (re.compile(r"^\d{1,2}\)\s"), "before"),
    (re.compile(r"^(?:caller|customer|client|klant|beller|kunde|anrufer|appelant)\s?:\s", re.IGNORECASE), "before"),
    (re.compile(r"\s(?:etc|usw|enz|u\.s\.w)\.$", re.IGNORECASE), "behind"),
)
"""What stands around a phrase in a list for people, and nobody says."""

NUMBERED = re.compile(r"\d{1,2}\.(?=\s)")
"""One alone may be a date (“1. Mai”)."""

CHOICE = re.compile(r"\w \/ \w")
DOLLAR = re.compile(r"\$(?=[A-Za-z{])")
MOST_PHRASES, JOINED, WORDS = 3, 3, 4
"""So few phrases a topic has whose author joins them with commas; each is short. Of 45 000 phrases in four languages
one in a hundred is so too, as people talk, in topics that have many."""

QUESTIONS = (
    *("confirm", "choice", "choice.both", "resume", "answered", "helped", "earlier", "notice.area"),
    *("check.agent", "check.callback", "check.back", "check.goodbye", "check.language"),
    *("listed.keep", "listed.cancel", "offer.callback", "offer.callback.hidden"),
    *("callback.confirm", "callback.confirm.window"),
)
"""Prompts that are answered by yes, no or a choice."""

SIGNS = re.compile("[?？؟;՞]")


def in_grammar(grammar: Grammar | None, labelled: Iterable[Labelled]) -> Iterator[Problem]:
    written = [(row.text, row.path, row.line) for row in labelled]
    if grammar:
        written += [(each.text, each.path, each.line) for each in grammar.phrases]
        written += [(each.text, each.path, each.line) for each in grammar.templates]
        yield from _joined(grammar)
    numbered = {(path, found[0]) for text, path, _ in written if (found := NUMBERED.match(text))}
    for text, path, line in written:
        told = _left_in(text)
        if told is None and NUMBERED.match(text) and {(path, "1."), (path, "2.")} <= numbered:
            told = "The phrases of this file are numbered, and nobody says the numbers.", "Take them out."
        told = told or next(
            (
                (f"“{found[0].strip()}” {where} this text is no part of what callers say.", "Take it out.")
                for note, where in NOTES
                if (found := note.search(text))
            ),
            None,
        )
        if told is None and CHOICE.search(text):
            told = (
                "A / between words is nothing that callers say.",
                "Write a phrase for each, or (one|other) in a template.",
            )
        if told:
            yield Problem(path, line, *told, "warning")


def in_prompts(prompts: Prompts, lines: Mapping[str, int]) -> Iterator[Problem]:
    """`lines`: text → its line."""
    path = f"prompts/{prompts.language}.yaml"
    asks = any("?" in text for forms in prompts.texts.values() for text in forms.values())
    for key, forms in prompts.texts.items():
        for text in forms.values():
            told = _left_in(text)
            if told is None and asks and key in QUESTIONS and not SIGNS.search(text):
                what = f"“{key}” asks, and has no question mark: it is spoken as if it were settled."
                told = what, "Put a ? behind the question."
            if told:
                yield Problem(path, lines.get(text, 0), *told, "warning")


def _left_in(text: str) -> tuple[str, str] | None:
    if found := TO_DO.search(text):
        return f"“{found[0]}” was left in this text.", "Write what is to be said."
    if DOLLAR.search(text):
        return "A $ before a name means nothing here, and is spoken.", "Take it out."
    return None


def _joined(grammar: Grammar) -> Iterator[Problem]:
    count = Counter(phrase.intent for phrase in grammar.phrases)
    for phrase in grammar.phrases:
        parts = [part.split() for part in phrase.text.split(",")]
        if count[phrase.intent] <= MOST_PHRASES and len(parts) >= JOINED and all(1 <= len(p) <= WORDS for p in parts):
            what = f"“{phrase.text}” looks like {len(parts)} phrases in one: nobody says them all."
            yield Problem(phrase.path, phrase.line, what, "Write each on a line of its own.", "warning")
