"""Slips in the files of wishes, moments and shared rules, each told at its line with its mend."""

import pytest

from tests.content.conftest import Operator
from voice.content.wishes import load_wishes

WISHES, MOMENTS, SHARED = (f"grammars/en/_{name}.yaml" for name in ("wishes", "moments", "shared"))


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ('stay: "wait"\n', 1, "“stay” must be a list, each phrase after a dash."),
        ("stay: {a: b}\n", 1, "“stay” must be a list, each phrase after a dash."),
        ("stay: 3\n", 1, "“stay” must be a list, each phrase after a dash."),
        ('stay:\n  - "later"\n  - 12\n', 3, "A phrase is no text."),
        ('stay:\n  - "later"\n  - "…"\n', 3, "There are no words in this phrase."),
        ('stay:\n  - "later"\n  - "(later|now"\n', 3, "In “(later|now” a bracket is not closed."),
        ('denied: "no"\n', 1, "“denied” has no names under it."),
        ('denied:\n  - "no"\n', 1, "“denied” has no names under it."),
        ('denied:\n  callbak:\n    - "no call"\n', 2, "“callbak” is no command and no wish."),
    ],
)
def test_a_slip_among_the_wishes(operator: Operator, text: str, line: int, what: str) -> None:
    told = operator.writes(WISHES, text).is_told_only()
    assert (told.path, told.line, told.what) == (WISHES, line, what)
    assert told.mend


def test_three_dots_are_as_good_as_one_sign(operator: Operator) -> None:
    operator.writes(WISHES, 'stay:\n  - "don\'t ... ring me"\n')
    assert load_wishes(operator.folder, "en", []).wants("stay", "don't you ever ring me")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('days: {"yesterday": -1}\n', "“yesterday”: “-1” is not between 0 and 366, and names no moment."),
        ('lengths: {"now": 0 min}\n', "“now”: “0 min” is not between 1 and"),
        ('clock: {"{hour} sharp": 600}\n', "“{hour} sharp”: “600” is not between -59 and 59"),
        ('at: ["at {time} in {place}"]\n', "“at {time} in {place}” cannot fill {place}."),
        ('parts: {night: "22:00-06:00"}\n', "“night”: “22:00-06:00” goes over midnight."),
        ('between: ["between {time}"]\n', "“between” needs phrases with {time} in them twice."),
        ('after: ["after {time}", "later"]\n', "“after” needs phrases with {time} in them once."),
    ],
)
def test_a_slip_among_the_moments(operator: Operator, text: str, what: str) -> None:
    told = operator.writes(MOMENTS, text).is_told_only()
    assert told.what.startswith(what), told
    assert told.mend


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('    "3": [', '    "3": [two, ', "“two” stands for “2” and for “3” in the list “number”."),
        ("    en: [", "    en: [[british, american], ", "A word of “en” in the list “language” is no text."),
        ("rules:\n", 'rules:\n  <spare>: "x"\n', "The rule “<spare>” can be used nowhere."),
        ("rules:\n", 'rules:\n  spare: "(hi|👋)"\n', "The rule <spare> has a sign in it that nobody speaks"),
    ],
)
def test_a_slip_among_the_shared_rules_and_lists(operator: Operator, old: str, new: str, what: str) -> None:
    told = operator.changes(SHARED, old, new).is_told_only()
    assert (told.path, told.what.startswith(what)) == (SHARED, True), told


@pytest.mark.parametrize(("sign", "written"), [("?", "a bill?"), (".", "a bill.")])
def test_a_name_that_ends_a_sentence_is_told(operator: Operator, sign: str, written: str) -> None:
    operator.changes("prompts/en.yaml", '  billing: "a bill or a payment"', f'  billing: "{written}"')
    assert f"is said within a sentence, and ends one: “{sign}”." in operator.is_told_only().what


def test_a_text_where_the_names_of_queues_belong_is_told(operator: Operator) -> None:
    operator.changes("prompts/en.yaml", "queue:\n  helpdesk: ", "queue: ")
    assert any("“queue” is a text, where names with their words belong." in one.what for one in operator.is_told())
