"""What callers teach: which of the line's guesses came true moves the price of a wrong queue, slowly.

Evidence is kept as counts, day by day, and without anybody's words: of lessons whose caller goes straight below which
price, how many were right, and how many wrong. With them the same bound is kept as with labelled utterances alone
(`policy`): they are utterances of real callers, and neither rule nor traps.

Nobody moves it alone. A caller counts once a day, however often they ring, and all whose number is hidden count as
one; a day counts when enough callers are in it, and as no more than `MOST`. The price stays where it is as long as one
caller more or less could have told otherwise; it goes at most `STEP` times as high or as low from one day to the next,
and never further than `WITHIN` times from where the line's files alone would put it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from voice.core.learnt import LearntDay, LearntDays
from voice.understanding.policy import CHEAPEST, DEAREST, Judged, Policy, policy
from voice.understanding.stack import Array

LEAST = 20
"""Callers of a day; with fewer it is counted together with the next."""

MOST = 200.0
"""Lessons of a day. Of more, each counts for less."""

ONE = 1
"""Callers whose word moves nothing."""

STEP = 1.15
WITHIN = 4.0

STANDS_BACK = 2000.0
"""Lessons after which labelled utterances, which only stand in for callers, count half."""

KEPT = 120
"""Days that count: callers, and what they ring about, change."""

EDGES: Array = np.geomspace(CHEAPEST, DEAREST, 24)
"""Between these prices lessons are counted together; below the first stand those who are asked at any."""


@dataclass(frozen=True)
class Verdict:
    """One lesson: the caller goes straight at a lower price than `price`, and the guess was `right`. `caller` is their
    number, None if it is hidden."""

    caller: str | None
    price: float
    right: bool
    weight: float = 1.0


@dataclass(frozen=True)
class PriceStep:
    """The price after a day, and the bounds it stays within; `day` is None before the first, when the files alone
    tell."""

    day: LearntDay | None
    price: float
    least: float
    most: float

    @property
    def policy(self) -> Policy:
        return Policy(self.price)


def counted(answers: Sequence[Verdict], at: datetime) -> LearntDay | None:
    """A day of these answers, in the order in which they came; None where they are of too few callers."""
    kept: dict[str | None, Verdict] = {}
    for answer in answers:
        kept.setdefault(answer.caller, answer)
    if len(kept) < LEAST:
        return None
    total = sum(each.weight for each in kept.values())
    counts = np.zeros((2, len(EDGES) + 1))
    for each in kept.values():
        place = int(np.searchsorted(EDGES, each.price, side="right"))
        counts[int(each.right), place] += each.weight * min(1.0, MOST / total)
    wrong, right = (tuple(round(float(n), 3) for n in row) for row in counts)
    return LearntDay(at, len(kept), len(answers) - len(kept), right, wrong)


def evidence(days: LearntDays, *, more: int = 0) -> Judged:
    """The days as utterances: one right and one wrong for each place between the edges. With `more` wrong ones than
    there were, or fewer, of those that matter most."""
    price = np.tile(np.append(EDGES, DEAREST * 2), 2)
    right = np.arange(len(price)) < len(price) // 2
    counts = np.concatenate([np.sum([day.right for day in days], axis=0), np.sum([day.wrong for day in days], axis=0)])
    counts[-1] += max(more, 0)
    for place in range(len(price) - 1, len(price) // 2 - 1, -1) if more < 0 else ():
        taken = min(counts[place], -more)
        counts[place] -= taken
        more += taken
    everybody = np.ones(len(price), dtype=bool)
    return Judged(1 - 1 / price, price, right, mistaken=~everybody, topic=everybody, counts=counts)


def learnt(found: Judged, days: LearntDays, risk: float) -> list[PriceStep]:
    """How the price went, day by day: the last of them is in force. `found` are the line's labelled utterances."""
    price = alone = policy(found, risk).price
    if alone > DEAREST:
        # A risk that nothing known can show to be kept is kept by asking everybody, whatever callers say.
        return [PriceStep(day, alone, alone, alone) for day in (None, *days)]
    least, most = max(alone / WITHIN, CHEAPEST), min(alone * WITHIN, DEAREST)
    steps = [PriceStep(None, alone, least, most)]
    for n, day in enumerate(days, 1):
        told = days[max(0, n - KEPT) : n]
        fewer = STANDS_BACK / (STANDS_BACK + sum(each.lessons for each in told))
        stand_ins = replace(found, counts=found.counts * fewer)
        low, high = (policy(stand_ins.beside(evidence(told, more=n)), risk).price for n in (-ONE, ONE))
        wanted = np.clip(price, low, high)
        price = float(np.clip(np.clip(wanted, price / STEP, price * STEP), least, most))
        steps.append(PriceStep(day, price, least, most))
    return steps
