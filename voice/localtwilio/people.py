"""The person at the other end of a call: what they can do, what they hear, where they stand.

With a driven clock each thing a person does lets time pass until it is their turn again: until a Gather has spoken
and waits, there is hold music, they are connected with somebody, or the call is over. With the real clock it waits
for that.

A person may also act by themselves: a `Behaviour` is called whenever their situation changes, and does what a test
would do (`says`, `presses`, `picks_up`, `hangs_up`), at once or `after` some seconds.
"""

from collections.abc import Callable

from voice.localtwilio.calls import hang_up
from voice.localtwilio.engine.script import BeganToSpeak, Input, Pressed, Said
from voice.localtwilio.errors import LocalTwilioError, NeverYourTurn
from voice.localtwilio.records import (
    WAITS_FOR_THE_PERSON,
    Exchange,
    Leg,
    Member,
    Message,
    Question,
    Standing,
    Utterance,
)
from voice.localtwilio.world import World

LONGEST_TURN = 600.0
"""Seconds the line may talk before something is taken to be wrong."""

_AS_USUAL = -1.0

Behaviour = Callable[["Party"], None]


class CallEnded(LocalTwilioError):
    """The person does something on a call that is over, or has none."""


class Party:
    """A person, and the call they are on."""

    def __init__(self, world: World, leg: Leg | None = None, *, patient: bool = True) -> None:
        self._world = world
        self._leg = leg
        self._heard_before = 0
        self.patient = patient
        """Whether they hear a prompt out. An impatient person's turn comes as soon as a Gather listens, so that what
        they do next breaks into its prompt."""
        self.aloud = False
        """Whether they really speak: whoever hears them has waited for the end of what they say."""

    @property
    def leg(self) -> Leg:
        """The call they are on, or were on last."""
        if self._leg is None:
            raise CallEnded("there is no call here")
        return self._leg

    # ── Doing ───────────────────────────────────────────────────────────────────────────────────

    def says(self, text: str, confidence: float | None = _AS_USUAL, *, wait: bool = True) -> None:
        """Speak. `confidence` is what the recogniser will give, None for none; usually `twilio.confidence`."""
        sure = self._world.confidence if confidence == _AS_USUAL else confidence
        self._begin()
        self._deliver(Said(text, sure, self.aloud))
        self.await_turn(wait)

    def begins_to_speak(self) -> None:
        """The first sound of an utterance whose words follow later by `says` (an empty text, if it was only noise).

        For whoever listens to a real voice: it cuts the prompt at once, as Twilio does.
        """
        self._begin()
        self._deliver(BeganToSpeak())
        self._world.engine.settle()

    def presses(self, keys: str, *, wait: bool = True) -> None:
        """Press keys, one after the other, and no more after the last."""
        if not keys or set(keys) - set("0123456789*#"):
            raise ValueError(f"“{keys}” are no keys of a telephone")
        self._begin()
        for key in keys:
            if not self.leg.over:
                self._deliver(Pressed(key))
                self._world.engine.settle()
        self.await_turn(wait)

    def stays_silent(self) -> None:
        """Do nothing until the Gather that listens now has given up, and those that go on listening behind it without a
        word; without one, for five seconds."""
        self._begin()
        asked = self.leg.question
        so_far = (len(self.heard), len(self.log))

        def given_up() -> bool:
            asks_now, since = self.leg.question, (len(self.heard), len(self.log))
            return self.leg.over or asks_now is None or (asks_now is not asked and since != so_far)

        if asked is None:
            self._world.engine.advance(5.0)
        else:
            self._world.engine.run_until(given_up, LONGEST_TURN)
        self.await_turn()

    def waits(self, seconds: float) -> None:
        """Let so many seconds pass, whatever happens in them."""
        self._world.engine.advance(seconds)

    def hangs_up(self) -> None:
        self._begin()
        with self._world.engine.lock:
            hang_up(self.leg)
        self._world.engine.settle()

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """For behaviours: do something later, if this call still goes on then."""
        leg = self.leg
        self._world.engine.after(seconds, lambda: None if leg.over else action())

    def behaves(self, behaviour: Behaviour) -> None:
        """From now on act by oneself on this call: `behaviour` is called when the situation (`standing`) changes."""
        leg, engine = self.leg, self._world.engine
        coming = False

        def act() -> None:
            nonlocal coming
            coming = False
            if leg is self._leg:
                behaviour(self)

        def notice(_: Leg) -> None:
            nonlocal coming
            if not coming:  # several changes at one moment are one
                coming = True
                engine.soon(act)

        leg.on_change = notice

    def await_turn(self, wait: bool = True) -> None:
        engine = self._world.engine
        engine.settle()
        if wait and not engine.in_step and not engine.run_until(lambda: self.has_turn, LONGEST_TURN):
            raise NeverYourTurn(f"{LONGEST_TURN:.0f} seconds, and still {self.leg.standing.value}")

    def _begin(self) -> None:
        self._world.engine.settle()
        if self.leg.over:
            raise CallEnded(f"this call is over: {self.leg.status}")
        self._heard_before = len(self.leg.heard)
        self.leg.documents_now = (0.0, 0)

    def _deliver(self, event: Input) -> None:
        with self._world.engine.lock:
            if self.leg.task is not None:
                self.leg.task.deliver(event)

    # ── Perceiving ──────────────────────────────────────────────────────────────────────────────

    @property
    def has_turn(self) -> bool:
        """Whether the call waits for this person."""
        if self.leg.standing is Standing.PROMPTED:
            return not self.patient
        return self.leg.standing in WAITS_FOR_THE_PERSON

    @property
    def standing(self) -> Standing:
        return self.leg.standing

    @property
    def heard(self) -> list[Utterance]:
        """All that was said and played, in order."""
        return self.leg.heard

    @property
    def just_heard(self) -> list[Utterance]:
        """What was said and played since this person last did something."""
        return self.leg.heard[self._heard_before :]

    @property
    def is_asked(self) -> bool:
        return self.leg.question is not None

    @property
    def gather(self) -> Question | None:
        """The Gather that is listening now."""
        return self.leg.question

    @property
    def member(self) -> Member | None:
        return self.leg.member

    @property
    def in_queue(self) -> str:
        """The name of the queue in which the call waits; empty if it waits in none."""
        return self.leg.member.queue.name if self.leg.member is not None else ""

    @property
    def in_conference(self) -> str:
        """The name of the conference the call is in; empty if in none."""
        return self.leg.participant.conference.name if self.leg.participant is not None else ""

    @property
    def speaks_with(self) -> list[str]:
        """The numbers of those who hear this person now."""
        leg = self.leg
        if leg.peer is not None:
            return [_far_end(leg.peer)]
        here = leg.participant
        if here is None or here.conference.status != "in-progress" or here.hold:
            return []
        return [_far_end(other.leg) for other in here.conference.participants if here.is_heard_by(other)]

    @property
    def ended(self) -> bool:
        return self.leg.over

    @property
    def status(self) -> str:
        """CallStatus."""
        return self.leg.status

    @property
    def sid(self) -> str:
        return self.leg.sid

    @property
    def log(self) -> list[Exchange]:
        """The webhooks of this call and their answers, in the order of the answers."""
        return self.leg.log


