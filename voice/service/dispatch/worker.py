"""The dispatcher and the outbox: whose turn it is, and what is owed to the world.

One `tick` looks into what has taken too long, gives free agents the next contacts, and carries out orders. Any number
of workers may tick at once: whatever one of them takes, the database gives to no other.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from voice.content import Line
from voice.core.contact.effects import ONCE, Job, Owed
from voice.core.contact.events import OUR_FAULT, AgentLeft, Declined, Gone, HandedOver, NotThere, Rung, Unreached
from voice.core.contact.state import CALL_CENTRE, Contact, Stage
from voice.errors import VoiceError
from voice.service.calls.room import ON, RoomRole, agent_is_gone, back_in_line, came, is_gone, room_of
from voice.service.dispatch.guests import change
from voice.service.dispatch.hands import Hands
from voice.service.dispatch.retention import Retention
from voice.service.live.in_force import InForce
from voice.service.runtime import metrics
from voice.service.runtime.clock import system_clock
from voice.service.runtime.logs import log, masked
from voice.store import Order, Store
from voice.store.agreements import AGREED, REMINDER
from voice.store.due import due as what_is_due
from voice.twilio import routes
from voice.twilio.agent_documents import AgentDocuments, of_attempt, room
from voice.twilio.rest import Rest, RestRefused, Ringing

REST_SECONDS = 0.2
"""How long a worker with nothing to do waits before it looks again."""

LATER = (5, 15, 60, 300)
"""Backoff: seconds until an order that could not be given is tried again, by how often it was tried."""

CUSTOMER_RINGS = 25
ORDERS_A_TICK = 50

FINAL_NUMBERS = frozenset({21211, 21214, 21215, 21216, 21217, 21219, 21401, 21610, 21614, 13224})
"""Twilio's codes of a number that will never be reached (https://www.twilio.com/docs/api/errors)."""

OURS = frozenset({20003, 20429, 21205, 21210, 21212, 21213, 21609})
"""Its codes of what is wrong on our side: the account, an address, the number that the call comes from."""


class Unsent(Exception):
    """A text that nobody may be sent, or that is about nothing any more. It says why."""


