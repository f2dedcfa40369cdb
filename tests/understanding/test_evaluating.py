"""Labelled lines, played through the dialogue by a truthful caller; and the commands that show them."""

import json
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import voice.cli.evaluate
import voice.cli.expand
import voice.cli.understand  # noqa: F401  (the commands hang themselves into `app`)
from voice.cli import app
from voice.content import Line
from voice.core.interpretation import Choice, Command, Decision, Interpretation
from voice.understanding.evaluation.callers import Answers, Caller
from voice.understanding.evaluation.figures import Evaluation
from voice.understanding.evaluation.reliability import reliability, wilson

ANSWERS = Answers("yes", "no", {"first": "the first", "second": "the second", "other": "neither"})


def means(decision: Decision, *topics: str, both: bool = False) -> Interpretation:
    ranked = tuple((topic, 0.6 / n) for n, topic in enumerate(topics, 1))
    return Interpretation(decision, topics, both=both, probabilities=ranked)


SAID = {
    "sure": means(Decision.ROUTE, "billing", "outage"),
    "likely": means(Decision.CONFIRM, "billing"),
    "either": means(Decision.CHOOSE, "billing", "outage"),
    "both": means(Decision.CHOOSE, "moving", "billing", both=True),
    "mumble": Interpretation(),
    "person": Interpretation(command=Command.AGENT),
    "bye": Interpretation(command=Command.GOODBYE),
    "perhaps bye": Interpretation(command=Command.GOODBYE, ask=True),
    "yes": Interpretation(command=Command.YES),
    "no": Interpretation(command=Command.NO),
    "the first": Interpretation(choice=Choice.FIRST),
    "the second": Interpretation(choice=Choice.SECOND),
    "neither": Interpretation(choice=Choice.OTHER),
}


class Scripted:
    """Understands what the test says it does."""

    def understand(self, text: str, _language: str, *, without: Collection[str] = (), **_moment: Any) -> Interpretation:
        meaning = SAID[text]
        return Interpretation() if set(meaning.topics) & set(without) else meaning


@pytest.fixture
def evaluated(make_line: Callable[..., Line]) -> Callable[..., Evaluation]:
    line = make_line()

    def evaluate(*calls: tuple[str, str]) -> Evaluation:
        caller = Caller(line, Scripted(), "en", ANSWERS)  # type: ignore[arg-type]
        return Evaluation(line.plan, [caller.rings(*call) for call in calls])

    return evaluate


@pytest.mark.parametrize(
    ("label", "text", "queue", "questions"),
    [
        ("billing", "sure", "billing", 1),
        ("billing", "likely", "billing", 2),
        ("outage", "either", "technical", 2),
        ("outage", "likely", "general", 3),  # no, and in the same words again
        ("billing", "mumble", "billing", 3),
        ("cancel", "mumble", "general", 3),
        ("none", "mumble", "general", 3),
        ("none", "either", "general", 3),
        ("outage", "sure", "billing", 1),  # does not object
        ("billing", "bye", None, 1),
    ],
)
def test_where_a_truthful_caller_comes_out(
    evaluated: Callable[..., Evaluation], label: str, text: str, queue: str | None, questions: int
) -> None:
    (call,) = evaluated((label, text)).calls
    assert (call.queue, call.questions) == (queue, questions)
    assert call.words_spoken > 5


def test_the_figures_are_counted_as_they_are_named(evaluated: Callable[..., Evaluation]) -> None:
    found = evaluated(
        ("billing", "sure"),
        ("outage", "sure"),
        ("outage", "either"),
        ("cancel", "mumble"),
        ("none", "sure"),
        ("none", "mumble"),
        ("agent", "person"),
        ("agent", "mumble"),
        ("billing+moving", "both"),
        ("billing+outage", "sure"),
    ).overall()
    assert found["lines"] == 10
    assert found["top1"] == pytest.approx(1 / 4)
    assert found["top2"] == pytest.approx(3 / 4)
    assert found["direct"] == pytest.approx(1 / 4)
    assert found["within_one"] == pytest.approx(2 / 4)
    assert found["silently_wrong"] == pytest.approx(2 / 10)
    assert found["none_routed"] == pytest.approx(1 / 2)
    assert found["commands"] == pytest.approx(1 / 2)
    assert found["both"] == pytest.approx(1 / 2)
    assert found["both_within_one"] == 1
    assert found["person"] == pytest.approx(2 / 8)


