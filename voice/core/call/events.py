"""What can happen to a call."""

from dataclasses import dataclass
from datetime import datetime

from voice.core.call.wishes import CallbackWish
from voice.core.contact.limits import CallbackRefusal
from voice.core.interpretation import Interpretation


@dataclass(frozen=True)
class Standing:
    """A contact of the number that rings: a callback that stands, or one that is `over`. `agreed` is what was agreed
    with the caller, and not done yet."""

    reference: str
    queue: str
    arrived: datetime
    number: str | None
    intent: str | None
    words: tuple[str, ...]
    promised: datetime | None
    until: datetime | None = None
    over: bool = False
    agreed: str | None = None


@dataclass(frozen=True)
class Rang:
    """The call arrived, from a number for which perhaps a callback stands; or from one of which an `earlier` contact is
    asked about: it was cut off a short while ago, or something was agreed that is still to come."""

    standing: Standing | None = None
    earlier: Standing | None = None


@dataclass(frozen=True)
class Said:
    """The caller spoke. `text` is what was heard, `wish` what they want of a callback, `earlier` the contact of their
    number that it is about."""

    text: str
    meaning: Interpretation
    wish: CallbackWish | None = None
    earlier: Standing | None = None


@dataclass(frozen=True)
class Dictated:
    """A part of a telephone number: `digits` are all that were said of it so far."""

    digits: str


@dataclass(frozen=True)
class Identified:
    """The caller gave what was asked for: `value`, as it is kept. `checked`: the operator's service knows it."""

    value: str
    checked: bool = False


@dataclass(frozen=True)
class Misfit:
    """What the caller gave cannot be what was asked for. `digits` are all of it so far."""

    digits: str


@dataclass(frozen=True)
class Pressed:
    """The caller pressed keys: `0`-`9`, `*`, `#`."""

    digits: str


@dataclass(frozen=True)
class Silent:
    """The line asked and the caller said nothing."""


@dataclass(frozen=True)
class Refused:
    """The callback cannot be promised. `standing` is what the number has already."""

    why: CallbackRefusal
    standing: Standing | None = None


@dataclass(frozen=True)
class Waiting:
    """The caller is in the queue. `position` counts from 1; 0 when it is not known."""

    position: int


@dataclass(frozen=True)
class LeftQueue:
    """The call left its queue. `result` is Twilio's QueueResult (https://www.twilio.com/docs/voice/twiml/enqueue)."""

    result: str


@dataclass(frozen=True)
class HungUp:
    """The call is over, whoever ended it."""


@dataclass(frozen=True)
class LeftAgent:
    """The call has left the agent it was connected with, and goes on."""


@dataclass(frozen=True)
class LeftDial:
    """The line has rung a call centre. `result` is Twilio's DialCallStatus
    (https://www.twilio.com/docs/voice/twiml/dial#action), `bridged` whether the two have spoken."""

    result: str
    bridged: bool


@dataclass(frozen=True)
class SentOn:
    """An agent sends the caller to another queue."""

    queue: str


@dataclass(frozen=True)
class CutOff:
    """The caller was taken out of the queue, and no agent is there any more."""


CallEvent = (
    Rang | Said | Dictated | Identified | Misfit | Pressed | Silent | Refused | Waiting | LeftQueue | LeftDial
    | LeftAgent | SentOn | CutOff | HungUp
)  # fmt: skip
