"""Several opinions → one honest probability.

Multinomial logistic regression with few parameters: each opinion (utterances × intents) gets one weight, each intent
one bias beside its share. Fitted on utterances that the opinions were not trained on, this both joins and calibrates
them: Platt's
scaling, for many classes (Guo et al. 2017, "vector scaling").
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Array = NDArray[np.float64]
RIDGE = 1e-2
"""Holds the biases near zero where an intent has few utterances."""

RULE = 100.0
"""How many utterances the expected weights count for."""


@dataclass(frozen=True)
class Stack:
    weights: Array
    bias: Array

    def probabilities(self, opinions: Sequence[Array]) -> Array:
        """(utterances, intents), each row adding up to 1."""
        return softmax(sum((w * o for w, o in zip(self.weights, opinions, strict=True)), self.bias))


def softmax(logits: Array) -> Array:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def fit(opinions: Sequence[Array], labels: NDArray[np.intp], counts: Array, shares: Array, expected: Array) -> Stack:
    """What is likeliest after these utterances. `labels` are the columns of the right intents, `counts` how much each
    utterance counts, `shares` how likely each intent is before anything is heard, `expected` the weights that such
    opinions have as a rule: without utterances they are what is known, and each utterance moves them a little."""
    many, rows = len(opinions), np.arange(len(labels))
    before = np.log(shares)
    if not len(labels):
        return Stack(expected, before)
    total = float(counts.sum())
    counts, trust = counts / total, RULE / (RULE + total)

    def loss(parameters: Array) -> tuple[float, Array]:
        weights, bias = parameters[:many], parameters[many:]
        wrong = Stack(weights, before + bias).probabilities(opinions)
        away = weights / expected - 1
        value = -float(counts @ np.log(wrong[rows, labels] + 1e-12)) + RIDGE * float((bias**2).mean())
        value += trust * float((away**2).sum() + (bias**2).mean())
        wrong[rows, labels] -= 1
        wrong *= counts[:, np.newaxis]
        slopes = np.array([float((wrong * opinion).sum()) for opinion in opinions]) + 2 * trust * away / expected
        slide = wrong.sum(axis=0) + 2 * (RIDGE + trust) * bias / len(bias)
        return value, np.concatenate([slopes, slide])

    start = np.concatenate([expected, np.zeros(opinions[0].shape[1])])
    found = minimize(loss, start, jac=True, method="L-BFGS-B").x
    return Stack(found[:many], before + found[many:])
