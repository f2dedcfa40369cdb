"""What the operator decided, as the dialogue needs it. `voice.content` builds it from `grammars/line.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from voice.core.contact.hourly import HourlyCeiling
from voice.core.contact.limits import CallbackLimits
from voice.core.identity import AskedIdentity
from voice.core.notice import Notice
from voice.core.queue.hours import Forced, Hours, Span
from voice.core.queue.status import NOBODY_KNOWN, QueueStatus, Trouble
from voice.core.records import altered

MAX_QUESTIONS = 3
"""No caller is asked more than this before a queue: first question, other words, keypad."""


MAX_ROUNDS = 24
"""No caller stays in the questions longer than this, whatever they say; a person comes next."""


MENU_SIZE = 4
"""A list that is heard, not read: more than four is forgotten before it ends."""


@dataclass(frozen=True)
class Queue:
    """`offer_after` is the wait from which a callback is offered, `full_at` how many may wait (None: no limit).

    `priority`: of two who arrived together the higher goes first. A callback is tried `attempts` times, `spacing`
    apart.
    A window of `window` takes `capacity` callbacks (0: windows are not offered). `ring` is how long an agent is rung,
    `wrap_up` what an agent needs after a call. `on_abandon` says what becomes of who hangs up while waiting: "list" or
    "callback". `dial` is the number or SIP address of a call centre that answers instead of agents. `answer_within` is
    the service level's: how soon a caller should be answered.
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
    answer_within: timedelta = timedelta(seconds=30)
    escalates_to: str | None = None


@dataclass(frozen=True)
class Tier:
    """Better customers. Each step of `priority` puts them before who arrived up to `Plan.overtake` earlier, and no
    earlier: so nobody waits for ever behind them. `wait_target` is what the operator wants their wait to be."""

    priority: int
    wait_target: timedelta | None = None


@dataclass(frozen=True)
class GeneralAnswer:
    """A question that needs no person. `topic` is what it is about, whose queue comes next for whom the answer does not
    help; `text` whether it can be had as a text; `service` the address of the operator's service that is asked."""

    name: str
    topic: str
    text: bool = True
    service: str | None = None


@dataclass(frozen=True)
class ServiceReply:
    """What the operator's service answered: the words to say, those of the text, or the queue for this caller."""

    speech: str | None = None
    text: str | None = None
    queue: str | None = None


