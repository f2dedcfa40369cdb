"""A day, played small: its counts add up, and the same seed is the same day."""

from pathlib import Path

from voice.cli.simulation.day import Wishes, play
from voice.cli.simulation.report import report
from voice.content import load_line

PROJECT = Path(__file__).parent.parent


def test_nobody_is_lost_and_everybody_is_served_in_turn() -> None:
    line = load_line(PROJECT)
    seen: list[int] = []
    found = report(play(line, Wishes(calls=25, agents=1), seen.append), 0.0)
    assert seen == list(range(1, 26))
    assert found.lost == 0
    assert found.answered + found.called_back + found.withdrawn + found.missed == 25
    assert found.order_violations == 0
    assert found.called_back > 0
    assert 0 < found.occupancy <= 1
