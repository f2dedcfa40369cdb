"""What a sentence encoder's vectors say of each intent: two opinions, one of the whole and one of the nearest.

linear    ridge regression from vectors to intents: what all examples of an intent have in common
nearest   how near the nearest known example of an intent lies (the cosine): one phrase that means the same is enough

On labelled utterances held out, the second saves four in a hundred of what is lost (log loss) beside the first.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voice.understanding.features import Floats
from voice.understanding.stack import Array

RIDGE = 2.0
SCALE = 5.0
"""Makes of the regression's 0 to 1 what the other opinions are like."""


@dataclass(frozen=True)
class Meaning:
    """`weights` (dimensions × intents) of vectors less `centre`; `known` are the vectors of the known examples, less
    the centre and of length one, and `intents` the columns that they belong to."""

    centre: Floats
    weights: Floats
    known: Floats
    intents: NDArray[np.int16]

    def opinions(self, vectors: Floats) -> list[Array]:
        """Linear and nearest, each (utterances × intents)."""
        moved = vectors - self.centre
        near = nearest(_unit(moved) @ self.known.T, self.intents, self.weights.shape[1])
        return [(moved @ self.weights).astype(np.float64), near]


def learn(
    vectors: Floats, labels: NDArray[np.intp], folds: NDArray[np.intp], intents: int
) -> tuple[Meaning, list[Array]]:
    """From vectors of examples and their intents; and the opinions on the last `len(folds)` of them, each held out by
    fold."""
    centre = vectors.mean(axis=0)
    moved = vectors - centre
    exact, known, wanted = moved.astype(np.float64), _unit(moved), np.eye(intents)[labels]
    first = len(vectors) - len(folds)

    def solve(rows: NDArray[np.bool_]) -> Array:
        square = exact[rows].T @ exact[rows] + RIDGE * np.eye(exact.shape[1])
        return np.asarray(np.linalg.solve(square, exact[rows].T @ wanted[rows]) * SCALE)

    linear, near = np.zeros((len(folds), intents)), np.zeros((len(folds), intents))
    for fold in np.unique(folds):
        out = np.flatnonzero(folds == fold)
        rows = np.ones(len(vectors), dtype=bool)
        rows[first + out] = False
        linear[out] = exact[first + out] @ solve(rows)
        near[out] = nearest(known[first + out] @ known[rows].T, labels[rows], intents)
    weights = solve(np.ones(len(vectors), dtype=bool)).astype(np.float32)
    return Meaning(centre, weights, known, labels.astype(np.int16)), [linear, near]


def nearest(likeness: Floats, owners: NDArray[np.integer], intents: int) -> Array:
    """The greatest likeness (utterances × examples) of each intent's examples; nothing is less than not alike."""
    found = np.zeros((intents, len(likeness)))
    np.maximum.at(found, owners, likeness.T)
    return found.T


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), dtype=np.float32)
