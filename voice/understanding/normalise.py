"""What was heard → plain words: one spelling for what is said alike.

Case, accents and punctuation fall away; a number is `#`, in digits or in words; hesitations are dropped, and what the
caller took back ("mijn tv, nee wacht, mijn internet"). What is left is short and of letters alone, of whatever script:
nothing behind this module sees the caller's other signs.
"""

import re
import unicodedata
from functools import lru_cache

from voice.understanding.languages import CORRECTIONS, HESITATIONS, JOINS
from voice.understanding.numbers import is_number

LONGEST = 600
"""Characters that are read: half a minute of quick speech. The reason for the call stands in the first of them."""

MOST_WORDS = 90
LONGEST_WORD = 32
NUMBER = "#"
SHORTEST_CORRECTION = 3
"""Words that must follow "no wait" for it to be a correction of what was said, and not an afterthought."""

_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l"})
_SIGNS = map(chr, range(0x300, 0x10000))
_VOWELS = "".join(sign for sign in _SIGNS if unicodedata.category(sign)[0] == "M" and not unicodedata.combining(sign))
"""Marks that are no accents: in the scripts of India a word's vowels."""

_NO_DIGITS = ("No", "Nl")

_WORD = re.compile(rf"(?:[^\W\d_][{_VOWELS}]*)+|[0-9]+")
_BREAK = re.compile(r"[.!?;:,]+(?=\s|$)")


def plain(text: str) -> str:
    """Lower case without accents, at most `LONGEST` characters; punctuation stands. What the taking apart of letters
    and accents also took apart, as the syllables of Korean, is put together again. A sign that is a number and no digit
    (൰, ten) is no letter, though `\\w` takes it for one."""
    text = text[:LONGEST].casefold()
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
    bare = "".join(
        " " if unicodedata.category(sign) in _NO_DIGITS else sign for sign in text if not unicodedata.combining(sign)
    )
    return unicodedata.normalize("NFC", bare)[:LONGEST]


def spoken(text: str, language: str) -> list[str]:
    """The words as they were said, numbers as they stand, hesitations dropped."""
    hesitations = HESITATIONS.get(language, frozenset())
    words = (word[:LONGEST_WORD] for word in _WORD.findall(plain(text)))
    return [word for word in words if word not in hesitations][:MOST_WORDS]


def written(text: str, language: str) -> list[str]:
    """The words as a recogniser writes them, accents and all, for a reader who knows languages; hesitations dropped."""
    hesitations = HESITATIONS.get(language, frozenset())
    words = _WORD.findall(unicodedata.normalize("NFKC", text[:LONGEST]).lower()[:LONGEST])
    return [word[:LONGEST_WORD] for word in words if plain(word) not in hesitations][:MOST_WORDS]


@lru_cache(maxsize=4096)
def listed(phrase: str, language: str) -> tuple[str, ...]:
    """The words of a phrase of the operators' lists, which are compared with whatever is said. What callers say is not
    for keeping: `spoken` it is for them."""
    return tuple(spoken(phrase, language))


def normalise(text: str, language: str) -> list[str]:
    """The words that count."""
    return numbered(corrected(spoken(text, language), language), language)


def numbered(words: list[str], language: str) -> list[str]:
    """Each run of number words as one `#`."""
    found: list[str] = []
    for word in words:
        if not is_number(word, language):
            found.append(word)
        elif not found or found[-1] != NUMBER:
            found.append(NUMBER)
    return found


def corrected(words: list[str], language: str) -> list[str]:
    """Without the words of correction: "no wait", "I mean". What was said before them stays: it is seldom another
    topic, and often the rest of the sentence."""
    text = f" {' '.join(words)} "
    for marker in CORRECTIONS.get(language, ()):
        if marker in text and len(text.split(marker)[-1].split()) >= SHORTEST_CORRECTION:
            text = text.replace(f" {marker} ", " ")
    return text.split()


def clauses(text: str, language: str) -> list[list[str]]:
    """The parts of an utterance between its joints: punctuation, and words such as "and" and "but"."""
    joins = JOINS.get(language, frozenset())
    parts: list[list[str]] = []
    for piece in _BREAK.split(plain(text)):
        part: list[str] = []
        for word in spoken(piece, language):
            if word in joins and part:
                parts.append(part)
                part = []
            part.append(word)
        parts.append(part)
    return [numbered(part, language) for part in parts if part]
