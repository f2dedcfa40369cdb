"""Probabilities → what to do: route, confirm, choose, or ask again.

The operator gives the risk: at most what share of all callers may be sent on wrongly without being asked. The
threshold for routing is the lowest probability of the best queue at which that held for the labelled utterances, each
judged by a model that was not trained on it, with a margin: the upper confidence bound of the share, and half as much
again, must stay below the risk, because callers are never quite like those. Below the threshold the question with the
least expected trouble is asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from voice.core.interpretation import Command, Decision
from voice.understanding.model import NONE, Head, Model
from voice.understanding.stack import Array

CONFIDENCE = 0.975
"""How sure the bound on the risk is."""

STRANGERS = 1.5
"""How many times as often callers are sent on wrongly as the labelled utterances: those were written for the line, and
callers were not."""

LONGER = 0.05
"""Trouble of hearing two topics instead of one, in questions."""

WRONG_QUESTION = 2.0
"""Trouble of a caller with a topic who is asked about others: another question at least, and seldom in time."""

POINTLESS_QUESTION = 0.2
"""Trouble of a caller out of scope who is asked about topics; they are asked again either way."""

NEVER = 2.0
"""A probability that nothing reaches."""

LOSING = frozenset({Command.AGENT, Command.GOODBYE})
"""Commands that, heard in a story, cost its teller the right queue without a question."""

LEAST_LOSING, LEAST_OTHERWISE = 0.5, 0.35
"""Least probability of a command that is the likeliest of all."""


def is_heard(command: str, probability: float) -> bool:
    return probability >= (LEAST_LOSING if command in LOSING else LEAST_OTHERWISE)


@dataclass(frozen=True)
class Policy:
    """`route` is the least probability of a queue at which a caller is sent on without being asked."""

    route: float

    def decide(self, ranked: Sequence[tuple[str, float]], sure: float) -> tuple[Decision, tuple[str, ...]]:
        """`ranked` are the topics and `none` with their probabilities, likeliest first; `sure` is the probability of
        the likeliest topic's queue."""
        topics = [(topic, p) for topic, p in ranked if topic != NONE and p > 0]
        none = dict(ranked).get(NONE, 0.0)
        if not topics:
            return Decision.UNSURE, ()
        first = topics[0][1]
        second = topics[1][1] if len(topics) > 1 else 0.0
        if sure >= self.route:
            return Decision.ROUTE, (topics[0][0],)
        trouble = {
            Decision.CONFIRM: WRONG_QUESTION * (1 - none - first) + POINTLESS_QUESTION * none,
            Decision.CHOOSE: WRONG_QUESTION * (1 - none - first - second) + POINTLESS_QUESTION * none + LONGER,
            Decision.UNSURE: WRONG_QUESTION * (1 - none),
        }
        if len(topics) < 2:
            del trouble[Decision.CHOOSE]
        best = min(trouble, key=lambda decision: trouble[decision])
        asked = {Decision.CONFIRM: 1, Decision.CHOOSE: 2, Decision.UNSURE: 0}[best]
        return best, tuple(topic for topic, _ in topics[:asked])


def upper_bound(wrong: int, of: int) -> float:
    """The share that `wrong` of `of` may really be, at most, by Clopper and Pearson (1934)."""
    return 1.0 if wrong >= of else float(betaincinv(wrong + 1, of - wrong, CONFIDENCE))


def at_most(wrong: int, of: int) -> float:
    """The share of callers who are sent on wrongly, at most, where `wrong` of `of` labelled utterances are."""
    return min(1.0, STRANGERS * upper_bound(wrong, of))


@dataclass(frozen=True)
class Judged:
    """The labelled utterances as they were judged while held out: how `sure` of the best queue (0 where a command was
    heard), whether that queue is `right`, whether a story was `mistaken` for a command that loses its teller, and
    whether it has a `topic`."""

    sure: Array
    right: NDArray[np.bool_]
    mistaken: NDArray[np.bool_]
    topic: NDArray[np.bool_]


def judged(model: Model, head: Head) -> Judged:
    held_out = head.held_out.astype(np.float64)
    likeliest = held_out.argmax(axis=1)
    heard = np.array(
        [
            intent in set(Command) and is_heard(intent, probability)
            for intent, probability in zip((model.intents[at] for at in likeliest), held_out.max(axis=1), strict=True)
        ]
    )
    lost = heard & np.isin(likeliest, [model.column[command] for command in LOSING])
    by_queue = model.by_queue(model.among_stories(held_out))
    right = by_queue.argmax(axis=1) == model.queues[model.labels]
    topic = model.queues[model.labels] >= 0
    return Judged(np.where(heard, 0.0, by_queue.max(axis=1)), right, lost & topic, topic)


def policy(found: Judged, risk: float) -> Policy:
    """The lowest threshold at which the bound holds; a story that is mistaken for a command counts as wrong."""
    order = np.argsort(-found.sure, kind="stable")
    wrong = int(found.mistaken.sum()) + np.cumsum(~found.right[order])
    route = NEVER
    for at, sure in enumerate(found.sure[order]):
        if sure <= 0.5 or at_most(int(wrong[at]), len(order)) > risk:
            break
        route = float(sure)
    return Policy(route)
