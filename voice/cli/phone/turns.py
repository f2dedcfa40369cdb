"""Where a caller's turns come from: the keyboard or a pipe. Those that are heard come from `voice.cli.phone.spoken`."""

import queue
import re
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from voice.core.call.actions import Listen
from voice.errors import VoiceError

KEYS = re.compile(r"[0-9*#]+")


class TurnKind(Enum):
    SPEECH = "speech"
    KEYS = "keys"
    SILENCE = "silence"
    END = "end"


@dataclass(frozen=True)
class Turn:
    """What the caller does when it is their turn. `text` is what is said, or the keys pressed."""

    kind: TurnKind
    text: str = ""


SILENCE = Turn(TurnKind.SILENCE)
END = Turn(TurnKind.END)


@dataclass(frozen=True)
class ListeningMoment:
    """What the line is waiting for. `patience` is how many seconds a caller may stay quiet; None is for ever.

    `phrases` are the only ones expected; empty at an open question.
    """

    language: str
    listen: Listen
    patience: float | None = None
    phrases: Sequence[str] = ()


class Turns(Protocol):
    """Raises `VoiceError` when it can give no more turns for a reason of the computer's."""

    def next(self, moment: ListeningMoment) -> Turn: ...


def typed(text: str) -> Turn:
    if not text:
        return SILENCE
    return Turn(TurnKind.KEYS if KEYS.fullmatch(text) else TurnKind.SPEECH, text)


class Lines:
    """One turn a line of standard input. A terminal is waited for; a pipe is read as fast as it comes."""

    def __init__(self) -> None:
        self.terminal = sys.stdin.isatty()
        self.arrived: queue.Queue[str | None] = queue.Queue()
        self.on_line: Callable[[], None] = lambda: None
        self._ended = False
        threading.Thread(target=self._read, name="keyboard", daemon=True).start()

    def next(self, moment: ListeningMoment) -> Turn:
        if self._ended:
            return END
        try:
            text = self.arrived.get(timeout=moment.patience if self.terminal else None)
        except queue.Empty:
            return SILENCE
        self._ended = text is None
        return END if text is None else typed(text)

    def _read(self) -> None:
        for line in sys.stdin:
            self.arrived.put(line.strip())
            self.on_line()
        self.arrived.put(None)
        self.on_line()


class FallbackTurns:
    """Turns from one source for as long as it lasts, and then from another: an unplugged microphone ends no call."""

    def __init__(self, first: Turns, then: Turns, tell: Callable[[VoiceError], None]) -> None:
        self._now, self._then, self._tell = first, then, tell

    def next(self, moment: ListeningMoment) -> Turn:
        try:
            return self._now.next(moment)
        except VoiceError as error:
            if self._now is self._then:
                raise
            self._tell(error)
            self._now = self._then
            return self._now.next(moment)
