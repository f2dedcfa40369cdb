"""What the stand-in remembers: calls, what was heard on them, what was asked, queues and their members.

Records hold no behaviour beyond answering for themselves; what happens to them is in the modules named after it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING

from voice.localtwilio.engine.task import Task
from voice.localtwilio.twiml.documents import Verb

if TYPE_CHECKING:
    from voice.localtwilio.world import World


class Standing(Enum):
    """What a call is doing, as the person on it would say."""

    RINGING = "ringing"
    TALKED_TO = "talked to"
    PROMPTED = "prompted"  # a Gather listens already, and its prompt still plays
    LISTENED_TO = "listened to"  # a Gather has spoken, and waits
    ANSWERING = "answering"  # the person has begun to speak or to press keys
    HELD = "held"  # music, in a queue or a conference that has not begun
    CONNECTING = "connecting"  # somebody else is being rung
    CONNECTED = "connected"  # with a person, or in a conference
    ENDED = "ended"


WAITS_FOR_THE_PERSON = frozenset(
    {Standing.LISTENED_TO, Standing.HELD, Standing.CONNECTING, Standing.CONNECTED, Standing.ENDED}
)

OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
"""The values of CallStatus after which nothing more happens on a call."""


@dataclass
class Utterance:
    """Something that was heard on a call.

    `kind` is `say`, `play` (then `text` is the URL), `digits`, `voice` (a person one is connected with) or `twilio`
    (its own words, after an error). `at` is when it began, `seconds` how long it was to last; `cut` that it was
    broken off.
    """

    kind: str
    text: str
    at: float
    seconds: float = 0.0
    language: str = ""
    voice: str = ""
    cut: bool = False


@dataclass(frozen=True)
class Exchange:
    """One webhook and what came back. `status` is None where no answer came, `code` Twilio's error or 0."""

    at: float
    method: str
    url: str
    params: dict[str, str]
    token: str
    status: int | None
    answer: str
    code: int = 0


@dataclass(frozen=True)
class Question:
    """The Gather that is listening now (docs/voice/twiml/gather). Times are in seconds."""

    input: frozenset[str]
    language: str
    hints: tuple[str, ...]
    timeout: float
    speech_timeout: float | None  # None: at the first pause ("auto")
    num_digits: int | None
    finish_on_key: str
    barge_in: bool
    action_on_empty_result: bool
    verb: Verb


@dataclass(frozen=True)
class Target:
    """Where a call's next document comes from: a URL, or TwiML handed over directly (REST only)."""

    url: str = ""
    method: str = "POST"
    params: dict[str, str] = field(default_factory=dict)
    twiml: str = ""

    def telling(self, params: dict[str, str]) -> "Target":
        """The same place, told something more."""
        return replace(self, params={**self.params, **params})


@dataclass(frozen=True)
class StatusCallback:
    """Where to report how a call goes, and which of its events (initiated, ringing, answered, completed)."""

    url: str
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})


