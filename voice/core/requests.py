"""A request: one caller in need. What it is, what can happen to it, and what follows from that.

A caller on hold and one who waits to be called back are the same thing here; only `kind` says which, and both stand in
one line by their arrival. What a happening does to a request is in `voice.core.life`.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    LIVE = "live"
    CALLBACK = "callback"


class Stage(StrEnum):
    """AWAY: on the line, but not in the queue: the caller is being asked something, or sent somewhere else."""

    AWAY = "away"
    WAITING = "waiting"
    RINGING = "ringing"
    TAKING = "taking"
    TALKING = "talking"
    ASKED = "asked"
    ANSWERED = "answered"
    MISSED = "missed"
    WITHDRAWN = "withdrawn"


CALL_CENTRE = "(call centre)"
"""Stands for an agent where a call centre is rung about a callback."""

ENDS = frozenset({Stage.ANSWERED, Stage.MISSED, Stage.WITHDRAWN})
LISTED = frozenset({Stage.WAITING, Stage.RINGING, Stage.TAKING})
"""The stages of a callback that is still to come."""


@dataclass(frozen=True)
class Request:
    """`leg` is the caller's own line, None for one who is to be called back. `due` is the moment before which nobody
    rings, of a caller on the line who has a callback to go back to the present; `promised` and `until` are what the
    caller was told. `attempt` counts the agents rung, `tries` the times the
    customer was. `served` is when a person was there, `told` the upper end of the wait announced and `guess` the
    unrounded estimate, in seconds.
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
    told: int | None = None
    guess: int | None = None

    def but(self, **changes: object) -> "Request":
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def over(self) -> bool:
        return self.stage in ENDS

    @property
    def listed(self) -> bool:
        """Whether it is a callback that is still to come."""
        return self.kind is Kind.CALLBACK and self.stage in LISTED


# ── What can happen ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Story:
    """What goes along with a caller wherever they come."""

    queue: str
    language: str
    intent: str | None
    note: str | None
    words: tuple[str, ...]


@dataclass(frozen=True)
class Joined:
    """The caller stands in the queue, on the line `leg`. `told` and `guess` (seconds) are what was said of the wait."""

    story: Story
    leg: str | None = None
    told: int | None = None
    guess: int | None = None


@dataclass(frozen=True)
class Dialled:
    """The caller's own line, `leg`, rings the call centre that answers for the queue."""

    story: Story
    leg: str


@dataclass(frozen=True)
class NotTaken:
    """The call centre did not take it. `why` is Twilio's DialCallStatus. The caller is on the line, and is asked."""

    why: str


@dataclass(frozen=True)
class SteppedOut:
    """The caller left the queue to say something, and is still on the line."""


@dataclass(frozen=True)
class Promised:
    """The caller is to be called back: from `promised` on, or when the turn comes; before `until`, if that was said."""

    story: Story
    number: str
    promised: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Assigned:
    """It is this request's turn, and this agent is free."""

    agent: str


@dataclass(frozen=True)
class Rung:
    """Twilio has taken the order to ring the agent, or the customer."""

    call_sid: str


@dataclass(frozen=True)
class Accepted:
    """The agent pressed 1."""


@dataclass(frozen=True)
class Declined:
    """The agent did not take it. `why`: declined, no answer, busy, refused by Twilio…; `missed` is one not answered."""

    why: str
    missed: bool = False


@dataclass(frozen=True)
class Reached:
    """The caller is on their way into the conference, on the line `leg`."""

    leg: str


@dataclass(frozen=True)
class Unreached:
    """The customer was not reached: busy, no answer, voicemail… `final`: ringing again would not help."""

    why: str
    final: bool = False


@dataclass(frozen=True)
class NotThere:
    """The caller could not be taken out of the queue, though the line stands: they are asked something just now."""


@dataclass(frozen=True)
class AgentLeft:
    """The agent's line is over."""


@dataclass(frozen=True)
class Transferred:
    """The agent sends the caller on to another queue."""

    queue: str


@dataclass(frozen=True)
class Gone:
    """The caller's line is over. `ring_back` says whether their number may be rung, where the queue does so."""

    ring_back: bool = True


@dataclass(frozen=True)
class Helped:
    """The caller says so, or says goodbye."""


@dataclass(frozen=True)
class Withdrew:
    """The caller needs nobody any more."""


@dataclass(frozen=True)
class TimeUp:
    """The deadline has passed."""


Happening = (
    Joined | Dialled | NotTaken | SteppedOut | Promised | Assigned | Rung | Accepted | Declined | Reached | Unreached
    | NotThere | AgentLeft | Transferred | Gone | Helped | Withdrew | TimeUp
)  # fmt: skip


# ── What follows ────────────────────────────────────────────────────────────────────────────────────


class Job(StrEnum):
    """What is owed to the world. Those of `ONCE` are asked of Twilio at most once: an order whose answer is lost may
    have been carried out, and nobody is rung twice; the stage's deadline then decides. The others may be repeated."""

    RING_AGENT = "ring agent"
    RING_CUSTOMER = "ring customer"
    TEXT = "text"
    TAKE_OUT = "take out"
    HANG_UP = "hang up"
    LOOK = "look"
    ASK = "ask"
    MOVE = "move"


ONCE = frozenset({Job.RING_AGENT, Job.RING_CUSTOMER, Job.TEXT})
CALLS = frozenset({Job.RING_AGENT, Job.RING_CUSTOMER})


@dataclass(frozen=True)
class Owed:
    """`what` is the call to hang up, or the key of the text to send."""

    job: Job
    what: str = ""


@dataclass(frozen=True)
class Engaged:
    agent: str


@dataclass(frozen=True)
class Released:
    """The agent is free again after `rest`; `missed` counts towards being signed out, a call taken clears the count."""

    agent: str
    rest: timedelta
    missed: bool | None = None


Consequence = Owed | Engaged | Released
