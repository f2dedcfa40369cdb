"""Who stands behind a queue, and why it cannot take a caller."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from voice.core.queue.wait_time import Estimate


class Trouble(StrEnum):
    """Why a queue cannot take a caller now."""

    CLOSED = "closed"
    CLOSING = "closing"
    NOBODY = "nobody"
    LANGUAGE = "language"
    FULL = "full"
    FAULT = "fault"
    NOTICE = "notice"


@dataclass(frozen=True)
class QueueStatus:
    """Who stands behind a queue at this moment, for a caller of one language. `known` says whether the line has agents
    at all; one without any (a demo) holds its callers in the queue for whoever dials it. `signed_in` speak the
    language; `others` says whether anybody is there, of whatever language. `estimate` is for a caller who joins now."""

    known: bool = False
    signed_in: int = 0
    waiting: int = 0
    estimate: Estimate | None = None
    windows: tuple[tuple[datetime, datetime], ...] = ()
    others: bool = False

    @property
    def deserted(self) -> bool:
        """Whether nobody will come for the caller until somebody signs in."""
        return self.known and not self.signed_in


NOBODY_KNOWN = QueueStatus()
