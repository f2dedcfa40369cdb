"""The life of a contact: each path by name, and whatever happens in whatever order (hypothesis)."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.conftest import CHRISTMAS, OPEN_DAY, PLAN, WITH_A_CALL_CENTRE
from voice.core.contact import effects, events
from voice.core.contact.effects import CALLS, Engaged, Job, Owed, Released
from voice.core.contact.state import OVER, Contact, Kind, Stage
from voice.core.contact.table import PATIENCE, TABLE, Impossible, begin, step
from voice.core.plan import Plan

STORY = events.Story("billing", "nl", "billing", None, ("er is twee keer geld van mijn rekening gegaan",))
MINUTE = timedelta(minutes=1)


class Life:
    """One contact and all that came of it."""

    def __init__(self, first: events.Joined | events.Promised | None = None, now=OPEN_DAY, plan=PLAN) -> None:
        self.now, self.plan = now, plan
        self.contact, self.last = begin(
            plan, first or events.Joined(STORY), "R1", "CA1", "+3212345670", "+32470123456", now, now
        )
        self.all = list(self.last)

    def meets(self, *events: events.ContactEvent) -> "Life":
        for event in events:
            self.now += timedelta(seconds=1)
            self.contact, self.last = step(self.plan, self.contact, event, self.now)
            self.all += self.last
        return self

    @property
    def stage(self) -> Stage:
        return self.contact.stage

    @property
    def jobs(self) -> list[Job]:
        return [one.job for one in self.last if isinstance(one, Owed)]


RUNG = (events.Assigned("An"), events.Rung("CA_agent"))
TALKING = (*RUNG, events.Accepted(), events.Reached("CA1"))
CALLBACK = events.Promised(STORY, "+32470123456")


def test_a_caller_on_hold_is_taken_to_the_agent_who_accepts() -> None:
    life = Life().meets(*RUNG, events.Accepted())
    assert (life.stage, life.jobs) == (Stage.TAKING, [Job.TAKE_OUT])
    life.meets(events.Reached("CA1"), events.Gone())
    assert life.stage is Stage.ANSWERED
    assert life.last == (Owed(Job.HANG_UP, "CA_agent"), Released("An", PLAN.queues["billing"].wrap_up, False))


def test_the_agent_is_rung_before_the_customer() -> None:
    life = Life(CALLBACK)
    assert life.jobs == [Job.TEXT]
    assert life.meets(events.Assigned("An")).jobs == [Job.RING_AGENT]
    assert life.meets(events.Rung("CA_agent"), events.Accepted()).jobs == [Job.RING_CUSTOMER]


def test_who_declines_costs_the_caller_nothing() -> None:
    life = Life().meets(*RUNG, events.Declined("declined"))
    assert (life.stage, life.contact.arrived, life.contact.agent) == (Stage.WAITING, OPEN_DAY, None)
    assert Released("An", timedelta(seconds=30), None) in life.last


def test_a_caller_who_hangs_up_stops_the_agents_ringing() -> None:
    life = Life().meets(*RUNG, events.Gone())
    assert life.stage is Stage.ABANDONED
    assert Owed(Job.HANG_UP, "CA_agent") in life.last


def test_who_is_not_reached_is_tried_again_and_the_last_try_is_followed_by_a_text() -> None:
    life = Life(CALLBACK)
    for tries in (1, 2):
        life.meets(*RUNG, events.Accepted(), events.Unreached("no answer"))
        assert (life.stage, life.contact.tries) == (Stage.WAITING, tries)
        assert life.contact.due == life.now + timedelta(minutes=15)
    life.meets(*RUNG, events.Accepted(), events.Unreached("voicemail"))
    assert life.stage is Stage.UNREACHED
    assert Owed(Job.TEXT, "sms.unreached") in life.last


def test_a_next_try_falls_inside_opening_hours() -> None:
    life = Life(CALLBACK, now=CHRISTMAS - timedelta(hours=11, minutes=5)).meets(
        *RUNG, events.Accepted(), events.Unreached("busy")
    )
    assert life.contact.due is not None
    assert life.contact.due.astimezone(PLAN.timezone).strftime("%m-%d %H:%M") == "12-26 00:00"


def test_a_callback_keeps_the_arrival_and_survives_the_callers_own_line() -> None:
    life = Life().meets(*RUNG, CALLBACK)
    assert (life.contact.kind, life.stage, life.contact.leg) == (Kind.CALLBACK, Stage.WAITING, None)
    assert life.contact.arrived == OPEN_DAY
    assert Owed(Job.HANG_UP, "CA_agent") in life.last


def test_who_was_not_helped_stands_in_front_again_with_the_story() -> None:
    life = Life().meets(*TALKING, events.AgentLeft())
    assert life.stage is Stage.ASKED
    life.meets(events.Joined(STORY))
    assert (life.stage, life.contact.arrived, life.contact.words) == (Stage.WAITING, OPEN_DAY, STORY.words)


def test_a_promise_that_slips_is_told_once() -> None:
    life = Life(events.Promised(STORY, "+32470123456", OPEN_DAY, OPEN_DAY + 60 * MINUTE))
    assert life.contact.deadline == OPEN_DAY + 60 * MINUTE
    life.meets(events.TimeUp())
    assert (life.last, life.contact.late, life.contact.deadline) == ((Owed(Job.TEXT, "sms.late"),), True, None)


def test_abandoning_may_lead_to_a_callback() -> None:
    from dataclasses import replace

    eager = replace(PLAN, queues=PLAN.queues | {"billing": replace(PLAN.queues["billing"], on_abandon="callback")})
    life = Life(plan=eager).meets(events.Gone())
    assert (life.contact.kind, life.stage) == (Kind.CALLBACK, Stage.WAITING)


def test_what_cannot_happen_raises_and_changes_nothing() -> None:
    life = Life()
    before = life.contact
    with pytest.raises(Impossible):
        life.meets(events.Accepted())
    assert life.contact == before


def test_every_stage_on_the_way_has_an_end_to_its_patience() -> None:
    for stage in set(Stage) - OVER:
        assert stage in PATIENCE
        assert events.TimeUp in TABLE[stage]


WITH_SOMEBODY = (Stage.TAKING, Stage.TALKING)
"""Here a caller who rang a call centre on their own line has no agent of ours."""

HAPPENINGS = st.sampled_from(
    [
        events.Joined(STORY), events.Dialled(STORY, "CA1"), events.NotTaken("busy"), events.SteppedOut(), CALLBACK,
        events.Assigned("An"), events.Rung("CAx"), events.Accepted(), events.Declined("no"),
        events.Declined("no answer", missed=True),
        events.Reached("CA2"), events.Unreached("busy"), events.Unreached("21211", final=True),
        events.NotThere(), events.AgentLeft(), events.Transferred("mobile"),
        events.HandedOver("Bea", "CA8"), events.Gone(), events.Helped(),
        events.Withdrew(),
        events.TimeUp(),
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([events.Joined(STORY), events.Dialled(STORY, "CA1"), CALLBACK]),
    st.lists(HAPPENINGS, max_size=40),
    st.sampled_from([PLAN, WITH_A_CALL_CENTRE]),
)
def test_whatever_happens_no_agent_is_held_and_nothing_hangs(
    first: events.Joined, events: list[events.ContactEvent], plan: Plan
) -> None:
    life = Life(first, plan=plan)
    for event in events:
        before = life.contact
        try:
            life.meets(event)
        except Impossible:
            assert life.contact is before
            continue
        check(before, life.contact, life.last)
    assert finish(life).stage in OVER


def check(before: Contact, after: Contact, consequences: tuple[effects.ContactEffect, ...]) -> None:
    engaged = [one for one in consequences if isinstance(one, Engaged)]
    released = [one for one in consequences if isinstance(one, Released)]
    assert (before.agent is not None) + len(engaged) - len(released) == (after.agent is not None)
    if after.agent is None:
        assert after.stage is not Stage.RINGING
        assert after.kind is Kind.LIVE or after.stage not in WITH_SOMEBODY
    else:
        assert after.stage in (Stage.RINGING, *WITH_SOMEBODY)
    assert (after.ended is not None) == after.over
    assert len([one for one in consequences if isinstance(one, Owed) and one.job in CALLS]) <= 1
    assert after.arrived == before.arrived
    if after.stage is not before.stage and not after.over and after.kind is Kind.LIVE:
        assert after.deadline is not None


def finish(life: Life) -> Life:
    """Whatever has come before: an agent takes it, and it ends."""
    way = {
        Stage.AWAY: events.Joined(STORY), Stage.WAITING: events.Assigned("Bea"), Stage.RINGING: events.Accepted(),
        Stage.TAKING: events.Reached("CA3"), Stage.TALKING: events.Gone(), Stage.ASKED: events.Helped(),
    }  # fmt: skip
    for _ in range(6):
        if life.contact.over:
            break
        life.meets(way[life.stage])
    return life
