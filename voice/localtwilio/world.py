"""What all calls share: the engine, the post, the registers of calls, queues, conferences, numbers and people.

Scripts reach it as `leg.world`. It is built by `LocalTwilio` and holds no behaviour of calls itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from voice.localtwilio.engine.pace import Loudspeaker, Pace
from voice.localtwilio.engine.script import Script
from voice.localtwilio.engine.timers import Engine
from voice.localtwilio.errors import Fault, TwilioFault
from voice.localtwilio.records import Conference, Leg, Message, Queue, StatusCallback, Target
from voice.localtwilio.twiml.documents import Verb
from voice.localtwilio.webhooks import Courier, Mishaps

if TYPE_CHECKING:
    from voice.localtwilio.people import Phone

VerbScript = Callable[[Leg, Verb], Script["Target | None"]]


@dataclass
class Number:
    """A number of the account, and what it is set up to do (docs/phone-numbers/api/incomingphonenumber-resource)."""

    number: str
    voice: Target | None = None
    fallback: Target | None = None
    callback: StatusCallback | None = None
    sms: Target | None = None
    application: str = ""
    trunk: str = ""
    sms_application: str = ""
    """Whom Twilio asks instead of the URLs, where one is named. Here the URLs are asked all the same."""


@dataclass(eq=False)
class World:
    account_sid: str
    auth_token: str
    engine: Engine
    courier: Courier
    pace: Pace
    verbs: Mapping[str, VerbScript]
    phone: Callable[[str], "Phone"]
    """The telephone of a number; whoever rings a number not heard of before finds one that nobody picks up."""
    api_key: str = ""
    api_secret: str = ""
    strict: bool = True
    keep_log: bool = True
    loudspeaker: Loudspeaker | None = None
    mishaps: Mishaps = field(default_factory=Mishaps)
    faults: list[Fault] = field(default_factory=list)
    calls: dict[str, Leg] = field(default_factory=dict)
    queues: dict[str, Queue] = field(default_factory=dict)
    conferences: dict[str, Conference] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    permissions: dict[str, dict[str, bool]] = field(default_factory=dict)
    """By country, what the account may ring there; ordinary numbers alone where nothing stands."""

    numbers: dict[str, Number] = field(default_factory=dict)
    audio_seconds: dict[str, float] = field(default_factory=dict)
    confidence: float | None = 0.9
    shuffle_callbacks: bool = False
    enqueue_breaks: bool = False
    calls_per_second: float = 1.0
    next_call_at: float = 0.0
    unreachable: dict[str, int] = field(default_factory=dict)  # numbers Twilio refuses, and with which code
    random: Random = field(default_factory=lambda: Random(1))
    _unraised: list[Fault] = field(default_factory=list)

    def sid(self, prefix: str) -> str:
        """A new identifier: two letters and 32 hexadecimal digits, the same in every run of a test."""
        return f"{prefix}{self.random.getrandbits(128):032x}"

    def blame(self, fault: Fault, *, expected: bool = False) -> None:
        """Note what Twilio would log; in strict mode the test hears of it, unless it was the test's own doing."""
        self.faults.append(fault)
        if self.strict and not expected:
            self._unraised.append(fault)

    def raise_blame(self) -> None:
        """Raise the first fault that nobody has been told of yet."""
        if self._unraised:
            first = self._unraised[0]
            self._unraised.clear()
            raise TwilioFault(first)

    def queue(self, name: str) -> Queue | None:
        """A queue by its name or SID."""
        return next((queue for queue in self.queues.values() if name in (queue.name, queue.sid)), None)

    def open_queue(self, name: str, max_size: int = 1000) -> Queue:
        """The queue of this name, made if it is not there."""
        queue = self.queue(name)
        if queue is None:
            now = self.engine.now()
            queue = Queue(self.sid("QU"), name, now, max_size, updated_at=now)
            self.queues[queue.sid] = queue
        return queue

    def conference(self, name: str) -> Conference | None:
        """A conference that is not over, by its name or SID."""
        rooms = self.conferences.values()
        return next((room for room in rooms if name in (room.name, room.sid) and not room.over), None)

    def open_conference(self, name: str) -> Conference:
        """The conference of this name, made if there is none."""
        conference = self.conference(name)
        if conference is None:
            now = self.engine.now()
            conference = Conference(self, self.sid("CF"), name, now, updated_at=now)
            self.conferences[conference.sid] = conference
        return conference
