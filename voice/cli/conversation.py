"""A conversation with the line: what it says is shown, what the caller types is said or pressed."""

import queue
import re
import sys
import threading
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from voice.cli.scene import Scene
from voice.core.call import Call, State
from voice.localtwilio import Caller, Utterance

KEYS = re.compile(r"[0-9*#]+")
OBJECTION_SECONDS = 2.0
HOLD_SECONDS = 20.0
"""How long a terminal is waited for in moments in which a caller need not speak. A question waits for ever."""


@dataclass(frozen=True)
class Ending:
    """What came of a call. `questions` and `words_spoken` count until the outcome; `seconds` is the call's own time."""

    outcome: str
    queue: str | None
    intent: str | None
    language: str
    questions: int
    words_spoken: int
    seconds: float
    note: str | None = None
    reference: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None or name in ("queue", "intent")}


class Show(Protocol):
    """Where a conversation is shown."""

    def starting(self, what: str) -> None: ...
    def said(self, utterance: Utterance) -> None: ...
    def heard(self, text: str) -> None: ...
    def pressed(self, keys: str) -> None: ...
    def silent(self) -> None: ...
    def done(self, what: str, **details: object) -> None: ...
    def fault(self, text: str) -> None: ...
    def ended(self, ending: Ending) -> None: ...


class Lines:
    """The caller's turns, one a line of standard input. A terminal is asked; a pipe is read."""

    def __init__(self) -> None:
        self.terminal = sys.stdin.isatty()
        self._typed: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, name="keyboard", daemon=True).start()

    def next(self, patience: float | None) -> str | None:
        """The next line, None at the end of the input. A terminal that stays quiet for `patience` seconds is silence:
        an empty line."""
        try:
            return self._typed.get(timeout=patience if self.terminal else None)
        except queue.Empty:
            return ""

    def _read(self) -> None:
        for typed in sys.stdin:
            self._typed.put(typed.strip())
        self._typed.put(None)


def converse(scene: Scene, dialled: str, number: str, show: Show) -> Ending:
    """One call from its first ring to its end; what came of it is shown, and returned."""
    caller = scene.twilio.ring(
        to=dialled,
        from_=number,
        voice_url=f"{scene.address}/twilio/voice",
        fallback_url=f"{scene.address}/twilio/fallback",
        status_callback=f"{scene.address}/twilio/status",
    )
    began = caller.leg.created_at
    conversation = _Conversation(scene, caller, show)
    conversation.play(Lines())
    ending = conversation.ending(began)
    for fault in scene.twilio.errors:
        show.fault(str(fault))
    show.ended(ending)
    return ending


class _Conversation:
    def __init__(self, scene: Scene, caller: Caller, show: Show) -> None:
        self.scene, self.caller, self.show = scene, caller, show
        self.shown = 0
        self.words = 0
        self.words_at_outcome = 0
        self.stands: tuple[str, str | None] = ("", None)
        self.outcome_at = scene.clock.now()

    def play(self, lines: Lines) -> None:
        self.follow()
        while not self.caller.ended:
            self.act(lines.next(self.patience()))
            self.follow()

    @property
    def call(self) -> Call:
        call = self.scene.switchboard.store.call(self.caller.sid)
        assert call is not None
        return call

    def patience(self) -> float | None:
        if self.call.state is State.ANNOUNCE:
            return OBJECTION_SECONDS
        return HOLD_SECONDS if self.caller.in_queue else None

    def act(self, typed: str | None) -> None:
        if typed is None:
            # The input has ended. Silence lets an announcement go through; at anything else the caller hangs up.
            if self.call.state is State.ANNOUNCE:
                self.caller.stays_silent()
            else:
                self.caller.hangs_up()
        elif not typed:
            if not self.caller.in_queue:
                self.show.silent()
            self.caller.stays_silent()
        elif KEYS.fullmatch(typed):
            self.show.pressed(typed)
            self.caller.presses(typed)
        else:
            self.show.heard(typed)
            self.caller.says(typed)

    def follow(self) -> None:
        """Show what was said since, and what became of the call."""
        joined = self.caller.member.since if self.caller.member else None
        utterances = self.caller.heard[self.shown :]
        self.shown = len(self.caller.heard)
        before = [u for u in utterances if joined is None or u.at < joined]
        for utterance in before:
            self._say(utterance)
        self._note_outcome()
        for utterance in utterances[len(before) :]:
            self._say(utterance)

    def _say(self, utterance: Utterance) -> None:
        if utterance.kind == "say":
            self.words += len(utterance.text.split())
        self.show.said(utterance)

    def _note_outcome(self) -> None:
        call = self.call
        stands = (call.outcome.value, call.queue)
        if stands == self.stands:
            return
        self.stands, self.words_at_outcome, self.outcome_at = stands, self.words, self.scene.clock.now()
        if call.outcome != "hangup":
            self.show.done(call.outcome.value, queue=call.queue)

    def ending(self, began: float) -> Ending:
        call = self.call
        taken = self.scene.switchboard.store.requests_of(call.sid)
        return Ending(
            outcome=call.outcome.value,
            queue=call.queue,
            intent=call.intent,
            language=call.language,
            questions=call.questions,
            words_spoken=self.words if call.outcome == "hangup" else self.words_at_outcome,
            seconds=round(self.scene.clock.now() - began, 1),
            note=call.note,
            reference=taken[-1].reference if taken and call.outcome == "callback" else None,
        )
