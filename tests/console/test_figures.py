"""The field's figures, against a day counted by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from voice.content import Line
from voice.core.contact.state import Contact, Kind, Stage
from voice.service.console.figures import agent_figures, course_of, figures
from voice.store.day import Present, Step

NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def contact(reference: str, late: bool = False) -> Contact:
    return Contact(reference, "CA", Kind.LIVE, Stage.ANSWERED, "billing", "nl", NINE, late=late)


def step(minutes: float, what: str, from_: str = "waiting", **detail: object) -> Step:
    return Step(at(minutes), what, {"from": from_, **detail})


DAY = [
    # Answered within 30 s, five minutes of speaking.
    (contact("A"), [
        step(0, "Joined", queue="billing"), step(0.1, "Assigned", agent="An"), step(0.25, "Reached", "taking"),
        step(5.25, "Gone", "talking"),
    ]),
    # Answered after two minutes, ten minutes of speaking; sent on to another queue.
    (contact("B"), [
        step(10, "Joined", queue="billing"), step(11.8, "Assigned", agent="An"), step(12, "Reached", "taking"),
        step(22, "Transferred", "talking", queue="orders"), step(23, "Joined", "away", queue="orders"),
        step(23.5, "Assigned", agent="Bea"), step(24, "Reached", "taking"), step(27, "AgentLeft", "talking"),
    ]),
    # Hung up after ten seconds: counted as abandoned, and not held against the service level.
    (contact("C"), [step(30, "Joined", queue="billing"), step(30 + 10 / 60, "Gone")]),
    # Hung up after three minutes.
    (contact("D"), [step(31, "Joined", queue="billing"), step(34, "Gone")]),
    # Took a callback while waiting, and was reached in time.
    (contact("E"), [
        step(35, "Joined", queue="billing"), step(38, "Promised", queue="billing"), step(50, "Assigned", agent="Bea"),
        step(51, "Reached", "taking"), step(55, "AgentLeft", "talking"),
    ]),
    # A callback without having waited, that came too late.
    (contact("F", late=True), [
        step(36, "Promised", queue="billing"), step(110, "Assigned", agent="Bea"), step(111, "Reached", "taking"),
        step(113, "Helped", "talking"),
    ]),
]  # fmt: skip


def test_a_queues_day_counted_by_hand(line: Line) -> None:
    told = figures(line.plan, [course_of(*each) for each in DAY], at(180))
    assert (told.offered, told.answered, told.abandoned) == (5, 2, 2)
    assert told.within == 1
    assert told.service_level == pytest.approx(1 / 3)  # A, of A, B and D
    assert told.wait == pytest.approx((15 + 120) / 2)
    assert (told.callbacks, told.kept, told.late) == (2, 1, 1)
    # Speaking 5, 10, 3, 4 and 2 minutes, each with the queue's wrap-up of 20 s.
    assert told.handle_time == pytest.approx((5 + 10 + 3 + 4 + 2) * 60 / 5 + 20)
    assert told.right_first == pytest.approx(3 / 4)  # B was sent on


def test_an_agents_day_counted_by_hand(line: Line) -> None:
    present = [
        Present("An", at(-30), "signed in", None),
        Present("An", at(22.1), "wrap-up", at(25).isoformat()),
        Present("An", at(40), "not ready", "lunch"),
        Present("An", at(70), "ready", None),
        Present("An", at(90), "signed out", None),
    ]
    told = agent_figures(line.plan, present, [course_of(*each) for each in DAY], at(180))
    an = told["An"]
    assert an.signed_in == 120 * 60
    assert an.not_ready == 30 * 60
    assert an.reasons == {"lunch": 30 * 60}
    assert an.talking == 15 * 60
    assert an.wrap_up == 20 + 3 * 60  # the queue's after A; until 9:25 after B, as An asked for
    assert an.handled == 2
    assert an.occupancy == pytest.approx((15 * 60 + 200) / (90 * 60))
    assert told["Bea"].handled == 3


def test_who_is_being_spoken_with_counts_until_now(line: Line) -> None:
    steps = [step(0, "Joined"), step(0, "Assigned", agent="An"), step(1, "Reached", "taking")]
    told = agent_figures(line.plan, [], [course_of(contact("A"), steps)], at(4))
    assert (told["An"].talking, told["An"].handled) == (180, 0)


def test_of_nothing_nothing_is_told(line: Line) -> None:
    told = figures(line.plan, [], NINE)
    assert (told.offered, told.service_level, told.wait, told.handle_time) == (0, None, None, None)
