"""Phrases that the model, had it not been taught them, would take for another intent's.

A phrase that stands in a grammar is known to the letter, so it is never mistaken itself; but callers say it in other
words, and those go where its likes are. Each phrase, and of each template a sentence, is judged by a machine that
learnt from the others alone (cross-validation). It is told where that machine prefers another intent and it is like a
phrase of that, much more than like any of its own; or where `none` is preferred though each of its words is known.

The machine is the model's (`training`) without what makes its probabilities honest, which is most of a training: here
scores are only compared with one another.
"""

import json
import zlib
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from voice.content import Grammar, Line, Phrase, load_grammar
from voice.content.texts import fold
from voice.understanding import cache, features
from voice.understanding.features import BLOCKS, Features
from voice.understanding.loading import labelled_lines
from voice.understanding.model import NONE
from voice.understanding.normalise import normalise
from voice.understanding.stack import Array
from voice.understanding.training import MARGIN, SEED, TEMPLATE_SENTENCES, TEMPLATE_WEIGHT

VERSION = 1
"""Counted up with every change of what is found in the same files."""

PREFERRED, ALIKE = 0.6, 0.6
"""By how much the other intent's score is above its own, and how like it is to a phrase of that (cosine)."""

LEANING, SAME = 0.2, 0.75
"""The same of what is said in nearly the same words: it need not be preferred as much. The phrases of `none` must be as
like another's to be told, for they are near misses by intention."""

NEARER = 0.2
"""By how much it is more like that phrase than like any of its own intent. Measured on Telvia with these bounds: of 480
phrases put into a wrong topic in nearly the same words 451 are told, and one other."""

SURE_OF_NONE = 1.6
"""By how much the score of `none` is above its own where a topic's phrase says nothing, whatever it is like."""

FOLDS, FOLDS_OF_FEW, FEW = 5, 20, 2000
"""Two that are alike are not told where both are held out. Of few phrases none can be spared, and they cost nothing."""

KEPT = 8
"""Files in the cache."""

Labelled = Sequence[tuple[str, str]]
"""(label, text) pairs; a label of two topics teaches neither."""


@dataclass(frozen=True)
class Overlap:
    """`phrase` would be taken for `intent`, of which `nearest` is most like it; `likeness` is 1 for the same words."""

    phrase: Phrase
    intent: str
    nearest: Phrase
    likeness: float


def overlaps_of(line: Line, language: str) -> list[Overlap]:
    """`overlaps` of a language's files, which are kept in the cache: a second or two for a large grammar."""
    found = kept(line, language)
    if found is None:
        grammar = load_grammar(line.folder, language, line.intents)
        found = overlaps(grammar, labelled_lines(line, language), line.plan.destinations, line.intents)
        with suppress(OSError):  # where nothing can be kept it is found anew each time
            path = _path(line, language)
            cache.write(path, json.dumps([list(asdict(each).values()) for each in found]).encode())
            for old in sorted(path.parent.glob("overlaps-*.json"), key=lambda each: each.stat().st_mtime)[:-KEPT]:
                old.unlink(missing_ok=True)
    return found


def kept(line: Line, language: str) -> list[Overlap] | None:
    """What was found before in the same files; None where nothing is known of them."""
    try:
        found = json.loads(_path(line, language).read_bytes())
        return [Overlap(Phrase(**phrase), intent, Phrase(**near), likeness) for phrase, intent, near, likeness in found]
    except (OSError, ValueError, TypeError):
        return None


def _path(line: Line, language: str) -> Path:
    name = cache.name(line.folder, language, f"overlaps {VERSION} {line.plan.destinations} {line.intents}", None)
    return cache.folder() / f"overlaps-{Path(name).stem}.json"


