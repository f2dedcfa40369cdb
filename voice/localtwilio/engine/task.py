"""One running script: its place in the engine, and the doors through which the world reaches it."""

from collections import deque
from typing import TYPE_CHECKING, Any

from voice.localtwilio.engine.script import Command, Do, Done, Event, Input, Interruption, Nudge, Script, TimeUp, Wait

if TYPE_CHECKING:
    from voice.localtwilio.engine.timers import Engine, Timer


class Task:
    """A script at work: waiting (it yielded `Wait`), busy (a `Do` is under way), on its way to a step, or over."""

    __slots__ = (
        "_busy",
        "_engine",
        "_inbox",
        "_interruption",
        "_nudged",
        "_script",
        "_started",
        "_timer",
        "_waiting",
        "over",
    )

    def __init__(self, engine: "Engine", script: Script[Any]) -> None:
        self._engine = engine
        self._script = script
        self._started = False
        self._timer: Timer | None = None
        self._waiting = True
        self._busy = False
        self._nudged = False
        self._inbox: deque[Input] = deque()
        self._interruption: Interruption | None = None
        self.over = False

    def nudge(self) -> None:
        """Have the script look again; never lost, also when it is busy now."""
        with self._engine.lock:
            if self._waiting:
                self._schedule(Nudge())
            else:
                self._nudged = True

    def deliver(self, event: Input) -> None:
        """Let the script hear the person. While a webhook is under way nobody listens, and what is said is lost."""
        with self._engine.lock:
            if self._waiting:
                self._schedule(event)
            elif not self._busy and not self.over:
                self._inbox.append(event)

    def interrupt(self, interruption: Interruption) -> None:
        """Raise `interruption` where the script waits; if it is busy, as soon as it comes back."""
        with self._engine.lock:
            if self.over or (self._interruption is not None and self._interruption.rank > interruption.rank):
                return
            self._interruption = interruption
            if self._waiting:
                self._schedule(Nudge())

    def come_back(self, done: Done) -> None:
        """The `Do` that ran in the pool is done."""
        self._engine.soon(lambda: self._go(done))

    def _schedule(self, event: Event) -> None:
        self._waiting = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._engine.soon(lambda: self._go(event))

    def _time_up(self) -> None:
        with self._engine.lock:
            if not self._waiting:
                return
            self._waiting = False
            self._timer = None
        self._go(TimeUp())

    def _go(self, event: Event | None) -> None:
        """Take steps until the script waits, is over, or works in the pool."""
        while event is not None:
            with self._engine.lock:
                command = self._step(event)
            event = self._engine.perform(self, command) if command is not None else None
        with self._engine.changed:
            self._engine.changed.notify_all()

    def _step(self, event: Event) -> Do | None:
        """One step under the lock; returns the `Do` to carry out, if that is what the script wants."""
        self._busy = False
        try:
            command = self._resume(event)
        except StopIteration:
            self.over = True
            return None
        except BaseException:
            self.over = True
            raise
        if isinstance(command, Do):
            self._busy = True
            self._inbox.clear()
            return command
        self._settle_down(command)
        return None

    def _resume(self, event: Event) -> Command:
        if not self._started:
            self._started = True
            command = next(self._script)
            if self._interruption is None:
                return command
        if self._interruption is not None:
            interruption, self._interruption = self._interruption, None
            return self._script.throw(interruption)
        return self._script.send(event)

    def _settle_down(self, wait: Wait) -> None:
        self._waiting = True
        if self._inbox:
            self._schedule(self._inbox.popleft())
        elif self._nudged:
            self._nudged = False
            self._schedule(Nudge())
        elif wait.seconds is not None:
            self._timer = self._engine.after(wait.seconds, self._time_up)
