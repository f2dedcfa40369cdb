"""What came of a call, held against what its caller wanted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from benchmarks.calls.form import ToldCall
from voice.core.call.state import Call
from voice.core.contact.state import Contact, Kind, Stage

ENDING = frozenset({"callback", "missed", "withdrawn", "goodbye"})
"""Outcomes with which a call may end while the caller is on it."""

KEPT = frozenset({Stage.WAITING, Stage.RINGING, Stage.TAKING, Stage.TALKING, Stage.ASKED, Stage.ANSWERED})
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass
class Played:
    """A call that was played. `wrong_unasked`: a topic of another queue was announced before any question about it."""

    told: ToldCall
    call: Call
    contact: Contact | None
    queue: str
    ended: bool
    safety: str | None
    agreed: bool
    wrong_unasked: bool
    words: int
    turns: list[str] = field(default_factory=list)

    @property
    def hung_up_on(self) -> bool:
        """The line ended the call, and its caller wanted nothing that ends it."""
        return self.ended and not (ENDING & self.told.wants.keys()) and not self.called_back

    @property
    def called_back(self) -> bool:
        contact = self.contact
        return contact is not None and contact.kind is Kind.CALLBACK and contact.stage in KEPT

    @property
    def promise_lost(self) -> bool:
        """The caller agreed to a callback, and nothing is written down."""
        return self.agreed and self.contact is None

    @property
    def right(self) -> bool:
        wants = self.told.wants
        match next(iter(wants)):
            case "queue":
                language = wants.get("language", self.told.language)
                return self.queue == wants["queue"] and self.call.language == language
            case "callback":
                return self._right_callback(wants)
            case "missed":
                return self.contact is not None and self.contact.stage is Stage.ABANDONED
            case "withdrawn":
                return self.contact is None or self.contact.stage is Stage.WITHDRAWN
            case "goodbye":
                return self.ended and self.contact is None
            case "safety":
                return self.safety == wants["safety"]
        raise ValueError(f"“{self.told.title}” wants nothing that is known")

    def _right_callback(self, wants: Mapping[str, Any]) -> bool:
        contact = self.contact
        if contact is None or not self.called_back:
            return False
        right = contact.queue == wants["callback"] and contact.number == wants["number"]
        return right and ("moment" not in wants or self._overlaps(contact, wants["moment"]))

    def _overlaps(self, contact: Contact, moment: Mapping[str, str]) -> bool:
        if contact.promised is None:
            return False
        at = self.told.at
        named = moment["day"]
        ahead = {"today": 0, "tomorrow": 1}.get(named)
        if ahead is None:
            ahead = (DAYS.index(named) - at.weekday()) % 7
        day = (at + timedelta(days=ahead)).date()
        after, before = (
            datetime.combine(day, time.fromisoformat(moment[end]), at.tzinfo) for end in ("after", "before")
        )
        return contact.promised < before and (contact.until or contact.promised + timedelta(minutes=1)) > after
