"""What came of a day, counted from the requests and their ledger alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from voice.cli.simulation.day import Outcome
from voice.core.requests import Request, Stage
from voice.core.waiting import quantile

WITH_AGENT = (Stage.RINGING, Stage.TAKING, Stage.TALKING)


@dataclass(frozen=True)
class Report:
    """Counts; seconds; shares. `lost` is what is in none of the other ends."""

    calls: int
    answered: int
    called_back: int
    withdrawn: int
    missed: int
    lost: int
    wait_p50: float
    wait_p90: float
    callback_p50: float
    announced_ok: float
    occupancy: float
    order_violations: int
    wall_seconds: float


def report(outcome: Outcome, wall_seconds: float) -> Report:
    ends = [one for one in outcome.requests if one.stage is Stage.ANSWERED]
    live = waits(ends, called_back=False)
    back = waits(ends, called_back=True)
    withdrawn = sum(one.stage is Stage.WITHDRAWN for one in outcome.requests)
    missed = sum(one.stage is Stage.MISSED for one in outcome.requests)
    told = [ok for one in outcome.requests if (ok := _held(one)) is not None]
    return Report(
        calls=outcome.calls,
        answered=len(live),
        called_back=len(back),
        withdrawn=withdrawn,
        missed=missed,
        lost=outcome.calls - len(live) - len(back) - withdrawn - missed,
        wait_p50=_share(live, 0.5),
        wait_p90=_share(live, 0.9),
        callback_p50=_share(back, 0.5),
        announced_ok=round(sum(told) / len(told), 3) if told else 1.0,
        occupancy=round(_occupancy(outcome), 3),
        order_violations=_violations(outcome),
        wall_seconds=round(wall_seconds, 1),
    )


def waits(requests: Sequence[Request], *, called_back: bool) -> list[float]:
    """Seconds from the call's arrival until a person was there: on the line, or called back."""
    return [
        (one.served - one.arrived).total_seconds() for one in requests if one.served and (one.tries > 0) is called_back
    ]


def _share(values: Sequence[float], share: float) -> float:
    return round(quantile(values, share), 1) if values else 0.0


def _held(request: Request) -> bool | None:
    """Whether what was announced held; None for who was told nothing, or left before it could be known."""
    if request.told is None or request.tries:
        return None
    end = request.served or request.ended
    waited = (end - request.arrived).total_seconds() if end else 0.0
    if request.served is None and waited <= request.told:
        return None
    return waited <= request.told


def _occupancy(outcome: Outcome) -> float:
    """The share of the open hours that agents were rung or spoke."""
    busy = timedelta()
    for ledger in outcome.ledgers.values():
        for stage, since, until in stages(ledger):
            if stage in WITH_AGENT:
                busy += max(timedelta(), min(until, outcome.closed) - max(since, outcome.opened))
    return busy / (outcome.agents * (outcome.closed - outcome.opened))


def stages(ledger: list[dict[str, Any]]) -> Iterator[tuple[str, datetime, datetime]]:
    """What stage a request was in, from when, until when."""
    moves = [entry for entry in ledger if "to" in entry["detail"]]
    for entry, following in pairwise(moves):
        yield entry["detail"]["to"], entry["at"], following["at"]


def _violations(outcome: Outcome) -> int:
    """How often an agent was given a request while one that had arrived earlier stood waiting, and could be served."""
    waiting: list[tuple[datetime, datetime, datetime, bool]] = []
    given: list[tuple[datetime, datetime]] = []
    for request in outcome.requests:
        ledger = outcome.ledgers[request.reference]
        for stage, since, until in stages(ledger):
            if stage == Stage.WAITING:
                waiting.append((since, until, request.arrived, request.tries > 0))
        given += [(entry["at"], request.arrived) for entry in ledger if entry["what"] == "Assigned"]
    return sum(
        any(arrived < mine and since < at < until and not tried for since, until, arrived, tried in waiting)
        for at, mine in given
    )
