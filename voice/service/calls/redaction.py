"""What callers say, made fit to be kept: without the numbers in it."""

import re

from voice.understanding.normalise import spoken
from voice.understanding.numbers import NUMERALS, is_number

MASK = "#"
LONGEST_COUNT = 2
"""So many number words in a row are a count or an amount ("twee keer", "zestig euro"); more are somebody's number."""


def without_numbers(text: str, language: str, digits: str = "") -> str:
    """Every digit is masked, and every row of number words: a telephone or customer number is nobody's business.
    `digits` is the number that was understood: where only the operator's list knows the words of numbers, nothing else
    was said with it."""
    if len(digits) > LONGEST_COUNT and language not in NUMERALS:
        return MASK
    pieces = re.split(r"(\s+)", re.sub(r"\d", MASK, text))
    numbers = [at for at in range(0, len(pieces), 2) if _is_number(pieces[at], language)]
    row: list[int] = []
    for at in [*numbers, -1]:
        if row and at != row[-1] + 2:
            if len(row) > LONGEST_COUNT:
                for place in row:
                    pieces[place] = MASK
            row = []
        row.append(at)
    return "".join(pieces)


def _is_number(piece: str, language: str) -> bool:
    """“één” counts: it is a digit among others, and a row of one masks nothing."""
    words = spoken(piece, language)
    return bool(words) and all(is_number(word, language) or word in ONE.get(language, ()) for word in words)


ONE = {"nl": ("een",), "fr": ("un", "une"), "de": ("ein", "eins", "eine"), "en": ("one", "oh", "o")}
