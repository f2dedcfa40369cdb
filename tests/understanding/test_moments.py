"""The moment that a caller names for a callback, in the words of the shipped languages."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import PROJECT
from voice.content.moment_words import FILE, MomentWords, load_moment_words
from voice.errors import Problem
from voice.understanding.moments import spans_in

pytestmark = pytest.mark.slow

TUESDAY = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Europe/Brussels"))


def words(language: str) -> MomentWords:
    problems: list[Problem] = []
    loaded = load_moment_words(PROJECT, language, problems)
    assert not problems
    return loaded


WORDS = {language: words(language) for language in ("nl", "fr", "de", "en")}


def named(language: str, text: str, now: datetime = TUESDAY, *, bare: bool = False) -> str | None:
    """The likeliest span, as it would be written into a diary; None where nothing was named."""
    spans = spans_in(WORDS[language], text, now, bare=bare)
    if not spans:
        return None
    begins, ends = spans[0]
    return f"{begins:%a %-d %H:%M}-{ends:%H:%M}"


@pytest.mark.parametrize(
    ("language", "text", "span"),
    [
        ("nl", "liever na vijven", "Tue 24 17:00-00:00"),
        ("nl", "vrijdag in de voormiddag alstublieft", "Fri 27 08:00-12:00"),
        ("nl", "over een half uur", "Tue 24 10:30-11:30"),
        ("nl", "nee niet vandaag, morgen om half tien", "Wed 25 09:30-10:30"),
        ("nl", "een ander moment, tussen tien en elf", "Tue 24 10:00-11:00"),
        ("nl", "om kwart voor vier", "Tue 24 15:45-16:45"),
        ("nl", "morgen tegen vieren", "Wed 25 16:00-17:00"),
        ("nl", "na het avondeten", "Tue 24 19:00-21:00"),
        ("fr", "après le souper", "Tue 24 19:00-21:00"),
        ("de", "nach Feierabend", "Tue 24 17:00-21:00"),
        ("en", "after school on Friday", "Fri 27 15:00-18:00"),
        ("nl", "'s avonds na zeven uur", "Tue 24 19:00-22:00"),
        ("nl", "vrijdagvoormiddag als het kan", "Fri 27 08:00-12:00"),
        ("de", "Montagmorgen", "Mon 30 07:00-12:00"),
        ("nl", "maandag 17u30", "Mon 30 17:30-18:30"),
        ("fr", "demain matin", "Wed 25 07:00-12:00"),
        ("fr", "après dix-huit heures", "Tue 24 18:00-00:00"),
        ("fr", "vers dix heures et demie", "Tue 24 10:30-11:30"),
        ("fr", "lundi, plutôt en fin d'après-midi", "Mon 30 16:00-18:00"),
        ("de", "morgen früh nach neun", "Wed 25 09:00-12:00"),
        ("de", "am Morgen gegen neun", "Wed 25 09:00-10:00"),
        ("de", "übermorgen ab 14 Uhr", "Thu 26 14:00-00:00"),
        ("de", "am dritten Dezember", "Thu 3 00:00-00:00"),
        ("en", "between ten and eleven", "Tue 24 10:00-11:00"),
        ("en", "tomorrow at half past four", "Wed 25 16:30-17:30"),
        ("en", "Friday after one", "Fri 27 13:00-00:00"),
        ("en", "not today, Thursday by noon", "Thu 26 00:00-12:00"),
        ("en", "next week", "Mon 30 00:00-00:00"),
        ("nl", "volgende dinsdag", "Tue 1 00:00-00:00"),
        ("fr", "mardi prochain dans l'après-midi", "Tue 1 12:00-18:00"),
        ("nl", "op kerstdag om tien uur", "Fri 25 10:00-11:00"),
        ("de", "am zweiten Weihnachtstag", "Sat 26 00:00-00:00"),
        ("fr", "le lundi de Pâques", "Mon 29 00:00-00:00"),
        ("en", "Boxing Day in the afternoon", "Sat 26 12:00-18:00"),
        ("de", "um Mitternacht", "Tue 24 23:00-00:00"),
        ("fr", "dans trois mois", "Mon 22 00:00-00:00"),
        ("fr", "dans quinze jours", "Tue 8 00:00-00:00"),
        ("nl", "over drie weken", "Tue 15 00:00-00:00"),
        ("en", "in a fortnight", "Tue 8 00:00-00:00"),
        ("en", "at the end of the month", "Wed 25 00:00-00:00"),
        ("de", "Anfang nächsten Monats", "Tue 1 00:00-00:00"),
        ("nl", "eind van de maand, na vijven", "Wed 25 17:00-00:00"),
        ("nl", "op de vijftiende", "Tue 15 00:00-00:00"),
        ("en", "not yesterday, on Friday", "Fri 27 00:00-00:00"),
        ("nl", "over drie weken op een woensdag", "Wed 16 00:00-00:00"),
        ("de", "Dienstag in acht Tagen", "Tue 1 00:00-00:00"),
        ("fr", "mardi en huit", "Tue 1 00:00-00:00"),
    ],
)
def test_a_moment_is_understood(language: str, text: str, span: str) -> None:
    assert named(language, text) == span


@pytest.mark.parametrize(
    "text", ["ja", "twee", "ik heb vandaag internet nodig", "mijn factuur van tachtig euro klopt niet"]
)
def test_what_names_no_moment_is_none(text: str) -> None:
    assert named("nl", text) is None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nl", "gisteren om vijf uur"),
        ("nl", "vorige week vrijdag"),
        ("nl", "vanochtend om acht uur"),
        ("fr", "hier à cinq heures"),
        ("fr", "il y a deux heures"),
        ("de", "gestern Abend"),
        ("de", "letzten Freitag um drei"),
        ("en", "yesterday evening"),
        ("en", "last Friday at three"),
    ],
)
def test_what_is_over_is_a_moment_that_nobody_can_promise(language: str, text: str) -> None:
    assert spans_in(WORDS[language], text, TUESDAY, bare=True) == ()


def test_the_second_of_two_options_is_no_date() -> None:
    assert spans_in(WORDS["fr"], "le deux", TUESDAY, options=2) is None
    assert named("fr", "le quinze") == "Tue 15 00:00-00:00"
    spans = spans_in(WORDS["en"], "at noon on the third", TUESDAY, options=3)
    assert spans
    assert f"{spans[0][0]:%a %-d %H:%M}" == "Thu 3 12:00"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nl", "ik heb maandag al gebeld"),
        ("fr", "c'est en panne depuis lundi"),
        ("de", "seit Montag geht nichts"),
        ("en", "it's been broken since Monday"),
    ],
)
def test_since_when_something_is_so_is_no_moment_to_be_rung(language: str, text: str) -> None:
    assert named(language, text) is None


def test_a_number_alone_is_an_hour_only_where_a_moment_was_asked_for() -> None:
    assert named("nl", "tien") is None
    assert named("nl", "drie", bare=True) == "Tue 24 15:00-16:00"


def test_what_has_gone_today_is_meant_for_another_time() -> None:
    evening = TUESDAY + timedelta(hours=9)
    assert named("en", "after nine", evening) == "Wed 25 09:00-00:00"
    assert named("en", "tuesday morning", evening) == "Tue 1 07:00-12:00"


def test_a_line_without_the_words_hears_no_moment() -> None:
    assert spans_in(MomentWords(), "tomorrow at ten", TUESDAY) is None


def test_faults_of_the_operator_are_told_with_their_place(tmp_path: Path) -> None:
    (tmp_path / "grammars" / "en").mkdir(parents=True)
    (tmp_path / "grammars" / "en" / FILE).write_text(
        'days: {tomorow: soon}\nparts: {morning: "7-12"}\nafter: ["after that"]\nafters: []\n', encoding="utf-8"
    )
    problems: list[Problem] = []
    load_moment_words(tmp_path, "en", problems)
    assert [problem.line for problem in problems] == [1, 2, 3, 4]
