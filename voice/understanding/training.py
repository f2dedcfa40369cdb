"""Grammar and labelled utterances → a `Model`.

Trained on every phrase, a few sentences of every template (they are many and alike, so they weigh less), some phrases
misheard, and the labelled utterances. What the labelled utterances teach about honesty comes from cross-validation:
each gets its probabilities from a model that was not trained on it. What models of so many phrases are worth as a rule
stands in for them where there are none, and counts less with each one (`WORTH`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from voice.content import Grammar
from voice.core.interpretation import Command
from voice.understanding import features, traps
from voice.understanding.encoder import Encoder, encodable
from voice.understanding.exact import index
from voice.understanding.features import Features, Floats
from voice.understanding.hints import choose_hints
from voice.understanding.judges import FOLDS, Judges, between, stands_for
from voice.understanding.meaning import learn
from voice.understanding.model import NONE, Model, side_planes
from voice.understanding.normalise import normalise, spoken
from voice.understanding.priors import shares, sorts_of
from voice.understanding.sounds import Mishearing
from voice.understanding.stack import Array

TEMPLATE_SENTENCES = 3
TEMPLATE_WEIGHT = 0.3
MISHEARD_EVERY = 4
"""One phrase in so many of a topic is learnt misheard too."""

MISHEARD_COMMANDS = 6
"""How often each phrase of a command is learnt misheard: short words have no neighbours to help. Ten times bring no
more."""

MISHEARD_WEIGHT = 0.3
MISHEARD_SHARE = 0.25
MARGIN = 0.5
"""C of the support-vector machine: softer and harder margins did worse in cross-validation."""

APART_MARGIN = 1.0
APART_STOP = 0.3
"""Of the machines that tell danger, and what is out of scope, from all else: the one of danger misses, at as many false
alarms, a third less than the many-sided machine."""

STOP = 1.5
"""The machine's tolerance. Fitted to a fifth of it, it takes half as long again, for less than half a point when held
out."""

MANY_INTENTS = 250
"""From here on a machine for each intent takes minutes; the nearest mean does, beside naive Bayes."""

MOST_CELLS = 12_000_000
"""Of the weights, grams × intents: some 50 MB. Of more grams the most frequent are kept. The shipped line has 3
million."""

SMOOTHING = 0.1
EVIDENCE = 0.12
"""How much the word of naive Bayes counts beside the machine's. The machine leans on few grams, and is lost where they
are misheard; Bayes lets every gram speak for itself. About what the stack gave it, free to choose, in each language."""

MOST_OUT_OF_SCOPE = 3
"""Times the weight of a topic that all examples out of scope have at most: there are so many kinds of them. A command,
which is said in few ways, weighs at most as much as a topic."""

ENCODED_PHRASES = 60
"""Phrases of one intent that the encoder's opinion is learnt from; more cost some milliseconds each and add little."""

WORTH = ((10, (3.0, 0.5, -0.3)), (30, (3.5, 1.0, -0.3)), (100, (4.0, 1.0, -0.3)), (500, (5.0, 1.5, -0.3)))
"""Of so many phrases a topic, the weights that their opinion, strange words and length have by `stack.fit`."""

WORTH_OF_OUTSIDE, WORTH_OF_DANGER = 0.5, 4.0
"""The same of the opinions whether it is out of scope, and whether somebody is in danger."""

WORTH_OF_MEANING = (1.0, 2.5)
"""The same of the encoder's opinions: of the whole, and of the nearest."""

SEED = 20


@dataclass(frozen=True)
class Example:
    text: str
    intent: str
    weight: float = 1.0


