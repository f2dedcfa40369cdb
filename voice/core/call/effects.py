"""What a turn of a call owes: saved with the call's new state, in one transaction, and not heard by the caller."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class TakeCallback:
    """Store a contact to be called back.

    `promised` is when the queue opens or the window chosen begins, `until` when that ends; None when the turn decides.
    The place in the queue is `arrived`.
    """

    number: str
    queue: str
    arrived: datetime
    promised: datetime | None
    until: datetime | None = None


@dataclass(frozen=True)
class Inform:
    """The caller hears the general answer of this name; `queue` is where its topic is answered by people."""

    answer: str
    queue: str


@dataclass(frozen=True)
class SendText:
    """Text the caller: `what` is a prompt's key, or what an operator's service wants to be read."""

    what: str


@dataclass(frozen=True)
class Tell:
    """The caller hears the notice of this number; `queue` is where its topic is answered by people."""

    notice: int
    queue: str


@dataclass(frozen=True)
class TextWhenOver:
    """Text the caller once this notice is over."""

    notice: int


@dataclass(frozen=True)
class NoteDown:
    """Store a contact to whom no callback is promised: with the words, for whoever looks."""

    queue: str


CallEffect = TakeCallback | Inform | SendText | Tell | TextWhenOver | NoteDown
