"""A spoken date of birth → day, month and year in digits: "drie mei vijfenzeventig", "3/5/1975", "May the third, 1975".

Months and ordinals are the calendar's, in the operator's `_moments.yaml`; numbers are spoken as telephone numbers are.
"""

import re
from collections.abc import Mapping, Sequence

from voice.content.moment_words import MomentWords
from voice.understanding.normalise import spoken
from voice.understanding.numbers import NUMERALS, digits_in, groups_in

THOUSAND: Mapping[str, str] = {"nl": "duizend", "fr": "mille", "de": "tausend", "en": "thousand"}

LONGEST_ENDING = 2
"""Letters that a case adds to an ordinal: "am dritten"."""

_FIGURES = re.compile(r"(?<!\d)(\d{1,2})\s?[./-]\s?(\d{1,2})\s?[./-]\s?(\d{4}|\d{2})(?!\d)")


def birth_digits(words: MomentWords, text: str, language: str) -> str:
    """As DDMMYYYY or DDMMYY; of what is no such date, whatever digits were said."""
    if figures := _FIGURES.search(text):
        return _written(int(figures[1]), int(figures[2]), figures[3])
    said = spoken(text, language)
    months = dict(words.months)
    at = next((place for place, word in enumerate(said) if word in months), None)
    ordinals = dict(words.ordinals)
    if at is None:
        return _in_numbers([str(_ordinal(word, ordinals) or word) for word in said], language)
    day, used = _day(said[:at], language, ordinals)
    rest = said[at + 1 :]
    if not day:
        day, used = _day(rest, language, ordinals, first=True)
        rest = rest[used:]
    return _written(day, months[said[at]], _year(rest, language))


def _written(day: int, month: int, year: str) -> str:
    return f"{day:02}{month:02}{year}"


def _in_numbers(said: Sequence[str], language: str) -> str:
    """ "three five seventy-five": the month by its number."""
    groups = groups_in(list(said), language)
    if thousand := THOUSAND.get(language):
        marked = next((at for at, word in enumerate(said) if thousand in word), None)
        before = groups_in(list(said[:marked]), language) if marked is not None else []
        if len(before) >= 2:
            return _written(int(before[0]), int(before[1]), _year(said, language))
    joined = "".join(groups)
    if len(joined) in (6, 8) and len(groups) != 3:
        return joined
    if len(groups) in (3, 4) and all(len(group) <= 2 for group in groups[:2]):
        return _written(int(groups[0]), int(groups[1]), "".join(groups[2:]))
    return joined


def _day(said: Sequence[str], language: str, ordinals: Mapping[str, int], *, first: bool = False) -> tuple[int, int]:
    """The day in these words, the last one named or the first, and how many words there are up to its end."""
    found, tens, end = 0, 0, 0
    for at, word in enumerate(said):
        value = _ordinal(word, ordinals) or int(digits_in([word], language, 1) or 0)
        if not 1 <= value <= 31:
            continue
        if found and first and not (tens and value < 10):
            break
        found = tens + value if tens and value < 10 else value
        tens = value if value in (20, 30) else 0
        end = at + 1
    return (found, end) if found <= 31 else (0, 0)


def _ordinal(word: str, ordinals: Mapping[str, int]) -> int:
    for ending in range(LONGEST_ENDING + 1):
        stem = word[: len(word) - ending]
        if stem in ordinals:
            return ordinals[stem]
    return 0


def _year(said: Sequence[str], language: str) -> str:
    """Four digits or two; "mille neuf cent", "tweeduizend vijf", "nineteen seventy-five"."""
    thousand = THOUSAND.get(language)
    for at, word in enumerate(said):
        before, found, after = word.partition(thousand) if thousand else (word, "", "")
        if found:
            lead = digits_in([before or (said[at - 1] if at else "")], language, 1)
            rest = groups_in([after, *said[at + 1 :]] if after else list(said[at + 1 :]), language)
            thousands = int(lead) if lead in ("1", "2") else 1
            return str(1000 * thousands + int("".join(rest)[:3] or 0))
    # Of "nineteen hundred and eighty" the hundred is said and not counted.
    hundred = NUMERALS[language].hundred if language in NUMERALS else frozenset()
    groups = groups_in([word for word in said if word not in hundred], language)
    return "".join(group.zfill(2) for group in groups) if len(groups) == 2 else "".join(groups)