def _far_end(leg: Leg) -> str:
    """The number of the person on this call."""
    return leg.from_ if leg.direction == "inbound" else leg.to


class Caller(Party):
    """Who rings one of the account's numbers."""


class Phone(Party):
    """A telephone that the app may ring, and the person who owns it.

    As it stands it rings until whoever calls gives up. A test acts for its owner (`picks_up`, `accepts`, `rejects`), or
    says beforehand what will happen.
    """

    def __init__(self, world: World, number: str) -> None:
        super().__init__(world)
        self.number = number
        self.answers_after: float | None = None
        """Seconds of ringing after which it is picked up by itself; None: never."""
        self.voicemail: str | None = None
        """The greeting of a machine that picks up (after `answers_after`, else 20 s) and does nothing but record."""
        self.busy = False
        self.unreachable = False
        """The call fails: no such number."""
        self.behaviour: Behaviour | None = None
        self.calls: list[Leg] = []
        """All calls that have reached it, oldest first."""
        self.texts: list[Message] = []
        """All SMS that have reached it, oldest first."""
        self.extensions: list[Phone] = []
        """Of a call centre: a call goes to the first that is free, and is refused as busy if none is."""

    @property
    def free(self) -> bool:
        return self._leg is None or self._leg.over

    def be_rung(self, leg: Leg) -> str:
        """A call comes in; returns the CallStatus of one that does not even ring, else nothing."""
        if self.unreachable:
            return "failed"
        if self.extensions:
            free = next((extension for extension in self.extensions if extension.free), None)
            return free.be_rung(leg) if free else "busy"
        if self.busy or not self.free:
            return "busy"
        self.calls.append(leg)
        self._leg, self._heard_before = leg, 0
        if self.behaviour is not None:
            self.behaves(self.behaviour)
        seconds = self.answers_after if self.voicemail is None else self.answers_after or 20.0
        if seconds is not None:
            self.after(seconds, self._answer)
        return ""

    def _answer(self) -> None:
        self._react("answer")
        if self.voicemail is not None:
            greeting = Said(self.voicemail, 0.9)
            self.after(1.0, lambda: self._deliver(greeting))
            self.after(120.0, self.hangs_up)

    def _react(self, reaction: str) -> None:
        with self._world.engine.lock:
            self.leg.reaction = reaction
            self.leg.nudge()

    # ── What its owner does ─────────────────────────────────────────────────────────────────────

    @property
    def rings(self) -> bool:
        self._world.engine.settle()
        return self._leg is not None and self._leg.status == "ringing"

    def rings_within(self, seconds: float) -> bool:
        """Let time pass until it rings, at most so many seconds."""
        return self._world.engine.run_until(lambda: self._leg is not None and self._leg.status == "ringing", seconds)

    def picks_up(self, *, wait: bool = True) -> None:
        self._must_ring()
        self._react("answer")
        self.await_turn(wait)

    def rejects(self) -> None:
        """Refuse the call; the other end hears a busy tone."""
        self._must_ring()
        self._react("busy")
        self._world.engine.settle()

    def accepts(self, key: str = "1") -> None:
        """Pick up, hear the announcement, and press the key that takes the call."""
        self.picks_up()
        self.presses(key)

    def declines(self, key: str = "2") -> None:
        """Pick up, hear the announcement, and press the key that leaves the call to somebody else."""
        self.picks_up()
        self.presses(key)

    def _must_ring(self) -> None:
        if not self.rings:
            raise CallEnded(f"{self.number} does not ring")
