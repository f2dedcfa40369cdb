"""The dispatcher and the outbox: whose turn it is, and what is owed to the world.

One `tick` looks into what has taken too long, gives free agents the next requests, and carries out orders. Any number
of workers may tick at once: whatever one of them takes, the database gives to no other.
"""

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from voice.content import Line, load_line
from voice.core.requests import (
    CALL_CENTRE,
    ONCE,
    AgentLeft,
    Declined,
    Gone,
    Job,
    NotThere,
    Owed,
    Request,
    Rung,
    Stage,
    Unreached,
)
from voice.errors import SettingsError, VoiceError
from voice.service.clock import system_clock
from voice.service.follower import Follower
from voice.service.keeping import Keeper
from voice.service.logs import log
from voice.service.settings import Settings
from voice.service.shelf import Shelf, State
from voice.store import Order, Store
from voice.store.due import due as what_is_due
from voice.twilio.handover import Documents, path
from voice.twilio.rest import Refusal, Rest, Ringing

REST_SECONDS = 0.2
"""How long a worker with nothing to do waits before it looks again."""

LATER = (5, 15, 60, 300)
"""Seconds until an order that could not be given is tried again, by how often it was tried."""

CUSTOMER_RINGS = 25
ORDERS_A_TICK = 50

FINAL_NUMBERS = frozenset({21211, 21214, 21215, 21216, 21217, 21219, 21401, 21610, 21614, 13224})
"""Twilio's codes of a number that will never be reached (https://www.twilio.com/docs/api/errors)."""


@dataclass
class Worker:
    """`calls_per_second` is the account's rate of outgoing calls, for all workers together."""

    line: Line
    store: Store
    rest: Rest
    clock: Callable[[], datetime] = system_clock
    calls_per_second: float = 1.0

    def run(self, stop: threading.Event) -> None:
        """Tick until stopped, and keep words no longer than is allowed. A database that is away, or a fault of ours, is
        logged, and tried again."""
        tidying = (lambda: self.line, self.clock, stop)
        threading.Thread(target=Keeper(self.store).run, args=tidying, name="keeper", daemon=True).start()
        while not stop.is_set():
            try:
                busy = self.tick()
            except Exception as error:
                log.error("worker", exc_info=error)
                busy = 0
                stop.wait(2)
            if not busy:
                stop.wait(REST_SECONDS)

    def tick(self) -> int:
        """How much was done."""
        with self.store.connected() as store:
            return replace(self, store=store)._tick()

    def _tick(self) -> int:
        now = self.clock()
        plan = self.line.plan
        due = what_is_due(self.store.source, now, [queue for queue in plan.queues if plan.dialled(queue)])
        if due.turn or due.late:
            for reference in self.store.desk.resettle(plan, now):
                log.warning("resettled", request=reference)
        if due.stale:
            self.store.outbox.give_back(now)
        if due.late:
            for request in self.store.desk.sweep(plan, now):
                log.warning("overdue", request=request.reference, stage=request.stage, kind=request.kind)
        done = self.store.desk.assign(plan, now) if due.turn else 0
        for _ in range(ORDERS_A_TICK if done or due.owed or due.late else 0):
            order = self.store.outbox.take(self.clock(), self.calls_per_second)
            if order is None:
                break
            self._carry_out(order)
            done += 1
        return done

    def _carry_out(self, order: Order) -> None:
        try:
            result = self._do(order)
        except Refusal as refusal:
            self._refused(order, refusal)
            return
        except VoiceError as error:
            self.store.outbox.settle(order, "failed", str(error), self.clock())
            return
        self.store.outbox.settle(order, "done", result, self.clock())

    def _do(self, order: Order) -> str:
        request = order.request
        match order.job:
            case Job.RING_AGENT:
                return self._ring_agent(request)
            case Job.RING_CUSTOMER:
                return self._ring_customer(request)
            case Job.TAKE_OUT:
                return self._take_out(request)
            case Job.ASK:
                assert request.leg is not None
                self.rest.redirect(request.leg, path("after", request))
            case Job.MOVE:
                assert request.leg is not None
                self.rest.redirect(request.leg, path("sent", request, queue=order.what))
            case Job.HANG_UP:
                self.rest.hang_up(order.what)
            case Job.LOOK:
                return self._look(request)
            case Job.TEXT:
                if request.number:
                    text = Documents(self.line).text(request, order.what, self.clock())
                    return self.rest.text(request.number, self._from(request), text)
        return ""

    def _ring_agent(self, request: Request) -> str:
        rules = self.line.plan.queues[request.queue]
        agent = None if request.agent == CALL_CENTRE else self.store.agents.find(request.agent or "")
        endpoint = agent.endpoint if agent else rules.dial if request.agent == CALL_CENTRE else None
        if endpoint is None:
            raise Refusal("final", f"There is no agent “{request.agent}” any more.")
        seconds = round(rules.ring.total_seconds())
        ringing = Ringing(endpoint, self._from(request), path("agent", request), path("agent-status", request), seconds)
        return self._rung(request, self.rest.ring(ringing))

    def _ring_customer(self, request: Request) -> str:
        assert request.number is not None
        ringing = Ringing(
            request.number,
            self._from(request),
            path("customer", request),
            path("customer-status", request),
            CUSTOMER_RINGS,
            detect_machine=True,
        )
        return self._rung(request, self.rest.ring(ringing))

    def _take_out(self, request: Request) -> str:
        """Out of the queue, to the agent. Who is not in that queue still hears what is said before the music, or stands
        in the fallback's since the answer to their last webhook was lost: they are fetched from where they are."""
        assert request.leg is not None
        come = path("come", request)
        try:
            self.rest.take_out(request.queue, request.leg, come)
        except Refusal as refusal:
            if refusal.kind != "final":
                raise
            self.rest.redirect(request.leg, come)
            return "from elsewhere"
        return ""

    def _rung(self, request: Request, sid: str) -> str:
        """Twilio rings. If the request has gone on meanwhile, whoever is rung is let go."""
        now = self.clock()
        if self.store.desk.happen(self.line.plan, request.reference, Rung(sid), now, attempt=request.attempt) is None:
            current = self.store.desk.request(request.reference)
            answered = current is not None and sid in (current.agent_call, current.leg)
            if not answered:
                self.store.outbox.owe(request, Owed(Job.HANG_UP, sid), now)
        return sid

    def _look(self, request: Request) -> str:
        """What became of lines that Twilio has told nothing of for long."""
        current = self.store.desk.request(request.reference)
        if current is None or current.over:
            return "over"
        if current.leg and self.rest.is_over(current.leg):
            self._happen(current, Gone())
            return "the caller's line is over"
        if current.stage is Stage.TALKING and current.agent_call and self.rest.is_over(current.agent_call):
            self._happen(current, AgentLeft())
            return "the agent's line is over"
        return "still there"

    def _refused(self, order: Order, refusal: Refusal) -> None:
        """By kind: asked again later, left to the stage's deadline, or ended."""
        now = self.clock()
        kind = refusal.kind
        if kind == "unknown" and order.job not in ONCE:
            kind = "again"
        log.warning("refused", request=order.request.reference, job=order.job, kind=kind, code=refusal.code)
        why = f"{refusal.code or refusal.status or ''} {refusal.message}".strip()
        if kind == "again":
            later = now + timedelta(seconds=LATER[min(order.tries, len(LATER)) - 1])
            self.store.outbox.settle(order, "later", why, now, again=later)
            return
        self.store.outbox.settle(order, "unknown" if kind == "unknown" else "failed", why, now)
        if kind == "final":
            self._impossible(order, refusal)

    def _over(self, order: Order) -> bool:
        return order.request.leg is None or self.rest.is_over(order.request.leg)

    def _impossible(self, order: Order, refusal: Refusal) -> None:
        request = order.request
        match order.job:
            case Job.RING_AGENT:
                self._happen(request, Declined(f"refused {refusal.code}", missed=True))
            case Job.RING_CUSTOMER:
                self._happen(request, Unreached(f"refused {refusal.code}", final=refusal.code in FINAL_NUMBERS))
            case Job.TAKE_OUT:
                self._happen(request, Gone() if self._over(order) else NotThere())
            case Job.ASK | Job.MOVE:
                self._happen(request, Gone())

    def _happen(self, request: Request, happening: Gone | AgentLeft | Declined | Unreached | NotThere) -> None:
        now = self.clock()
        self.store.desk.happen(self.line.plan, request.reference, happening, now, attempt=request.attempt)

    def _from(self, request: Request) -> str:
        """The number of the line that the caller rang, or that of their language."""
        if request.dialled:
            return request.dialled
        numbers = {language: number for number, language in self.line.plan.numbers.items()}
        return numbers.get(request.language) or next(iter(numbers.values()), "")


