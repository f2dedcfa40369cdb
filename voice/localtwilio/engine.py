"""The heart: a heap of timers, and scripts that run when theirs comes.

There is one lock, and it is held only while a script takes one step. Whatever a script wants done outside (`Do`: a
webhook, a loudspeaker) runs with the lock free, so that the app may call the REST API from within a webhook or from
other threads.

The same engine is driven by a test (`advance`, `run_until` in the test's own thread) or follows the real time
(`pump`, a thread, with webhooks in a small pool so that a slow answer on one call does not hold up another).
"""

import heapq
import itertools
import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

from voice.localtwilio.clock import Clock, DrivenClock
from voice.localtwilio.script import Command, Do, Done, Event, Interruption, Nudge, Pressed, Said, Script, TimeUp, Wait

_log = logging.getLogger(__name__)

_FOREVER = float("inf")


class Timer:
    """An action that is to happen at a moment, unless it is cancelled before."""

    __slots__ = ("action", "cancelled")

    def __init__(self, action: Callable[[], None]) -> None:
        self.action = action
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class Engine:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.crashes: list[Exception] = []
        self.after_step: Callable[[], None] = lambda: None
        self._timers: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self._pump_turn = threading.RLock()
        self._pumper: int | None = None
        self._pump: threading.Thread | None = None
        self._pool: Executor | None = None

    def now(self) -> float:
        return self.clock.now()

    def at(self, moment: float, action: Callable[[], None]) -> Timer:
        """Have `action` run when the clock reaches `moment`; at one moment the first asked for is first."""
        timer = Timer(action)
        with self.changed:
            heapq.heappush(self._timers, (max(moment, self.now()), next(self._order), timer))
            self.changed.notify_all()
        return timer

    def after(self, seconds: float, action: Callable[[], None]) -> Timer:
        return self.at(self.now() + seconds, action)

    def soon(self, action: Callable[[], None]) -> Timer:
        return self.at(self.now(), action)

    def start(self, script: Script[Any]) -> "Task":
        """Run a script; its first step is taken at this moment's turn, not within this call."""
        task = Task(self, script)
        task.nudge()
        return task

    # ── Driven ──────────────────────────────────────────────────────────────────────────────────

    def advance(self, seconds: float) -> None:
        """Let time pass, and all that falls into it happen."""
        self._run(lambda: False, self.now() + seconds)

    def settle(self) -> None:
        """Let happen what is due at this very moment."""
        self._run(lambda: False, self.now())

    def run_until(self, condition: Callable[[], bool], limit: float) -> bool:
        """Let time pass until `condition` holds, at most `limit` seconds; says whether it holds."""
        return self._run(condition, self.now() + limit)

    @property
    def in_step(self) -> bool:
        """Whether the caller of this is itself called by the engine, and so cannot wait for what comes next."""
        return self._pumper == threading.get_ident()

    def _run(self, condition: Callable[[], bool], until: float) -> bool:
        if self.in_step:
            return condition()
        if not isinstance(self.clock, DrivenClock):
            return self._watch(condition, until)
        with self._pump_turn:
            self._pumper = threading.get_ident()
            try:
                return self._drive(self.clock, condition, until)
            finally:
                self._pumper = None

    def _drive(self, clock: DrivenClock, condition: Callable[[], bool], until: float) -> bool:
        self._run_all(clock.now())
        while not condition():
            moment = self._next_moment()
            if moment > until:
                clock.move_to(until)
                return False
            clock.move_to(moment)
            self._run_all(moment)
        return True

    def _run_all(self, moment: float) -> None:
        while (timer := self._pop(moment)) is not None:
            timer.action()
            self.after_step()

    def _watch(self, condition: Callable[[], bool], until: float) -> bool:
        with self.changed:
            while not condition():
                left = until - self.now()
                if left <= 0:
                    return False
                self.changed.wait(min(left, 0.5))
            return True

    # ── Real time ───────────────────────────────────────────────────────────────────────────────

    def start_pump(self, workers: int = 8) -> None:
        """Follow the real time in a thread of its own."""
        if isinstance(self.clock, DrivenClock):
            raise TypeError("a driven clock is moved by advance(), not by a thread")
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="localtwilio-webhook")
        self._pump = threading.Thread(target=self._follow, name="localtwilio", daemon=True)
        self._pump.start()

    def stop_pump(self) -> None:
        pump, self._pump = self._pump, None
        with self.changed:
            self.changed.notify_all()
        if pump is not None:
            pump.join()
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def _follow(self) -> None:
        self._pumper = threading.get_ident()
        while self._pump is threading.current_thread():
            timer = self._pop(self.now())
            if timer is not None:
                self._guarded(timer)
                continue
            with self.changed:
                wait = min(self._next_moment() - self.now(), 0.5)
                if wait > 0 and self._pump is not None:
                    self.changed.wait(wait)

    def _guarded(self, timer: Timer) -> None:
        """In a thread nobody catches: what goes wrong is kept for `crashes`, and the other calls go on."""
        try:
            timer.action()
            self.after_step()
        except Exception as error:
            _log.exception("a call of the local Twilio broke off")
            self.crashes.append(error)

    # ── The heap ────────────────────────────────────────────────────────────────────────────────

    def _next_moment(self) -> float:
        with self.lock:
            while self._timers and self._timers[0][2].cancelled:
                heapq.heappop(self._timers)
            return self._timers[0][0] if self._timers else _FOREVER

    def _pop(self, moment: float) -> Timer | None:
        with self.lock:
            if self._next_moment() > moment:
                return None
            return heapq.heappop(self._timers)[2]

    def perform(self, task: "Task", do: Do) -> Done | None:
        """Carry out a `Do`: here and now, or in the pool (then None, and the task goes on when it is done)."""
        if self._pool is None:
            return _carry_out(do)
        self._pool.submit(lambda: task.come_back(_carry_out(do)))
        return None


def _carry_out(do: Do) -> Done:
    try:
        return Done(do.action())
    except Exception as error:
        return Done(error=error)


class Task:
    """One running script: its place in the engine, and the door through which the world reaches it.

    It is waiting (its script yielded `Wait`), busy (a `Do` is under way), on its way to a step, or over.
    """

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

    def __init__(self, engine: Engine, script: Script[Any]) -> None:
        self._engine = engine
        self._script = script
        self._started = False
        self._timer: Timer | None = None
        self._waiting = True
        self._busy = False
        self._nudged = False
        self._inbox: deque[Said | Pressed] = deque()
        self._interruption: Interruption | None = None
        self.over = False

    def nudge(self) -> None:
        """Have the script look again; never lost, also when it is busy now."""
        with self._engine.lock:
            if self._waiting:
                self._schedule(Nudge())
            else:
                self._nudged = True

    def deliver(self, event: Said | Pressed) -> None:
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
