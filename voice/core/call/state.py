"""The state of one call."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from voice.core.interpretation import Command
from voice.core.queue.status import Trouble
from voice.core.records import altered


class State(StrEnum):
    """Where a call stands; `voice.core.call.states` says what is true of each. How often a question failed is the state
    itself, not a counter."""

    NEW = "new"
    QUESTION = "question"
    AGAIN = "again"
    CONFIRM = "confirm"
    CHECK = "check"
    CHOICE = "choice"
    MENU = "menu"
    ANNOUNCE = "announce"
    OFFER = "offer"
    CALLBACK = "callback"
    NUMBER = "number"
    WINDOW = "window"
    LISTED = "listed"
    CANCELLING = "cancelling"
    RESUME = "resume"
    AGREED = "agreed"
    HOLD = "hold"
    LEAVE = "leave"
    DIAL = "dial"
    AGENT = "agent"
    HELPED = "helped"
    WHERE = "where"
    ANSWERED = "answered"
    NOTICE = "notice"
    AREA = "area"
    EARLIER = "earlier"
    IDENTITY = "identity"
    DANGER = "danger"
    FAREWELL = "farewell"
    SILENT = "silent"
    OVER = "over"


class Outcome(StrEnum):
    """How a call stands towards its contact; at the end, how it ended."""

    HANGUP = "hangup"
    QUEUED = "queued"
    AGENT = "agent"
    CALLBACK = "callback"
    INFORMED = "informed"


class Answered(NamedTuple):
    """An earlier contact of this number that a person had answered, about this topic, in this queue."""

    reference: str
    intent: str
    queue: str


@dataclass(frozen=True)
class Call:
    """One call. `caller` is None when the number is hidden.

    `turn` counts the answers given, so that a webhook that comes twice is known; `rounds` counts those outside a queue,
    so that no caller goes round for ever; `questions` counts what the caller was
    asked since the last time they started over; `missed` counts silences and no-matches in a row in the present state.
    `began` is when it came in. `heard` says whether the caller has said or pressed anything yet. `safety` is the kind
    of danger they are in.
    `dictated` are the digits of a number that is not complete. `keyed` is the language of the call before a key changed
    it, until somebody answers in the new one. `slow` says that they asked for slower speech.
    `wish` is the command that the caller is asked about (`wished` the language, if it is one), `before` the state in
    which it was heard. `words` are the caller's own, in order: the story that is told once. `note` is the second thing
    they ring about.
    `number` is where to call back. `then` is what a caller who leaves a queue wants next. `callable` says whether the
    line may ring the caller's own number. `reference` is the contact that the caller had before this call,
    `withdrawn` that they want it no more, `stands` what was promised of it: from when, and until when. `beside` says
    that one about something else stands. `resumes` is a contact that is over and that this call goes on from, `since`
    when that one arrived, `agreed` what was agreed then and is still to be done; `first` says that a promise to them
    was broken, so that they come before all others.
    `moments` are those offered for a callback, as they were heard, and `window` the one chosen; `wait` the range of
    minutes told when the caller was queued (`held`), `guess` the same unrounded, in seconds; `offered` when a
    callback was offered last. `answer` is the general answer that was given, `reply` and `reply_text` what the
    operator's service had to say and to text, `texted` whether it went as a text.
    `notices` are those that the caller has heard, `elsewhere` those of areas where they are not, `notice` the last one
    and `awaited` those of which they want a text once they are over; `area` is theirs, where it is known.
    `area_asked` is the notice for which somebody on hold was asked whether they are in its area.
    `answered` are the last contacts that a person had answered lately, one for each topic; `earlier` that of the topic
    of this call, and `again` that it is about the same still.
    `asked` are the kinds of identity that the caller was asked for, `identity` the last that was given, of
    `identity_kind`, and `identity_checked` whether the operator's service knows it.
    `corrected` says that the caller took back what they were told, `passed_on` that an agent sent them to another
    queue, `outbound` that the line itself rang: it is then the call of a callback.
    `tier` is theirs, who therefore stand `ahead` seconds before their arrival; `own_queue` and `own_agent`
    are theirs alone.
    """

    sid: str
    language: str
    dialled: str
    caller: str | None
    arrived: datetime
    line: str = ""
    state: State = State.NEW
    turn: int = 0
    rounds: int = 0
    questions: int = 0
    missed: int = 0
    intent: str | None = None
    queue: str | None = None
    candidates: tuple[str, ...] = ()
    wish: Command | None = None
    wished: str | None = None
    before: State | None = None
    both: bool = False
    rejected: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    note: str | None = None
    number: str | None = None
    dictated: str = ""
    heard: bool = False
    began: datetime | None = None
    keyed: str | None = None
    safety: str | None = None
    slow: bool = False
    trouble: Trouble | None = None
    position: int = 0
    told_at: datetime | None = None
    then: State | None = None
    outcome: Outcome = Outcome.HANGUP
    callable: bool = True
    reference: str | None = None
    withdrawn: bool = False
    stands: tuple[datetime, ...] = ()
    beside: bool = False
    resumes: str | None = None
    since: datetime | None = None
    agreed: str | None = None
    first: bool = False
    moments: tuple[datetime, ...] = ()
    window: tuple[datetime, datetime] | None = None
    wait: tuple[int, int] | None = None
    guess: int | None = None
    held: datetime | None = None
    offered: datetime | None = None
    answer: str | None = None
    reply: str | None = None
    reply_text: str | None = None
    texted: bool = False
    notices: tuple[int, ...] = ()
    elsewhere: tuple[int, ...] = ()
    awaited: tuple[int, ...] = ()
    notice: int | None = None
    area: str | None = None
    area_asked: int | None = None
    corrected: bool = False
    passed_on: bool = False
    outbound: bool = False
    answered: tuple[Answered, ...] = ()
    earlier: str | None = None
    again: bool = False
    asked: tuple[str, ...] = ()
    identity: str | None = None
    identity_kind: str | None = None
    identity_checked: bool = False
    tier: str | None = None
    ahead: int = 0
    own_queue: str | None = None
    own_agent: str | None = None

    def but(self, **changes: object) -> "Call":
        return altered(self, changes)

    @property
    def place(self) -> datetime:
        """By which callers stand in line."""
        return self.arrived - timedelta(seconds=self.ahead)

    @property
    def rung_back_on(self) -> str | None:
        """The number that the caller gave, or the one they ring from where the line may ring it."""
        return self.number or (self.caller if self.callable else None)
