"""What all calls share: the engine, the post, the registers of calls, queues, conferences, numbers and people.

Scripts reach it as `leg.world`. It is built by `LocalTwilio` and holds no behaviour of calls itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from .engine import Engine
from .errors import Fault, Level, TwilioFault
from .pace import Loudspeaker, Pace
from .records import Leg, Queue, StatusCallback, Target
from .script import Script
from .twiml import Verb
from .webhooks import Courier, Mishaps

VerbScript = Callable[[Leg, Verb], Script["Target | None"]]


@dataclass
class Number:
    """A number of the account, and what it is set up to do (docs/phone-numbers/api/incomingphonenumber-resource)."""

    number: str
    voice: Target | None = None
    fallback: Target | None = None
    callback: StatusCallback | None = None


@dataclass(eq=False)
class World:
    account_sid: str
    auth_token: str
    engine: Engine
    courier: Courier
    pace: Pace
    verbs: Mapping[str, VerbScript]
    strict: bool = True
    loudspeaker: Loudspeaker | None = None
    mishaps: Mishaps = field(default_factory=Mishaps)
    faults: list[Fault] = field(default_factory=list)
    calls: dict[str, Leg] = field(default_factory=dict)
    queues: dict[str, Queue] = field(default_factory=dict)
    numbers: dict[str, Number] = field(default_factory=dict)
    audio_seconds: dict[str, float] = field(default_factory=dict)
    confidence: float | None = 0.9
    shuffle_callbacks: bool = False
    enqueue_breaks: bool = False
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


def is_grave(faults: list[Fault]) -> bool:
    """Whether one of them ends the document."""
    return any(fault.level is Level.ERROR for fault in faults)
