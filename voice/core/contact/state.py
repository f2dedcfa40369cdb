"""A contact: one caller in need, on the line or to be called back.

A caller on hold and one who waits to be called back are the same thing here; only `kind` says which, and both stand in
one line by their arrival. What an event does to a contact is in `voice.core.contact.table`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from voice.core.records import altered


class Kind(StrEnum):
    LIVE = "live"
    CALLBACK = "callback"


class Stage(StrEnum):
    """AWAY: on the line, but not in the queue: the caller is being asked something, or sent somewhere else. INFORMING:
    told what needs no person, and asked whether it helped. ABANDONED: the caller hung up while waiting, and is not rung
    back. UNREACHED: nobody was reached on the callback's number. INFORMED: the caller needed no person."""

    AWAY = "away"
    WAITING = "waiting"
    RINGING = "ringing"
    TAKING = "taking"
    TALKING = "talking"
    ASKED = "asked"
    ANSWERED = "answered"
    ABANDONED = "abandoned"
    UNREACHED = "unreached"
    WITHDRAWN = "withdrawn"
    INFORMING = "informing"
    INFORMED = "informed"


NOTICE = "notice "
"""What stands before a notice's number where it is what a contact was informed by, or is to be texted about."""

SOLVED = "sms.solved"
"""The text to who wanted to know once it is over."""


class RoomEntry(StrEnum):
    """What the ledger says of the room of an agent and a caller, which changes nothing of the contact."""

    ON_HOLD = "on hold"
    ASKS = "asks"
    TAKEN_IN = "taken in"
    LEFT = "left the room"


CALL_CENTRE = "(call centre)"
"""Stands for an agent where a call centre is rung about a callback."""


UNSERVED = frozenset({Stage.ABANDONED, Stage.UNREACHED})
"""The ends of callers who left without having been helped."""


OVER = frozenset({Stage.ANSWERED, *UNSERVED, Stage.WITHDRAWN, Stage.INFORMED})


LISTED = frozenset({Stage.WAITING, Stage.RINGING, Stage.TAKING})
"""The stages of a callback that is still to come."""


@dataclass(frozen=True)
class Contact:
    """`leg` is the caller's own line, None for one who is to be called back. `due` is the moment before which nobody
    rings, of a caller on the line who has a callback to go back to the present; `promised` and `until` are what the
    caller was told. `attempt` counts the agents rung, `tries` the times the
    customer was. `served` is when a person was there, `announced` the upper end of the wait told and `guess` the
    unrounded estimate, in seconds. `informed` is the name of the general answer that the caller heard, or the
    notice.
    `place` is by what they stand in line: the arrival, and for a better `tier` somewhat before it. `own_agent` alone is
    tried until `own_until`. `earlier` is the contact that did not solve what it is about. `identity` is what the caller
    gave of their `identity_kind`, and `identity_checked` whether the operator's service knows it.
    """

    reference: str
    call_sid: str
    kind: Kind
    stage: Stage
    queue: str
    language: str
    arrived: datetime
    dialled: str = ""
    number: str | None = None
    intent: str | None = None
    note: str | None = None
    words: tuple[str, ...] = ()
    leg: str | None = None
    priority: int = 0
    due: datetime | None = None
    promised: datetime | None = None
    until: datetime | None = None
    late: bool = False
    attempt: int = 0
    tries: int = 0
    agent: str | None = None
    agent_call: str | None = None
    deadline: datetime | None = None
    served: datetime | None = None
    ended: datetime | None = None
    announced: int | None = None
    guess: int | None = None
    informed: str | None = None
    place: datetime | None = None
    tier: str | None = None
    own_agent: str | None = None
    own_until: datetime | None = None
    earlier: str | None = None
    identity: str | None = None
    identity_kind: str | None = None
    identity_checked: bool = False

    def but(self, **changes: object) -> "Contact":
        return altered(self, changes)

    @property
    def stands(self) -> datetime:
        return self.place or self.arrived

    @property
    def over(self) -> bool:
        return self.stage in OVER

    @property
    def listed(self) -> bool:
        """Whether it is a callback that is still to come."""
        return self.kind is Kind.CALLBACK and self.stage in LISTED
