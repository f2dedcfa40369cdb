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
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

from voice.localtwilio.engine.clock import Clock, DrivenClock
from voice.localtwilio.engine.script import Do, Done, Script
from voice.localtwilio.engine.task import Task

_log = logging.getLogger(__name__)

_FOREVER = float("inf")
_PATIENCE = 5.0
"""Seconds to wait, in real time, until what is due has happened."""


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
        self._stepping = False
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

    def start(self, script: Script[Any]) -> Task:
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
        if self._pump is None:
            self._run(lambda: False, self.now())
        else:
            self._run(self._is_idle, self.now() + _PATIENCE)

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

    def _is_idle(self) -> bool:
        return self._next_moment() > self.now()

    def _watch(self, condition: Callable[[], bool], until: float) -> bool:
        with self.changed:
            while self._stepping or not condition():
                self._raise_crash()
                left = until - self.now()
                if left <= 0:
                    return False
                self.changed.wait(min(left, 0.5))
            self._raise_crash()
            return True

    def _raise_crash(self) -> None:
        if self.crashes:
            raise self.crashes.pop(0)

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
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _follow(self) -> None:
        self._pumper = threading.get_ident()
        while self._pump is threading.current_thread():
            with self.changed:
                timer = self._pop(self.now())
                self._stepping = timer is not None
                if timer is None:
                    self.changed.notify_all()
                    self.changed.wait(max(0.0, min(self._next_moment() - self.now(), 0.5)))
            if timer is not None:
                self._guarded(timer)

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

    def perform(self, task: Task, do: Do) -> Done | None:
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