def test_a_story_taken_for_a_command_is_silently_wrong(evaluated: Callable[..., Evaluation]) -> None:
    found = evaluated(("billing", "person"), ("billing", "bye"), ("none", "person"), ("goodbye", "bye"))
    assert found.overall()["silently_wrong"] == pytest.approx(2 / 4)
    assert found.confusion()["billing"] == {"agent": 1, "goodbye": 1}


def test_who_is_hung_up_on_and_whose_words_were_obeyed_wrongly_is_counted(
    evaluated: Callable[..., Evaluation],
) -> None:
    found = evaluated(("billing", "bye"), ("billing", "sure"), ("goodbye", "perhaps bye"), ("none", "perhaps bye"))
    overall = found.overall()
    assert (overall["hung_up"], overall["commands"]) == (pytest.approx(1 / 2), 1)
    assert overall["commands_obeyed_wrongly"] == pytest.approx(1 / 4)
    assert [call.hung_up for call in found.calls] == [True, False, True, False]


def test_a_right_queue_that_a_call_centre_answers_is_no_wrong_one(make_line: Callable[..., Line]) -> None:
    line = make_line()
    queues = line.plan.queues | {"billing": replace(line.plan.queues["billing"], dial="+3221234567")}
    dialled = replace(line, plan=replace(line.plan, queues=queues))
    caller = Caller(dialled, Scripted(), "en", ANSWERS)  # type: ignore[arg-type]
    found = Evaluation(dialled.plan, [caller.rings("billing", "sure")]).overall()
    assert (found["direct"], found["silently_wrong"]) == (1, 0)


def test_probabilities_are_true_where_as_many_are_right() -> None:
    chance = np.random.default_rng(3)
    sure = chance.random(4000)
    honest, boasting = reliability(sure, chance.random(4000) < sure), reliability(sure, chance.random(4000) < sure**2)
    assert honest.error < 0.03 < boasting.error
    assert all(row.utterances >= 200 for row in honest.rows)
    assert sum(row.true for row in honest.rows) >= 7
    assert wilson(5, 10) == (pytest.approx(0.2366, abs=1e-3), pytest.approx(0.7634, abs=1e-3))


@pytest.fixture
def folder(make_line: Callable[..., Line], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOICE_CACHE", str(tmp_path))
    return make_line().folder


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_commands_show_what_the_line_makes_of_words(folder: Path, tmp_path: Path) -> None:
    shown = json.loads(run("understand", "My bill is WRONG!", "--line", folder, "--json"))
    assert (shown["decision"], shown["topics"]) == ("route", ["billing"])
    assert shown["nearest"][0]["text"] == "my bill is wrong"
    assert "nearest phrases" in run("understand", "the bill is odd", "--line", folder)
    assert "i want to know about my bill of february" in run("expand", "billing", "--line", folder)

    lines = tmp_path / "calls.tsv"
    lines.write_text("label\ttext\nbilling\tmy bill is wrong\nnone\tis this the bakery\nyes\tsure\n", encoding="utf-8")
    found = json.loads(run("evaluate", lines, "--language", "en", "--line", folder, "--json"))
    assert (found["lines"], found["top1"], found["commands"], found["silently_wrong"]) == (3, 1, 1, 0)
    assert found["labels"]["billing"]["direct"] == 1
    assert "silently wrong" in run("evaluate", lines, "--noise", "0.5", "--line", folder)
    both = json.loads(run("evaluate", lines, lines, "--language", "en", "--line", folder, "--json"))
    assert (both["lines"], both["reliability"]["utterances"]) == (6, 2 * found["reliability"]["utterances"])

    honest = json.loads(run("thresholds", "--line", folder, "--json"))["en"]
    assert (honest["utterances"], honest["evidence"], honest["more"]) == (0, 0, [])
    assert "No labelled utterances" in run("thresholds", "--line", folder)
    assert [step["until"] for step in honest["history"]] == [None]
    assert "the files alone" in run("thresholds", "--history", "--line", folder)
