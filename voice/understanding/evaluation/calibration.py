"""How honest a model's probabilities are, on the labelled utterances that it was not trained on."""

from dataclasses import asdict, dataclass

from voice.understanding.evaluation.reliability import Bin, reliability
from voice.understanding.model import NONE
from voice.understanding.policy import judged, upper_bound
from voice.understanding.trained import Trained


@dataclass(frozen=True)
class Calibration:
    """`route` is the probability from which callers are sent on, where a wrong queue costs `price` questions; `direct`
    the share of callers with a topic who are; `wrong` the share of all who are so wrongly, at most `bound`; `error` the
    expected calibration error over `rows`."""

    price: float
    route: float
    direct: float
    wrong: float
    bound: float
    utterances: int
    error: float
    rows: tuple[Bin, ...]

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def calibration(understanding: Trained, language: str) -> Calibration:
    model = understanding.models[language]
    found = judged(model, understanding.head(model))
    policy = understanding.policy(model)
    stories = found.topic | (model.labels == model.column[NONE])
    honest = reliability(found.sure[stories], found.right[stories])
    sent = found.price >= policy.price
    topics, every = found.counts[found.topic].sum(), found.counts.sum()
    wrong = float(found.counts[(sent & ~found.right) | found.mistaken].sum())
    return Calibration(
        price=policy.price,
        route=policy.route,
        direct=float(found.counts[sent & found.right & found.topic].sum() / topics) if topics else 0.0,
        wrong=wrong / float(every) if every else 0.0,
        bound=upper_bound(wrong, float(every)),
        utterances=len(found.sure),
        error=honest.error,
        rows=honest.rows,
    )
