"""The person at the other end of a call: what they can do, what they hear, where they stand.

With a driven clock each thing a person does lets time pass until it is their turn again: until a Gather has spoken
and waits, there is hold music, they are connected with somebody, or the call is over. With the real clock it waits
for that.
"""

from .calls import hang_up
from .errors import LocalTwilioError, NeverYourTurn
from .records import WAITS_FOR_THE_PERSON, Exchange, Leg, Member, Question, Standing, Utterance
from .script import Pressed, Said
from .world import World

LONGEST_TURN = 600.0
"""Seconds the line may talk before something is taken to be wrong."""

_AS_USUAL = -1.0


class CallEnded(LocalTwilioError):
    """The person does something on a call that is over."""


class Party:
    """A person on one call."""

    def __init__(self, world: World, leg: Leg | None = None, *, patient: bool = True) -> None:
        self._world = world
        self._leg = leg
        self._heard_before = 0
        self.patient = patient
        """Whether they hear a prompt out. An impatient person's turn comes as soon as a Gather listens, so that what
        they do next breaks into its prompt."""

    @property
    def leg(self) -> Leg:
        if self._leg is None:
            raise CallEnded("there is no call here")
        return self._leg

    # ── Doing ───────────────────────────────────────────────────────────────────────────────────

    def says(self, text: str, confidence: float | None = _AS_USUAL, *, wait: bool = True) -> None:
        """Speak. `confidence` is what the recogniser will give, None for none; usually `twilio.confidence`."""
        sure = self._world.confidence if confidence == _AS_USUAL else confidence
        self._begin()
        self._deliver(Said(text, sure))
        self.await_turn(wait)

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
        """Do nothing until the Gather that listens now has given up; without one, for five seconds."""
        self._begin()
        asked = self.leg.question
        if asked is None:
            self._world.engine.advance(5.0)
        else:
            self._world.engine.run_until(lambda: self.leg.question is not asked or self.leg.over, LONGEST_TURN)
        self.await_turn()

    def waits(self, seconds: float) -> None:
        """Let so many seconds pass, whatever happens in them."""
        self._world.engine.advance(seconds)

    def hangs_up(self) -> None:
        self._begin()
        with self._world.engine.lock:
            hang_up(self.leg)
        self._world.engine.settle()

    def _begin(self) -> None:
        self._world.engine.settle()
        if self.leg.over:
            raise CallEnded(f"this call is over: {self.leg.status}")
        self._heard_before = len(self.leg.heard)

    def _deliver(self, event: Said | Pressed) -> None:
        with self._world.engine.lock:
            if self.leg.task is not None:
                self.leg.task.deliver(event)

    def await_turn(self, wait: bool = True) -> None:
        engine = self._world.engine
        engine.settle()
        if wait and not engine.run_until(lambda: self.has_turn, LONGEST_TURN):
            raise NeverYourTurn(f"{LONGEST_TURN:.0f} seconds, and still {self.leg.standing.value}")

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


class Caller(Party):
    """Who rings one of the account's numbers."""
