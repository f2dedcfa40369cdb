"""A conversation with the line: what it says is shown, what the caller types is said or pressed."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from voice.cli.phone.scene import Scene
from voice.cli.phone.turns import ListeningMoment, Turn, TurnKind, Turns
from voice.content import Line, load_grammar
from voice.content.recordings import words_played
from voice.core.call.actions import Listen
from voice.core.call.state import Call, State
from voice.core.call.states import STATES
from voice.localtwilio import Caller, Utterance

HOLD_SECONDS = 20.0
"""How long a terminal is waited for where a caller need not speak. An objection has the line's time, a question waits
for ever."""


@dataclass(frozen=True)
class Ending:
    """What came of a call. `questions`, `words_spoken` and `seconds` (the call's own time) count until the outcome."""

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


@lru_cache
def openings(folder: Path, language: str, intents: tuple[str, ...], _version: str) -> tuple[str, ...]:
    """The phrases for the open question; read anew when the files have changed."""
    return tuple(phrase.text for phrase in load_grammar(folder, language, intents).openings())


class Hints(Protocol):
    """Whatever knows which phrases to expect."""

    def hints(self, language: str, listen: Listen) -> Sequence[str]: ...


def listening_moment(line: Line, understanding: Hints, call: Call, *, holds: bool) -> ListeningMoment:
    """What a call of this line waits for now; with `holds` it waits in a queue."""
    facts = STATES[call.state]
    listen = facts.listens or Listen.OPEN
    patience = HOLD_SECONDS if holds or call.state is State.DIAL else None
    if facts.objection:
        patience = line.pauses[call.state].silence
    return ListeningMoment(call.language, listen, patience, _phrases(line, understanding, call.language, listen))


def _phrases(line: Line, understanding: Hints, language: str, listen: Listen) -> Sequence[str]:
    """The only ones that are listened for; none are when the caller may say anything."""
    if listen is not Listen.OPEN:
        return understanding.hints(language, listen)
    if line.languages[language].open_question == "freely":
        return ()
    return openings(line.folder, language, line.intents, line.version)


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


def converse(scene: Scene, dialled: str, number: str, turns: Turns, show: Show, *, patient: bool = True) -> Ending:
    """One call from its first ring to its end; what came of it is shown, and returned.

    A `patient` caller hears every prompt out; one who is not may speak over it.
    """
    caller = scene.twilio.ring(
        to=dialled,
        from_=number,
        voice_url=f"{scene.address}/twilio/voice",
        fallback_url=f"{scene.address}/twilio/fallback",
        status_callback=f"{scene.address}/twilio/status",
        patient=patient,
    )
    began = caller.leg.created_at
    conversation = _Conversation(scene, caller, show)
    conversation.play(turns)
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

    def play(self, turns: Turns) -> None:
        self.follow()
        while not self.caller.ended:
            self.act(turns.next(self.moment()))
            self.follow()

    @property
    def call(self) -> Call:
        call = self.scene.switchboard.store.call(self.caller.sid)
        assert call is not None
        return call

    def moment(self) -> ListeningMoment:
        board = self.scene.switchboard
        return listening_moment(board.line, board.understanding, self.call, holds=bool(self.caller.in_queue))

    def act(self, turn: Turn) -> None:
        match turn.kind:
            case TurnKind.END if STATES[self.call.state].objection:
                # The input has ended: silence lets the announcement go through; anywhere else the caller hangs up.
                self.caller.stays_silent()
            case TurnKind.END:
                self.caller.hangs_up()
            case TurnKind.SILENCE:
                if not self.caller.in_queue:
                    self.show.silent()
                self.caller.stays_silent()
            case TurnKind.KEYS:
                self.show.pressed(turn.text)
                self.caller.presses(turn.text)
            case TurnKind.SPEECH:
                self.show.heard(turn.text)
                self.caller.says(turn.text)

    def follow(self) -> None:
        """Show what was said since, and what became of the call."""
        joined = self.caller.member.since if self.caller.member else None
        utterances = self.caller.heard[self.shown :]
        self.shown = len(self.caller.heard)
        before = [u for u in utterances if joined is None or u.at < joined]
        for utterance in before:
            self._say(utterance)
        self._note_outcome(joined or self.scene.clock.now())
        for utterance in utterances[len(before) :]:
            self._say(utterance)

    def _say(self, utterance: Utterance) -> None:
        recordings = self.scene.switchboard.line.recordings
        if utterance.kind == "play" and (words := words_played(recordings, utterance.text)):
            utterance = replace(utterance, kind="say", text=words, language=self.call.language)
        if utterance.kind == "say":
            self.words += len(utterance.text.split())
        self.show.said(utterance)

    def _note_outcome(self, at: float) -> None:
        call = self.call
        stands = (call.outcome.value, call.queue)
        if stands == self.stands:
            return
        self.stands, self.words_at_outcome, self.outcome_at = stands, self.words, at
        if call.outcome != "hangup":
            dialled = call.state is State.DIAL and self.scene.switchboard.line.plan.dialled(call.queue or "")
            self.show.done("dialled" if dialled else call.outcome.value, queue=call.queue)

    def ending(self, began: float) -> Ending:
        call = self.call
        taken = self.scene.switchboard.store.contacts_of(call.sid)
        return Ending(
            outcome=call.outcome.value,
            queue=call.queue,
            intent=call.intent,
            language=call.language,
            questions=call.questions,
            words_spoken=self.words if call.outcome == "hangup" else self.words_at_outcome,
            seconds=round((self.scene.clock.now() if call.outcome == "hangup" else self.outcome_at) - began, 1),
            note=call.note,
            reference=taken[-1].reference if taken and call.outcome == "callback" else None,
        )
