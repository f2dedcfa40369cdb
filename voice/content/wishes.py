"""`grammars/<lang>/_wishes.yaml`: what callers say of a callback besides yes and no, and how a command is denied.

A phrase matches where its words stand in this order, without case and accents; `…` stands for up to four words more,
`(a|b)` for one of several, `[a]` for what may be left out; behind a `=`, nothing else may be said. A line without the
file has no such phrases.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from voice.content.files import Document, Place, nearest, read_yaml
from voice.content.texts import fold
from voice.core.call.wishes import Arranging
from voice.core.interpretation import Command
from voice.errors import ContentError, Problem

FILE = "_wishes.yaml"
SIGNS = {"…": r"(?:\S+ ){0,4}", "(": "(?:", "|": "|", ")": ")", "[": "(?:", "]": ")?"}
"""Of a phrase, as a regular expression of words with a space behind each."""

WHOLE = "="

LISTS = (*(what.value for what in Arranging), "corrections")
DENIED = "denied"
DENIABLE = (*(command.value for command in Command), *LISTS)


@dataclass(frozen=True)
class WishPhrases:
    """Phrases by what they want; `denied` by the command or the wish that they deny."""

    phrases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    denied: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def wants(self, what: str, text: str) -> bool:
        return _matches(self.phrases.get(what, ()), text) and not self.denies(what, text)

    def denies(self, command: str, text: str) -> bool:
        return _matches(self.denied.get(command, ()), text)

    def spared(self, what: str, text: str) -> str:
        """Without the phrases that deny it, where there are any."""
        if not self.denies(what, text):
            return text
        rest = f" {fold(text)} "
        for phrase in self.denied[what]:
            rest = pattern(phrase).sub("", rest)
        return rest.strip()

    def corrected(self, text: str) -> list[str]:
        """The parts of an utterance between words of correction."""
        return [part.strip() for part in self._corrections.split(f" {fold(text)} ")]

    @cached_property
    def _corrections(self) -> re.Pattern[str]:
        phrases = sorted(map(fold, self.phrases.get("corrections", ())), key=len, reverse=True)
        return re.compile(f" (?:{'|'.join(map(re.escape, phrases))})(?= )" if phrases else r"(?!)")


def _matches(phrases: tuple[str, ...], text: str) -> bool:
    said = f" {fold(text)} "
    return any(pattern(phrase).search(said) for phrase in phrases)


@cache
def pattern(phrase: str) -> re.Pattern[str]:
    """Without words it matches nothing. Raises `re.error` where a bracket is not closed."""
    if not fold(phrase):
        return re.compile(r"(?!)")
    parts = re.split(r"([…()|\[\]])", phrase)
    words = (SIGNS.get(part) or "".join(f"{re.escape(word)} " for word in fold(part).split()) for part in parts)
    if phrase.lstrip().startswith(WHOLE):
        return re.compile(f"^ {''.join(words)}$")
    return re.compile(f"(?<= ){''.join(words)}")


def _is_whole(phrase: str) -> bool:
    try:
        return bool(pattern(phrase))
    except re.error:
        return False


def load_wishes(folder: Path, language: str, problems: list[Problem]) -> WishPhrases:
    path = folder / "grammars" / language / FILE
    if not path.exists():
        return WishPhrases()
    try:
        document = read_yaml(path, f"grammars/{language}/{FILE}")
    except ContentError as error:
        problems += error.problems
        return WishPhrases()
    if document.data is not None and not isinstance(document.data, dict):
        problems.append(
            document.problem((), "This file has no names in it.", "Write names, each with a list under it.")
        )
    data: Mapping[str, Any] = document.data if isinstance(document.data, dict) else {}
    problems += [
        document.problem((name,), f"“{name}” is no list of wishes.", nearest(name, (*LISTS, DENIED)))
        for name in data
        if name not in (*LISTS, DENIED)
    ]
    denied = data.get(DENIED) or {}
    if not isinstance(denied, dict):
        mend = "Write the name of a command or a wish under it, and the phrases under that."
        problems.append(document.problem((DENIED,), f"“{DENIED}” has no names under it.", mend))
        denied = {}
    problems += [
        document.problem((DENIED, name), f"“{name}” is no command and no wish.", nearest(name, DENIABLE), warning=True)
        for name in denied
        if name not in DENIABLE
    ]
    return WishPhrases(
        {name: _phrases(document, (name,), data.get(name), problems) for name in LISTS},
        {name: _phrases(document, (DENIED, name), denied[name], problems) for name in denied},
    )


def _phrases(document: Document, place: Place, written: Any, problems: list[Problem]) -> tuple[str, ...]:
    if written is None:
        return ()
    if not isinstance(written, list):
        what = f"“{place[-1]}” must be a list, each phrase after a dash."
        problems.append(document.problem(place, what, "Write each between quotes, after a dash."))
        return ()
    found = []
    for number, phrase in enumerate(written):
        at = (*place, number)
        if not isinstance(phrase, str):
            problems.append(document.problem(at, "A phrase is no text.", "Write it between quotes, after a dash."))
        elif not fold(phrase):
            what = "There are no words in this phrase."
            problems.append(document.problem(at, what, "Write some, or take it out.", warning=True))
        elif not _is_whole(phrase):
            what = f"In “{phrase}” a bracket is not closed."
            problems.append(document.problem(at, what, "Write (one|another) or [perhaps]."))
        else:
            found.append(phrase.replace("...", "…"))
    return tuple(found)
