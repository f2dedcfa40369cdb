"""What the operator decided, as the dialogue needs it. `voice.content` builds it from `grammars/line.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from voice.core.hours import Hours
from voice.core.waiting import Estimate

MAX_QUESTIONS = 3
"""No caller is asked more than this before a queue: first question, other words, keypad."""

MAX_ROUNDS = 24
"""No caller stays in the questions longer than this, whatever they say; a person comes next."""

MENU_SIZE = 4
"""A list that is heard, not read: more than four is forgotten before it ends."""


class Trouble(StrEnum):
    """Why a queue cannot take a caller now."""

    CLOSED = "closed"
    CLOSING = "closing"
    NOBODY = "nobody"
    LANGUAGE = "language"
    FULL = "full"
    FAULT = "fault"


class Refusal(StrEnum):
    """Why a callback cannot be promised on a number, or at a moment.

    NEVER: the line does not ring such numbers. OFTEN: it was asked for as often as a day allows. STANDING: it is on the
    list already. WINDOW: the moment has gone to others.
    """

    NEVER = "never"
    OFTEN = "often"
    STANDING = "standing"
    WINDOW = "window"


@dataclass(frozen=True)
class Limits:
    """How many callbacks a number may have open at once, and be given on one day of the line."""

    open: int = 1
    daily: int = 5


@dataclass(frozen=True)
class Queue:
    """`offer_after` is the wait from which a callback is offered, `full_at` how many may wait (None: no limit).

    `priority`: of two who arrived together the higher goes first. A callback is tried `attempts` times, `spacing`
    apart.
    A window of `window` takes `capacity` callbacks (0: windows are not offered). `ring` is how long an agent is rung,
    `wrap_up` what an agent needs after a call. `on_abandon` says what becomes of who hangs up while waiting: "list" or
    "callback". `dial` is the number or SIP address of a call centre that answers instead of agents.
    """

    name: str
    hours: Hours
    offer_after: timedelta = timedelta(minutes=3)
    full_at: int | None = None
    priority: int = 0
    attempts: int = 3
    spacing: timedelta = timedelta(minutes=15)
    window: timedelta = timedelta(hours=1)
    capacity: int = 0
    ring: timedelta = timedelta(seconds=20)
    wrap_up: timedelta = timedelta(seconds=20)
    on_abandon: str = "list"
    dial: str | None = None


@dataclass(frozen=True)
class Desk:
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


NOBODY_KNOWN = Desk()


@dataclass(frozen=True)
class Plan:
    """The line as the dialogue sees it.

    `topics` maps an intent to its queue's name; `menu` holds at most `MENU_SIZE` intents; `person` is the queue of
    people who take any question; `keys` maps a key to the language it chooses; `numbers` a dialled number to its
    language; `desks` who stands behind each queue at the moment of the turn.
    """

    timezone: ZoneInfo
    languages: tuple[str, ...]
    default_language: str
    numbers: Mapping[str, str]
    keys: Mapping[str, str]
    topics: Mapping[str, str]
    menu: tuple[str, ...]
    person: str
    queues: Mapping[str, Queue]
    limits: Limits = Limits()
    desks: Mapping[str, Desk] = field(default_factory=dict)

    def midnight(self, now: datetime) -> datetime:
        """When the line's day began."""
        return now.astimezone(self.timezone).replace(hour=0, minute=0, second=0, microsecond=0)

    def language_of(self, dialled: str) -> str:
        return self.numbers.get(dialled, self.default_language)

    def queue_of(self, intent: str | None) -> str:
        return self.topics[intent] if intent else self.person

    def dialled(self, queue: str) -> bool:
        """Whether a call centre answers for this queue, instead of agents."""
        return queue in self.queues and self.queues[queue].dial is not None

    def is_open(self, queue: str, now: datetime) -> bool:
        return self.queues[queue].hours.is_open(now.astimezone(self.timezone))

    def opens_after(self, queue: str, now: datetime) -> datetime | None:
        return self.queues[queue].hours.opens_after(now.astimezone(self.timezone))

    def desk(self, queue: str) -> Desk:
        return self.desks.get(queue, NOBODY_KNOWN)

    def trouble(self, queue: str, now: datetime) -> Trouble | None:
        """Why nobody could answer a caller who joins this queue now; None when somebody can."""
        if not self.is_open(queue, now):
            return Trouble.CLOSED
        if self.queues[queue].dial:
            return None
        desk, rules = self.desk(queue), self.queues[queue]
        if desk.deserted:
            return Trouble.LANGUAGE if desk.others else Trouble.NOBODY
        if rules.full_at is not None and desk.waiting >= rules.full_at:
            return Trouble.FULL
        if desk.estimate is None:
            return None
        closes = rules.hours.closes_after(now.astimezone(self.timezone))
        return Trouble.CLOSING if closes and now + timedelta(seconds=desk.estimate.high) > closes else None
