"""`voice call`, run as a person runs it: a real process, real webhooks on loopback, the demo line."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.long

PROJECT = Path(__file__).parent.parent.parent


def rings(*options: str, says: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "voice", "call", *options],
        input=says,
        capture_output=True,
        text=True,
        timeout=600,
        cwd=PROJECT,
        env=os.environ | environment,
    )


def events(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("language", "says", "queue", "intent"),
    [
        ("nl", "mijn internet doet het niet meer", "technical", "outage"),
        ("fr", "mon internet ne marche plus", "technical", "outage"),
        ("de", "mein Internet geht nicht mehr", "technical", "outage"),
        ("en", "my internet isn't working", "technical", "outage"),
    ],
)
def test_one_question_in_each_language(language: str, says: str, queue: str, intent: str) -> None:
    *seen, ending = events(rings("--language", language, "--json", says=f"{says}\n"))
    assert (ending["outcome"], ending["queue"], ending["intent"]) == ("queued", queue, intent)
    assert (ending["questions"], ending["language"]) == (1, language)
    said = [event["said"] for event in seen if "said" in event]
    assert ending["words_spoken"] == sum(len(text.split()) for text in said[:2])
    assert {"heard": says} in seen
    assert {"done": "queued", "queue": queue} in seen


def test_the_language_is_changed_by_saying_its_name() -> None:
    *_, ending = events(rings("--json", says="english please\nmy internet isn't working\n"))
    assert (ending["language"], ending["queue"]) == ("en", "technical")


def test_a_key_gives_a_person_at_once() -> None:
    *_, ending = events(rings("--json", says="0\n"))
    assert (ending["outcome"], ending["queue"], ending["intent"]) == ("agent", "general", None)


def test_a_callback_is_taken_and_gets_a_reference() -> None:
    *_, ending = events(rings("--json", says="kunt u mij terugbellen\nja\n"))
    assert ending["outcome"] == "callback"
    assert ending["reference"]


def test_on_christmas_day_the_hours_are_told_and_a_callback_is_offered() -> None:
    done = rings("--at", "2026-12-25 10:00", says="ik begrijp mijn factuur niet\nja\n")
    assert done.returncode == 0
    assert "De facturatiedienst is nu gesloten, en weer open vanaf vanavond om middernacht" in done.stdout
    assert "callback" in done.stdout


def test_an_empty_input_is_a_caller_who_hangs_up() -> None:
    *_, ending = events(rings("--json", says=""))
    assert (ending["outcome"], ending["questions"]) == ("hangup", 1)


def test_a_terminal_shows_the_conversation_and_what_came_of_it() -> None:
    done = rings(says="mijn internet doet het niet meer\n")
    assert "you   mijn internet doet het niet meer" in done.stdout
    assert "in the queue technical" in done.stdout
    assert "What came of it" in done.stdout


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--language", "xx"], "Languages with one: nl, fr, de, en"),
        (["--at", "tomorrow"], "--at"),
        (["--line", "/nowhere"], "grammars/"),
        (["--wav"], "--wav FILE"),
        (["--wav", "nothing.wav", "--model", "/nowhere"], "model"),
    ],
)
def test_what_is_wrong_is_told_in_words(options: list[str], told: str) -> None:
    done = rings(*options, says="")
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_the_environment_names_the_line_too(tmp_path: Path) -> None:
    done = rings(says="", VOICE_LINE=str(tmp_path))
    assert done.returncode == 2
    assert str(tmp_path) in done.stderr.replace("\n", "")
