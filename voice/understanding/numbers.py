"""Spoken numbers → digits: "nul vier zeven nul, twaalf, zevenenveertig", "quatre-vingt-douze", "double three".

A telephone number is said in groups, each a number of one to three digits; the groups' digits are joined as they come.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from voice.understanding.languages import words

LEAST_IN_A_STORY = 6
"""Digits in a row that are a number to note, even within a sentence."""


@dataclass(frozen=True)
class Numerals:
    """One language's: `values` 0-99 as far as they are one word, `joint` what stands between unit and ten,
    `units_first` whether the unit comes before the ten, `hundred`, and what repeats the next digit. `around` a number
    stand these words; `choosing` are those with which one of several is picked, and that tell nothing else."""

    values: Mapping[str, int]
    joint: str
    units_first: bool
    hundred: frozenset[str]
    repeats: Mapping[str, int]
    around: frozenset[str]
    choosing: frozenset[str]


def _values(units: str, tens: str, *more: tuple[str, int]) -> dict[str, int]:
    values = {word: n for n, word in enumerate(units.split())}
    values |= {word: 10 * n for n, word in enumerate(tens.split(), 2)}
    return values | dict(more)


def _compounds(values: dict[str, int], joint: str) -> dict[str, int]:
    """ "zeven" + "en" + "veertig" → 47."""
    tens = [(word, n) for word, n in values.items() if n >= 20]
    units = [(word, n) for word, n in values.items() if 1 <= n <= 9]
    return values | {unit + joint + ten: m + n for (unit, m), (ten, n) in itertools.product(units, tens)}


_NL = _values(
    "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien"
    " achttien negentien",
    "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
    ("zeuven", 7),
    ("zero", 0),
)
_DE = _values(
    "null eins zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn"
    " achtzehn neunzehn",
    "zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig",
    ("ein", 1),
    ("zwo", 2),
    ("fuenf", 5),
    ("zwoelf", 12),
)
_FR = _values(
    "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize",
    "vingt trente quarante cinquante soixante septante huitante nonante",
    ("une", 1),
    ("octante", 80),
)
_EN = _values(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen",
    "twenty thirty forty fifty sixty seventy eighty ninety",
    ("oh", 0),
    ("nought", 0),
    ("fourty", 40),
)
NUMERALS: Mapping[str, Numerals] = {
    "nl": Numerals(
        _compounds(_NL, "en"),
        "en",
        True,
        frozenset({"honderd"}),
        {"dubbel": 2, "dubbele": 2, "driedubbel": 3},
        words(
            "toets nummer cijfer keuze optie druk de het is mijn op dat ja gsm telefoonnummer van en graag alstublieft"
            " aub doe maar"
        ),
        words(
            "geef geeft mij me neem nemen kies kiezen wil wilt willen zou graag liefst liever doe doen zet ga gaan"
            " ik dan maar dus eens even toch voor met het de die dat den ne er in op dank u je alsjeblieft zeg laten we"
            " mag kan ja hebben wordt is was keuze optie nummer toets"
        ),
    ),
    "fr": Numerals(
        _FR,
        "et",
        False,
        frozenset({"cent", "cents"}),
        {"double": 2, "triple": 3},
        words("touche numero le la c est mon de au oui sur gsm portable telephone choix et option s il vous plait"),
        words(
            "donnez donne moi mettez met mets prends prendrai prendrais prendre choisis choisirais voudrais veux vais"
            " aimerais dirais dis disons je j on ce c est serait sera alors donc bien plutot pour avec le la l de du"
            " au a s il vous te plait prie merci en oui celui celle ca va"
        ),
    ),
    "de": Numerals(
        _compounds(_DE, "und"),
        "und",
        True,
        frozenset({"hundert"}),
        {"doppel": 2, "doppelt": 2, "doppelte": 2, "dreifach": 3},
        words("taste nummer die der ist meine auf ja ziffer wahl handynummer telefonnummer und das option bitte gerne"),
        words(
            "geben gib gebt mir nehme nehmen nimm wahle wahlen mochte will wurde hatte gern gerne lieber sage sagen wir"
            " ich dann also mal doch fur mit auf die der das den dem es ist ware bitte danke schon sie ja so machen"
            " moglichkeit punkt"
        ),
    ),
    "en": Numerals(
        _EN,
        "and",
        False,
        frozenset({"hundred"}),
        {"double": 2, "triple": 3},
        words("press number key digit option the it is its s my on yes mobile phone and choice please thanks"),
        words(
            "give gimme me take i ll d go for with would will like want have choose pick say let s us make it that"
            " the please thanks thank you grand great fine lovely then well just be think so s to option yes do cheers"
        ),
    ),
}


@lru_cache(maxsize=4096)
def is_number(word: str, language: str) -> bool:
    """Whether a word is surely a number: digits, or a number word that is not an article or a pronoun too."""
    if word.isdecimal():
        return True
    numerals = NUMERALS.get(language)
    return numerals is not None and any(n != 1 for n in _split(word, language))


@lru_cache(maxsize=4096)
def _split(word: str, language: str) -> tuple[int, ...]:
    """The number in one word, as (hundreds, rest) or (value,); () when it is none: "vierhonderdzeventig" → (400,
    70)."""
    numerals = NUMERALS[language]
    if word in numerals.values:
        return (numerals.values[word],)
    for hundred in numerals.hundred:
        before, found, after = word.partition(hundred)
        if found and (not before or before in numerals.values) and (not after or after in numerals.values):
            hundreds = 100 * numerals.values.get(before, 1)
            return (hundreds, numerals.values[after]) if after else (hundreds,)
    return ()


def digits_in(words: list[str], language: str, least: int = LEAST_IN_A_STORY) -> str:
    """The number that an utterance is: all of it, or one of `least` digits within it; else "". `words` as
    `normalise.spoken`."""
    numerals = NUMERALS.get(language)
    if numerals is None:
        return "".join(words) if words and all(word.isdecimal() for word in words) else ""
    runs: list[str] = [""]
    rest = []
    at = 0
    while at < len(words):
        digits, used = _group(words, at, language, numerals)
        if used:
            runs[-1] += digits
            at += used
            continue
        if words[at] not in numerals.around:
            rest.append(words[at])
        # "and" within a number holds it together; any other word ends it.
        if words[at] != numerals.joint and runs[-1]:
            runs.append("")
        at += 1
    longest = max(runs, key=len)
    return longest if len(longest) >= least or not rest else ""


def groups_in(words: list[str], language: str) -> list[str]:
    """The numbers one after another, each as it was said: "nineteen seventy-five" → 19, 75."""
    numerals = NUMERALS.get(language)
    if numerals is None:
        return [word for word in words if word.isdecimal()]
    found, at = [], 0
    while at < len(words):
        digits, used = _group(words, at, language, numerals)
        if used:
            found.append(digits)
        at += used or 1
    return found


def _group(words: list[str], at: int, language: str, numerals: Numerals) -> tuple[str, int]:
    """The digits of the number that begins at `at`, and how many words it takes; 0 words when none does."""
    word = words[at]
    if word.isdecimal():
        return word, 1
    if word in numerals.repeats and at + 1 < len(words):
        digits, used = _group(words, at + 1, language, numerals)
        return (digits * numerals.repeats[word], used + 1) if len(digits) == 1 else ("", 0)
    values = _split(word, language)
    if not values:
        return "", 0
    total, used = sum(values), 1
    following = words[at + 1 : at + 6]
    if following[:1] and following[0] in numerals.hundred and 1 <= total <= 9:
        total, used = 100 * total, 2
    if total and total % 100 == 0:
        rest, taken = _below_hundred(words, at + used, language, numerals)
        dictated = rest < 10 and _simple(words, at + used + taken, language)[1]  # "nine hundred, one, two, three"
        return (str(total + rest), used + taken) if 0 < rest < 100 and not dictated else (str(total), used)
    if used == 1 and len(values) == 1:
        total, used = _below_hundred(words, at, language, numerals)
    return str(total), used


def _below_hundred(words: list[str], at: int, language: str, numerals: Numerals) -> tuple[int, int]:
    """(value, words used) of "zeven en veertig", "quatre vingt dix sept", "forty seven", or one word."""
    first, used = _simple(words, at, language)
    if not used:
        return 0, 0
    joined = words[at + used : at + used + 1] == [numerals.joint]
    second, more = _simple(words, at + used + joined, language)
    if numerals.units_first:
        fits = joined and 1 <= first <= 9 and second >= 20 and second % 10 == 0
    else:
        # Sixty and eighty are counted on to nineteen in French.
        most = 19 if language == "fr" and first in (60, 80) else 9
        fits = first >= 20 and first % 10 == 0 and 1 <= second <= most
    return (first + second, used + joined + more) if fits else (first, used)


def _simple(words: list[str], at: int, language: str) -> tuple[int, int]:
    """(value, words used) of one number word below a hundred, and of the French that are two: "quatre vingt",
    "dix sept"."""
    values = _split(words[at], language) if at < len(words) else ()
    if len(values) != 1 or values[0] >= 100:
        return 0, 0
    following = words[at + 1] if at + 1 < len(words) else ""
    if language == "fr" and values[0] == 4 and following in ("vingt", "vingts"):
        return 80, 2
    if language == "fr" and values[0] == 10 and following in ("sept", "huit", "neuf"):
        return 10 + _split(following, language)[0], 2
    return values[0], 1
