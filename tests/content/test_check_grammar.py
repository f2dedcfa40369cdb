"""What an operator is told about grammars/<lang>/."""

import pytest

from tests.content.conftest import Operator
from voice.content.templates import MOST_SENTENCES

SHARED = "grammars/en/_shared.yaml"
BILLING = "grammars/en/billing.yaml"
REPAIR = "grammars/en/repair.yaml"


def test_an_unknown_section(operator: Operator) -> None:
    operator.changes(REPAIR, "phrases:", "phrase:")
    assert f"{REPAIR}:4: “phrase” is not known here. Did you mean “phrases”?" in map(str, operator.is_told())


def test_a_file_for_no_topic(operator: Operator) -> None:
    operator.writes("grammars/en/biling.yaml", 'phrases:\n  - "about money"\n')
    told = "grammars/en/biling.yaml: Nothing uses this file: “biling” is no topic, answer or command. "
    told += "Did you mean “billing”?"
    assert str(operator.is_told_only()) == told


def test_a_topic_without_phrases(operator: Operator) -> None:
    operator.writes(REPAIR, "phrases: []\n")
    assert str(operator.is_told_only()) == f"{REPAIR}: “repair” has no phrases. Write ten or more."
    operator.deletes(REPAIR)
    assert str(operator.is_told_only()) == f"{REPAIR}: “repair” has no phrases: the file is missing. Make it."


@pytest.mark.parametrize(
    ("text", "what", "mend"),
    [
        (
            'phrases:\n  - "is (it) broken"\n',
            "A phrase is said as it stands, but this has brackets.",
            "Move it to temp",
        ),
        ('phrases:\n  - ""\n', "This is no phrase.", "Write it between quotes."),
        (
            "phrases:\n  - a: b\n",
            "This phrase has a colon in it, and is taken for a name with its value.",
            "Put it between quotes.",
        ),
        (
            'phrases:\n  - "it costs 5 €, or 10 %"\n  - "#help"\n',
            "nobody speaks: “#” (number sign).",
            "Write it in words",
        ),
        ('phrases:\n  one: "it is broken"\n', "“phrases” must be a list, each item after a dash.", "See docs/grammars"),
        ("- it is broken\n", "This file has no sections.", "Begin with a line “templates:”."),
        (
            'templates:\n  - "(my|the machine is broken"\n',
            "cannot be read: ( is never closed.",
            "Check that each ( [ {",
        ),
        ('templates:\n  - "my|the) machine"\n', "cannot be read: ) closes what is not open.", "Check that each ( [ {"),
        ('templates:\n  - "(my|the] machine"\n', "cannot be read: ] closes what is not open.", "Check that each ( [ {"),
        ('templates:\n  - "my () machine"\n', "cannot be read: a pair of brackets is empty", "Check that each ( [ {"),
        ('templates:\n  - "<wnt> a repair"\n', "There is no rule <wnt>.", "Did you mean “<want>”?"),
        ('templates:\n  - "it broke in {mnth}"\n', "There is no list {mnth}.", "Known here:"),
        (
            'templates:\n  - "' + "[very] " * 15 + 'broken"\n',
            "This template makes 32,768 sentences; 20,000 is the most.",
            "Write it as several shorter ones.",
        ),
    ],
)
def test_a_slip_is_told_with_its_line_and_its_mend(operator: Operator, text: str, what: str, mend: str) -> None:
    operator.writes(REPAIR, text)
    problem = next(problem for problem in operator.is_told() if what in problem.what)
    assert mend in problem.mend
    assert (problem.path, problem.severity) == (REPAIR, "error")
    assert problem.line == (1 if "must be" in what or "no sections" in what else text.count("\n"))


def test_the_largest_template_is_still_read(operator: Operator) -> None:
    assert MOST_SENTENCES > 2**14
    operator.writes(REPAIR, 'templates:\n  - "' + "(very|so) " * 14 + 'broken"\n')
    assert operator.is_told() == []


def test_a_rule_that_calls_itself_is_told_with_its_way(operator: Operator) -> None:
    operator.changes(SHARED, "rules:\n", 'rules:\n  one: "(a|<two>) x"\n  two: "b [<three>]"\n  three: "<one>"\n')
    operator.writes(REPAIR, 'templates:\n  - "<one> is broken"\nphrases:\n  - "broken"\n')
    told = [str(problem) for problem in operator.is_told()]
    ways = {
        "one": "<one> → <two> → <three> → <one>",
        "two": "<two> → <three> → <one> → <two>",
        "three": "<three> → <one> → <two> → <three>",
    }
    assert told == [
        f"{SHARED}:{operator.line_of(SHARED, f'  {name}:')}: The rule <{name}> calls itself: {way}. "
        "Take it out of one of them."
        for name, way in ways.items()
    ]


