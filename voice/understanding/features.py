"""Words → numbers: TF-IDF of words and pairs of words, of letters within words, and of sounds across words.

Three blocks, each of length one. Letters (3-4) carry inflections and parts of compounds; sounds (5), taken from the
whole utterance without its spaces, do not mind where a recogniser cuts words or how it spells them. Written by hand
on a dictionary and numpy, because scikit-learn's own vectorisers take milliseconds for a single utterance.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from voice.understanding.sounds import sound

Floats = NDArray[np.float32]
Grams = tuple[Counter[str], ...]
"""How often an utterance has each gram, block by block."""

Row = tuple[NDArray[np.int32], Floats]
"""(columns, values)."""

LETTERS = range(3, 5)
SOUNDS = range(5, 6)
BLOCKS = 3
LEAST = (1, 2, 2)
"""Utterances that must have a gram, block by block: letters and sounds of one utterance alone say nothing."""


def blocks(words: Sequence[str], language: str) -> Grams:
    """The grams of an utterance, block by block, counted."""
    letters: Counter[str] = Counter()
    for word in words:
        letters.update(_letters(f" {word} "))
    heard = "".join(sound(word, language) for word in words)
    return (
        Counter((*words, *(f"{first} {second}" for first, second in pairwise(words)))),
        letters,
        Counter(heard[at : at + n] for n in SOUNDS for at in range(len(heard) - n + 1)),
    )


def _letters(word: str) -> list[str]:
    grams = [word[at : at + n] for n in LETTERS for at in range(len(word) - n + 1)]
    return grams if len(word) > LETTERS[-1] else [*grams, word]


@dataclass(frozen=True)
class Features:
    """The grams that training saw: `places` gives each, block by block, its column; `weights` are their rarity
    (IDF)."""

    language: str
    grams: tuple[tuple[str, ...], ...]
    weights: Floats
    places: tuple[dict[str, int], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        start, places = 0, []
        for block in self.grams:
            places.append({gram: at for at, gram in enumerate(block, start)})
            start += len(block)
        object.__setattr__(self, "places", tuple(places))

    def row(self, counted: Grams) -> Row:
        """One utterance, its `blocks` counted."""
        columns: list[int] = []
        counts: list[int] = []
        sizes: list[int] = []
        for block, places in zip(counted, self.places, strict=True):
            known = [(places[gram], n) for gram, n in block.items() if gram in places]
            columns += [at for at, _ in known]
            counts += [n for _, n in known]
            sizes.append(len(known))
        at = np.array(columns, dtype=np.int32)
        values = (1 + np.log(np.array(counts, dtype=np.float32))) * self.weights[at]
        start = 0
        for size in sizes:
            values[start : start + size] /= max(float(np.linalg.norm(values[start : start + size])), 1e-9)
            start += size
        return at, values.astype(np.float32)

    def strangeness(self, words: Sequence[str], seen: NDArray[np.bool_] | None = None) -> float:
        """The share of an utterance's words, weighed by rarity, that training never saw: 0 to 1. `seen` says which
        columns count as seen; all of them if not given."""
        strange = total = 0.0
        for word in words:
            at = self.places[0].get(word)
            known = at is not None and (seen is None or bool(seen[at]))
            weight = float(self.weights[at]) if known and at is not None else self.rarest
            strange += 0.0 if known else weight
            total += weight
        return strange / total if total else 1.0

    @property
    def rarest(self) -> float:
        return float(self.weights.max(initial=1.0))

    def unseen_dropped(self, matrix: csr_matrix, seen: NDArray[np.bool_]) -> csr_matrix:
        """What `matrix` would be, had training seen only these columns."""
        kept = matrix.copy()
        kept.data *= seen[kept.indices]
        ends = np.cumsum([len(block) for block in self.grams])
        block = np.searchsorted(ends, kept.indices, side="right")
        row = np.repeat(np.arange(kept.shape[0]), np.diff(kept.indptr))
        squares = np.bincount(row * BLOCKS + block, kept.data**2, kept.shape[0] * BLOCKS)
        kept.data /= np.sqrt(np.maximum(squares, 1e-12))[row * BLOCKS + block]
        return kept


def learn(utterances: Sequence[Grams], language: str, most: int = 2**31) -> tuple[Features, csr_matrix]:
    """The grams of these utterances, weighed by their rarity among them (ln((1 + n) / (1 + df)) + 1), and the
    utterances as rows. At most so many grams, the most frequent of each block."""
    ids: tuple[dict[str, int], ...] = tuple({} for _ in range(BLOCKS))
    columns: list[list[int]] = [[] for _ in range(BLOCKS)]
    counts: list[list[int]] = [[] for _ in range(BLOCKS)]
    ends: list[list[int]] = [[0] for _ in range(BLOCKS)]
    for counted in utterances:
        for block, known, column, count, end in zip(counted, ids, columns, counts, ends, strict=True):
            column += [known.setdefault(gram, len(known)) for gram in block]
            count += block.values()
            end.append(len(column))
    grams, weights, matrices = [], [], []
    for at in range(BLOCKS):
        shape = (len(utterances), len(ids[at]))
        raw = csr_matrix((np.array(counts[at], dtype=np.float64), np.array(columns[at]), np.array(ends[at])), shape)
        frequency = np.bincount(columns[at], minlength=shape[1])
        kept = np.flatnonzero(frequency >= LEAST[at])
        if len(kept) > most // BLOCKS:
            kept = np.sort(kept[np.argsort(-frequency[kept], kind="stable")[: most // BLOCKS]])
        rarity = np.log((1 + len(utterances)) / (1 + frequency[kept])) + 1
        names = list(ids[at])
        grams.append(tuple(names[n] for n in kept))
        weights.append(rarity)
        matrices.append(_unit_rows(raw[:, kept], rarity))
    return Features(language, tuple(grams), np.concatenate(weights).astype(np.float32)), hstack(matrices, format="csr")


def _unit_rows(counts: csr_matrix, rarity: NDArray[np.float64]) -> csr_matrix:
    """(1 + ln count) times rarity, each row of length one."""
    counts.data = (1 + np.log(counts.data)) * rarity[counts.indices]
    row = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    squares = np.bincount(row, counts.data**2, counts.shape[0])
    counts.data /= np.sqrt(np.maximum(squares, 1e-12))[row]
    return counts
