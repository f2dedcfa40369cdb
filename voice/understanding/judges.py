"""Opinions on known examples → a `Head`: how far each can be trusted, fitted on examples that none learnt from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voice.understanding import stack
from voice.understanding.model import Head
from voice.understanding.stack import Array, Stack

FOLDS = 3
STANDS_FOR = 0.5
ENOUGH_LABELLED = 1000
"""A phrase stands for half a labelled utterance where there are none, and for nothing from so many on."""

WORDS_SHARE = 0.5
"""The share of words alone where the encoder has a say, and there are enough labelled utterances. Chosen on lines of
odd number: with 0.35 a wrong queue in Dutch costs 91 for 77, and 61 % go straight for 64 %."""


def stands_for(labelled: int) -> float:
    """Of how many labelled utterances a phrase takes the place, where there are so many."""
    return STANDS_FOR * max(0.0, 1 - labelled / ENOUGH_LABELLED)


@dataclass(frozen=True)
class Judges:
    """The known examples, on which a stack is fitted: first the labelled ones, of which `likeness` says how much they
    are like calls, then phrases that stand in for them. Stand-ins can only raise how far words are trusted: phrases are
    made to differ, calls are not."""

    labels: NDArray[np.intp]
    folds: NDArray[np.intp]
    before: Array
    likeness: Array

    def among(self, kept: NDArray[np.bool_]) -> "Judges":
        likeness = self.likeness[kept[: len(self.likeness)]]
        return Judges(self.labels[kept], self.folds[kept], self.before, likeness)

    def head(self, planes: list[Array], expected: Array) -> Head:
        """The stack, fitted on all; and what each labelled one gets when its fold is held out."""
        labelled = len(self.likeness)
        own, others = self.labels[:labelled], self.labels[labelled:]
        counts = counts_of(own, self.before, self.likeness)
        stand_for = stands_for(labelled) * counts_of(others, self.before, np.ones(len(others)))
        weighed = np.append(counts, stand_for)
        real = np.arange(len(self.labels)) < labelled

        def fitted(rows: NDArray[np.bool_]) -> Stack:
            return stack.fit([p[rows] for p in planes], self.labels[rows], weighed[rows], self.before, expected)

        def trusting(rows: NDArray[np.bool_]) -> Stack:
            found = fitted(rows & real)
            return found if real.all() else max(found, fitted(rows), key=lambda each: float(each.weights[0]))

        held_out = np.zeros_like(planes[0][:labelled])
        for fold in range(FOLDS):
            out = self.folds[:labelled] == fold
            if out.any():
                held_out[out] = trusting(self.folds != fold).probabilities([p[:labelled][out] for p in planes])
        found = trusting(np.ones(len(self.labels), dtype=bool))
        return Head(found, held_out.astype(np.float32), own.astype(np.int16), counts)


def between(words: Head, meaning: Head, new: NDArray[np.bool_]) -> Head:
    """Between words alone and words with the encoder, as a geometric mean. Fitted on what people wrote, a stack leans
    on the encoder further than it can be trusted where words are misheard; one that is not fitted yet does not. `new`
    are the utterances that the encoder did not learn from."""
    share = WORDS_SHARE * min(1.0, len(meaning.labels) / ENOUGH_LABELLED)
    weights = (1 - share) * meaning.stack.weights
    weights[: len(words.stack.weights)] += share * words.stack.weights
    bias = share * words.stack.bias + (1 - share) * meaning.stack.bias
    joined = words.held_out[new[: len(words.held_out)]] ** share * meaning.held_out ** (1 - share)
    joined /= np.maximum(joined.sum(axis=1, keepdims=True), 1e-12)
    return Head(Stack(weights, bias), joined.astype(np.float32), meaning.labels, meaning.counts)


def counts_of(labels: NDArray[np.intp], before: Array, likeness: Array) -> Array:
    """How much each known utterance counts, as calls would come: every intent has its share of them, as how many lines
    of it somebody wrote tells nothing of how often it is said, and traps are as rare as they are (`traps`)."""
    there = np.bincount(labels, likeness, minlength=len(before))
    counts = likeness * (before / np.maximum(there, 1e-9))[labels]
    return np.asarray(counts * len(labels) / max(float(counts.sum()), 1e-9))
