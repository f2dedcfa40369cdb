"""What happens in one and the same second, on each database: whoever comes first, one wins, and everybody is in one
state."""

import random
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from tests.core.conftest import PLAN
from tests.store.test_desk import NOW, hires, stands
from voice.core.call import Call, State
from voice.core.plan import Limits, Plan, Refusal
from voice.core.requests import (
    ENDS,
    Accepted,
    AgentLeft,
    Declined,
    Gone,
    Job,
    Promised,
    Reached,
    Request,
    Rung,
    Stage,
    Story,
    Withdrew,
)
from voice.store import NotPromised, Order, Store

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


def now_is(store: Store, request: Request) -> Request:
    found = store.desk.request(request.reference)
    assert found is not None
    return found


def all_is_in_order(store: Store, request: Request) -> None:
    """The ledger tells one way, and an agent is held just by the request that holds them."""
    moves = [e["detail"] for e in store.desk.ledger_of(request.reference) if "to" in e["detail"]]
    assert all(before["to"] == after["from"] for before, after in pairwise(moves))
    current = now_is(store, request)
    assert moves[-1]["to"] == current.stage
    held = {agent.name for agent in store.agents.all() if agent.request}
    assert held == ({current.agent} if current.agent else set())


@pytest.mark.parametrize("turn", range(2))
def test_two_workers_two_agents_one_caller(store: Store, turn: int) -> None:
    """One agent is rung, by one of the workers, once."""
    request = stands(store, turn)
    hires(store, "an")
    hires(store, "bea")
    orders: list[Order | None] = []

    def work() -> None:
        store.desk.assign(PLAN, NOW)
        orders.append(store.outbox.take(NOW, 1000))

    at_once(work, work)
    orders.append(store.outbox.take(NOW, 1000))
    assert [order.job for order in orders if order] == [Job.RING_AGENT]
    assert now_is(store, request).attempt == 1
    all_is_in_order(store, request)


@pytest.mark.parametrize("back", [False, True], ids=["on the line", "to be called back"])
@pytest.mark.parametrize("turn", range(3))
def test_hanging_up_cancelling_by_text_and_being_dequeued_in_the_same_second(
    store: Store, turn: int, back: bool
) -> None:
    """The agent has accepted: the caller hangs up, cancels by SMS, and comes to the agent, while two workers work."""
    request = stands(store, turn, back=back)
    hires(store, "an")
    hires(store, "bea")
    store.desk.assign(PLAN, NOW)

    def happens(*happenings: object) -> Callable[[], object]:
        def deed() -> None:
            for one in happenings:
                store.desk.happen(PLAN, request.reference, one, NOW + SECOND)  # type: ignore[arg-type]

        return deed

    happens(Rung("CA_agent"), Accepted())()
    call = store.call(request.call_sid)
    assert call is not None
    deeds = [
        lambda: store.save(call, call.but(turn=1, state=State.OVER), NOW, happening=Gone(), plan=PLAN),
        happens(Withdrew()),
        happens(Reached(call.sid)),
        happens(AgentLeft()),
        lambda: _work(store),
        lambda: _work(store),
    ]
    random.Random(turn).shuffle(deeds)
    at_once(*deeds)
    all_is_in_order(store, request)
    finish(store, request)
    all_is_in_order(store, request)
    orders = [row["attempt"] for row in store.outbox.owed_to(request.reference) if row["job"] == Job.RING_AGENT]
    assert len(orders) == len(set(orders))


def _work(store: Store) -> None:
    store.desk.assign(PLAN, NOW + SECOND)
    while store.outbox.take(NOW + SECOND, 1000):
        pass


def finish(store: Store, request: Request) -> None:
    """Whatever is left ends when the caller cancels, or their line is over."""
    for happening in (Gone(), Withdrew()):
        store.desk.happen(PLAN, request.reference, happening, NOW + 2 * SECOND)
    assert now_is(store, request).stage in ENDS


@pytest.mark.parametrize("turn", range(2))
def test_two_agents_answers_for_one_attempt_and_a_callback_asked_meanwhile(store: Store, turn: int) -> None:
    """The agent accepts and declines at once (two phones ring), while the caller presses 9."""
    request = stands(store, turn)
    hires(store, "an")
    store.desk.assign(PLAN, NOW)
    call = store.call(request.call_sid)
    assert call is not None
    asked = Promised(Story("billing", "nl", None, None, ()), "+32470000099")
    at_once(
        lambda: store.desk.happen(PLAN, request.reference, Accepted(), NOW, attempt=1),
        lambda: store.desk.happen(PLAN, request.reference, Declined("no"), NOW, attempt=1),
        lambda: store.save(call, call.but(turn=1, state=State.OVER), NOW, happening=asked, plan=PLAN),
    )
    all_is_in_order(store, request)
    after = now_is(store, request)
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
                self.store.save(None, call, NOW, happening=promise, plan=self.plan)
            except NotPromised as no:
                self.refused.append(no)

        return deed


@pytest.mark.parametrize("turn", range(3))
def test_four_calls_of_one_number_are_promised_one_callback(store: Store, turn: int) -> None:
    """Each was told that it could be rung back, as none stood when it rang."""
    asking = Asking(store)
    at_once(*[asking.on(f"+3247000009{turn}", line) for line in "ABCD"])
    [standing] = store.desk.open_for(f"+3247000009{turn}")
    assert [(no.why, no.standing) for no in asking.refused] == [(Refusal.STANDING, standing)] * 3


def test_a_day_has_as_many_callbacks_for_a_number_as_the_line_says(store: Store) -> None:
    asking = Asking(store, replace(PLAN, limits=Limits(open=9, daily=2)))
    at_once(*[asking.on("+32470000091", line) for line in "ABCD"])
    assert len(store.desk.open_for("+32470000091")) == 2
    assert [no.why for no in asking.refused] == [Refusal.OFTEN] * 2


def test_the_last_place_in_a_window_goes_to_one(store: Store) -> None:
    asking = Asking(store, replace(PLAN, queues={"billing": replace(PLAN.queues["billing"], capacity=2)}))
    at_once(*[asking.on(f"+3247000009{n}", line, window=True) for n, line in enumerate("ABCD")])
    assert len(store.desk.requests(open_only=True)) == 2
    assert [no.why for no in asking.refused] == [Refusal.WINDOW] * 2


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
        lambda: store.save(call, gone, NOW, happening=Gone(), plan=plan),
        asking.on(str(waiting.number), "A"),
        asking.on(str(waiting.number), "B"),
    )
    on_the_list = [one for one in store.desk.requests() if one.listed]
    assert len(on_the_list) == 1
    assert now_is(store, waiting).stage in (Stage.WAITING, Stage.MISSED)


def test_two_webhooks_of_one_turn_make_one_request(store: Store) -> None:
    call = Call("CA" + "7" * 32, "nl", "+3212345670", "+32470000077", NOW, state=State.OVER)
    asked = Promised(Story("billing", "nl", None, None, ()), "+32470000077")
    at_once(*[lambda: store.save(None, call, NOW, happening=asked, plan=PLAN)] * 4)
    assert len(store.requests_of(call.sid)) == 1
