"""What callers hear of the shipped prompts, whatever is filled in: every topic, every queue and every kind of day."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.conftest import PROJECT
from voice.content import Line, load_line
from voice.content.prompt_keys import KEYS
from voice.content.prompts import Prompts
from voice.content.spoken import said_number
from voice.core.call.actions import Prompt, Value

LONGEST = 25
CALLERS_DO_NOT_HEAR = ("sms.", "agent.", "when.", "clock.", "number.", "hours.")
ELIDED = re.compile(r"\b(?:de|que|le|la|je|ne|se|me|jusque|lorsque|si il) (?:[aeiouéèêâîôûh])", re.IGNORECASE)
"""What French runs together: “de aujourd'hui”, “que elle”. An h is taken for a mute one."""
NOW = "2026-11-29T10:00+01:00"


@pytest.fixture(scope="module")
def line() -> Line:
    return load_line(PROJECT)


def fillings(line: Line, names: frozenset[str]) -> Iterator[dict[str, Value]]:
    now = datetime.fromisoformat(NOW)
    midnight = now.replace(hour=0)
    moments = [midnight + timedelta(days=d, minutes=m) for d in (0, 1, 2, 5, 33, 160) for m in (0, 60, 840, 1155)]
    topics, queues = list(line.plan.topics), list(line.plan.queues)
    for turn in range(max(len(moments), len(topics) ** 2)):
        first = topics[turn % len(topics)]
        second = topics[(turn // len(topics) + 1) % len(topics)]
        opens = moments[turn % len(moments)]
        each: dict[str, Value] = {
            "topic": first, "first": first, "second": second, "queue": queues[turn % len(queues)], "opens": opens,
            "until": opens + timedelta(hours=1), "number": ("+32470123456", "+442079460000")[turn % 2],
            "count": (1, 2, 21)[turn % 3], "low": 1, "digit": turn % 9 + 1,
            "language": line.plan.languages[turn % len(line.plan.languages)], "line": line.name,
            "text": "Uw pakje komt morgen.", "area": "Gent", "name": "An Peeters", "account": "8 1 2",
        }  # fmt: skip
        yield {name: each[name] for name in names if name in each}


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_whatever_is_filled_in_a_prompt_is_short_and_well_formed(line: Line, language: str) -> None:
    prompts, now = line.prompts[language], datetime.fromisoformat(NOW)
    for key, names in KEYS.items():
        if key.startswith(CALLERS_DO_NOT_HEAR):
            continue
        for values in fillings(line, names):
            said = prompts.say(Prompt(key, values), now)
            for sentence in re.split(r"(?<=[.?!]) ", said):
                assert len(sentence.split()) <= LONGEST, sentence
            assert not re.search(r"  | [.,]|{|}|None", said), said
            assert language != "fr" or not ELIDED.search(said.replace("le huit", "")), said


def test_a_day_is_said_as_it_is_called(line: Line) -> None:
    now = datetime.fromisoformat(NOW)

    def opens(prompts: Prompts, moment: str) -> str:
        return prompts.say(Prompt("offer.closed", {"queue": "general", "opens": datetime.fromisoformat(moment)}), now)

    assert opens(line.prompts["fr"], "2027-01-01T09:00+01:00").endswith("rouvre le vendredi 1er janvier à 9 heures.")
    assert opens(line.prompts["de"], "2027-01-01T09:00+01:00").endswith(
        "öffnet am Freitag, dem 1. Januar, um 9 Uhr wieder."
    )
    assert opens(line.prompts["nl"], "2026-11-30T00:00+01:00").endswith("weer open vanaf vanavond om middernacht.")
    assert opens(line.prompts["en"], "2027-05-03T15:30+02:00").endswith("opens again on Monday 3 May at 2:30 pm.")


@pytest.mark.parametrize(
    ("number", "language", "read", "said"),
    [
        ("+32470123456", "nl", "pairs", "nul vier, zeventig, twaalf, vierendertig, zesenvijftig"),
        ("+32470123456", "fr", "pairs", "zéro quatre, septante, douze, trente-quatre, cinquante-six"),
        ("+3222345678", "nl", "pairs", "nul twee, twee drie vier, zesenvijftig, achtenzeventig"),
        (
            "+4915123456789",
            "de",
            "digits",
            "plus vier neun, eins fünf, eins zwei, drei vier fünf, sechs sieben, acht neun",
        ),
        ("+447700900123", "en", "digits", "plus four four, seven seven, zero zero, nine zero, zero one, two three"),
    ],
)
def test_a_telephone_number_is_spelt_out_in_groups(number: str, language: str, read: str, said: str) -> None:
    assert said_number(number, language, "BE", read) == said


def test_the_shipped_voices_are_of_todays_kind(line: Line) -> None:
    assert not [problem for problem in line.warnings if "voice" in problem.what]