def train(
    grammar: Grammar,
    labelled: Sequence[tuple[str, str]],
    topic_of: Mapping[str, str],
    intents: tuple[str, ...],
    encoder: Encoder | None,
    answers: Collection[str] = (),
) -> Model:
    """`labelled` are (label, text) pairs; a label of two topics, `billing+moving`, teaches neither. `topic_of` gives
    the topic of each topic, and of each of the general `answers`; the other `intents` are the commands and `none`."""
    language = grammar.language
    column = {intent: at for at, intent in enumerate(intents)}
    known = [Example(text, label) for label, text in labelled if label in column]
    groups = sorted(set(topic_of.values()))
    topics = tuple(topic_of)
    stand_ins = _stand_ins(grammar, topics, len(known))
    taught = _examples(grammar, frozenset(stand_ins))
    likeness = traps.weights(grammar.phrases, [(each.intent, each.text) for each in known], topic_of, language)
    perils = frozenset(intents) - {*topic_of, *Command, NONE}
    table = _Table.of(taught, [*known, *stand_ins], column, language, topics, perils)
    before = shares(sorts_of(intents, topics, answers))
    lexical = table.lexical(topics)
    judges = Judges(table.known_labels, table.folds, before, likeness)
    numbers = np.array([groups.index(topic_of[i]) if i in topic_of else -1 for i in intents], dtype=np.int16)
    apart = (WORTH_OF_OUTSIDE, WORTH_OF_DANGER) if perils else (WORTH_OF_OUTSIDE,)
    worths = np.array([*worth(_phrases_each(grammar, topics)), *apart])
    words_alone = judges.head(lexical.planes, worths)
    semantic, meaning = None, None
    if encoder is not None:
        judging = [*known, *stand_ins]
        new = ~encoder.learnt([encodable(example.text, language) for example in judging])
        fresh = [example for example, is_new in zip(judging, new, strict=True) if is_new]
        shown = [*_encoded(taught, column), *fresh]
        vectors = encoder.encode([encodable(example.text, language) for example in shown])
        of = np.array([column[example.intent] for example in shown], dtype=np.intp)
        meaning, opinions = learn(vectors, of, table.folds[new], len(column))
        planes = [*(plane[new] for plane in lexical.planes), *opinions]
        semantic = between(words_alone, judges.among(new).head(planes, np.append(worths, WORTH_OF_MEANING)), new)
    keys, owners = index(grammar.expanded(), column, language)
    return Model(
        language=language,
        intents=intents,
        topics=topics,
        answers=tuple(answers),
        queues=numbers,
        features=table.features,
        weights=lexical.weights,
        bias=lexical.bias,
        meaning=meaning,
        lexical=words_alone,
        semantic=semantic,
        keys=keys,
        owners=owners,
        lists=grammar.lists,
        hints=choose_hints(grammar, table.features, lexical.weights, topics, column),
    )


def _phrases_each(grammar: Grammar, topics: Sequence[str]) -> float:
    return sum(phrase.intent in topics for phrase in grammar.phrases) / max(len(topics), 1)


def worth(phrases: float) -> Array:
    """The weights of `WORTH` for so many phrases a topic, between those measured."""
    at = np.log([each for each, _ in WORTH])
    columns = np.array([weights for _, weights in WORTH]).T
    return np.array([np.interp(np.log(max(phrases, 1.0)), at, column) for column in columns])


