"""How long a caller will wait: an estimate with its own error in it, or nothing.

The people ahead of a caller (waiting on the line or for a callback: one line) are served by the agents signed in, each
of whom is busy for `handling` seconds with one. That guess is wrong in ways that repeat themselves within an hour, so
it is spread by how wrong the last guesses were: the range runs from their lower to their upper tail. A caller is told
only what there is ground for.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

GROUND = 5
"""Fewer completed contacts than this are no ground for an estimate."""

LOW, HIGH = 0.25, 0.9
"""The tails of past error that make the range. Informed to a caller, the upper end must hold for four of five."""

UNTRIED = (0.6, 1.8)
"""The spread while there are too few guesses to learn from."""

STEPS = (1, 2, 3, 4, 5, 7, 10, 15, 20, 25, 30, 40, 50, 60, 75, 90, 120)
"""Minutes as people say them. Beyond the last nothing is said but the number of people ahead."""


@dataclass(frozen=True)
class Estimate:
    """Seconds: `guess` is the middle, `low` and `high` the ends of the range."""

    guess: float
    low: float
    high: float

    @property
    def minutes(self) -> tuple[int, int] | None:
        """The range as it is said, rounded outwards; (0, 1) is "less than a minute". None is too long to say."""
        high = next((step for step in STEPS if step * 60 >= self.high), None)
        if high is None:
            return None
        low = max((step for step in STEPS if step * 60 <= self.low), default=0)
        return (min(low, STEPS[max(STEPS.index(high) - 1, 0)]) if high > 1 else 0), high


@dataclass(frozen=True)
class Record:
    """What is known. `handlings`: seconds from one call to the next of an agent, for contacts completed lately.
    `errors`: of those, real wait / guessed wait. `free`: agents with nothing to do."""

    ahead: int
    agents: int
    free: int = 0
    handlings: Sequence[float] = ()
    errors: Sequence[float] = ()


def estimate(record: Record) -> Estimate | None:
    """The wait of a caller with `ahead` people before them, or None where there is no ground for one."""
    if record.agents == 0 or len(record.handlings) < GROUND:
        return None
    handling = sum(record.handlings) / len(record.handlings)
    before = max(0, record.ahead + 1 - record.free)
    guess = before * handling / record.agents
    low, high = UNTRIED
    if len(record.errors) >= GROUND * 2:
        low, high = quantile(record.errors, LOW), max(1.0, quantile(record.errors, HIGH))
    return Estimate(guess, guess * min(low, 1.0), guess * high)


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which this share of `values` lies, interpolated."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def quantile_of_counts(counts: Mapping[int, int], share: float) -> float:
    """The same of values of which each came so many times."""
    ordered = sorted(counts)
    upto = list(accumulate(counts[value] for value in ordered))
    place = share * (upto[-1] - 1)
    below, above = (ordered[bisect_right(upto, at)] for at in (int(place), min(int(place) + 1, upto[-1] - 1)))
    return below + (above - below) * (place - int(place))
