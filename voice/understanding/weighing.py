"""What is known beside the words: a second judge, topics that were refused, topics that share a queue."""

from collections.abc import Collection

import numpy as np

from voice.understanding.model import NONE, Model
from voice.understanding.stack import Array

ANSWERED = 0.6
"""Least share of its queue's probability at which an answer is given: who needed its people hears it, and a question
(half as much again as who needed the answer alone, and waits)."""

SECOND_RIGHT = 0.8
"""How often a second opinion is right where the line itself is not sure. It may well be more often: it is asked about
the hard ones, and a wrong queue costs more than a question."""


def weighed(model: Model, probabilities: Array, second: str) -> Array:
    """With the word of a second judge, which is about topics and `none` alone: Bayes' rule."""
    stories = (model.queues >= 0) | (np.array(model.intents) == NONE)
    likeliness = np.where(stories, (1 - SECOND_RIGHT) / max(int(stories.sum()) - 1, 1), 1 / int(stories.sum()))
    likeliness[model.column[second]] = SECOND_RIGHT
    both = probabilities * likeliness
    return np.asarray(both / both.sum())


def without_refused(model: Model, probabilities: Array, stories: Array, without: Collection[str]) -> Array:
    """Whoever refused a topic means another one, or none: no likelier a command, and in no more danger."""
    gone = np.isin(model.intents, list(without))
    story = (model.queues >= 0) | (np.array(model.intents) == NONE)
    kept = np.where(story, stories * probabilities[story].sum(), np.where(gone, 0.0, probabilities))
    return np.asarray(kept / max(float(kept.sum()), 1e-12))


def best_queue_first(model: Model, ranked: tuple[tuple[str, float], ...]) -> tuple[tuple[str, float], ...]:
    """Topics that share a queue stand for one another: the likeliest topic is that of the likeliest queue. A general
    answer comes first there only where most of what it shares with its people is its own."""
    sums: dict[int, float] = {}
    for intent, probability in ranked:
        queue = int(model.queues[model.column[intent]])
        sums[queue] = sums.get(queue, 0.0) + probability
    topics = [(intent, p) for intent, p in ranked if intent != NONE]
    if not topics:
        return ranked
    best = max(sums, key=lambda queue: sums[queue] if queue >= 0 else -1.0)
    of_best = [pair for pair in topics if model.queues[model.column[pair[0]]] == best]
    first = of_best[0]
    if first[0] in model.answers and first[1] < ANSWERED * sums[best]:
        first = next((pair for pair in of_best if pair[0] not in model.answers), first)
    at = ranked.index(topics[0])
    return (*ranked[:at], first, *(pair for pair in ranked[at:] if pair != first))
