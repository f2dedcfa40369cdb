"""Which words a model knows, and which phrases can therefore be listened for.

Vosk drops an unknown word of a phrase list with no more than a log line, and then listens for the rest
of the phrase: "ik wil verhuizen" without "verhuizen" is heard in everything. So a phrase with an unknown
word is left out whole, and said so.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

UNKNOWN_WORD = "[unk]"
"""What some models put for speech outside the phrase list; the Korean one, for example, lacks it."""

_MARKS = "".join(sign for sign in map(chr, range(0x300, 0x10000)) if unicodedata.category(sign)[0] == "M")
"""Written with a letter and no letter by themselves: many scripts write vowels so."""

_WORD = re.compile(rf"[\w{_MARKS}]+(?:[-'·][\w{_MARKS}]+)*'?")

Knows = Callable[[str], bool]


@dataclass(frozen=True)
class HeardPhrase:
    """A phrase and the place where an operator wrote it."""

    text: str
    path: str = ""
    line: int = 0


@dataclass(frozen=True)
class LeftOut:
    """A phrase that cannot be listened for, and the words to blame."""

    phrase: HeardPhrase
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class PhraseList:
    """What is listened for, spelled as the model spells it, and what is not."""

    phrases: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


def words_of(text: str) -> list[str]:
    """The words of a phrase: punctuation is not spoken. Hyphens and apostrophes stay inside a word."""
    return _WORD.findall(text.replace("\u2019", "'"))


def spelled(word: str, knows: Knows) -> tuple[str, ...]:
    """This word as the model has it, or nothing. Models differ in capitals, hyphens and elision."""
    lower = word.lower()
    parted = tuple(part for part in re.split(r"-|(?<=')", lower) if part)
    for spelling in ((word,), (lower,), parted):
        if all(knows(part) for part in spelling):
            return spelling
    return ()


def phrase_list(phrases: Iterable[HeardPhrase], knows: Knows) -> PhraseList:
    """Divide the phrases into those the model can hear and those it cannot; each is kept once."""
    heard: dict[str, None] = {}
    left_out: list[LeftOut] = []
    for phrase in phrases:
        words = words_of(phrase.text)
        spellings = [spelled(word, knows) for word in words]
        unknown = tuple(word for word, spelling in zip(words, spellings, strict=True) if not spelling)
        if unknown or not words:
            left_out.append(LeftOut(phrase, unknown))
        else:
            heard[" ".join(part for spelling in spellings for part in spelling)] = None
    return PhraseList(tuple(heard), tuple(left_out))


def unknown_words(phrases: Iterable[HeardPhrase], knows: Knows) -> dict[str, list[HeardPhrase]]:
    """Each unknown word and where it stands, in the order of the phrases."""
    found: dict[str, list[HeardPhrase]] = {}
    for phrase in phrases:
        for word in dict.fromkeys(words_of(phrase.text)):
            if not spelled(word, knows):
                found.setdefault(word, []).append(phrase)
    return found
