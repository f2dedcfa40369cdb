"""What callers taught in a day, as counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class LearntDay:
    """What was learnt until `at`, of so many `callers`: how much was `right` and how much `wrong`, by how sure the line
    was (`voice.understanding.learning`). `aside` are lessons beyond a caller's one. Nobody's words, nobody's number."""

    at: datetime
    callers: int
    aside: int
    right: tuple[float, ...]
    wrong: tuple[float, ...]

    @property
    def lessons(self) -> float:
        return sum(self.right) + sum(self.wrong)


LearntDays = Sequence[LearntDay]
"""One after another, the oldest first."""
