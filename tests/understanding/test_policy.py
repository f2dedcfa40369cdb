"""From probabilities to a decision, at the operator's risk."""

import numpy as np
import pytest

from voice.core.interpretation import Command, Decision
from voice.understanding import stack
from voice.understanding.policy import NEVER, Judged, Policy, at_most, is_heard, policy, upper_bound

POLICY = Policy(route=0.95)


@pytest.mark.parametrize(
    ("ranked", "sure", "decision", "topics"),
    [
        ({"billing": 0.97, "outage": 0.03}, 0.97, Decision.ROUTE, ("billing",)),
        ({"moving": 0.6, "order": 0.38, "none": 0.02}, 0.98, Decision.ROUTE, ("moving",)),
        ({"billing": 0.9, "none": 0.09, "outage": 0.01}, 0.9, Decision.CONFIRM, ("billing",)),
        ({"billing": 0.5, "outage": 0.4, "none": 0.1}, 0.5, Decision.CHOOSE, ("billing", "outage")),
        ({"none": 0.97, "billing": 0.02, "outage": 0.01}, 0.02, Decision.UNSURE, ()),
        ({"none": 1.0}, 0.0, Decision.UNSURE, ()),
        ({"billing": 0.6, "none": 0.4}, 0.6, Decision.CONFIRM, ("billing",)),
    ],
)
def test_the_question_with_the_least_trouble_is_asked(
    ranked: dict[str, float], sure: float, decision: Decision, topics: tuple[str, ...]
) -> None:
    assert POLICY.decide(list(ranked.items()), sure) == (decision, topics)


def test_the_bound_is_clopper_and_pearsons() -> None:
    assert upper_bound(0, 368) == pytest.approx(0.01, abs=2e-4)
    assert upper_bound(5, 5) == 1.0
    assert upper_bound(3, 1000) > 0.003


def judged(sure: list[float], right: list[bool], mistaken: int = 0) -> Judged:
    lost = np.arange(len(sure)) < mistaken
    return Judged(np.array(sure), np.array(right), lost, np.ones(len(sure), dtype=bool))


def test_the_threshold_keeps_the_wrong_ones_below_the_risk() -> None:
    sure = list(np.linspace(0.999, 0.501, 500))
    right = [n < 200 or n % 5 != 0 for n in range(500)]
    found = judged(sure, right)
    for risk in (0.02, 0.04, 0.1):
        route = policy(found, risk).route
        wrong = sum(not r for s, r in zip(sure, right, strict=True) if s >= route)
        assert at_most(wrong, 500) <= risk < at_most(wrong + 1, 500)
    assert policy(found, 0.1).route < policy(found, 0.02).route


def test_too_few_utterances_certify_nothing() -> None:
    assert policy(judged([0.99] * 50, [True] * 50), 0.01).route == NEVER


def test_stories_mistaken_for_a_command_are_part_of_the_risk() -> None:
    sure, right = [0.99] * 800, [True] * 800
    assert policy(judged(sure, right), 0.01).route <= 1
    assert policy(judged(sure, right, mistaken=10), 0.01).route == NEVER


def test_a_command_that_ends_the_questions_needs_more() -> None:
    assert not is_heard(Command.GOODBYE, 0.4)
    assert is_heard(Command.YES, 0.4)
    assert not is_heard(Command.YES, 0.2)


def test_opinions_that_are_too_sure_are_toned_down() -> None:
    """Two classes, shouted at 95 % and right in 70 % of cases: the stack says 70 %."""
    chance = np.random.default_rng(1)
    labels = chance.integers(0, 2, 4000)
    said = np.where(chance.random(4000) < 0.7, labels, 1 - labels)
    opinion = np.eye(2)[said] * 3.0
    fitted = stack.fit([opinion], labels, np.ones(4000))
    assert fitted.probabilities([opinion]).max(axis=1).mean() == pytest.approx(0.7, abs=0.02)
