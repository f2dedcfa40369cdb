"""An operator who left something in a text that nobody says."""

from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.content.conftest import Operator, operator, starters
from voice.content.check import check_files

__all__ = ["operator", "starters"]

PHRASES, LABELLED, PROMPTS, LINE = (
    "grammars/en/billing.yaml", "grammars/en/labelled.tsv", "prompts/en.yaml", "grammars/line.yaml",
)  # fmt: skip


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("TODO", "“TODO” was left in this text."),
        ("my xxx bill", "“xxx” was left"),
        ("lorem ipsum dolor", "“lorem ipsum” was left"),
        ("e.g. my bill is wrong", "“e.g.” before this text"),
        ("Caller: my bill is wrong", "“Caller:” before this text"),
        ("my bill is wrong etc.", "“etc.” behind this text"),
        ("my bill / my invoice", "A / between words"),
        ("the $amount on my bill", "A $ before a name"),
    ],
)
def test_a_note_in_a_phrase_or_a_labelled_line_is_told(operator: Operator, written: str, what: str) -> None:
    operator.adds(PHRASES, f'  - "{written}"\n')
    assert what in operator.is_told_only().what
    operator.writes(PHRASES, operator.reads(PHRASES).replace(f'  - "{written}"\n', ""))
    operator.adds(LABELLED, f"billing\t{written}\n")
    told = operator.is_told_only()
    assert (told.path, what in told.what) == (LABELLED, True)


@pytest.mark.parametrize(
    "said", ["todo sobre mi factura", "open 24/7 and my bill is wrong", "1. may is when you billed me"]
)
def test_what_callers_do_say_is_not_told(operator: Operator, said: str) -> None:
    operator.adds(PHRASES, f'  - "{said}"\n')
    assert operator.is_told() == []


def test_numbered_phrases_are_told(operator: Operator) -> None:
    operator.adds(PHRASES, '  - "1. you billed me twice"\n  - "2. the sum on it is wrong"\n')
    assert ["are numbered" in one.what for one in operator.is_told()] == [True, True]


def test_phrases_joined_by_commas_are_told_where_a_topic_has_few(operator: Operator) -> None:
    operator.adds(PHRASES, '  - "my bill, my invoice, too expensive"\n')
    assert operator.is_told() == []
    operator.writes(PHRASES, 'phrases:\n  - "my bill, my invoice, too expensive"\n  - "i was billed twice"\n')
    assert any("looks like 3 phrases in one" in one.what for one in operator.is_told())


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("It is about {topic}.", "“confirm” asks, and has no question mark"),
        ("xxx {topic}?", "“xxx” was left in this text."),
        ("Is it about ${topic}?", "A $ before a name"),
    ],
)
def test_what_was_left_in_a_prompt_is_told_at_its_line(operator: Operator, text: str, what: str) -> None:
    operator.changes(PROMPTS, "Is it about {topic}?", text)
    told = operator.is_told_only()
    assert (what in told.what, told.line) == (True, operator.line_of(PROMPTS, "confirm:"))


@pytest.mark.parametrize(
    ("number", "what"),
    [
        ("+3290012345", "is a number at which each call is charged"),
        ("+99912345678", "is a number of no country"),
        ("+32700123", "is no number that anybody can have"),
    ],
)
def test_a_call_centre_that_cannot_be_rung_or_costs_money_is_told(operator: Operator, number: str, what: str) -> None:
    operator.changes(LINE, "helpdesk: {", f'helpdesk: {{destination: dial, dial: "{number}", ')
    told = operator.is_told_only()
    assert (told.severity, what in told.what) == ("warning", True)


@pytest.mark.parametrize("path", ["prompts/audio/welcome.mp3", "prompts/en/audio/welcome.wav", "prompts/welcome.m4a"])
def test_a_recording_beside_the_folders_that_are_read_is_told(operator: Operator, path: str) -> None:
    operator.writes(path, b"sound")
    told = operator.is_told_only()
    assert (told.path, told.mend) == (path, "Put it into prompts/audio/en/.")


def test_the_shipped_line_has_none_of_these() -> None:
    told = [str(one) for one in check_files(Path(PROJECT)).problems]
    signs = ("was left", "no part of what callers say", "A / between", "A $ before", "phrases in one", "question mark")
    assert not [one for one in told if any(sign in one for sign in signs)]