def build_worker(settings: Settings) -> Worker:
    """A worker as the settings say. Raises `SettingsError` where Twilio could not be asked, or could not answer."""
    if not (settings.account_sid and settings.auth_token and settings.public_url):
        raise SettingsError(
            "A worker rings people through Twilio, and does not know the account or its own address.",
            "Set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and VOICE_PUBLIC_URL (https://… where Twilio finds this line).",
        )
    rest = Rest(settings.account_sid, settings.auth_token, settings.public_url, settings.twilio_api_url)
    store = Store(settings.database_url)
    store.migrate()
    return Worker(load_line(settings.line), store, rest, calls_per_second=settings.calls_per_second)


def work(settings: Settings, parent: int = 0) -> None:
    """Work until the process is asked to end, or its parent is gone; the order in hand is carried out first."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    worker = build_worker(settings)
    log.info("working", line=worker.line.version)
    worker.store.desk.resettle(worker.line.plan, worker.clock())
    shelf = Shelf(settings.line)

    def take(line: Line, _state: State) -> None:
        worker.line = replace(line, folder=shelf.line)
        worker.store.desk.resettle(line.plan, worker.clock())

    Follower(shelf, "work", worker.line.version, take).start()
    if parent:
        threading.Thread(target=_outlive, args=(parent, stop), name="parent", daemon=True).start()
    worker.run(stop)
    worker.store.close()


def _outlive(parent: int, stop: threading.Event) -> None:
    """A process whose parent was killed has another one."""
    while os.getppid() == parent and not stop.wait(1):
        pass
    stop.set()
