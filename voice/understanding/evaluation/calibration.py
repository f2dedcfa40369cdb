"""How honest a model's probabilities are, on the labelled utterances that it was not trained on."""

from dataclasses import asdict, dataclass

from voice.understanding.evaluation.reliability import Bin, reliability
from voice.understanding.model import NONE
from voice.understanding.policy import RULE, Judged, judged, policy, upper_bound
from voice.understanding.trained import Trained

MORE = (2, 4, 8)
"""Times as many labelled utterances, for what more would bring."""


@dataclass(frozen=True)
class Calibration:
    """`route` is the probability from which callers are sent on, where a wrong queue costs `price` questions; `direct`
    the share of callers with a topic who are, and rightly; `wrong` the share of all who are so wrongly, at most
    `bound`. `evidence` is how much the line's own `utterances` say in that, and not the rule of other lines; `more` the
    share of direct callers with so many utterances, as right as these. `error` is the expected calibration error over
    `rows`."""

    price: float
    route: float
    direct: float
    wrong: float
    bound: float
    utterances: int
    evidence: float
    more: tuple[tuple[int, float], ...]
    error: float
    rows: tuple[Bin, ...]

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def calibration(understanding: Trained, language: str, risk: float) -> Calibration:
    model = understanding.models[language]
    head = understanding.head(model)
    found = judged(model, head)
    chosen = understanding.policy(model)
    stories = found.topic | (head.labels == model.column[NONE])
    honest = reliability(found.sure[stories], found.right[stories])
    sent = found.price >= chosen.price
    every = float(found.counts.sum())
    wrong = float(found.counts[(sent & ~found.right) | found.mistaken].sum())
    many = len(found.sure)
    return Calibration(
        price=chosen.price,
        route=chosen.route,
        direct=_direct(found, chosen.price),
        wrong=wrong / every if every else 0.0,
        bound=upper_bound(wrong, every, chosen.price),
        utterances=many,
        evidence=many / (many + RULE),
        more=tuple((n * many, _direct(found, policy(found, risk, times=n).price)) for n in MORE) if many else (),
        error=honest.error,
        rows=honest.rows,
    )


def _direct(found: Judged, price: float) -> float:
    topics = float(found.counts[found.topic].sum())
    sent = found.topic & found.right & (found.price >= price)
    return float(found.counts[sent].sum()) / topics if topics else 0.0
