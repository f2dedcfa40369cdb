"""Requests, agents and the outbox: what every store must do, on each database alike."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.core.conftest import PLAN
from voice.core.call.state import Call, State
from voice.core.contact.effects import Job
from voice.core.contact.events import Accepted, Declined, Gone, Joined, Promised, Rung, Story
from voice.core.contact.state import Contact, Kind, Stage
from voice.core.queue.facts import QueuesAsked
from voice.core.queue.hours import Hours
from voice.errors import StoreError
from voice.store import Store
from voice.store.contacts import PAGE
from voice.store.queue_status import statuses

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def stands(store: Store, n: int, queue: str = "billing", *, back: bool = False, arrived: datetime = NOW) -> Contact:
    """Somebody stands in line."""
    call = Call(f"CA{n:032d}", "nl", "+3212345670", f"+324700000{n:02d}", arrived, state=State.HOLD, queue=queue)
    story = Story(queue, "nl", None, None, ("hallo",))
    event = Promised(story, f"+324700000{n:02d}") if back else Joined(story, call.sid)
    store.save(None, call, arrived, event=event, plan=PLAN)
    return store.contacts_of(call.sid)[0]


def hires(store: Store, name: str, *queues: str, languages: tuple[str, ...] = ("nl",)) -> None:
    store.agents.add(name, f"client:{name}", queues or ("billing",), languages)
    store.agents.sign_in(name, NOW)


def stage(store: Store, contact: Contact) -> Stage:
    found = store.contacts.contact(contact.reference)
    assert found is not None
    return found.stage


def test_the_first_to_arrive_is_served_first_whether_live_or_called_back(store: Store) -> None:
    later = stands(store, 1, arrived=NOW + MINUTE)
    first = stands(store, 2, back=True)
    hires(store, "an")
    assert store.contacts.assign(PLAN, NOW + 2 * MINUTE) == 1
    assert (stage(store, first), stage(store, later)) == (Stage.RINGING, Stage.WAITING)
    assert store.contacts.assign(PLAN, NOW + 2 * MINUTE) == 0


def test_agents_get_what_they_serve(store: Store) -> None:
    billing, mobile = stands(store, 1), stands(store, 2, "mobile")
    hires(store, "an", "mobile")
    store.contacts.assign(PLAN, NOW)
    assert (stage(store, billing), stage(store, mobile)) == (Stage.WAITING, Stage.RINGING)


def test_who_stands_behind_many_that_are_for_another_day_is_served(store: Store) -> None:
    for n in range(PAGE + 5):
        stands(store, n, "mobile", back=True)
    first, second = stands(store, PAGE + 5, arrived=NOW + MINUTE), stands(store, PAGE + 6, arrived=NOW + 2 * MINUTE)
    hires(store, "an", "mobile", "billing")
    hires(store, "bea", "mobile", "billing")
    shut = replace(PLAN.queues["mobile"], hours=Hours(((),) * 7))
    closed = replace(PLAN, queues=PLAN.queues | {"mobile": shut})
    assert store.contacts.assign(closed, NOW + 3 * MINUTE) == 2
    assert (stage(store, first), stage(store, second)) == (Stage.RINGING, Stage.RINGING)


def test_an_overdue_callback_goes_to_who_speaks_its_language_or_else_to_anybody(store: Store) -> None:
    first, second, live = stands(store, 1, back=True), stands(store, 2, back=True), stands(store, 3)
    hires(store, "an", languages=("fr",))
    assert store.contacts.assign(PLAN, NOW) == 0
    later = NOW + timedelta(hours=1)
    assert [one.late for one in store.contacts.sweep(PLAN, later) if one.kind is Kind.CALLBACK] == [True, True]
    hires(store, "bea")
    assert store.contacts.assign(PLAN, later) == 2
    held = {agent.name: agent.contact for agent in store.agents.all()}
    assert held == {"bea": first.reference, "an": second.reference}
    assert stage(store, live) is Stage.WAITING


def test_who_stands_behind_a_queue_is_told_by_language_and_a_line_with_agents_from_one_without(store: Store) -> None:
    def now(queue: str, language: str = "nl") -> tuple[bool, int, bool]:
        desk = statuses(store.engine, PLAN, QueuesAsked(frozenset({queue}), language, NOW), NOW)[queue]
        return desk.known, desk.signed_in, desk.others

    assert now("billing") == (False, 0, False)
    hires(store, "an", languages=("fr",))
    assert now("billing") == (True, 0, True)
    assert now("billing", "fr") == (True, 1, True)
    assert now("mobile", "fr") == (True, 0, False)
    store.agents.sign_out("an")
    assert now("billing", "fr") == (True, 0, False)


def test_two_workers_give_one_request_to_one_agent(store: Store) -> None:
    for n in range(4):
        stands(store, n)
        hires(store, f"agent{n}")
    start, given = threading.Barrier(4), []

    def work() -> None:
        start.wait()
        given.append(store.contacts.assign(PLAN, NOW))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.contacts.assign(PLAN, NOW)
    held = [agent.contact for agent in store.agents.all()]
    assert len(set(held)) == 4
    assert None not in held
    assert all(len(store.outbox.owed_to(str(reference))) == 1 for reference in held)


def test_an_order_is_taken_by_one_worker(store: Store) -> None:
    stands(store, 1)
    hires(store, "an")
    store.contacts.assign(PLAN, NOW)
    start, taken = threading.Barrier(5), []

    def take() -> None:
        start.wait()
        taken.append(store.outbox.take(NOW, 1000))

    threads = [threading.Thread(target=take) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([order for order in taken if order]) == 1


def test_calls_are_paced_for_all_workers_together(store: Store) -> None:
    for n in range(2):
        stands(store, n)
        hires(store, f"agent{n}")
    store.contacts.assign(PLAN, NOW)
    assert store.outbox.take(NOW, 1) is not None
    assert store.outbox.take(NOW + timedelta(seconds=0.5), 1) is None
    assert store.outbox.take(NOW + timedelta(seconds=1.1), 1) is not None


def test_as_many_calls_as_a_second_allows_and_what_came_late_is_made_up_for(store: Store) -> None:
    for n in range(6):
        stands(store, n)
        hires(store, f"agent{n}")
    store.contacts.assign(PLAN, NOW)

    def rung_at(seconds: float) -> bool:
        return store.outbox.take(NOW + timedelta(seconds=seconds), 2) is not None

    assert [rung_at(second) for second in (0, 0.4, 0.5, 0.9)] == [True, True, False, False]
    assert store.outbox.next_call(NOW + timedelta(seconds=0.9), 2) == NOW + timedelta(seconds=1)
    # A worker that looks late for the third makes the fourth in its time.
    assert [rung_at(second) for second in (1.3, 1.4, 1.41)] == [True, True, False]
    assert store.outbox.next_call(NOW + timedelta(seconds=3), 2) is None


def test_whoever_is_to_be_rung_goes_before_all_looks_at_who_waits(store: Store) -> None:
    """Each is looked at as often as their deadline passes; a slow Twilio is no reason to ring nobody."""
    waiting = [stands(store, n) for n in range(30)]
    for late in (10, 20, 30):
        assert len(store.contacts.sweep(PLAN, NOW + late * MINUTE)) == len(waiting)
    hires(store, "an")
    now = NOW + 31 * MINUTE
    store.contacts.assign(PLAN, now)
    orders = [store.outbox.take(now, 1000) for _ in range(len(waiting) + 2)]
    assert [order and order.job for order in orders] == [Job.RING_AGENT, *[Job.LOOK] * len(waiting), None]


def test_an_order_whose_moment_is_over_is_void(store: Store) -> None:
    contact = stands(store, 1)
    hires(store, "an")
    store.contacts.assign(PLAN, NOW)
    store.contacts.happen(PLAN, contact.reference, Gone(), NOW)
    assert store.outbox.take(NOW, 1000) is None
    assert [row["state"] for row in store.outbox.owed_to(contact.reference)] == ["void"]
    assert store.agents.find("an").contact is None  # type: ignore[union-attr]


def test_the_order_of_a_dead_worker_is_given_back_but_nobody_is_rung_twice(store: Store) -> None:
    contact = stands(store, 1, back=True)
    hires(store, "an")
    store.contacts.assign(PLAN, NOW)
    orders = [store.outbox.take(NOW, 1000), store.outbox.take(NOW, 1000)]
    assert {order.job for order in orders if order} == {Job.TEXT, Job.RING_AGENT}
    store.outbox.give_back(NOW + MINUTE)
    assert {row["state"] for row in store.outbox.owed_to(contact.reference)} == {"unknown"}
    [swept] = store.contacts.sweep(PLAN, NOW + 2 * MINUTE)
    assert (swept.stage, swept.attempt) == (Stage.WAITING, 1)


def test_a_happening_of_another_attempt_changes_nothing(store: Store) -> None:
    contact = stands(store, 1)
    hires(store, "an")
    store.contacts.assign(PLAN, NOW)
    assert store.contacts.happen(PLAN, contact.reference, Accepted(), NOW, attempt=2) is None
    assert store.contacts.happen(PLAN, contact.reference, Accepted(), NOW, attempt=1) is not None
    assert store.contacts.happen(PLAN, contact.reference, Accepted(), NOW, attempt=1) is None


def test_three_rings_without_an_answer_sign_an_agent_out(store: Store) -> None:
    contact = stands(store, 1)
    hires(store, "an")
    for n in range(3):
        now = NOW + n * MINUTE
        assert store.contacts.assign(PLAN, now) == 1
        store.contacts.happen(PLAN, contact.reference, Declined("no answer", missed=True), now)
    assert not store.agents.find("an").signed_in  # type: ignore[union-attr]
    assert "signed out" in [entry["what"] for entry in store.contacts.ledger_of(contact.reference)]


def test_the_ledger_tells_the_whole_way(store: Store) -> None:
    contact = stands(store, 1)
    hires(store, "an")
    store.contacts.assign(PLAN, NOW)
    store.contacts.happen(PLAN, contact.reference, Rung("CA9"), NOW)
    store.contacts.happen(PLAN, contact.reference, Gone(), NOW)
    ledger = store.contacts.ledger_of(contact.reference)
    assert [entry["what"] for entry in ledger] == ["Joined", "Assigned", "Rung", "Gone"]
    assert [entry["detail"]["to"] for entry in ledger] == ["waiting", "ringing", "ringing", "abandoned"]


def test_a_name_or_an_endpoint_is_taken_once(store: Store) -> None:
    hires(store, "an")
    with pytest.raises(StoreError, match="already"):
        store.agents.add("an", "client:other", ["billing"], ["nl"])
    with pytest.raises(StoreError, match="no agent"):
        store.agents.sign_in("bea", NOW)
    store.agents.remove("an")
    assert store.agents.all() == []