@dataclass
class Worker:
    """`calls_per_second` is the account's rate of outgoing calls, for all workers together. Without `hands` orders are
    carried out one after another."""

    line: Line
    store: Store
    rest: Rest
    clock: Callable[[], datetime] = system_clock
    calls_per_second: float = 1.0
    hands: Hands | None = None
    in_force: InForce | None = None
    ticked: datetime | None = None

    def __post_init__(self) -> None:
        self.in_force = self.in_force or InForce(self.store)

    def run(self, stop: threading.Event) -> None:
        """Tick until stopped, and keep words no longer than is allowed. A database that is away, or a fault of ours, is
        logged, and tried again."""
        tidying = (lambda: self.line, self.clock, stop)
        threading.Thread(target=Retention(self.store.patient()).run, args=tidying, name="keeper", daemon=True).start()
        while not stop.is_set():
            try:
                busy = self.tick()
            except Exception as error:
                log.error("worker", exc_info=error)
                busy = 0
                stop.wait(2)
            if not busy:
                stop.wait(self._rest())

    def _rest(self) -> float:
        """Seconds until it is worth looking again: fewer where the account may ring somebody sooner."""
        now = self.clock()
        try:
            next_call = self.store.outbox.next_call(now, self.calls_per_second)
        except SQLAlchemyError:
            return REST_SECONDS
        return min(REST_SECONDS, (next_call - now).total_seconds()) if next_call else REST_SECONDS

    def tick(self) -> int:
        """How much was done."""
        assert self.in_force is not None
        line = self.in_force.over(self.line, self.clock())
        with self.store.connected() as store:
            done = replace(self, store=store, line=line)._tick()
        self.ticked = self.clock()
        return done

    def _tick(self) -> int:
        now = self.clock()
        plan = self.line.plan
        due = what_is_due(self.store.source, now, [queue for queue in plan.queues if plan.dialled(queue)])
        if due.turn or due.late:
            for reference in self.store.contacts.resettle(plan, now):
                log.warning("resettled", contact=reference)
        if due.pin:
            self._ask_for_pins()
        if due.stale:
            self.store.outbox.give_back(now)
        if due.late:
            for contact in self.store.contacts.sweep(plan, now):
                log.warning("overdue", contact=contact.reference, stage=contact.stage, kind=contact.kind)
        done = self.store.contacts.assign(plan, now) if due.turn else 0
        for _ in range(ORDERS_A_TICK if done or due.owed or due.late else 0):
            if self.hands and not self.hands.free():
                break
            order = self.store.outbox.take(self.clock(), self.calls_per_second, plan.hourly.texts)
            if order is None:
                break
            if self.hands:
                self.hands.give(partial(self._carry_out_over, order))
            else:
                self._carry_out(order)
            done += 1
        return done

    def _ask_for_pins(self) -> None:
        """Ring agents on their own telephones to ask for the PIN; one who is not reached may ring in again."""
        while (agent := self.store.agents.take_pin_ring()) and self.line.agents_number:
            asked = routes.AGENT_ASKED.path(agent=agent.name, times=0)
            fallback, seconds = routes.AGENT_FALLBACK.path(), CUSTOMER_RINGS
            ringing = Ringing(agent.endpoint, self.line.agents_number, asked, None, fallback, seconds)
            give = partial(self._ask_for_pin, agent.name, ringing)
            self.hands.give(give) if self.hands else give(self.store)

    def _ask_for_pin(self, name: str, ringing: Ringing, _store: Store) -> None:
        try:
            self.rest.ring(ringing)
        except RestRefused as refusal:
            log.warning("not asked for the pin", agent=name, code=refusal.code)

    def _carry_out_over(self, order: Order, store: Store) -> None:
        replace(self, store=store)._carry_out(order)

    def _carry_out(self, order: Order) -> None:
        try:
            result = self._do(order)
        except RestRefused as refusal:
            self._refused(order, refusal)
            return
        except Unsent as reason:
            self.store.outbox.settle(order, "void", str(reason), self.clock())
            return
        except VoiceError as error:
            self.store.outbox.settle(order, "failed", masked(str(error)), self.clock())
            return
        self.store.outbox.settle(order, "done", result, self.clock())

    def _do(self, order: Order) -> str:
        contact = order.contact
        match order.job:
            case Job.RING_AGENT:
                return self._ring_agent(contact)
            case Job.RING_CUSTOMER:
                return self._ring_customer(contact)
            case Job.TAKE_OUT:
                return self._take_out(contact)
            case Job.ASK:
                assert contact.leg is not None
                self.rest.redirect(contact.leg, routes.AFTER.path(**of_attempt(contact)))
            case Job.MOVE:
                assert contact.leg is not None
                self.rest.redirect(contact.leg, routes.SENT.path(**of_attempt(contact), queue=order.what))
            case Job.JOIN:
                return self._join(contact)
            case Job.HOLD:
                assert contact.leg is not None
                self._hold(contact, on=order.what == ON)
            case Job.TAKE_IN:
                return self._take_in(order)
            case Job.HAND_OVER:
                self._hand_over(order)
            case Job.HANG_UP:
                self.rest.hang_up(order.what)
            case Job.LOOK:
                return self._look(contact)
            case Job.TEXT:
                return self._text(order)
        return ""

    def _text(self, order: Order) -> str:
        """Raises `Unsent`."""
        contact = order.contact
        if contact.number is None:
            raise Unsent("no number")
        if not self._confirmed(contact):
            raise Unsent("no text: nobody has confirmed this number")
        text = self._words(order)
        if text is None:
            raise Unsent("over")
        status = routes.MESSAGE_STATUS.path(contact=contact.reference)
        return self.rest.text(contact.number, self.line.sms_from or self._from(contact), text, status)

    def _words(self, order: Order) -> str | None:
        """Of a text; None where what it was about has gone meanwhile."""
        documents = AgentDocuments(self.line)
        for mark, key in ((AGREED, "sms.agreed"), (REMINDER, "sms.agreed.reminder")):
            if order.what.startswith(mark):
                agreement = self.store.agreements.find(int(order.what.removeprefix(mark)))
                if agreement is None or agreement.kept:
                    return None
                return documents.agreed(order.contact, key, agreement.text, agreement.due, self.clock())
        if order.what == "sms.taken" and not order.contact.listed:
            return None
        return documents.text(order.contact, order.what, self.clock())

    def _confirmed(self, contact: Contact) -> bool:
        """Whether the number is the caller's own, or a person was reached on it: a stranger is sent no text."""
        call = self.store.call(contact.call_sid)
        return contact.served is not None or (call is not None and call.caller == contact.number)

    def _ring_agent(self, contact: Contact) -> str:
        rules = self.line.plan.queues[contact.queue]
        agent = None if contact.agent == CALL_CENTRE else self.store.agents.find(contact.agent or "")
        endpoint = agent.endpoint if agent else rules.dial if contact.agent == CALL_CENTRE else None
        if endpoint is None:
            raise RestRefused("final", f"There is no agent “{contact.agent}” any more.")
        seconds = round(rules.ring.total_seconds())
        ringing = Ringing(
            endpoint,
            self._from(contact),
            routes.AGENT.path(**of_attempt(contact)),
            routes.AGENT_STATUS.path(**of_attempt(contact)),
            routes.AGENT_FALLBACK.path(),
            seconds,
        )
        return self._rung(contact, self.rest.ring(ringing))

    def _ring_customer(self, contact: Contact) -> str:
        assert contact.number is not None
        ringing = Ringing(
            contact.number,
            self._from(contact),
            routes.CUSTOMER.path(**of_attempt(contact)),
            routes.CUSTOMER_STATUS.path(**of_attempt(contact)),
            routes.CUSTOMER_FALLBACK.path(**of_attempt(contact)),
            CUSTOMER_RINGS,
            detect_machine=True,
        )
        return self._rung(contact, self.rest.ring(ringing))

    def _join(self, contact: Contact) -> str:
        """The agent has accepted on their page: their line goes on into the room."""
        if contact.agent_call is None or contact.stage not in (Stage.TAKING, Stage.TALKING):
            return "over"
        self.rest.redirect(contact.agent_call, routes.AGENT_JOIN.path(**of_attempt(contact)))
        return ""

    def _hold(self, contact: Contact, *, on: bool) -> None:
        """Who is back with the agent, and nobody is asked, goes on behind the room when the agent leaves it."""
        assert contact.leg is not None
        self.rest.in_room(room(contact), contact.leg, hold=on)
        asked = room_of(self.store.contacts.ledger_of(contact.reference), contact.attempt).asked
        if not on and asked is None and contact.agent_call:
            self.rest.in_room(room(contact), contact.agent_call, end_conference_on_exit=True)

    def _take_in(self, order: Order) -> str:
        """A colleague or a supervisor, into the room. While a colleague is asked, the room outlives the first agent."""
        contact = order.contact
        way, _, who = order.what.partition(" ")
        how, agent = RoomRole(way), self.store.agents.find(who)
        if agent is None:
            raise RestRefused("final", f"There is no agent “{who}” any more.")
        status = routes.ROOM_STATUS.path(**of_attempt(contact), how=way, who=who)
        seconds = round(self.line.plan.queues[contact.queue].ring.total_seconds())
        coach = contact.agent_call if how is RoomRole.COACH else None
        muted = how is RoomRole.LISTEN
        there = room_of(self.store.contacts.ledger_of(contact.reference), contact.attempt).guest(who)
        if there is not None:
            return change(self.rest, self.store, contact, there, how, self.clock())
        if how is RoomRole.CONSULT and contact.agent_call:
            self.rest.in_room(room(contact), contact.agent_call, end_conference_on_exit=False)
        call = self.rest.take_in(
            room(contact), agent.endpoint, self._from(contact), status, seconds, muted=muted, coach=coach
        )
        came(self.store, contact, how, who, call, self.clock())
        return call

    def _hand_over(self, order: Order) -> None:
        """The room lives on with the second agent; the first leaves it, or has."""
        contact, call = order.contact, order.what
        guests = room_of(self.store.contacts.ledger_of(contact.reference), contact.attempt).guests
        who = next((one.who for one in guests if one.call == call), None)
        if who is None or contact.leg is None or contact.agent_call is None:
            raise RestRefused("final", "Whoever was asked has left.")
        self.rest.in_room(room(contact), call, end_conference_on_exit=True)
        self.rest.in_room(room(contact), contact.leg, hold=False)
        self._happen(contact, HandedOver(who, call))

    def _take_out(self, contact: Contact) -> str:
        """Out of the queue, to the agent. Who is not in that queue still hears what is said before the music, or stands
        in the fallback's since the answer to their last webhook was lost: they are fetched from where they are."""
        assert contact.leg is not None
        come = routes.COME.path(**of_attempt(contact))
        try:
            self.rest.take_out(contact.queue, contact.leg, come)
        except RestRefused as refusal:
            if refusal.kind != "final":
                raise
            self.rest.redirect(contact.leg, come)
            return "from elsewhere"
        return ""

    def _rung(self, contact: Contact, sid: str) -> str:
        """Twilio rings. If the contact has gone on meanwhile, whoever is rung is let go."""
        now = self.clock()
        if (
            self.store.contacts.happen(self.line.plan, contact.reference, Rung(sid), now, attempt=contact.attempt)
            is None
        ):
            current = self.store.contacts.contact(contact.reference)
            answered = current is not None and sid in (current.agent_call, current.leg)
            if not answered:
                self.store.outbox.owe(contact, Owed(Job.HANG_UP, sid), now)
        return sid

    def _look(self, contact: Contact) -> str:
        """What became of lines that Twilio has told nothing of for long."""
        current = self.store.contacts.contact(contact.reference)
        if current is None or current.over:
            return "over"
        if current.leg and self.rest.is_over(current.leg):
            self._happen(current, Gone())
            return "the caller's line is over"
        if current.stage is Stage.TALKING and current.agent_call and self.rest.is_over(current.agent_call):
            agent_is_gone(self.line, self.store, current, self.clock())
            return "the agent's line is over"
        return "still there"

    def _refused(self, order: Order, refusal: RestRefused) -> None:
        """By kind: asked again later, left to the stage's deadline, or ended."""
        now = self.clock()
        kind = refusal.kind
        if kind == "unknown" and order.job not in ONCE:
            kind = "again"
        log.warning("refused", contact=order.contact.reference, job=order.job, kind=kind, code=refusal.code)
        metrics.refused(order.job, kind)
        why = masked(f"{refusal.code or refusal.status or ''} {refusal.message}".strip())
        if kind == "again":
            later = now + timedelta(seconds=LATER[min(order.tries, len(LATER)) - 1])
            self.store.outbox.settle(order, "later", why, now, again=later)
            return
        self.store.outbox.settle(order, "unknown" if kind == "unknown" else "failed", why, now)
        if kind == "final":
            self._impossible(order, refusal)

    def _over(self, order: Order) -> bool:
        return order.contact.leg is None or self.rest.is_over(order.contact.leg)

    def _impossible(self, order: Order, refusal: RestRefused) -> None:
        contact = order.contact
        match order.job:
            case Job.RING_AGENT:
                self._happen(contact, Declined(f"refused {refusal.code}", missed=refusal.code not in OURS))
            case Job.RING_CUSTOMER:
                why = OUR_FAULT if refusal.code in OURS else f"refused {refusal.code}"
                self._happen(contact, Unreached(why, final=refusal.code in FINAL_NUMBERS))
            case Job.TAKE_OUT:
                self._happen(contact, Gone() if self._over(order) else NotThere())
            case Job.ASK | Job.MOVE:
                self._happen(contact, Gone())
            case Job.JOIN:
                self._happen(contact, AgentLeft())
            case Job.HAND_OVER:
                current = self.store.contacts.contact(contact.reference)
                same = current is not None and current.agent_call == contact.agent_call
                if current and same and current.agent_call and self.rest.is_over(current.agent_call):
                    back_in_line(self.line, self.store, current, self.clock())
            case Job.TAKE_IN:
                way, _, who = order.what.partition(" ")
                is_gone(self.store, contact, RoomRole(way), who, None, self.clock())

    def _happen(self, contact: Contact, event: Gone | AgentLeft | HandedOver | Declined | Unreached | NotThere) -> None:
        now = self.clock()
        self.store.contacts.happen(self.line.plan, contact.reference, event, now, attempt=contact.attempt)

    def _from(self, contact: Contact) -> str:
        return self.line.plan.shown(contact.dialled, contact.language)