@dataclass(eq=False, repr=False)
class Leg:
    """One call: the line between Twilio and one person. `direction` and `status` have Twilio's values."""

    world: "World"
    sid: str
    from_: str
    to: str
    direction: str
    created_at: float
    status: str = "queued"
    queued_ms: int = 0  # how long it was held back, because more were ordered than the account rings in a second
    parent: "Leg | None" = None
    callback: StatusCallback | None = None
    fallback: Target | None = None
    extra: dict[str, str] = field(default_factory=dict)
    answered_at: float | None = None
    ended_at: float | None = None
    answered_by: str = ""
    url: str = ""
    task: Task | None = None
    standing: Standing = Standing.RINGING
    had_turn: bool = False  # since whoever asks last set it to False
    question: Question | None = None
    reaction: str = ""  # of the person rung: "answer" or "busy"; empty while it rings
    ready: bool = False  # the called party has heard its document, and may be connected
    away: bool = False  # the called party has been sent elsewhere by REST
    member: "Member | None" = None
    participant: "Participant | None" = None
    peer: "Leg | None" = None
    heard: list[Utterance] = field(default_factory=list)
    log: list[Exchange] = field(default_factory=list)
    events_sent: int = 0
    documents_now: tuple[float, int] = (0.0, 0)
    cookies: dict[str, str] = field(default_factory=dict)
    on_change: "Callable[[Leg], None] | None" = None

    def __repr__(self) -> str:
        return f"<call {self.sid[:8]} {self.direction} {self.from_}→{self.to} {self.status}, {self.standing.value}>"

    @property
    def over(self) -> bool:
        return self.status in OVER

    @property
    def duration(self) -> int:
        """Whole seconds from the answer to the end; 0 for a call that was not answered."""
        if self.answered_at is None or self.ended_at is None:
            return 0
        return round(self.ended_at - self.answered_at)

    def params(self) -> dict[str, str]:
        """What Twilio always sends (docs/voice/twiml#request-parameters). Caller and Called repeat From and To."""
        params = {
            "AccountSid": self.world.account_sid,
            "ApiVersion": "2010-04-01",
            "CallSid": self.sid,
            "CallStatus": self.status,
            "Called": self.to,
            "Caller": self.from_,
            "Direction": self.direction,
            "From": self.from_,
            "To": self.to,
            **self.extra,
        }
        if self.parent is not None:
            params["ParentCallSid"] = self.parent.sid
        if self.answered_by:
            params["AnsweredBy"] = self.answered_by
        return params

    def stand(self, standing: Standing) -> None:
        """From now on the person's situation is this; whoever acts for the person is told."""
        self.standing = standing
        self.had_turn = self.had_turn or standing in WAITS_FOR_THE_PERSON or standing is Standing.PROMPTED
        if self.on_change is not None:
            self.on_change(self)

    def nudge(self) -> None:
        """Something about this call has changed: have its script look."""
        if self.task is not None:
            self.task.nudge()


@dataclass(eq=False)
class Member:
    """A call waiting in a queue (docs/voice/api/member-resource)."""

    leg: Leg
    queue: "Queue"
    since: float
    taken_by: Leg | None = None  # who dialled the queue and got this call
    briefing: Target | None = None  # what the call is told before it is connected (the url of a Queue)
    bridged: bool = False

    def withdraw(self) -> bool:
        """Wait no longer; says whether it did until now. Of several who try, one succeeds."""
        if self not in self.queue.members:
            return False
        self.queue.members.remove(self)
        return True


@dataclass(eq=False)
class Queue:
    """Calls in the order they came (docs/voice/api/queue-resource)."""

    sid: str
    name: str
    created_at: float
    max_size: int = 1000
    members: list[Member] = field(default_factory=list)
    dialled_by: list[Leg] = field(default_factory=list)
    updated_at: float = 0.0

    def position(self, member: Member) -> int:
        """Counts from 1."""
        return self.members.index(member) + 1

    def average_wait(self, now: float) -> int:
        """How long those who wait now have been waiting, in whole seconds."""
        if not self.members:
            return 0
        return round(sum(now - member.since for member in self.members) / len(self.members))


@dataclass(eq=False)
class Participant:
    """A call in a conference (docs/voice/api/conference-participant-resource)."""

    leg: Leg
    conference: "Conference"
    joined_at: float
    starts: bool = True
    ends: bool = False
    muted: bool = False
    hold: bool = False
    label: str = ""
    coaches: str = ""  # the CallSid of the only participant who hears this one
    listening: bool = False  # to the waitUrl or to an announcement, which can be broken off
    left_because: str = ""  # ReasonParticipantLeft; set means: out
    interludes: list[Target] = field(default_factory=list)  # announcements still to be heard

    def is_heard_by(self, other: "Participant") -> bool:
        """Whoever coaches is heard by one alone, and hears all."""
        silent = other is self or self.muted or self.hold or other.hold
        return not silent and self.coaches in ("", other.leg.sid)


@dataclass(eq=False)
class Conference:
    """A room (docs/voice/api/conference-resource); `status` is init, in-progress or completed."""

    world: "World"
    sid: str
    name: str
    created_at: float
    status: str = "init"
    participants: list[Participant] = field(default_factory=list)
    callback: StatusCallback | None = None
    events_sent: int = 0
    ended_because: str = ""  # ReasonConferenceEnded
    ended_by: str = ""
    updated_at: float = 0.0

    @property
    def over(self) -> bool:
        return self.status == "completed"


@dataclass(eq=False)
class Message:
    """An SMS (docs/messaging/api/message-resource). `status`: queued, sent, delivered, undelivered or received."""

    sid: str
    from_: str
    to: str
    body: str
    direction: str
    at: float
    status: str
    callback: str = ""
    error_code: int | None = None
