"""A line's first calls, hundred by hundred: it asks less as it learns, and keeps its risk."""

import pytest

from voice.cli.simulation.first_calls import FirstCaller, Hundred, of_lines, play_first_calls
from voice.understanding import Trained

pytestmark = pytest.mark.slow

RISK = 0.01


def rung_by(small: Trained, callers: list[FirstCaller], calls: int = 2000) -> list[Hundred]:
    return play_first_calls(small, "en", RISK, callers, calls, seed=1)


def sure(price: float, many: int, *, right: bool = True) -> list[FirstCaller]:
    return [FirstCaller(price, right, topic=True, command=False)] * many


def test_a_new_line_asks_less_with_every_hundred_calls_where_it_is_right(small: Trained) -> None:
    rows = rung_by(small, [*sure(100, 50), *sure(20, 50), *sure(2, 20)])
    assert [row.calls for row in rows] == [100 * n for n in range(1, 21)]
    assert rows[-1].price < rows[0].price
    assert sum(row.direct for row in rows[-5:]) > sum(row.direct for row in rows[:5]) + 0.5
    assert not any(row.wrong for row in rows)


def test_where_it_is_wrong_it_asks_more_and_keeps_the_risk(small: Trained) -> None:
    rows = rung_by(small, [*sure(60, 97), *sure(60, 3, right=False)])
    assert rows[-1].price > rows[0].price
    assert sum(row.wrong for row in rows[-5:]) / 5 <= RISK


def test_callers_of_a_file_are_understood_as_callers_are(small: Trained) -> None:
    lines = [
        ("billing", "my bill is wrong"),
        ("billing", "there is a wrong amount on the invoice you sent"),
        ("none", "is the bakery on the corner open"),
        ("agent", "a real person please"),
    ]
    exact, other, outside, command = of_lines(small, "en", lines)
    assert (exact.right, exact.price) == (True, float("inf"))
    assert other.right
    assert other.topic
    assert (outside.topic, outside.right, outside.command) == (False, False, False)
    assert command.command
    rows = rung_by(small, [exact, other, outside, command], calls=150)
    assert [row.calls for row in rows] == [100, 150]
