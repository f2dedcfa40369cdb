"""What happens in one and the same second, on each database: whoever comes first, one wins, and everybody is in one
state."""

import random
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from tests.core.conftest import PLAN
from tests.store.test_contacts import NOW, hires, stands
from voice.core.call.state import Call, State
from voice.core.contact.effects import Job
from voice.core.contact.events import Accepted, AgentLeft, Declined, Gone, Promised, Reached, Rung, Story, Withdrew
from voice.core.contact.limits import CallbackLimits, CallbackRefusal
from voice.core.contact.state import OVER, Contact, Stage
from voice.core.plan import Plan
from voice.store import NotPromised, Order, Store, database

SECOND = timedelta(seconds=1)


def at_once(*deeds: Callable[[], object]) -> None:
    """All of them at the same moment, each in a thread of its own; none may raise."""
    start, raised = threading.Barrier(len(deeds)), []

    def do(deed: Callable[[], object]) -> None:
        start.wait()
        try:
            deed()
        except Exception as error:
            raised.append(error)

    threads = [threading.Thread(target=do, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert raised == []


def now_is(store: Store, contact: Contact) -> Contact:
    found = store.contacts.contact(contact.reference)
    assert found is not None
    return found


def all_is_in_order(store: Store, contact: Contact) -> None:
    """The ledger tells one way, and an agent is held just by the contact that holds them."""
    moves = [e["detail"] for e in store.contacts.ledger_of(contact.reference) if "to" in e["detail"]]
    assert all(before["to"] == after["from"] for before, after in pairwise(moves))
    current = now_is(store, contact)
    assert moves[-1]["to"] == current.stage
    held = {agent.name for agent in store.agents.all() if agent.contact}
    assert held == ({current.agent} if current.agent else set())


@pytest.mark.parametrize("turn", range(2))
def test_two_workers_two_agents_one_caller(store: Store, turn: int) -> None:
    """One agent is rung, by one of the workers, once."""
    contact = stands(store, turn)
    hires(store, "an")
    hires(store, "bea")
    orders: list[Order | None] = []

    def work() -> None:
        store.contacts.assign(PLAN, NOW)
        orders.append(store.outbox.take(NOW, 1000))

    at_once(work, work)
    orders.append(store.outbox.take(NOW, 1000))
    assert [order.job for order in orders if order] == [Job.RING_AGENT]
    assert now_is(store, contact).attempt == 1
    all_is_in_order(store, contact)


@pytest.mark.parametrize("back", [False, True], ids=["on the line", "to be called back"])
@pytest.mark.parametrize("turn", range(3))
def test_hanging_up_cancelling_by_text_and_being_dequeued_in_the_same_second(
    store: Store, turn: int, back: bool
) -> None:
    """The agent has accepted: the caller hangs up, cancels by SMS, and comes to the agent, while two workers work."""
    contact = stands(store, turn, back=back)
    hires(store, "an")
    hires(store, "bea")
    store.contacts.assign(PLAN, NOW)

    def happens(*events: object) -> Callable[[], object]:
        def deed() -> None:
            for one in events:
                store.contacts.happen(PLAN, contact.reference, one, NOW + SECOND)  # type: ignore[arg-type]

        return deed

    happens(Rung("CA_agent"), Accepted())()
    call = store.call(contact.call_sid)
    assert call is not None
    deeds = [
        lambda: store.save(call, call.but(turn=1, state=State.OVER), NOW, event=Gone(), plan=PLAN),
        happens(Withdrew()),
        happens(Reached(call.sid)),
        happens(AgentLeft()),
        lambda: _work(store),
        lambda: _work(store),
    ]
    random.Random(turn).shuffle(deeds)
    at_once(*deeds)
    all_is_in_order(store, contact)
    finish(store, contact)
    all_is_in_order(store, contact)
    orders = [row["attempt"] for row in store.outbox.owed_to(contact.reference) if row["job"] == Job.RING_AGENT]
    assert len(orders) == len(set(orders))


def _work(store: Store) -> None:
    store.contacts.assign(PLAN, NOW + SECOND)
    while store.outbox.take(NOW + SECOND, 1000):
        pass


def finish(store: Store, contact: Contact) -> None:
    """Whatever is left ends when the caller cancels, or their line is over."""
    for event in (Gone(), Withdrew()):
        store.contacts.happen(PLAN, contact.reference, event, NOW + 2 * SECOND)
    assert now_is(store, contact).stage in OVER


@pytest.mark.parametrize("turn", range(2))
def test_two_agents_answers_for_one_attempt_and_a_callback_asked_meanwhile(store: Store, turn: int) -> None:
    """The agent accepts and declines at once (two phones ring), while the caller presses 9."""
    contact = stands(store, turn)
    hires(store, "an")
    store.contacts.assign(PLAN, NOW)
    call = store.call(contact.call_sid)
    assert call is not None
    asked = Promised(Story("billing", "nl", None, None, ()), "+32470000099")
    at_once(
        lambda: store.contacts.happen(PLAN, contact.reference, Accepted(), NOW, attempt=1),
        lambda: store.contacts.happen(PLAN, contact.reference, Declined("no"), NOW, attempt=1),
        lambda: store.save(call, call.but(turn=1, state=State.OVER), NOW, event=asked, plan=PLAN),
    )
    all_is_in_order(store, contact)
    after = now_is(store, contact)
    assert (after.stage, after.number) == (Stage.WAITING, "+32470000099")


class Asking:
    """Callers who are promised a callback at the same moment, each in a call of their own."""

    def __init__(self, store: Store, plan: Plan = PLAN) -> None:
        self.store, self.plan = store, plan
        self.refused: list[NotPromised] = []

    def on(self, number: str, line: str, window: bool = False) -> Callable[[], object]:
        call = Call(line * 34, "nl", "+3212345670", number, NOW, state=State.OVER)
        moment = NOW + 30 * SECOND if window else None
        promise = Promised(Story("billing", "nl", None, None, ()), number, moment, moment)

        def deed() -> None:
            try:
                self.store.save(None, call, NOW, event=promise, plan=self.plan)
            except NotPromised as no:
                self.refused.append(no)

        return deed


@pytest.mark.parametrize("turn", range(3))
def test_four_calls_of_one_number_are_promised_one_callback(store: Store, turn: int) -> None:
    """Each was told that it could be rung back, as none stood when it rang."""
    asking = Asking(store)
    at_once(*[asking.on(f"+3247000009{turn}", line) for line in "ABCD"])
    [standing] = store.contacts.open_for(f"+3247000009{turn}")
    assert [(no.why, no.standing) for no in asking.refused] == [(CallbackRefusal.STANDING, standing)] * 3


def test_a_day_has_as_many_callbacks_for_a_number_as_the_line_says(store: Store) -> None:
    asking = Asking(store, replace(PLAN, limits=CallbackLimits(open=9, daily=2)))
    at_once(*[asking.on("+32470000091", line) for line in "ABCD"])
    assert len(store.contacts.open_for("+32470000091")) == 2
    assert [no.why for no in asking.refused] == [CallbackRefusal.OFTEN] * 2


def test_the_last_place_in_a_window_goes_to_one(store: Store) -> None:
    asking = Asking(store, replace(PLAN, queues={"billing": replace(PLAN.queues["billing"], capacity=2)}))
    at_once(*[asking.on(f"+3247000009{n}", line, window=True) for n, line in enumerate("ABCD")])
    assert len(store.contacts.newest(open_only=True)) == 2
    assert [no.why for no in asking.refused] == [CallbackRefusal.WINDOW] * 2


@pytest.mark.parametrize("turn", range(3))
def test_who_hangs_up_while_the_same_number_is_promised_a_callback_is_not_rung_twice(store: Store, turn: int) -> None:
    """The queue rings back who hangs up."""
    plan = replace(PLAN, queues={"billing": replace(PLAN.queues["billing"], on_abandon="callback")})
    waiting = stands(store, 90 + turn)
    call = store.call(waiting.call_sid)
    assert call is not None
    gone = call.but(turn=1, state=State.OVER)
    asking = Asking(store, plan)
    at_once(
        lambda: store.save(call, gone, NOW, event=Gone(), plan=plan),
        asking.on(str(waiting.number), "A"),
        asking.on(str(waiting.number), "B"),
    )
    on_the_list = [one for one in store.contacts.newest() if one.listed]
    assert len(on_the_list) == 1
    assert now_is(store, waiting).stage in (Stage.WAITING, Stage.ABANDONED)


def test_two_webhooks_of_one_turn_make_one_contact(store: Store) -> None:
    call = Call("CA" + "7" * 32, "nl", "+3212345670", "+32470000077", NOW, state=State.OVER)
    asked = Promised(Story("billing", "nl", None, None, ()), "+32470000077")
    at_once(*[lambda: store.save(None, call, NOW, event=asked, plan=PLAN)] * 4)
    assert len(store.contacts_of(call.sid)) == 1


def test_a_writer_goes_on_as_soon_as_another_process_is_done(tmp_path: Path) -> None:
    """SQLite alone would look again 30 ms later. The best of five: a busy machine may be late as well."""
    file = tmp_path / "line.sqlite3"
    store = Store(f"sqlite:///{file}")
    store.migrate()
    hires(store, "an")

    def late() -> float:
        other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        released: list[float] = []

        def release() -> None:
            time.sleep(0.15)
            other.execute("ROLLBACK")
            released.append(time.monotonic())

        thread = threading.Thread(target=release)
        thread.start()
        with database.writing(store.engine):
            done = time.monotonic()
        thread.join()
        other.close()
        return done - released[0]

    assert min(late() for _ in range(5)) < 0.02


def test_a_writer_gives_up_on_one_that_is_never_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.3)
    file = tmp_path / "line.sqlite3"
    store = Store(f"sqlite:///{file}")
    store.migrate()
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    begun = time.monotonic()
    with pytest.raises(OperationalError, match="locked"), database.writing(store.engine):
        pass
    assert 0.3 <= time.monotonic() - begun < 3
    other.close()
    hires(store, "an")