def test_rules_too_deep_inside_one_another_are_told_once(operator: Operator) -> None:
    chain = "".join(f'  r{n}: "an <r{n + 1}>"\n' for n in range(900))
    operator.changes("grammars/en/_shared.yaml", "rules:\n", f'rules:\n{chain}  r900: "odd"\n')
    operator.changes("grammars/en/billing.yaml", "templates:\n", 'templates:\n  - "<r0> bill"\n')
    told = operator.is_told_only()
    assert told.what == "The rule <r880> is made of 21 rules inside one another, and 20 are the most."


def test_what_is_wrong_in_a_rule_is_told_there_and_not_where_it_is_used(operator: Operator) -> None:
    operator.changes(SHARED, "rules:\n", 'rules:\n  bad: "(a|b"\n  worse: "<bad> <nowhere>"\n')
    operator.writes(REPAIR, 'templates:\n  - "<worse> is broken"\nphrases:\n  - "broken"\n')
    first = operator.line_of(SHARED, "bad:")
    assert [(problem.path, problem.line) for problem in operator.is_told()] == [(SHARED, first), (SHARED, first + 1)]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  choice:", "  choices:", "The list “choice” is missing. Each language needs it: see docs/grammars.md."),
        ("    second:", "    2nd:", "The list “choice” has no value “second”. Add it."),
        ("    second:", "    secnd:", "“secnd” is no choice. Did you mean “second”?"),
        ("  language:", "  spare: []\n  language:", "The list “spare” has no values. Add some."),
        ("    en: [", "    it: [italian]\n    en: [", "“it” is no language of this line. Known here: en."),
        ("    en: [", "    nl: [", "The list “language” has no words for “en”. Add a line “en: [en]”."),
        ("[neither", "[(neither)", "“(neither)” in the list “choice” has a sign in it that nobody speaks: a bracket."),
        ("lists:", "list:", "“list” is not known here. Did you mean “lists”?"),
    ],
)
def test_what_is_wrong_in_a_list(operator: Operator, old: str, new: str, told: str) -> None:
    operator.changes(SHARED, old, new)
    assert any(told in str(problem) and problem.path == SHARED for problem in operator.is_told())


def test_a_phrase_that_two_topics_claim_is_told_with_both_places(operator: Operator) -> None:
    operator.adds(REPAIR, '  - "Why is it so much, this month?"\n')
    here, there = operator.line_of(REPAIR, "so much"), operator.line_of(BILLING, "so much")
    assert str(operator.is_told_only()) == (
        f"{REPAIR}:{here}: “Why is it so much, this month?” is claimed by “repair” here and by “billing” at "
        f"{BILLING}:{there}. Keep it in one of them."
    )


def test_a_sentence_of_a_template_is_claimed_too(operator: Operator) -> None:
    operator.adds(REPAIR, '  - "our bill is wrong"\n')
    problem, line = operator.is_told_only(), operator.line_of(REPAIR, "our bill")
    assert (problem.path, problem.line) == (BILLING, 3)
    assert f"is claimed by “billing” here and by “repair” at {REPAIR}:{line}." in problem.what


def test_a_phrase_written_twice_is_a_warning(operator: Operator) -> None:
    operator.adds(REPAIR, '  - "It\'s broken!"\n')
    problem = operator.is_told_only()
    assert (problem.what, problem.severity) == ("“It's broken!” already stands at line 5.", "warning")


@pytest.mark.parametrize("path", ["grammars/en/labelled.tsv", "grammars/en/tests/calls.tsv"])
def test_test_phrases_with_an_unknown_label_or_without_a_tab(operator: Operator, path: str) -> None:
    rows = ["label\ttext", "billing\tit is too much", "biling\tmy money", "billing it is", "", "billing+repairs\tboth"]
    operator.writes(path, "\n".join([*rows, "my money"]))
    assert [str(problem) for problem in operator.is_told()] == [
        f"{path}:3: There is no topic “biling”. Did you mean “billing”?",
        f"{path}:4: Spaces stand between the label and the text. Press Tab there; where your editor writes spaces for "
        "it, ask it to keep tabs in .tsv files.",
        f"{path}:6: There is no topic “repairs”. Did you mean “repair”?",
        f"{path}:7: There is no tab between a label and a text. Write: the topic, one press of Tab, what is said.",
    ]
