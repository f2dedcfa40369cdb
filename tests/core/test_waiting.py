"""What a caller is told of the wait, and what not."""

import random

import pytest

from voice.core.queue.wait_time import Estimate, Record, estimate, quantile


def test_without_ground_nothing_is_said() -> None:
    assert estimate(Record(ahead=3, agents=0, handlings=[300] * 9)) is None
    assert estimate(Record(ahead=3, agents=2, handlings=[300] * 4)) is None


def test_more_ahead_is_longer_and_more_agents_is_shorter() -> None:
    def guess(ahead: int, agents: int, free: int = 0) -> float:
        found = estimate(Record(ahead, agents, free, [240] * 9))
        assert found is not None
        return found.guess

    assert guess(4, 2) == 600
    assert guess(4, 4) == 300
    assert guess(0, 2) == 120
    assert guess(0, 2, free=1) == 0


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(0, 40, (0, 1)), (70, 170, (1, 3)), (250, 530, (4, 10)), (300, 300, (4, 5)), (0, 8000, None)],
)
def test_the_range_is_rounded_outwards(low: float, high: float, said: tuple[int, int] | None) -> None:
    assert Estimate((low + high) / 2, low, high).minutes == said


def test_it_learns_from_its_own_errors_until_four_of_five_hold() -> None:
    chance, errors, held = random.Random(7), [], 0
    for _ in range(500):
        found = estimate(Record(5, 3, 0, [200] * 9, errors[-50:]))
        assert found is not None
        real = found.guess * chance.lognormvariate(0.4, 0.5)
        held += real <= found.high
        errors.append(real / found.guess)
    assert held / 500 >= 0.8


def test_a_quantile_lies_between_its_neighbours() -> None:
    assert quantile([4, 1, 3, 2], 0.5) == 2.5
    assert quantile([7], 0.9) == 7
