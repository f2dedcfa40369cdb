"""What a recogniser writes, as plain words."""

import string
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.conftest import PROJECT
from voice.content import load_line
from voice.understanding.exact import key
from voice.understanding.loading import labelled_lines
from voice.understanding.normalise import LONGEST_WORD, MOST_WORDS, clauses, normalise, spoken
from voice.understanding.numbers import digits_in
from voice.understanding.sounds import Mishearing, sound

pytestmark = pytest.mark.slow

LANGUAGES = ("nl", "fr", "de", "en", "sv")
FIGURES = frozenset(string.digits + "#")


@example("\u0d70", "nl")
@example("een\u0d70twee \u2188 \U00010107", "nl")
@given(st.text(max_size=3000), st.sampled_from(LANGUAGES))
def test_whatever_comes_in_few_plain_words_come_out(text: str, language: str) -> None:
    for words in (normalise(text, language), spoken(text, language), *clauses(text, language)):
        assert len(words) <= MOST_WORDS
        assert all(0 < len(word) <= LONGEST_WORD for word in words)
        assert all(sign in FIGURES or unicodedata.category(sign)[0] in "LM" for word in words for sign in word)
        assert not any(unicodedata.combining(sign) for word in words for sign in word)


def test_one_sign_that_unfolds_into_a_sentence_stays_short() -> None:
    assert len(" ".join(normalise("ﷺ" * 100_000, "nl"))) < 2000


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("Réparer la box, s'il vous plaît!", "reparer la box s il vous plait", "fr"),
        ("Ich hab' zwölf Euro zu viel gezahlt", "ich hab 12 euro zu viel gezahlt", "de"),
        ("er is zevenenzestig euro af", "Er is, eh, 67 euro af.", "nl"),
        ("cent vingt euros", "120 euros", "fr"),
        ("mijn tele visie", "mijn televisie", "nl"),
        ("the bill, I mean the invoice of march", "the bill the invoice of march", "en"),
        ("Ο λογαριασμός μου!", "ο λογαριασμος μου", "el"),
        ("네, 좋아요.", "네 좋아요", "ko"),
    ],
)
def test_the_same_said_otherwise_is_the_same_phrase(one: str, other: str, language: str) -> None:
    assert key(normalise(one, language)) == key(normalise(other, language))


@pytest.mark.parametrize("word", ["와이파이", "счет", "λογαριασμος", "हिन्दी"])
def test_a_word_of_any_script_stays_one(word: str) -> None:
    (plain,) = normalise(word, "xx")
    assert len(plain) >= len(word) - 1


def test_a_correction_is_no_refusal() -> None:
    assert "nee" not in normalise("mijn tv, nee wacht, mijn internet ligt plat", "nl")
    assert normalise("nee wacht", "nl") == ["nee", "wacht"]


def test_an_utterance_is_parted_where_it_is_joined() -> None:
    assert clauses("ik ga verhuizen en mijn factuur klopt niet", "nl") == [
        ["ik", "ga", "verhuizen"],
        ["en", "mijn", "factuur", "klopt", "niet"],
    ]


@pytest.mark.parametrize(
    ("said", "digits", "language"),
    [
        ("drie", "3", "nl"),
        ("toets drie", "3", "nl"),
        ("nul vier zeven nul, twaalf, vierendertig, zesenvijftig", "0470123456", "nl"),
        ("nul vierhonderdzeventig twaalf tweeëntwintig", "04701222", "nl"),
        ("zeven en veertig", "47", "nl"),
        ("mijn nummer is 0470 12 34 56", "0470123456", "nl"),
        ("ik heb twee keer zestig euro betaald", "", "nl"),
        ("zéro quatre cent septante, douze, quatre-vingt-douze, nonante-neuf", "0470129299", "fr"),
        ("zéro six, vingt et un, soixante-dix-huit, quatre-vingts", "06217880", "fr"),
        ("null eins sieben siebenundvierzig zwölf", "0174712", "de"),
        ("dreiundzwanzig fünf doppelt drei", "23533", "de"),
        ("oh seven double seven nine hundred one two three", "0777900123", "en"),
        ("forty-seven", "47", "en"),
        ("my mobile is oh four seven oh twelve thirty four fifty six and i am at home", "0470123456", "en"),
        ("two please", "2", "en"),
        ("option two", "2", "en"),
        ("le deux s'il vous plaît", "2", "fr"),
        ("doe maar twee", "2", "nl"),
        ("die zwei bitte", "2", "de"),
        ("i want two bills please", "", "en"),
        ("12", "12", "sv"),
        ("tolv", "", "sv"),
    ],
)
def test_spoken_numbers_become_digits(said: str, digits: str, language: str) -> None:
    assert digits_in(spoken(said, language), language) == digits


@given(st.lists(st.sampled_from(["nul", "een", "dubbel", "honderd", "en", "zeven", "veertig", "x", "3"]), max_size=20))
def test_no_order_of_number_words_breaks_anything(words: list[str]) -> None:
    assert digits_in(words, "nl") in ("", digits_in(words, "nl"))
    assert digits_in(words, "nl").isdecimal() or not digits_in(words, "nl")


STORIES = ["mijn internet valt altijd weg als het regent", "waarom is mijn rekening zo hoog deze maand"] * 40


def test_words_that_sound_alike_share_a_code() -> None:
    assert sound("fietsen", "nl") == sound("vietsen", "nl")
    assert sound("rad", "de") == sound("rat", "de")
    assert sound("phone", "en") == sound("fone", "en")
    assert sound("internet", "nl") != sound("rekening", "nl")


def test_mishearing_is_the_same_each_time() -> None:
    mishearing = Mishearing(" ".join(STORIES).split(), "nl")
    assert mishearing.hear(STORIES[0], 0.0, 1) == STORIES[0]
    heard = [mishearing.hear(story, 0.25, 1) for story in STORIES]
    assert heard == [mishearing.hear(story, 0.25, 1) for story in STORIES] != STORIES


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_a_quarter_misheard_is_a_word_error_rate_of_a_quarter(language: str) -> None:
    line = load_line(PROJECT)
    said = [spoken(text, language) for _, text in labelled_lines(line, language)]
    mishearing = Mishearing((word for words in said for word in words), language)
    errors = sum(word_errors(words, mishearing.hear(" ".join(words), 0.25, 1).split()) for words in said)
    assert errors / sum(map(len, said)) == pytest.approx(0.25, abs=0.015)


def word_errors(said: list[str], heard: list[str]) -> int:
    """Words changed, added or lost, as few as will do (Levenshtein)."""
    row = list(range(len(heard) + 1))
    for n, word in enumerate(said, 1):
        above, row = row, [n]
        for at, other in enumerate(heard):
            row.append(min(above[at + 1] + 1, row[at] + 1, above[at] + (word != other)))
    return row[-1]
