"""How true probabilities are: of what got about 90 %, nine in ten should be right."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from voice.understanding.stack import Array

LEAST = 200
"""Utterances of a row: fewer tell little of a share."""

MOST = 8
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Bin:
    """Of the utterances whose best queue got a probability between `low` and `high`: their number, their mean
    probability, and the share whose best queue was the right one, which may really be between `least` and `most`."""

    low: float
    high: float
    utterances: int
    mean: float
    right: float
    least: float
    most: float

    @property
    def true(self) -> bool:
        return self.least <= self.mean <= self.most


@dataclass(frozen=True)
class Reliability:
    """`error` is the expected calibration error (Naeini et al. 2015) over `rows`."""

    utterances: int
    error: float
    rows: tuple[Bin, ...]


def reliability(sure: Sequence[float] | Array, right: Sequence[bool] | NDArray[np.bool_]) -> Reliability:
    """In rows of one size, by probability: at most `MOST`, each of `LEAST` utterances if there are as many."""
    p, hit = np.asarray(sure, dtype=float), np.asarray(right, dtype=bool)
    if not len(p):
        return Reliability(0, 0.0, ())
    order = np.argsort(p, kind="stable")
    rows = []
    for part in np.array_split(order, max(1, min(MOST, len(p) // LEAST))):
        share = float(hit[part].mean())
        least, most = wilson(int(hit[part].sum()), len(part))
        mean = float(p[part].mean())
        rows.append(Bin(float(p[part].min()), float(p[part].max()), len(part), mean, share, least, most))
    error = sum(row.utterances * abs(row.mean - row.right) for row in rows) / len(p)
    return Reliability(len(p), error, tuple(rows))


def wilson(right: int, of: int) -> tuple[float, float]:
    """Between which shares `right` of `of` may really lie (Wilson 1927)."""
    z = float(ndtri(0.5 + CONFIDENCE / 2))
    share, square = right / of, z * z / of
    centre, spread = share + square / 2, z * np.sqrt(share * (1 - share) / of + square / (4 * of))
    return float((centre - spread) / (1 + square)), float((centre + spread) / (1 + square))