@dataclass(frozen=True)
class Plan:
    """The line as the dialogue sees it.

    `topics` maps an intent to its queue's name; `menu` holds at most `MENU_SIZE` intents; `person` is the queue of
    people who take any question; `keys` maps a key to the language it chooses; `numbers` a dialled number to its
    language; `keep_words_days` how long what callers say is kept, and 0 that it is not; `queue_status` who stands
    behind each queue at the moment of the turn. `safety` maps a kind of danger to the queue that takes it, at any hour.
    `recognise` ("off", "same-day", "always") says how old a topic may be named to whoever rings from a number, `resume`
    how soon they must ring again to go on where they were.
    `rung`: between which hours callers are rung back who name no time that lies outside.
    `answers` are the questions that need no person, `replies` what the operator's services say to them in this turn.
    `notices` are what is going on at this moment. `listened`: somebody else may listen to what is said with an agent.
    `tiers` by name; `own_first` is how long a caller's own agent alone is tried,
    `again_within` how long a second call about the same may mean that the first did not solve it. `asks`: what a topic
    asks of who rings about it, before its queue.
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
    limits: CallbackLimits = field(default_factory=CallbackLimits)
    hourly: HourlyCeiling = field(default_factory=HourlyCeiling)
    keep_words_days: int = 0
    safety: Mapping[str, str] = field(default_factory=dict)
    recognise: str = "same-day"
    resume: timedelta = timedelta(hours=1)
    rung: Span = (8 * 60, 21 * 60)
    queue_status: Mapping[str, QueueStatus] = field(default_factory=dict)
    answers: Mapping[str, GeneralAnswer] = field(default_factory=dict)
    replies: Mapping[str, ServiceReply] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    listened: bool = False
    tiers: Mapping[str, Tier] = field(default_factory=dict)
    overtake: timedelta = timedelta(minutes=5)
    own_first: timedelta = timedelta(seconds=20)
    again_within: timedelta = timedelta(days=3)
    asks: Mapping[str, AskedIdentity] = field(default_factory=dict)

    def but(self, **changes: object) -> "Plan":
        return altered(self, changes)

    def forced(self, by_queue: Mapping[str, tuple[Forced, ...]]) -> "Plan":
        """The plan while these queues are open or closed by hand."""
        changed = {
            name: replace(queue, hours=replace(queue.hours, forced=by_queue[name]))
            for name, queue in self.queues.items()
            if name in by_queue
        }
        return replace(self, queues={**self.queues, **changed}) if changed else self

    def ahead(self, tier: str | None) -> timedelta:
        """How much before their arrival callers of this tier stand in line."""
        found = self.tiers.get(tier) if tier else None
        return found.priority * self.overtake if found else timedelta(0)

    def for_caller(self, queue: str | None, now: datetime) -> "Plan":
        """The plan for a caller who has a queue of their own, while it is open: it takes whatever they ring about."""
        if queue is None or queue not in self.queues or not self.is_open(queue, now):
            return self
        return replace(self, topics=dict.fromkeys(self.topics, queue), person=queue)

    def level_above(self, queue: str) -> str:
        """Who can decide what this queue could not: the queue itself where there is nobody above."""
        return self.queues[queue].escalates_to or queue

    def next_level(self, first: str, answered: str) -> str:
        """Who can decide what one of the levels above `first`, or `first` itself, answered in vain; the highest where
        that was it. Where another queue answered, the second."""
        above = self.level_above(first)
        return self.level_above(answered) if answered in self.levels(first) else above

    def levels(self, first: str) -> tuple[str, ...]:
        """The queue, and those above it, in order."""
        found = [first]
        while (above := self.level_above(found[-1])) not in found:
            found.append(above)
        return tuple(found)

    @property
    def has_levels(self) -> bool:
        return any(queue.escalates_to for queue in self.queues.values())

    def midnight(self, now: datetime) -> datetime:
        """When the line's day began."""
        return now.astimezone(self.timezone).replace(hour=0, minute=0, second=0, microsecond=0)

    def may_name(self, arrived: datetime, now: datetime) -> bool:
        """Whether the topic of an earlier call may be named: a caller id can be forged."""
        return self.recognise == "always" or (self.recognise == "same-day" and arrived >= self.midnight(now))

    def language_of(self, dialled: str) -> str:
        """Of who dialled one of the line's numbers, or a SIP address that begins with one."""
        number = dialled.removeprefix("sip:").partition("@")[0]
        return self.numbers.get(dialled) or self.numbers.get(number, self.default_language)

    def shown(self, dialled: str, language: str) -> str:
        """The number that outgoing calls show: the one that was dialled, or the line's own of this language where that
        is none (a SIP address)."""
        if dialled in self.numbers or (dialled[:1] == "+" and dialled[1:].isdecimal()):
            return dialled
        own = {code: number for number, code in self.numbers.items()}
        return own.get(language) or next(iter(self.numbers), "")

    @property
    def destinations(self) -> dict[str, str]:
        """Where each topic leads: to its queue. A general answer is a place of its own, like no other's."""
        return {**self.topics, **{name: f"answer {name}" for name in self.answers}}

    @property
    def homes(self) -> dict[str, str]:
        """The queue whose people take each topic, and each general answer where the answer does not do."""
        return {intent: self.queue_of(intent) for intent in (*self.topics, *self.answers)}

    @property
    def subjects(self) -> dict[str, str]:
        """The topic of each topic, and of each general answer: what does not change when a topic moves to a queue."""
        return {intent: self.topic_of(intent) for intent in (*self.topics, *self.answers)}

    def topic_of(self, intent: str) -> str:
        """What people are asked about: of a general answer, its topic."""
        return self.answers[intent].topic if intent in self.answers else intent

    def queue_of(self, intent: str | None) -> str:
        return self.topics[self.topic_of(intent)] if intent else self.person

    def dialled(self, queue: str) -> bool:
        """Whether a call centre answers for this queue, instead of agents."""
        return queue in self.queues and self.queues[queue].dial is not None

    def is_open(self, queue: str, now: datetime) -> bool:
        return self.queues[queue].hours.is_open(now.astimezone(self.timezone))

    def opens_after(self, queue: str, now: datetime) -> datetime | None:
        return self.queues[queue].hours.opens_after(now.astimezone(self.timezone))

    def status_of(self, queue: str) -> QueueStatus:
        return self.queue_status.get(queue, NOBODY_KNOWN)

    def trouble(self, queue: str, now: datetime) -> Trouble | None:
        """Why nobody could answer a caller who joins this queue now; None when somebody can."""
        if not self.is_open(queue, now):
            return Trouble.CLOSED
        if self.queues[queue].dial:
            return None
        status, rules = self.status_of(queue), self.queues[queue]
        if status.deserted:
            return Trouble.LANGUAGE if status.others else Trouble.NOBODY
        if rules.full_at is not None and status.waiting >= rules.full_at:
            return Trouble.FULL
        if status.estimate is None:
            return None
        closes = rules.hours.closes_after(now.astimezone(self.timezone))
        return Trouble.CLOSING if closes and now + timedelta(seconds=status.estimate.high) > closes else None
