"""The price of a wrong queue, and what is decided at it.

The operator gives the risk: at most what share of all callers may be sent on wrongly without being asked. Every other
cost is fixed (`costs`); that of a wrong queue is the lowest at which the risk is kept with a margin: the upper bound of
the share must stay below it. What models err as a rule is where that share begins; each labelled utterance, judged by a
model that was not trained on it, moves it a little.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from voice.core.call.state import State
from voice.core.interpretation import Command
from voice.understanding.costs import UNCHECKED, Act, Beliefs, Meant, expected, obeying
from voice.understanding.model import NONE, Head, Model
from voice.understanding.stack import Array

CONFIDENCE = 0.95
"""How sure the bound on the risk is. It is the one margin: everything else is what is expected."""

RULE = 1000.0
"""How many utterances the rule counts for: at a price of P, `WRONG` / √P of callers are sent on wrongly."""

WRONG = 0.03
"""Chosen on lines of ten phrases a topic and no labelled utterances (benchmarks/small). Labelled utterances that
hold many traps, as the shipped line's do, count for themselves."""

CHEAPEST, DEAREST, NEVER = 5.0, 5000.0, 1e6
"""Between the first two the price of a wrong queue is looked for, in questions: below, hardly anybody would be asked;
above, everybody is."""

PRICES = np.geomspace(DEAREST, CHEAPEST, 120)

LOSING = frozenset({Command.AGENT, Command.GOODBYE})
"""Commands that, obeyed in a story, cost its teller the right queue without a question."""

LONG = 9
"""Words of a labelled utterance, where how long it is does not matter."""


def beliefs(model: Model, probabilities: Array) -> Beliefs:
    """Probabilities (… × intents) by what they are of."""
    topics, none = np.flatnonzero(model.queues >= 0), model.column[NONE]
    commands = [model.column[command] for command in Command if command in model.column]
    perils = [model.column[kind] for kind in model.perils]
    by_queue = model.by_queue(probabilities)
    best = by_queue.argmax(axis=-1)
    in_best = np.equal.outer(best, model.queues[topics])
    ranked = np.sort(probabilities[..., topics], axis=-1)
    first = np.where(in_best, probabilities[..., topics], 0).max(axis=-1)
    others = np.where(first < ranked[..., -1], ranked[..., -1], ranked[..., -2] if len(topics) > 1 else 0.0)
    nothing = np.zeros(probabilities.shape[:-1])
    return Beliefs(
        first=first,
        second=np.asarray(others),
        sure=by_queue.max(axis=-1),
        topics=probabilities[..., topics].sum(axis=-1),
        none=probabilities[..., none],
        command=probabilities[..., commands].max(axis=-1) if commands else nothing,
        commands=probabilities[..., commands].sum(axis=-1),
        peril=probabilities[..., perils].max(axis=-1) if perils else nothing,
        perils=probabilities[..., perils].sum(axis=-1),
    )


def acts(model: Model, probabilities: Array, state: State, words: int, price: float) -> dict[Act, Array]:
    """The expected cost of each act."""
    commands = [command for command in Command if command in model.column]
    likeliest = probabilities[..., [model.column[command] for command in commands]].argmax(axis=-1)
    costs = [obeying(command, state, words) for command in commands]
    right = np.array([each[Meant.SAME] for each in costs])[likeliest]
    harm = np.array([each[Meant.TOPIC] for each in costs])[likeliest]
    checked = np.array([float(command not in UNCHECKED) for command in commands])[likeliest]
    return expected(beliefs(model, probabilities), (right, harm), checked, price)


def break_even(model: Model, probabilities: Array, state: State, words: int) -> Array:
    """The price of a wrong queue below which sending on costs least, one an utterance."""
    # The cost of sending on is a line in the price; its slope is who would stand in a wrong queue.
    costs, one = acts(model, probabilities, state, words, 0.0), beliefs(model, probabilities)
    rest = np.min([cost for act, cost in costs.items() if act is not Act.SEND], axis=0)
    return np.asarray((rest - costs[Act.SEND]) / np.maximum(one.topics - one.sure + one.none, 1e-12))


@dataclass(frozen=True)
class Policy:
    """`price` is the cost of a wrong queue, in questions."""

    price: float

    @property
    def route(self) -> float:
        """The least probability of a queue at which a caller is sent on, where nothing else is worth asking about."""
        return 1 - 1 / self.price

    def act(self, model: Model, probabilities: Array, state: State, words: int, without: Collection[Act] = ()) -> Act:
        """What costs least for one utterance, of what may be done."""
        costs = acts(model, probabilities, state, words, self.price)
        return min((act for act in costs if act not in without), key=lambda act: float(costs[act]))


def upper_bound(wrong: float, of: float, price: float) -> float:
    """The share of callers who are sent on wrongly at this price, at most, where `wrong` of `of` labelled utterances
    are: of a beta distribution that begins with the rule and takes in the utterances."""
    usual = min(WRONG / math.sqrt(price), 0.5)
    return float(betaincinv(RULE * usual + wrong, RULE * (1 - usual) + max(of - wrong, 0.0), CONFIDENCE))


@dataclass(frozen=True)
class Judged:
    """The labelled utterances as they were judged while held out: how `sure` of the best queue; below which `price` of
    a wrong queue they are sent there; whether that queue is `right`, whether a story was `mistaken` for a command that
    loses its teller, whether it has a `topic`; and how much each `counts`."""

    sure: Array
    price: Array
    right: NDArray[np.bool_]
    mistaken: NDArray[np.bool_]
    topic: NDArray[np.bool_]
    counts: Array

    def beside(self, others: "Judged") -> "Judged":
        return Judged(*(np.concatenate([getattr(one, each.name) for one in (self, others)]) for each in fields(self)))


def judged(model: Model, head: Head) -> Judged:
    held_out = head.held_out.astype(np.float64)
    at_none = acts(model, held_out, State.QUESTION, LONG, 0.0)
    price = break_even(model, held_out, State.QUESTION, LONG)
    obeyed = at_none[Act.OBEY] <= np.min([at_none[act] for act in at_none if act not in (Act.SEND, Act.OBEY)], axis=0)
    commands = [model.column[command] for command in Command]
    likeliest = np.array(commands)[held_out[:, commands].argmax(axis=1)]
    lost = obeyed & np.isin(likeliest, [model.column[command] for command in LOSING])
    by_queue = model.by_queue(held_out)
    right = by_queue.argmax(axis=1) == model.queues[head.labels]
    topic = model.queues[head.labels] >= 0
    return Judged(by_queue.max(axis=1), price, right, lost & topic, topic, head.counts)


def policy(found: Judged, risk: float, *, times: float = 1.0) -> Policy:
    """The lowest price down to which the bound holds; a story that is mistaken for a command counts as wrong. With
    `times` as many utterances, as wrong as these are."""
    order = np.argsort(found.price, kind="stable")
    wrong = np.cumsum((found.counts * ~found.right)[order][::-1])[::-1]
    lost, every = float(found.counts[found.mistaken].sum()), float(found.counts.sum())
    dearer = np.searchsorted(found.price[order], PRICES)
    kept = NEVER
    for price, at in zip(PRICES, dearer, strict=True):
        sent = float(wrong[at]) if at < len(wrong) else 0.0
        if upper_bound(times * (sent + lost), times * every, float(price)) > risk:
            break
        kept = float(price)
    return Policy(kept)
