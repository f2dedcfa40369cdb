"""What an operator is told about prompts/<lang>.yaml."""

import pytest

from tests.content.conftest import Operator

PROMPTS = "prompts/en.yaml"


@pytest.mark.parametrize(
    ("old", "new", "what", "mend"),
    [
        ("question:", "qestion:", "There is no prompt “qestion”.", "Did you mean “question”?"),
        ("  billing:", "  biling:", "There is no prompt “topic.biling”.", "Did you mean “topic.billing”?"),
        (
            'confirm: "Is it about {topic}',
            'confirm: "Is it about {topik}',
            "“confirm” cannot fill {topik}.",
            "Did you mean “topic”?",
        ),
        ("goodbye: ", 'goodbye: "Bye {name}." #', "“goodbye” cannot fill {name}.", "Take it out."),
        ("offer.closed: ", 'offer.closed: "{queue} is shut." #', "“offer.closed” leaves out {opens}.", "Put it where"),
        (
            "announce: ",
            'announce: "It is {topic." #',
            "“announce” has a bracket without its partner.",
            "Check { and }.",
        ),
        ("announce: ", 'announce: "It is {topic!r}." #', "“announce” has more than a name between { and }.", "Write"),
        ("goodbye: ", 'goodbye: "" #', "The prompt “goodbye” has no words.", "Write its text between quotes."),
        (
            "goodbye: ",
            "goodbye: [one, two] #",
            "“goodbye” is a list, where one text belongs.",
            "Write its text behind the colon.",
        ),
        (
            "goodbye: ",
            'goodbye: "Thanks 👋" #',
            "“goodbye” has a sign in it that nobody speaks: “👋” (waving hand sign).",
            "Write it in words, or take it out.",
        ),
        ("goodbye: ", 'goodbye: "press *" #', "nobody speaks: “*” (asterisk).", "Write it in words, or take it out."),
        ("goodbye: ", 'goodbye: "ta\\u200bta" #', "nobody speaks: zero width space.", "Write it in words"),
        (
            '  one: "There is one',
            '  uno: "There is one',
            "“hold.position” has no form “one”, which en needs.",
            "Add one:",
        ),
        (
            '  one: "There is one',
            '  two: "There are two {count}"\n  one: "There is one',
            "“hold.position” has a form “two” that is never said.",
            "Known here: one, other.",
        ),
        (
            "goodbye: ",
            'goodbye: {one: "Bye.", other: "Bye."} #',
            "“goodbye” has a form “one” that is never said.",
            "It has no {count}.",
        ),
    ],
)
def test_a_slip_is_told_with_its_line_and_mend(operator: Operator, old: str, new: str, what: str, mend: str) -> None:
    operator.changes(PROMPTS, old, new)
    problem = next(problem for problem in operator.is_told() if what in problem.what)
    assert mend in problem.mend
    assert (problem.path, problem.severity) == (PROMPTS, "error")
    expected = "hold.position:" if "no form" in what else new.split("\n")[0]
    assert problem.line == operator.line_of(PROMPTS, expected)


def test_a_prompt_too_long_for_the_ear_is_a_warning(operator: Operator) -> None:
    operator.changes(PROMPTS, "goodbye: ", f'goodbye: "{"word " * 26}" #')
    problem = next(problem for problem in operator.is_told() if "goodbye" in problem.what)
    assert (problem.what, problem.severity) == ("“goodbye” has 26 words; the ear holds 25.", "warning")


def test_a_topic_needs_its_name_in_every_language(polyglot: Operator) -> None:
    polyglot.changes("grammars/line.yaml", "  repair: helpdesk", "  repair: helpdesk\n  warranty: helpdesk")
    told = {str(problem) for problem in polyglot.is_told()}
    for language in ("nl", "fr"):
        assert f"prompts/{language}.yaml: The prompt “topic.warranty” is missing. Add it." in told
        assert f"grammars/{language}/warranty.yaml: “warranty” has no phrases: the file is missing. Make it." in told


@pytest.mark.parametrize("text", ["", "- welcome: hello\n", "hello\n"])
def test_a_file_that_holds_no_prompts(operator: Operator, text: str) -> None:
    operator.writes(PROMPTS, text)
    assert f"{PROMPTS}:1: There are no prompts in this file." in str(operator.is_told_only())