def _stand_ins(grammar: Grammar, topics: Collection[str], labelled: int) -> list[Example]:
    """Phrases that tell, held out, how far the line's own words can be trusted: until there are labelled utterances,
    nothing else does. Not those that are learnt misheard, which would still be known."""
    if not stands_for(labelled):
        return []
    chosen = [p for n, p in enumerate(grammar.phrases) if n % MISHEARD_EVERY]
    topical = [Example(p.text, p.intent) for p in chosen if p.intent in topics]
    outside = [Example(p.text, p.intent) for p in chosen if p.intent == NONE]
    return topical + outside[:: max(1, len(outside) // max(len(topical), 1))]


def _examples(grammar: Grammar, stand_ins: Collection[Example]) -> list[Example]:
    plain = list(grammar.phrases)
    made = [phrase for template in grammar.templates for phrase in template.expanded(TEMPLATE_SENTENCES)]
    taught = [each for each in (Example(p.text, p.intent) for p in plain) if each not in stand_ins]
    taught += [Example(p.text, p.intent, TEMPLATE_WEIGHT) for p in made]
    words = (word for phrase in plain for word in spoken(phrase.text, grammar.language))
    mishearing = Mishearing(words, grammar.language)
    misheard = [
        Example(mishearing.hear(p.text, MISHEARD_SHARE, SEED + time), p.intent, MISHEARD_WEIGHT)
        for n, p in enumerate((*plain, *made))
        for time in range(MISHEARD_COMMANDS if p.intent in set(Command) else n % MISHEARD_EVERY == 0)
    ]
    return taught + list(dict.fromkeys(misheard))


@dataclass(frozen=True)
class _Lexical:
    weights: Floats
    bias: Array
    planes: list[Array]


@dataclass(frozen=True)
class _Table:
    """The examples as numbers: first those that are only `taught`, then the `known` ones, which are held out by
    fold."""

    features: Features
    matrix: csr_matrix
    labels: NDArray[np.intp]
    example_weights: Array
    known_words: list[list[str]]
    folds: NDArray[np.intp]
    column: Mapping[str, int]
    danger: NDArray[np.bool_]
    """Which examples are of somebody in danger; none, if the line has no kinds of it."""

    uneven_weights: Array
    """As `example_weights`, but uneven."""

    @classmethod
    def of(
        cls,
        taught: Sequence[Example],
        known: Sequence[Example],
        column: Mapping[str, int],
        language: str,
        topics: Sequence[str],
        perils: Collection[str],
    ) -> "_Table":
        examples = [*taught, *known]
        words = [normalise(example.text, language) for example in examples]
        learnt, matrix = features.learn(
            [features.blocks(each, language) for each in words], language, MOST_CELLS // len(column)
        )
        folds = np.random.default_rng(SEED).permutation(len(known)) % FOLDS
        labels = np.array([column[example.intent] for example in examples])
        uneven = np.array([example.weight for example in examples])
        weights = _even(uneven, labels, column, topics)
        danger = np.isin(labels, [column[peril] for peril in perils])
        return cls(learnt, matrix, labels, weights, words[len(taught) :], folds, column, danger, uneven)

    @property
    def known_labels(self) -> NDArray[np.intp]:
        return self.labels[len(self.labels) - len(self.folds) :]

    @property
    def known_lengths(self) -> NDArray[np.intp]:
        return np.array([len(words) for words in self.known_words])

    def lexical(self, topics: Sequence[str]) -> _Lexical:
        """The machine trained on everything, and the planes of opinions on the known examples, each held out."""
        known = len(self.folds)
        taught = np.ones(self.matrix.shape[0] - known, dtype=bool)
        scores = np.zeros((known, len(self.column) + 1 + self.danger.any()))
        strange = np.zeros(known)
        for fold in range(FOLDS):
            out = np.flatnonzero(self.folds == fold)
            if not len(out):
                continue
            rows = np.concatenate([taught, self.folds != fold])
            machine = self._machine(rows)
            seen = np.zeros(self.matrix.shape[1], dtype=bool)
            seen[self.matrix[rows].indices] = True
            scores[out] = machine.scores(self.features.unseen_dropped(self.matrix[len(taught) :][out], seen))
            strange[out] = [self.features.strangeness(self.known_words[at], seen) for at in out]
        full = self._machine(np.ones(self.matrix.shape[0], dtype=bool))
        planes = side_planes(scores, strange, self.known_lengths, topics, self.column)
        return _Lexical(full.weights.astype(np.float32), full.bias, planes)

    def _machine(self, rows: NDArray[np.bool_]) -> "_Machine":
        """The opinion on each intent, and behind them whether it is out of scope, and in danger."""
        machine = self._intents(rows)
        apart = [self._apart(self.labels == self.column[NONE], rows)]
        if self.danger.any():
            apart.append(self._apart(self.danger, rows))
        weights = np.column_stack([machine.weights, *(each.weights for each in apart)])
        return _Machine(weights, np.append(machine.bias, [each.bias for each in apart]))

    def _apart(self, kind: NDArray[np.bool_], rows: NDArray[np.bool_]) -> "_Machine":
        """One kind of utterance from all others."""
        if not kind[rows].any():
            return _Machine(np.zeros(self.matrix.shape[1]), np.zeros(()))
        fitted = LinearSVC(C=APART_MARGIN, tol=APART_STOP, random_state=SEED)
        fitted.fit(self.matrix[rows], kind[rows], sample_weight=self.uneven_weights[rows])
        return _Machine(fitted.coef_[0], fitted.intercept_[0])

    def _intents(self, rows: NDArray[np.bool_]) -> "_Machine":
        if len(self.column) > MANY_INTENTS:
            return self._centroids(rows)
        fitted = LinearSVC(C=MARGIN, tol=STOP, random_state=SEED)
        fitted.fit(self.matrix[rows], self.labels[rows], sample_weight=self.example_weights[rows])
        weights = np.zeros((self.matrix.shape[1], len(self.column)))
        bias = np.full(len(self.column), -1.0)
        weights[:, fitted.classes_], bias[fitted.classes_] = fitted.coef_.T, fitted.intercept_
        self._add_evidence(weights, rows)
        return _Machine(weights, bias)

    def _add_evidence(self, weights: Array, rows: NDArray[np.bool_]) -> None:
        bayes = ComplementNB(alpha=SMOOTHING)
        bayes.fit(self.matrix[rows], self.labels[rows], sample_weight=self.example_weights[rows])
        evidence = bayes.feature_log_prob_.T
        weights[:, bayes.classes_] += EVIDENCE * (evidence - evidence.mean(axis=1, keepdims=True))

    def _centroids(self, rows: NDArray[np.bool_]) -> "_Machine":
        """How near an utterance is to the mean of an intent's: from 1 to -1, as the machine's scores are."""
        kept, labels = self.matrix[rows], self.labels[rows]
        members = csr_matrix((self.example_weights[rows], (labels, np.arange(len(labels)))),
                             shape=(len(self.column), len(labels)))  # fmt: skip
        means = np.asarray((members @ kept).todense())
        means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
        weights = 2 * means.T / np.sqrt(features.BLOCKS)
        self._add_evidence(weights, rows)
        return _Machine(weights, np.full(len(self.column), -1.0))


def _even(weights: Array, labels: NDArray[np.intp], column: Mapping[str, int], topics: Sequence[str]) -> Array:
    """Weights of examples, so that commands with hundreds of them do not swamp topics with ten."""
    of_intent = np.bincount(labels, weights, minlength=len(column))
    typical = float(np.median(of_intent[[column[topic] for topic in topics]])) if topics else 0.0
    most = np.full(len(column), np.inf)
    for intent, at in column.items():
        if intent not in topics and typical:
            most[at] = typical * (MOST_OUT_OF_SCOPE if intent == NONE else 1)
    return np.asarray(weights * np.minimum(most / np.maximum(of_intent, 1e-9), 1.0)[labels])


@dataclass(frozen=True)
class _Machine:
    weights: Array
    bias: Array

    def scores(self, matrix: csr_matrix) -> Array:
        return np.asarray(matrix @ self.weights + self.bias)


def _encoded(taught: Sequence[Example], column: Mapping[str, int]) -> list[Example]:
    """The phrases whose vectors are learnt from: some of each intent."""
    own = {intent: [each for each in taught if each.intent == intent and each.weight == 1.0] for intent in column}
    return [each for some in own.values() for each in some[:: max(1, len(some) // ENCODED_PHRASES)]]
