"""German as far as rules know it: every article agrees with its noun, in the case that its place asks for, whatever
topic, queue or moment fills a prompt. A noun that the rules do not know is told, and added below."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.content.test_every_prompt import NUMBER, filled, moments, now, sentences
from voice.content import Line
from voice.content.prompt_keys import KEYS
from voice.core.call.actions import Prompt

GENDERS = {
    "m": "Umzug Termin Vertrag Dienst Verkauf Kundendienst Mitarbeiter Link Rückruf Platz Zeitpunkt Computer Anruf Ton"
    " Ansprechpartner Tag Empfang Kollege Kunde Mensch Kunden Menschen Anschluss",
    "f": "PIN PUK SIM-Karte App Beschwerdestelle Person Telefonhilfe Raute Taste SMS Liste Nummer Adresse Frist"
    " Minute Warteschlange Sterntaste Eins Beschwerde Hand Reihe Leitung",
    "n": "Angebot Handy Kundenkonto Internet Fernsehen Festnetz WLAN-Passwort Paket"
    " Umzugsformular Gespräch Geburtsdatum Anliegen Ausland",
    "p": "Daten Öffnungszeiten Adressen Zahlungsarten Preise Störungen Preise Kunden Personen Minuten Worten",
}
BY_ENDING = {
    "ung": "f",
    "heit": "f",
    "keit": "f",
    "ion": "f",
    "schaft": "f",
    "frist": "f",
    "nummer": "f",
    "rechnung": "f",
}
"""Of a noun in the singular."""

ARTICLES = {
    "nominative": {"m": "der ein kein Ihr unser", "f": "die eine keine Ihre unsere", "n": "das ein kein Ihr unser"},
    "accusative": {
        "m": "den einen keinen Ihren unseren",
        "f": "die eine keine Ihre unsere",
        "n": "das ein kein Ihr unser",
    },
    "dative": {"m": "dem einem keinem Ihrem unserem", "f": "der einer keiner Ihrer unserer",
               "n": "dem einem keinem Ihrem unserem"},
    "genitive": {"m": "des eines keines Ihres unseres", "f": "der einer keiner Ihrer unserer",
                 "n": "des eines keines Ihres unseres"},
}  # fmt: skip
PLURAL = {
    "nominative": "die keine Ihre unsere",
    "accusative": "die keine Ihre unsere",
    "dative": "den keinen Ihren unseren",
    "genitive": "der keiner Ihrer unserer",
}
ASKS_FOR = {
    "accusative": "um für über gegen durch ohne",
    "dative": "mit bei von zu nach aus seit vor in an auf unter zwischen",
}
"""Of the prepositions that take both cases the one that they have here, where nothing is moved."""

DETERMINER = re.compile(r"(?:der|die|das|den|dem|des|(?:k?ein|Ihr|unser)(?:e|en|em|er|es)?)\Z")
NOUN = re.compile(r"[A-ZÄÖÜ][\wäöüß-]+\Z")
JOINS = {"oder", "und"}


def gender(noun: str) -> set[str]:
    """Also of a noun in the genitive: eines Pakets."""
    found = {sign for sign, nouns in GENDERS.items() if {noun, noun.removesuffix("s")} & {*nouns.split()}}
    return found or {sign for ending, sign in BY_ENDING.items() if noun.casefold().endswith(ending)}


def fitting(case: str, genders: set[str]) -> set[str]:
    return {
        article
        for sign in genders
        for article in (PLURAL[case] if sign == "p" else ARTICLES[case].get(sign, "")).split()
    }


def wrong_in(text: str, first: str = "") -> Iterator[str]:
    """Each article that does not fit its noun. `first` is the case of what stands at the beginning."""
    words = re.findall(r"[\wäöüÄÖÜß-]+|[,:;.?!]", text)
    case, after_noun = first, False
    for at, word in enumerate(words):
        if word == ",":
            case = "" if words[at + 1 : at + 2] == ["und"] else case
            continue
        asked = next((name for name, prepositions in ASKS_FOR.items() if word in prepositions.split()), None)
        if asked:
            case, after_noun = asked, False
            continue
        determiner = word if at else word[0].lower() + word[1:] if word[0:3] in ("Der", "Die", "Das", "Ein") else word
        if at == 0 and word in ("Unser", "Unsere"):
            determiner = word.lower()
        if DETERMINER.match(determiner) and case:
            noun = next((one for one in words[at + 1 : at + 3] if NOUN.match(one)), None)
            if noun is None:
                case = ""
                continue
            here = "genitive" if after_noun and determiner in fitting("genitive", gender(noun)) else case
            if not gender(noun):
                yield f"{noun}: of no known gender"
            elif determiner not in fitting(here, gender(noun)):
                yield f"{determiner} {noun}: no {here}"
        elif NOUN.match(word):
            after_noun = True
        elif word not in JOINS and not word.endswith(("e", "en")):
            case, after_noun = "", False


@pytest.mark.parametrize("key", ["confirm", "announce", "resume", "notice.topic", "agent.topic", "agent.note"])
def test_a_topic_stands_in_the_case_that_its_question_asks_for(line: Line, key: str) -> None:
    prompts = line.prompts["de"]
    for topic in (*line.plan.topics, *line.plan.answers):
        said = prompts.say(Prompt(key, {"topic": topic}), now(line.plan))
        assert list(wrong_in(said)) == [], said
        for name in ("topic", "short"):
            text = prompts.texts.get(f"{name}.{topic}", {}).get("other", "")
            assert list(wrong_in(text, "accusative")) == [], text


def test_a_queue_is_the_subject_of_its_sentence_and_one_of_a_kind(line: Line) -> None:
    prompts = line.prompts["de"]
    for queue in line.plan.queues:
        name = prompts.texts[f"queue.{queue}"]["other"]
        assert list(wrong_in(name, "nominative")) == [], name
        assert name.split()[0] in ("Der", "Die", "Das", "Unser", "Unsere"), name
        assert "p" not in gender(name.split()[1]), f"{name} is many, and the verbs are those of one"


def test_no_article_is_wrong_whatever_fills_a_prompt(line: Line) -> None:
    tried = 0
    for prompt in filled(line):
        said = line.prompts["de"].say(prompt, now(line.plan))
        tried += 1
        for sentence in sentences(said):
            assert list(wrong_in(sentence)) == [], (prompt.key, sentence)
    assert tried > 100


@pytest.mark.parametrize("key", sorted(key for key, places in KEYS.items() if "opens" in places))
def test_a_moment_fits_into_its_sentence(line: Line, key: str) -> None:
    """No comma is doubled or left hanging, "um" is said once, and a day has its "am"."""
    prompts, at = line.prompts["de"], now(line.plan)
    values: dict[str, object] = dict.fromkeys(KEYS[key], "x") | {"queue": "billing", "digit": 1, "number": NUMBER}
    for moment in [*moments(line.plan), datetime(2026, 12, 8, 0, 0, tzinfo=line.plan.timezone)]:
        said = prompts.say(Prompt(key, values | {"opens": moment, "until": moment + timedelta(hours=1)}), at)  # type: ignore[arg-type]
        assert not re.search(r",\s*[,.)]|\(\s|\s[,.?]| {2}|\bum um\b|\bab um\b|\bam heute\b|\bvon um\b", said), said
        assert re.search(r"\b(heute|morgen|am [A-Z][a-z]+tag|am Mittwoch|am Sonnabend)\b", said), said


def test_the_rules_find_what_is_wrong() -> None:
    for sentence in (
        "Geht es um ein Umzug?",
        "Geht es um einem Umzug?",
        "Es geht um eine Bestellung oder ein Termin.",
        "Ich verbinde Sie mit einen Mitarbeiter.",
        "Geht es um Ihre Handy?",
        "Für der Rückruf.",
        "Geht es um die Fälligkeit einem Rechnung?",
    ):
        assert list(wrong_in(sentence[0].lower() + sentence[1:])), sentence
    for sentence in ("Geht es um die Fälligkeit einer Rechnung?", "Es geht um eine Bestellung oder einen Termin."):
        assert list(wrong_in(sentence)) == [], sentence
