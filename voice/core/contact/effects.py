"""What an event of a contact owes to the world."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Job(StrEnum):
    """What is owed to the world. Those of `ONCE` are asked of Twilio at most once: an order whose answer is lost may
    have been carried out, and nobody is rung twice; the stage's deadline then decides. The others may be repeated. JOIN
    sends the agent's line on into the room, out of the story that it tells."""

    RING_AGENT = "ring agent"
    RING_CUSTOMER = "ring customer"
    TEXT = "text"
    TAKE_OUT = "take out"
    HANG_UP = "hang up"
    LOOK = "look"
    ASK = "ask"
    MOVE = "move"
    JOIN = "join"
    HOLD = "hold"
    TAKE_IN = "take in"
    HAND_OVER = "hand over"


ONCE = frozenset({Job.RING_AGENT, Job.RING_CUSTOMER, Job.TEXT, Job.TAKE_IN})


CALLS = frozenset({Job.RING_AGENT, Job.RING_CUSTOMER, Job.TAKE_IN})


@dataclass(frozen=True)
class Owed:
    """`what` is the call to hang up, the key of the text to send, or that text. What is `held` is owed once somebody
    lets it go (`voice.store.notices`)."""

    job: Job
    what: str = ""
    held: bool = False


@dataclass(frozen=True)
class Engaged:
    agent: str


@dataclass(frozen=True)
class Released:
    """The agent is free again after `wrap_up`. `missed` counts towards being signed out; a call taken clears it."""

    agent: str
    wrap_up: timedelta
    missed: bool | None = None


ContactEffect = Owed | Engaged | Released
