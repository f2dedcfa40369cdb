"""How honest a model's probabilities are, on the labelled utterances that it was not trained on."""

from dataclasses import asdict, dataclass
from itertools import pairwise

from voice.understanding.model import NONE
from voice.understanding.policy import judged, upper_bound
from voice.understanding.trained import Trained

EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.99, 1.0)
"""Of the reliability table's rows: narrow where decisions are made."""


@dataclass(frozen=True)
class Reliability:
    """Of the utterances whose best queue got a probability between `low` and `high`: their number, their mean
    probability, and the share whose best queue was the right one."""

    low: float
    high: float
    utterances: int
    mean: float
    right: float


@dataclass(frozen=True)
class Calibration:
    """`error` is the expected calibration error (Naeini et al. 2015) over `rows`; `direct` the share of callers with a
    topic who are sent on from the probability `route`; `wrong` the share of all who are so wrongly, at most `bound`."""

    route: float
    direct: float
    wrong: float
    bound: float
    utterances: int
    error: float
    rows: tuple[Reliability, ...]

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def calibration(understanding: Trained, language: str) -> Calibration:
    model = understanding.models[language]
    head = understanding.head(model)
    found = judged(model, head)
    policy = understanding.policy(model)
    stories = found.topic | (model.labels == model.column[NONE])
    sure, right = found.sure[stories], found.right[stories]
    rows = []
    for low, high in pairwise(EDGES):
        inside = (sure > low) & (sure <= high) if low else sure <= high
        if inside.any():
            rows.append(
                Reliability(low, high, int(inside.sum()), float(sure[inside].mean()), float(right[inside].mean()))
            )
    error = sum(row.utterances * abs(row.mean - row.right) for row in rows) / max(len(sure), 1)
    sent = found.price >= policy.price
    wrong = int((sent & ~found.right).sum() + found.mistaken.sum())
    many = len(found.sure)
    return Calibration(
        route=policy.route,
        direct=float(sent[found.topic].mean()) if found.topic.any() else 0.0,
        wrong=wrong / max(many, 1),
        bound=upper_bound(wrong, many),
        utterances=many,
        error=error,
        rows=tuple(rows),
    )
