"""What is going on, as an operator wrote it down: an outage, a closure, a strike. Whom it concerns hears it once."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class NoticeKind(StrEnum):
    """TOPIC is said once it is known that the caller rings about it; ALL before the question; CLOSURE instead of the
    queue, and a callback is offered."""

    TOPIC = "topic"
    ALL = "all"
    CLOSURE = "closure"


@dataclass(frozen=True)
class Notice:
    """`texts` by language. `topics` are those that it concerns, none: whatever it is about. `area` is where; outside it
    nobody hears of it."""

    id: int
    kind: NoticeKind
    texts: Mapping[str, str]
    topics: tuple[str, ...] = ()
    area: str | None = None

    def concerns(self, intent: str | None) -> bool:
        return self.kind is NoticeKind.ALL or not self.topics or intent in self.topics

    def reaches(self, area: str | None) -> bool | None:
        """Whether a caller of this area is inside; None where theirs is not known."""
        if self.area is None:
            return True
        return None if area is None else area.casefold() == self.area.casefold()
