"""What the line does in answer to an event, as heard by the caller. `voice.twilio` renders these."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

Value = str | int | datetime | tuple[str, ...]


@dataclass(frozen=True)
class Prompt:
    """A key of `prompts/<lang>.yaml` and what fills its placeholders.

    The values are raw: the intent's or queue's name, a count, a moment, a telephone number. How they are said in a
    language is the content's.
    """

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)


class Listen(StrEnum):
    """What the line listens for. The recogniser's hints and patience follow from it."""

    OPEN = "open"
    YES_NO = "yes_no"
    CHOICE = "choice"
    MENU = "menu"
    OBJECTION = "objection"
    NUMBER = "number"


@dataclass(frozen=True)
class Say:
    """Say this, and do not listen."""

    prompts: tuple[Prompt, ...]


@dataclass(frozen=True)
class Ask:
    """Say this and listen meanwhile, for what the call's state expects (`STATES`). The caller may barge in:
    speak, or press a key, over it."""

    prompts: tuple[Prompt, ...]


@dataclass(frozen=True)
class Enqueue:
    queue: str


@dataclass(frozen=True)
class Dial:
    """Ring the call centre that answers for this queue, and connect the caller with whoever picks up."""

    queue: str


@dataclass(frozen=True)
class Wait:
    """Stay in the queue: say this if there is anything to say, play music, and listen for commands."""

    prompts: tuple[Prompt, ...] = ()


@dataclass(frozen=True)
class Leave:
    """Take the caller out of the queue; what comes next is in the call's state."""


@dataclass(frozen=True)
class HangUp:
    pass


Action = Say | Ask | Enqueue | Dial | Wait | Leave | HangUp
