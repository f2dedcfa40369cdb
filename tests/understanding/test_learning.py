"""What callers answer moves the price of a wrong queue: slowly, within bounds, and never at one person's word."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from voice.core.learnt import LearntDay
from voice.understanding.learning import LEAST, MOST, STEP, WITHIN, Verdict, counted, learnt
from voice.understanding.policy import DEAREST, Judged, policy

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
RISK = 0.01
NOTHING = Judged(*(np.zeros(0) for _ in range(2)), *(np.zeros(0, bool) for _ in range(3)), np.zeros(0))
"""A line of one's own: no labelled utterance yet."""


def a_day(number: int, answers: Iterable[Verdict]) -> LearntDay:
    found = counted(list(answers), BEGIN + timedelta(days=number))
    assert found is not None
    return found


def callers(many: int, *, right: bool = True, price: float = 40.0, name: str = "") -> list[Verdict]:
    return [Verdict(f"{name}{n}", price, right) for n in range(many)]


def prices(days: list[LearntDay], found: Judged = NOTHING) -> list[float]:
    return [step.price for step in learnt(found, days, RISK)]


def test_a_line_whose_guesses_come_true_asks_less_as_it_learns() -> None:
    went = prices([a_day(n, callers(150)) for n in range(12)])
    assert went[0] == policy(NOTHING, RISK).price
    assert went == sorted(went, reverse=True)
    assert went[-1] < went[0] / 2


def test_a_line_whose_guesses_do_not_come_true_asks_more() -> None:
    went = prices([a_day(n, [*callers(140), *callers(20, right=False, name="no")]) for n in range(8)])
    assert went == sorted(went)
    assert went[-1] > went[0]


def test_no_day_moves_it_much_and_no_number_of_days_beyond_the_bounds() -> None:
    for right in (True, False):
        steps = learnt(NOTHING, [a_day(n, callers(2000, right=right)) for n in range(40)], RISK)
        went = np.array([step.price for step in steps])
        assert np.all(np.abs(np.log(went[1:] / went[:-1])) <= np.log(STEP) + 1e-9)
        assert steps[-1].least <= went[-1] <= steps[-1].most
        assert went.min() >= went[0] / WITHIN - 1e-9
        assert went.max() <= went[0] * WITHIN + 1e-9


def test_whoever_rings_a_hundred_times_counts_once() -> None:
    prankster = [Verdict("+32470000001", 4000.0, False) for _ in range(100)]
    others = callers(60)
    day = a_day(1, [*others, *prankster])
    assert (day.callers, day.aside, sum(day.wrong)) == (61, 99, 1)
    assert prices([day])[-1] <= prices([])[-1]


def test_what_one_caller_could_have_changed_moves_nothing() -> None:
    right = [a_day(n, callers(150)) for n in range(6)]
    settled = prices([*right, *right, *right])[-1]
    again = a_day(30, [*callers(150), Verdict("+32470000001", 4000.0, False)])
    assert prices([*right, *right, *right, again])[-1] == pytest.approx(settled, rel=0.07)


def test_hidden_numbers_count_as_one_caller() -> None:
    day = a_day(1, [*callers(30), *(Verdict(None, 40.0, False) for _ in range(500))])
    assert (day.callers, sum(day.wrong)) == (31, 1)


def test_a_day_of_few_callers_waits_for_the_next() -> None:
    assert counted(callers(LEAST - 1), BEGIN) is None
    assert counted(callers(LEAST), BEGIN) is not None


def test_a_flood_counts_as_a_busy_day_and_no_more() -> None:
    flood = a_day(1, callers(5000, right=False))
    assert flood.lessons == pytest.approx(MOST, rel=0.01)
    before = [a_day(n, callers(150)) for n in range(20)]
    assert prices([*before, flood])[-1] <= prices(before)[-1] * STEP


def test_what_half_tells_counts_half() -> None:
    day = a_day(1, [Verdict(str(n), 40.0, True, 0.5) for n in range(30)])
    assert sum(day.right) == 15


def test_where_the_risk_cannot_be_kept_everybody_is_asked_whatever_callers_say() -> None:
    steps = learnt(NOTHING, [a_day(n, callers(200)) for n in range(5)], 0.00001)
    assert {step.price for step in steps} == {policy(NOTHING, 0.00001).price}
    assert steps[0].price > DEAREST


def test_the_lines_own_labelled_utterances_are_where_it_begins() -> None:
    price = np.geomspace(900, 6, 3000)
    right = np.arange(3000) % 40 != 0
    every = np.ones(3000)
    found = Judged(1 - 1 / price, price, right, every < 1, every > 0, every)
    went = prices([a_day(1, callers(150))], found)
    assert went[0] == policy(found, RISK).price
    assert 1 / STEP <= went[1] / went[0] <= STEP
