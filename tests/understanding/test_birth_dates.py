"""Dates of birth as callers say them, and as recognisers write them."""

import pytest

from voice.content import Line
from voice.understanding.birth_dates import birth_digits

SAID = {
    "nl": {
        "drie mei negentienhonderd vijfenzeventig": "03051975",
        "ik ben van drie mei vijfenzeventig": "030575",
        "3 mei 1975": "03051975",
        "03/05/1975": "03051975",
        "nul drie nul vijf negentien vijfenzeventig": "03051975",
        "drie vijf vijfenzeventig": "030575",
        "tweeëntwintig augustus tweeduizend vijf": "22082005",
        "vijf twaalf tweeduizend en een": "05122001",
    },
    "fr": {
        "le trois mai mille neuf cent septante-cinq": "03051975",
        "le premier janvier dix-neuf cent quatre-vingts": "01011980",
        "le 22 août deux mille cinq": "22082005",
        "vingt et un mars quatre-vingt-deux": "210382",
        "le neuf octobre nonante-deux": "091092",
        "le deux mai mille neuf cent huitante-quatre": "02051984",
        "le sept février dix-neuf cent septante et un": "07021971",
    },
    "de": {
        "am dritten Mai fünfundsiebzig": "030575",
        "dritter Mai neunzehnhundertfünfundsiebzig": "03051975",
        "dritter fünfter fünfundsiebzig": "030575",
        "zwölfter Jänner neunzehnhundertachtzig": "12011980",
        "am vierten Feber zweiundneunzig": "040292",
        "einundzwanzigster März zweitausendfünf": "21032005",
    },
    "en": {
        "May third nineteen seventy five": "03051975",
        "3rd May 1975": "03051975",
        "twenty first of August two thousand and five": "21082005",
        "oh three oh five nineteen seventy-five": "03051975",
    },
}


@pytest.mark.parametrize("language", SAID)
def test_a_date_of_birth_is_read_as_day_month_and_year(line: Line, language: str) -> None:
    words = line.moments[language]
    assert {text: birth_digits(words, text, language) for text in SAID[language]} == SAID[language]


def test_what_is_no_date_gives_no_digits(line: Line) -> None:
    assert birth_digits(line.moments["nl"], "dat weet ik niet", "nl") == ""
