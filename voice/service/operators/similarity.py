"""How alike two utterances are, to a reader: the cosine of their letter groups, words whole counted most.

For showing (the nearest phrases, what callers said in nearly the same words), never for deciding what a caller means:
that is the understanding's. scikit-learn's vectoriser does it; a caller waits for none of this.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from voice.content import Phrase
from voice.content.texts import fold

ALIKE = 0.45
"""Cosine from which two utterances stand in one group: "mijn factuur klopt niet", "m'n factuur klopt precies niet"."""


def _vectoriser() -> Any:
    return TfidfVectorizer(preprocessor=fold, analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)


@dataclass(frozen=True, eq=False)
class Nearest:
    """Finds the phrases of a grammar that are most like what was said."""

    phrases: Sequence[Phrase]

    @cached_property
    def _table(self) -> tuple[Any, Any]:
        vectoriser = _vectoriser()
        return vectoriser, vectoriser.fit_transform([phrase.text for phrase in self.phrases])

    def to(self, text: str, most: int = 3) -> list[tuple[Phrase, float]]:
        """(phrase, likeness: 1 for the same words), most alike first; those that are not alike at all are left out."""
        if not self.phrases or not fold(text):
            return []
        vectoriser, matrix = self._table
        likeness = (matrix @ vectoriser.transform([text]).T).toarray().ravel()
        order = np.argsort(-likeness, kind="stable")[:most]
        return [(self.phrases[at], float(likeness[at])) for at in order if likeness[at] > 0]


def grouped(texts: Sequence[str], alike: float = ALIKE) -> list[list[int]]:
    """Indexes of texts that are alike, the largest group first; each text is compared with the first of a group, so
    that a chain of small differences does not join everything."""
    if not any(fold(text) for text in texts):
        return [[at] for at in range(len(texts))]
    matrix = _vectoriser().fit_transform(texts)
    groups: list[list[int]] = []
    for at in range(len(texts)):
        likeness = (matrix[[group[0] for group in groups]] @ matrix[at].T).toarray().ravel() if groups else np.zeros(0)
        if len(likeness) and likeness.max() >= alike:
            groups[int(likeness.argmax())].append(at)
        else:
            groups.append([at])
    return sorted(groups, key=len, reverse=True)
