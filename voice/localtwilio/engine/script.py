"""The words in which a call's script speaks with the engine.

A script is a generator: straight-line code that follows a call. It never sleeps and never sends; it yields what it
wants (`Wait`, `Do`) and is handed what happened (`TimeUp`, `Said`, `Pressed`, `Nudge`, `Done`). What breaks into a
call from outside (hanging up, a REST update) is raised at the place where the script waits, so that `finally`
tidies up.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wait:
    """Wake me after `seconds`, or when something happens; None waits for what happens only."""

    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Do:
    """Run `action` with no lock held (a webhook, a loudspeaker) and hand me its result."""

    action: Callable[[], Any]


Command = Wait | Do


@dataclass(frozen=True, slots=True)
class TimeUp:
    """The seconds asked for have passed."""


@dataclass(frozen=True, slots=True)
class Nudge:
    """Something this script may care about has changed; look again."""


@dataclass(frozen=True, slots=True)
class Said:
    """The person on this leg spoke. `confidence` is between 0 and 1, or None where the recogniser gives none; `ended`:
    the silence after it has been waited for already."""

    text: str
    confidence: float | None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class BeganToSpeak:
    """The person on this leg has begun to speak; what they say comes later, as `Said` (empty, if it was nothing)."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """The person on this leg pressed one key: 0-9, * or #."""

    key: str


@dataclass(frozen=True, slots=True)
class Done:
    """A `Do` came back, with a result or with what it raised."""

    result: Any = None
    error: BaseException | None = None


Input = BeganToSpeak | Said | Pressed
"""What a person does."""

Event = TimeUp | Nudge | Input | Done

Script = Generator[Command, Event, T]


class Interruption(Exception):
    """What breaks into a script. Of two at once, the one of higher rank is raised and the other forgotten."""

    rank = 1


def do(action: Callable[[], T]) -> Script[T]:
    """Run `action` outside the engine's lock."""
    done = yield Do(action)
    if not isinstance(done, Done):
        raise AssertionError(f"a Do was answered by {done}")
    if done.error is not None:
        raise done.error
    result: T = done.result
    return result
