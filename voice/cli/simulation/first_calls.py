"""The first calls of a line: how many callers go straight to their queue, as the line learns from what they answer.

Callers say what was never learnt from: the line's labelled utterances, each as it was judged while held out, and as
often as such calls come; or the lines of a file. They answer truthfully: who is asked says yes or no, who was sent on
wrongly objects, who was sent on rightly is served, and says no more. What that teaches is counted each evening, by the
very code that serves calls (`voice.understanding.learning`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

import numpy as np

from voice.core.call.lessons import WEIGHT, CameOut
from voice.core.learnt import LearntDay
from voice.understanding import Trained
from voice.understanding.learning import Verdict, counted, learnt
from voice.understanding.model import NONE
from voice.understanding.policy import judged

TOGETHER = 100
"""Calls of a row, and of a day."""

BEGIN = datetime(2026, 1, 5, 20, tzinfo=UTC)


@dataclass(frozen=True)
class FirstCaller:
    """Goes straight at a lower price than `price`, to the `right` queue or not; has a `topic`, or is out of scope, or
    (`command`) only wants something of the line itself; comes as often as `counts` says."""

    price: float
    right: bool
    topic: bool
    command: bool
    counts: float = 1.0


@dataclass(frozen=True)
class Hundred:
    """`direct` is the share of callers with a topic who went straight, and rightly; `wrong` that of all who did so
    wrongly; at this `price`. `lessons` is what had been learnt before."""

    calls: int
    direct: float
    wrong: float
    price: float
    lessons: float


def held_out(understanding: Trained, language: str) -> list[FirstCaller]:
    """The language's labelled utterances."""
    model = understanding.models[language]
    head = understanding.head(model)
    found = judged(model, head)
    kinds = [model.intents[label] for label in head.labels]
    return [
        FirstCaller(float(price), bool(right), bool(topic), not topic and kind != NONE, float(counts))
        for price, right, topic, kind, counts in zip(
            found.price, found.right, found.topic, kinds, found.counts, strict=True
        )
    ]


def of_lines(understanding: Trained, language: str, lines: Sequence[tuple[str, str]]) -> list[FirstCaller]:
    """(label, text) pairs that the line was not taught."""
    model, callers = understanding.models[language], []
    for label, text in lines:
        meaning = understanding.understand(text, language)
        wanted = int(model.queues[model.column[label]]) if label in model.column else -1
        guess = next((topic for topic, _ in meaning.probabilities if topic in model.topics), None)
        right = wanted >= 0 and guess is not None and int(model.queues[model.column[guess]]) == wanted
        price, command = meaning.price, label != NONE and wanted < 0
        if price is None:
            # Known to the letter, or taken for a command: no price of a wrong queue changes what becomes of it.
            price = np.inf if meaning.topics else 0.0
        callers.append(FirstCaller(price, right, wanted >= 0, command))
    return callers


def play_first_calls(
    understanding: Trained, language: str, risk: float, callers: Sequence[FirstCaller], calls: int, seed: int
) -> list[Hundred]:
    """A line that nobody has rung yet."""
    model, chance = understanding.models[language], Random(seed)
    found = judged(model, understanding.head(model))
    weights = [caller.counts for caller in callers]
    days: list[LearntDay] = []
    rows: list[Hundred] = []
    for begun in range(0, calls, TOGETHER):
        price = learnt(found, days, risk)[-1].price
        rang = chance.choices(callers, weights, k=min(TOGETHER, calls - begun))
        sent = [caller for caller in rang if caller.price > price]
        topics = sum(caller.topic for caller in rang)
        rows.append(
            Hundred(
                begun + len(rang),
                sum(caller.right for caller in sent) / max(topics, 1),
                sum(not caller.right for caller in sent) / len(rang),
                price,
                sum(day.lessons for day in days),
            )
        )
        told = [
            _told(f"{begun + n}", caller, sent=caller.price > price)
            for n, caller in enumerate(rang)
            if np.isfinite(caller.price) and (caller.price > price or not caller.command)
        ]
        day = counted(told, BEGIN + timedelta(days=len(rows)))
        days += [day] if day else []
    return rows


def _told(number: str, caller: FirstCaller, *, sent: bool) -> Verdict:
    weight = WEIGHT.get(CameOut.SERVED, 1.0) if sent and caller.right else 1.0
    return Verdict(number, caller.price, caller.right, weight)
