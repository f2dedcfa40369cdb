"""One language's model: arrays, and what they say of an utterance. Written and read without pickle.

opinions   linear scores of TF-IDF features (a support-vector machine and naive Bayes, added up), and of a sentence
           encoder if there is one
stack      the opinions, and how strange the words are, joined into honest probabilities
"""

import io
import json
import zipfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voice.core.interpretation import Command
from voice.understanding.features import Features, Floats, blocks
from voice.understanding.meaning import Meaning
from voice.understanding.priors import Sort, sorts_of
from voice.understanding.stack import Array, Stack

NONE = Sort.NONE.value


@dataclass(frozen=True)
class Head:
    """What turns opinions into probabilities, with or without the encoder's opinion.

    `held_out` are the probabilities (labelled utterances × intents) that the utterances got while they were held out of
    training: what the thresholds follow from. `labels` are their intents, as columns, and `counts` how much each of
    them counts, as calls would come. Utterances that the encoder learnt from stand in no head that asks it.
    """

    stack: Stack
    held_out: Floats
    labels: NDArray[np.int16]
    counts: Array


@dataclass(frozen=True)
class Model:
    """`weights` (features × intents, and behind them out of scope and, if the line has kinds of it, danger) and `bias`;
    `meaning` is what an encoder's vectors say, if one was there.

    `intents` are topics, commands, `none` and the kinds of safety (`perils`); `topics` include the general `answers`.
    `queues` gives each intent's queue as a number, -1 for what is no topic: as a model is trained and kept each topic
    has one of its own, and `leading_to` says which they share on a line. `keys` are hashes of every phrase, sorted,
    and `owners` the intents that they belong to.
    """

    language: str
    intents: tuple[str, ...]
    topics: tuple[str, ...]
    answers: tuple[str, ...]
    queues: NDArray[np.int16]
    features: Features
    weights: Floats
    bias: Array
    meaning: Meaning | None
    lexical: Head
    semantic: Head | None
    keys: NDArray[np.uint64]
    owners: NDArray[np.int16]
    lists: Mapping[str, Mapping[str, tuple[str, ...]]]
    hints: Mapping[str, tuple[str, ...]]
    column: dict[str, int] = field(init=False, repr=False, compare=False)
    kinds: tuple[str, ...] = field(init=False, repr=False, compare=False)
    perils: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        kinds = sorts_of(self.intents, self.topics, self.answers)
        perils = tuple(intent for intent, kind in zip(self.intents, kinds, strict=True) if kind == Sort.SAFETY)
        object.__setattr__(self, "column", {intent: at for at, intent in enumerate(self.intents)})
        object.__setattr__(self, "kinds", kinds)
        object.__setattr__(self, "perils", perils)

    def leading_to(self, queue_of: Mapping[str, str]) -> "Model":
        """With the queues that the line gives to topics and general answers: nothing that is trained depends on it."""
        names = sorted(set(queue_of.values()))
        queues = [names.index(queue_of[intent]) if intent in queue_of else -1 for intent in self.intents]
        return replace(self, queues=np.array(queues, dtype=np.int16))

    @property
    def heads(self) -> dict[str, Head]:
        """By name: without the encoder's opinion, and with it where it has a say."""
        found = {"lexical": self.lexical, "semantic": self.semantic}
        return {name: head for name, head in found.items() if head is not None}

    def probabilities(self, words: Sequence[str], vector: Floats | None) -> Array:
        """The probability of each intent. `vector` is the encoder's, if there is one."""
        at, values = self.features.row(blocks(words, self.features.language))
        scores = (values @ self.weights[at] + self.bias)[np.newaxis].astype(np.float64)
        strange = np.array([self.features.strangeness(words)])
        planes = side_planes(scores, strange, np.array([len(words)]), self.topics, self.column)
        if vector is None or self.semantic is None or self.meaning is None:
            return np.asarray(self.lexical.stack.probabilities(planes)[0])
        planes += self.meaning.opinions(vector[np.newaxis])
        return np.asarray(self.semantic.stack.probabilities(planes)[0])

    def among_stories(self, probabilities: Array, without: Collection[str] = ()) -> Array:
        """Probabilities (… × intents) of topics and `none` alone, less those refused, adding up to 1."""
        kept = [(q >= 0 or i == NONE) and i not in without for i, q in zip(self.intents, self.queues, strict=True)]
        stories = np.where(kept, probabilities, 0.0)
        return np.asarray(stories / np.maximum(stories.sum(axis=-1, keepdims=True), 1e-12))

    def by_queue(self, probabilities: Array) -> Array:
        """Probabilities (… × intents) added up by queue (… × queues): topics that share one need not be told apart."""
        return np.asarray(probabilities @ np.equal.outer(self.queues, np.arange(self.queues.max() + 1)).astype(float))


