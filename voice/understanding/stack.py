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


def fit(opinions: Sequence[Array], labels: NDArray[np.intp], counts: Array, shares: Array) -> Stack:
    """By maximum likelihood. `labels` are the columns of the right intents, `counts` how much each utterance counts,
    `shares` how likely each intent is before anything is heard: an intent of which nothing is known keeps to it."""
    many, rows = len(opinions), np.arange(len(labels))
    counts, before = counts / counts.sum(), np.log(shares)

    def loss(parameters: Array) -> tuple[float, Array]:
        bias = parameters[many:]
        wrong = Stack(parameters[:many], before + bias).probabilities(opinions)
        value = -float(counts @ np.log(wrong[rows, labels] + 1e-12)) + RIDGE * float((bias**2).mean())
        wrong[rows, labels] -= 1
        wrong *= counts[:, np.newaxis]
        slopes = [float((wrong * opinion).sum()) for opinion in opinions]
        return value, np.concatenate([slopes, wrong.sum(axis=0) + 2 * RIDGE * bias / len(bias)])

    start = np.concatenate([np.ones(1), np.zeros(many - 1 + opinions[0].shape[1])])
    found = minimize(loss, start, jac=True, method="L-BFGS-B").x
    return Stack(found[:many], before + found[many:])
