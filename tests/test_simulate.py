"""A day, played small: its counts add up, the same seed is the same day, and what goes wrong shows in the figures."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from voice.cli.simulation.day import Outcome, Wishes, play
from voice.cli.simulation.report import Report, report
from voice.content import Line, load_line
from voice.core.requests import Kind, Request, Stage

PROJECT = Path(__file__).parent.parent
MORNING = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def line() -> Line:
    return load_line(PROJECT)


def day(line: Line, **wishes: Any) -> Report:
    return report(play(line, Wishes(**wishes), lambda _: None), 0.0)


def test_nobody_is_lost_and_everybody_is_served_in_turn(line: Line) -> None:
    seen: list[int] = []
    found = report(play(line, Wishes(calls=25, agents=1), seen.append), 0.0)
    assert seen == list(range(1, 26))
    assert found.lost == 0
    assert found.answered + found.called_back + found.withdrawn + found.missed == 25
    assert found.order_violations == 0
    assert found.called_back > 0
    assert 0 < found.occupancy <= 1


def test_the_same_seed_is_the_same_day_and_another_is_another(line: Line) -> None:
    first = day(line, calls=12, agents=1, seed=3)
    assert day(line, calls=12, agents=1, seed=3) == first
    assert day(line, calls=12, agents=1, seed=4) != first


# ── What the figures would show if something went wrong ─────────────────────────────────────────────


def answered(n: int, waited: float, **rest: Any) -> Request:
    """The request of who arrived in minute `n` and waited so many minutes."""
    arrived = MORNING + timedelta(minutes=n)
    served = arrived + timedelta(minutes=waited)
    ended = served + timedelta(minutes=4)
    one = Request(f"R{n}", f"CA{n}", Kind.LIVE, Stage.ANSWERED, "billing", "nl", arrived, served=served, ended=ended)
    return replace(one, **rest)


def story(request: Request) -> list[dict[str, Any]]:
    """The ledger of one who waited, and was rung for and served at once."""
    assert request.served
    assert request.ended
    steps = [
        ("Joined", "waiting", request.arrived),
        ("Assigned", "ringing", request.served),
        ("Reached", "talking", request.served),
        ("Gone", "answered", request.ended),
    ]
    return [{"what": what, "at": at, "detail": {"to": to}} for what, to, at in steps]


def evening(*requests: Request, calls: int | None = None) -> Report:
    ledgers = {one.reference: story(one) for one in requests}
    closed = MORNING + timedelta(hours=1)
    return report(Outcome(calls or len(requests), 1, MORNING, closed, list(requests), ledgers), 0.0)


def test_a_call_without_a_request_counts_as_lost() -> None:
    assert evening(answered(0, 1), answered(1, 5), calls=3).lost == 1


def test_a_request_that_never_ended_counts_as_lost() -> None:
    assert evening(answered(0, 1), answered(1, 5, stage=Stage.WAITING)).lost == 1


def test_who_is_served_before_one_who_came_earlier_is_out_of_turn() -> None:
    assert evening(answered(0, 1), answered(1, 5)).order_violations == 0
    assert evening(answered(0, 10), answered(1, 5)).order_violations == 1


def test_an_announcement_holds_only_if_the_wait_was_no_longer() -> None:
    kept, broken, untold = answered(0, 1, told=120), answered(10, 3, told=120), answered(20, 30)
    assert evening(kept, broken, untold).announced_ok == 0.5


def test_waits_are_counted_apart_from_callbacks_and_the_agent_by_the_clock() -> None:
    found = evening(answered(0, 1), answered(10, 3), answered(20, 12, tries=1))
    assert (found.answered, found.called_back) == (2, 1)
    assert (found.wait_p50, found.callback_p50) == (120.0, 720.0)
    assert found.occupancy == pytest.approx(12 / 60, abs=0.001)