def side_planes(
    scores: Array, strange: Array, words: NDArray[Any], topics: Collection[str], column: Mapping[str, int]
) -> list[Array]:
    """The scores, and beside them what an utterance is like apart from its words: strange words speak for `none`, and
    length speaks against commands. How long the labelled utterances out of scope are is no sign: that is how they
    were written, not how callers speak. Behind the scores of the intents stand that of being out of scope, and that of
    danger where the line knows kinds of it."""
    apart, scores = scores[:, len(column) :], scores[:, : len(column)]
    out_of_scope = np.zeros_like(scores)
    out_of_scope[:, column[NONE]] = 1
    command = np.zeros_like(scores)
    command[:, [at for intent, at in column.items() if intent in set(Command)]] = 1
    long = np.log1p(words)[:, np.newaxis]
    planes = [scores, out_of_scope * strange[:, np.newaxis], command * long, out_of_scope * apart[:, :1]]
    if apart.shape[1] > 1:
        peril = np.zeros_like(scores)
        peril[:, [at for intent, at in column.items() if intent not in {*topics, *Command, NONE}]] = 1
        planes.append(peril * apart[:, 1:])
    return planes


def save(model: Model) -> bytes:
    """As a numpy archive."""
    arrays: dict[str, NDArray[Any]] = {
        name: getattr(model, name) for name in ("queues", "weights", "bias", "keys", "owners")
    }
    if model.meaning is not None:
        arrays |= {f"meaning.{each.name}": getattr(model.meaning, each.name) for each in fields(Meaning)}
    for name, head in model.heads.items():
        arrays |= {f"{name}.stack.weights": head.stack.weights, f"{name}.stack.bias": head.stack.bias}
        arrays |= {f"{name}.{each}": getattr(head, each) for each in ("held_out", "labels", "counts")}
    arrays["features.weights"] = model.features.weights
    rest = {name: getattr(model, name) for name in ("language", "intents", "topics", "answers", "lists", "hints")}
    rest["grams"] = ["\n".join(block) for block in model.features.grams]
    arrays["rest"] = np.frombuffer(json.dumps(rest).encode(), dtype=np.uint8)
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    return file.getvalue()


def load(path: Path) -> Model:
    """What `save` wrote. Raises ValueError for anything else."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = dict(archive)
        rest = json.loads(arrays.pop("rest").tobytes())
        return _made(arrays, rest)
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile, EOFError) as error:
        raise ValueError(f"{path} is no model") from error


def _made(arrays: dict[str, NDArray[Any]], rest: dict[str, Any]) -> Model:
    def head(name: str) -> Head | None:
        if f"{name}.held_out" not in arrays:
            return None
        stack = Stack(arrays[f"{name}.stack.weights"], arrays[f"{name}.stack.bias"])
        return Head(stack, *(arrays[f"{name}.{each}"] for each in ("held_out", "labels", "counts")))

    lexical, semantic = head("lexical"), head("semantic")
    assert lexical is not None
    meaning = Meaning(*(arrays[f"meaning.{each.name}"] for each in fields(Meaning))) if semantic else None
    grams = tuple(tuple(block.split("\n")) if block else () for block in rest["grams"])
    return Model(
        language=rest["language"],
        intents=tuple(rest["intents"]),
        topics=tuple(rest["topics"]),
        answers=tuple(rest["answers"]),
        features=Features(rest["language"], grams, arrays["features.weights"]),
        lexical=lexical,
        semantic=semantic,
        meaning=meaning,
        lists={name: {v: tuple(words) for v, words in values.items()} for name, values in rest["lists"].items()},
        hints={name: tuple(words) for name, words in rest["hints"].items()},
        **{name: arrays[name] for name in ("queues", "weights", "bias", "keys", "owners")},
    )