def overlaps(grammar: Grammar, labelled: Labelled, topics: Container[str], intents: tuple[str, ...]) -> list[Overlap]:
    """Those that have to do with a topic, the surest first: where two commands sound alike, the moment of a call tells
    them apart. Of two phrases that are taken for one another's, one is told."""
    said = _Said.of(grammar, labelled, intents)
    topical = np.array([intent in topics for intent in intents])
    scores = said.held_out(len(intents))
    rows, owners = np.arange(len(scores)), said.owners[: len(scores)]
    own = scores[rows, owners]
    scores[rows, owners] = -np.inf
    taken, lead = scores.argmax(axis=1), scores.max(axis=1) - own
    doubtful = np.flatnonzero((lead >= LEANING) & (topical[owners] | topical[taken]))
    doubtful = doubtful[np.argsort(-lead[doubtful], kind="stable")]
    found: dict[frozenset[int], Overlap] = {}
    for at, likenesses in zip(map(int, doubtful), said.likenesses(doubtful), strict=True):
        phrase, intent = said.phrases[at], intents[taken[at]]
        there = np.where(owners == taken[at], likenesses, -1.0)
        nearest, likeness = int(there.argmax()), float(there.max())
        like_own = likenesses[owners == owners[at]].max()
        least = ALIKE if lead[at] >= PREFERRED and phrase.intent != NONE else SAME
        alike = likeness >= least and likeness - like_own >= NEARER
        empty = intent == NONE and lead[at] >= SURE_OF_NONE and said.knows(at)
        if alike or empty:
            pair = frozenset((said.sources[at], said.sources[nearest]))
            found.setdefault(pair, Overlap(phrase, intent, said.phrases[nearest], max(likeness, 0.0)))
    return list(found.values())


@dataclass(frozen=True)
class _Said:
    """What the files make callers say, as rows of a matrix; below them the labelled utterances, which only teach.
    `sources` number the phrase or template that each phrase comes from, which is held out as a whole; `owners` are the
    columns of the rows' intents."""

    phrases: tuple[Phrase, ...]
    sources: NDArray[np.intp]
    owners: NDArray[np.intp]
    words: list[list[str]]
    features: Features
    matrix: csr_matrix

    @classmethod
    def of(cls, grammar: Grammar, labelled: Labelled, intents: tuple[str, ...]) -> "_Said":
        made = [
            *((phrase,) for phrase in grammar.phrases),
            *(tuple(template.expanded(TEMPLATE_SENTENCES)) for template in grammar.templates),
        ]
        phrases = tuple(phrase for source in made for phrase in source)
        sources = np.repeat(np.arange(len(made)), [len(source) for source in made])
        rows = [(phrase.intent, phrase.text) for phrase in phrases] + [row for row in labelled if row[0] in intents]
        words = [normalise(text, grammar.language) for _, text in rows]
        learnt, matrix = features.learn([features.blocks(each, grammar.language) for each in words], grammar.language)
        owners = np.array([intents.index(intent) for intent, _ in rows], dtype=np.intp)
        return cls(phrases, sources, owners, words, learnt, matrix)

    def held_out(self, intents: int) -> Array:
        """The score of each intent (phrases × intents), by machines that know nothing of the phrase's source."""
        folds = FOLDS if len(self.phrases) > FEW else FOLDS_OF_FEW
        # By what is said, so that a change of one phrase changes nothing for the others.
        drawn = np.array([zlib.crc32(fold(self.phrases[at].text).encode()) % folds for at in self._firsts])
        number_of = np.full(len(self.owners), -1)
        number_of[: len(self.phrases)] = drawn[self.sources]
        weights = np.ones(len(self.owners))
        weights[[at for at, phrase in enumerate(self.phrases) if phrase.template]] = TEMPLATE_WEIGHT
        scores = np.full((len(self.phrases), intents), -1.0)
        for number in range(folds):
            taught, out = number_of != number, np.flatnonzero(number_of == number)
            if not len(out) or len(np.unique(self.owners[taught])) < 3:
                continue
            machine = LinearSVC(C=MARGIN, tol=0.1, random_state=SEED)
            machine.fit(self.matrix[taught], self.owners[taught], sample_weight=weights[taught])
            seen = np.zeros(self.matrix.shape[1], dtype=bool)
            seen[self.matrix[taught].indices] = True
            judged = machine.decision_function(self.features.unseen_dropped(self.matrix[out], seen))
            scores[np.ix_(out, machine.classes_)] = judged
        return scores

    def likenesses(self, rows: NDArray[np.intp]) -> Iterator[Array]:
        """How like each of the rows is to each phrase; −1 to those of its own source."""
        phrases = self.matrix[: len(self.phrases)]
        table = (phrases @ self.matrix[rows].T).tocsc() / BLOCKS
        for at, row in enumerate(rows):
            likeness = table[:, [at]].toarray().ravel()
            likeness[self.sources == self.sources[row]] = -1.0
            yield likeness

    def knows(self, at: int) -> bool:
        """Is each word said elsewhere, too?"""
        return all(self._spread[word] > 1 for word in self.words[at])

    @cached_property
    def _firsts(self) -> NDArray[np.intp]:
        """The first row of each source."""
        return np.unique(self.sources, return_index=True)[1]

    @cached_property
    def _spread(self) -> Counter[str]:
        return Counter(word for words in self.words for word in set(words))
