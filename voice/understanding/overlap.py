"""Phrases that the model, had it not been taught them, would take for another intent's.

A phrase that stands in a grammar is known to the letter, so it is never mistaken itself; but callers say it in other
words, and those go where its likes are. Each phrase is judged by a model that learnt from the others alone
(cross-validation), and told beside the phrase of the other intent that it is most like.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from voice.content import Grammar, Phrase
from voice.understanding.features import BLOCKS, blocks
from voice.understanding.model import NONE, Model
from voice.understanding.normalise import normalise
from voice.understanding.training import train

SURE = 0.95
ALIKE = 0.4
ALIKE_NONE = 0.6
"""Probability of the other intent, and likeness (cosine) to one of its phrases, from which two intents are said to
overlap. Phrases of `none` are near misses by intention, so they must be more alike. Measured on Telvia: ten pairs a
language, nearly all worth a look; at 0.9 and 0.3 it is three times as many, and most of them are not."""

SURE_OF_NONE = 0.97
"""Probability of `none` from which a topic's phrase says nothing to the model, whatever it is like."""


@dataclass(frozen=True)
class Overlap:
    """`phrase` would be taken for `intent`, of which `nearest` is most like it; `likeness` is 1 for the same words."""

    phrase: Phrase
    intent: str
    probability: float
    nearest: Phrase
    likeness: float


def overlaps(grammar: Grammar, queue_of: Mapping[str, str], intents: tuple[str, ...]) -> list[Overlap]:
    """Those that have to do with a topic, the surest first: where two commands sound alike, the moment of a call tells
    them apart. Costs a training: seconds for a large grammar."""
    phrases = grammar.phrases
    if len(phrases) < 2:
        return []
    model = train(grammar, (), queue_of, intents, None)
    owners = np.array([model.column[phrase.intent] for phrase in phrases])
    # Without labelled utterances the phrases stand in for them, in their own order.
    held_out = model.lexical.held_out
    taken, sure = held_out.argmax(axis=1), held_out.max(axis=1)
    wrong = np.flatnonzero((taken != owners) & (sure >= SURE))
    rows = _rows(model, phrases)
    found = []
    for at in wrong:
        likeness = np.asarray((rows @ rows[at].T).todense()).ravel() / BLOCKS
        likeness[owners != taken[at]] = -1
        nearest = int(likeness.argmax())
        intent = model.intents[taken[at]]
        if not {phrases[at].intent, intent} & set(queue_of):
            continue
        lost = intent == NONE and phrases[at].intent in queue_of and sure[at] >= SURE_OF_NONE
        if lost or likeness[nearest] >= (ALIKE_NONE if phrases[at].intent == NONE else ALIKE):
            share = max(float(likeness[nearest]), 0.0)
            found.append(Overlap(phrases[at], intent, float(sure[at]), phrases[nearest], share))
    return sorted(found, key=lambda overlap: -overlap.probability)


def _rows(model: Model, phrases: tuple[Phrase, ...]) -> csr_matrix:
    """The phrases as the model sees them (phrases × features)."""
    columns, values, ends = [], [], [0]
    for phrase in phrases:
        at, value = model.features.row(blocks(normalise(phrase.text, model.language), model.language))
        columns.append(at)
        values.append(value)
        ends.append(ends[-1] + len(at))
    shape = (len(phrases), len(model.features.weights))
    return csr_matrix((np.concatenate(values), np.concatenate(columns), np.array(ends)), shape)
