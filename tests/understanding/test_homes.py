"""A general answer and the people of its topic: who is sent to one of them is not lost to the other."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from voice.content import Line
from voice.core.interpretation import Command
from voice.understanding import cache
from voice.understanding.loading import extra
from voice.understanding.weighing import best_queue_first, without_refused

INTENTS = ("billing", "due_date", "outage", "agent", "none", "fire")


class Lines:
    """As much of a model as the order of topics needs."""

    def __init__(self) -> None:
        self.intents, self.answers = INTENTS, ("due_date",)
        self.queues = np.array([0, 0, 1, -1, -1, -1])
        self.column = {intent: at for at, intent in enumerate(INTENTS)}


@pytest.mark.parametrize(
    ("ranked", "first"),
    [
        ((("outage", 0.4), ("billing", 0.3), ("due_date", 0.3)), "billing"),  # one queue, and the likelier
        ((("due_date", 0.5), ("billing", 0.4), ("outage", 0.1)), "billing"),  # its people can tell the date, too
        ((("due_date", 0.7), ("billing", 0.2), ("outage", 0.1)), "due_date"),
        ((("due_date", 0.5), ("outage", 0.4), ("none", 0.1)), "due_date"),
    ],
)
def test_an_answer_is_given_where_it_is_most_of_what_its_people_are_asked(
    ranked: tuple[tuple[str, float], ...], first: str
) -> None:
    assert best_queue_first(Lines(), ranked)[0][0] == first  # type: ignore[arg-type]


def test_whoever_refuses_a_topic_is_in_no_more_danger_for_it() -> None:
    before = np.array([0.7, 0.1, 0.06, 0.1, 0.03, 0.01])
    stories = np.array([0, 0.5, 0.3, 0, 0.2, 0])
    after = without_refused(Lines(), before, stories, ["billing"])  # type: ignore[arg-type]
    assert after[INTENTS.index("billing")] == 0
    assert after[INTENTS.index("fire")] == pytest.approx(0.01)
    assert after[INTENTS.index(Command.AGENT)] == pytest.approx(0.1)
    assert after.sum() == pytest.approx(1)


def test_what_is_trained_does_not_depend_on_who_answers(make_line: Callable[..., Line]) -> None:
    line = make_line()
    moved = replace(line, plan=replace(line.plan, topics={**line.plan.topics, "moving": "general"}))
    fewer = replace(line, plan=replace(line.plan, topics={**line.plan.topics, "moving": "orders", "extra": "sales"}))
    names = [cache.name(one.folder, "en", extra(one), None) for one in (line, moved, fewer)]
    assert names[0] == names[1] != names[2]
