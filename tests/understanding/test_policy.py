"""From probabilities to what costs the caller least, at the operator's risk."""

import numpy as np
import pytest

from voice.core.call.state import State
from voice.core.interpretation import Command
from voice.understanding import stack
from voice.understanding.costs import NEVER, Act, Meant, obeying
from voice.understanding.policy import Judged, Policy, policy, upper_bound
from voice.understanding.priors import OPENING, PRIORS, shares, shifted, sorts_of

INTENTS = ("billing", "outage", "order", "moving", *Command, "none", "fire")
QUEUES = np.array([0, 1, 2, 2, *([-1] * (len(INTENTS) - 4))])
COLUMN = {str(intent): at for at, intent in enumerate(INTENTS)}


class Lines:
    """As much of a model as decisions need."""

    def __init__(self) -> None:
        self.intents, self.queues, self.perils = INTENTS, QUEUES, ("fire",)
        self.column = COLUMN

    def by_queue(self, probabilities: np.ndarray) -> np.ndarray:
        return probabilities @ np.equal.outer(QUEUES, np.arange(3)).astype(float)


def does(believed: dict[str, float], state: State = State.QUESTION, words: int = 9, price: float = 20) -> Act:
    probabilities = np.zeros(len(INTENTS))
    for intent, probability in believed.items():
        probabilities[COLUMN[intent]] = probability
    return Policy(price).act(Lines(), probabilities, state, words)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("believed", "act"),
    [
        ({"billing": 0.97, "outage": 0.03}, Act.SEND),
        ({"moving": 0.6, "order": 0.38, "none": 0.02}, Act.SEND),  # they share a queue
        ({"billing": 0.9, "none": 0.09, "outage": 0.01}, Act.CONFIRM),
        ({"billing": 0.5, "outage": 0.4, "none": 0.1}, Act.CHOOSE),
        ({"none": 0.97, "billing": 0.02, "outage": 0.01}, Act.AGAIN),
        ({"none": 1.0}, Act.AGAIN),
        ({"agent": 0.99, "billing": 0.01}, Act.OBEY),
        ({"agent": 0.7, "billing": 0.3}, Act.CHECK),
        ({"language": 0.8, "outage": 0.2}, Act.CHECK),
        ({"fire": 0.3, "outage": 0.7}, Act.SAFETY),
        ({"fire": 0.001, "outage": 0.999}, Act.SEND),
    ],
)
def test_the_line_does_what_costs_the_caller_least(believed: dict[str, float], act: Act) -> None:
    assert does(believed) is act


def test_an_alarm_needs_the_same_certainty_whatever_comes_next() -> None:
    for story in ({"billing": 0.99}, {"billing": 0.5, "outage": 0.49}, {"none": 0.99}):
        assert does({**story, "fire": 0.002}) is not Act.SAFETY
        assert does({**story, "fire": 0.008}) is Act.SAFETY


def test_nobody_is_hung_up_on_at_the_first_question_nor_from_a_story() -> None:
    assert does({"goodbye": 1.0}, words=1) is Act.CHECK
    assert does({"goodbye": 1.0}, State.HELPED, words=9) is Act.CHECK
    assert does({"goodbye": 1.0}, State.HELPED, words=2) is Act.OBEY
    assert does({"goodbye": 0.99, "outage": 0.01}, State.HELPED, words=2) is Act.CHECK
    assert obeying(Command.GOODBYE, State.QUESTION, 1)[Meant.SAME] == NEVER


def test_the_dearer_a_wrong_queue_the_surer_the_line_must_be() -> None:
    believed = {"billing": 0.96, "outage": 0.04}
    assert does(believed, price=20) is Act.SEND
    assert does(believed, price=40) in (Act.CONFIRM, Act.CHOOSE)
    assert Policy(20).route == pytest.approx(0.95)


def test_an_answer_is_likely_where_it_was_asked_for_and_nothing_is_impossible() -> None:
    kinds = sorts_of(INTENTS, ("billing", "outage", "order", "moving"))
    heard = shares(kinds)
    yes, back = INTENTS.index("yes"), INTENTS.index("back")
    assert heard.sum() == pytest.approx(1)
    assert shifted(heard, kinds, State.CONFIRM)[yes] > 10 * heard[yes]
    assert shifted(heard, kinds, State.NUMBER)[back] > 10 * heard[back]
    assert all(set(each) == set(OPENING) and min(each.values()) > 0 for each in PRIORS.values())


def test_how_many_topics_a_line_has_makes_commands_no_rarer() -> None:
    many = tuple(f"topic{n}" for n in range(1000))
    few = shares(sorts_of((*many[:5], *Command, "none"), many))
    lots = shares(sorts_of((*many, *Command, "none"), many))
    assert few[-2] == pytest.approx(lots[-2], rel=0.01)


def test_the_bound_begins_with_what_is_known_of_other_lines() -> None:
    nothing, some, many = (upper_bound(0.002 * n, n, 100) for n in (0, 300, 30_000))
    assert 0.0055 < nothing < 0.01  # what models err as a rule, and a margin
    assert nothing > some > many > 0.002
    assert upper_bound(0, 0, 400) < nothing < upper_bound(0, 0, 25)


def judged(price: list[float], right: list[bool], mistaken: int = 0) -> Judged:
    every = np.ones(len(price))
    lost = np.arange(len(price)) < mistaken
    return Judged(1 - 1 / np.array(price), np.array(price), np.array(right), lost, every.astype(bool), every)


def test_the_price_keeps_the_wrong_ones_below_the_risk() -> None:
    prices = list(np.geomspace(900, 6, 5000))
    found = judged(prices, [n < 2000 or n % 20 != 0 for n in range(5000)])
    chosen = [policy(found, risk).price for risk in (0.01, 0.02, 0.05)]
    assert chosen == sorted(chosen, reverse=True)
    for price, risk in zip(chosen, (0.01, 0.02, 0.05), strict=True):
        wrong = sum(n >= 2000 and n % 20 == 0 and p >= price for n, p in enumerate(prices))
        assert upper_bound(wrong, 5000, price) <= risk


def test_more_utterances_as_right_as_these_ask_fewer_callers() -> None:
    found = judged(list(np.geomspace(900, 6, 200)), [True] * 200)
    assert policy(found, 0.01, times=8).price < policy(found, 0.01, times=2).price < policy(found, 0.01).price


def test_stories_mistaken_for_a_command_are_part_of_the_risk() -> None:
    prices, right = [50.0] * 8000, [True] * 8000
    assert policy(judged(prices, right), 0.01).price < policy(judged(prices, right, mistaken=80), 0.01).price
    assert policy(judged(prices, right, mistaken=200), 0.01).price == NEVER


def test_opinions_that_are_too_sure_are_toned_down() -> None:
    """Two classes, shouted at 95 % and right in 70 % of cases: the stack says 70 %."""
    chance = np.random.default_rng(1)
    labels = chance.integers(0, 2, 4000)
    said = np.where(chance.random(4000) < 0.7, labels, 1 - labels)
    opinion = np.eye(2)[said] * 3.0
    fitted = stack.fit([opinion], labels, np.ones(4000), np.array([0.5, 0.5]), np.ones(1))
    assert fitted.probabilities([opinion]).max(axis=1).mean() == pytest.approx(0.7, abs=0.02)
