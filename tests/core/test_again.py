"""Who rings again: with a callback that stands, one that never came, or after a call that was cut off."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.core.conftest import CHRISTMAS, OPEN_DAY, PLAN, Caller
from voice.core.call.actions import Enqueue
from voice.core.call.events import Said, Standing
from voice.core.call.state import Outcome, State
from voice.core.call.wishes import Arranging, CallbackWish
from voice.core.interpretation import Command, Interpretation
from voice.core.queue.status import QueueStatus

HOUR = timedelta(hours=1)
STANDING = Standing("R1", "billing", OPEN_DAY - HOUR, "+32470123456", "billing", ("mijn factuur klopt niet",), None)
CUT_OFF = replace(STANDING, over=True)
NOBODY = {"billing": QueueStatus(known=True)}


@pytest.fixture
def listed() -> Caller:
    """Somebody who is to be called back, and rings."""
    return Caller(standing=STANDING)


def test_what_stands_is_said_in_one_sentence_and_one_question(listed: Caller) -> None:
    assert listed.hears == ["welcome", "listed", "listed.keep"]
    assert listed.says_yes().hears == ["listed.stays", "goodbye"]
    assert listed.call.outcome is Outcome.CALLBACK


def test_it_is_cancelled_only_after_a_yes(listed: Caller) -> None:
    assert listed.wishes(Arranging.CANCEL).hears == ["listed.cancel"]
    assert not listed.call.withdrawn
    assert listed.says_yes().call.withdrawn
    assert Caller(standing=STANDING).wishes(Arranging.CANCEL).says_no().hears == ["listed.stays", "goodbye"]


def test_a_no_is_asked_what_then_and_the_keys_answer(listed: Caller) -> None:
    assert listed.says_no().hears == ["listed.which"]
    assert listed.presses("2").hears == ["listed.cancel"]
    assert Caller(standing=STANDING).presses("2").presses("3").hears == ["window"]
    assert Caller(standing=STANDING).presses("2").presses("0").actions[-1] == Enqueue("billing")


@pytest.mark.parametrize("silent", [True, False])
def test_who_says_nothing_that_is_understood_keeps_the_callback(listed: Caller, silent: bool) -> None:
    for _ in range(2):
        listed = listed.is_silent() if silent else listed.mumbles()
    assert (listed.hears, listed.call.withdrawn) == (["listed.stays", "goodbye"], False)


def test_when_do_you_call_is_answered_and_asked_again(listed: Caller) -> None:
    assert listed.wishes(Arranging.WHEN).hears == ["listed", "listed.keep"]
    window = replace(STANDING, promised=OPEN_DAY + HOUR, until=OPEN_DAY + 2 * HOUR)
    assert Caller(standing=window).wishes(Arranging.WHEN).hears == ["listed.window", "listed.keep"]


@pytest.mark.parametrize("what", [Arranging.MISSED, None])
def test_who_missed_our_call_or_wants_somebody_now_keeps_the_old_place(listed: Caller, what: Arranging | None) -> None:
    listed = listed.wishes(what) if what else listed.commands(Command.AGENT)
    assert (listed.actions[-1], listed.call.arrived) == (Enqueue("billing"), OPEN_DAY - HOUR)
    assert listed.call.reference == "R1"


def test_another_moment_is_read_back_and_silence_leaves_what_stands(listed: Caller) -> None:
    moment = CallbackWish(Arranging.MOMENT, ((OPEN_DAY + 2 * HOUR, OPEN_DAY + 3 * HOUR),))
    listed.does(Said("…", Interpretation(), moment))
    assert (listed.hears, listed.taken) == (["callback.confirm.window"], [])
    assert listed.is_silent().is_silent().hears == ["listed.stays", "goodbye"]
    moved = Caller(standing=STANDING).does(Said("…", Interpretation(), moment)).says_yes()
    assert (moved.taken[0].promised, moved.call.reference) == (OPEN_DAY + 2 * HOUR, "R1")


def test_another_topic_is_a_contact_of_its_own_and_the_first_stays(listed: Caller) -> None:
    """Perhaps somebody else rings, behind the same switchboard."""
    listed.says_clearly("outage").is_silent()
    assert listed.actions == (Enqueue("technical"),)
    assert (listed.call.reference, listed.call.words) == (None, ("…",))
    assert listed.call.arrived > OPEN_DAY


def test_more_about_the_same_topic_is_the_same_contact(listed: Caller) -> None:
    listed.says_clearly("billing").is_silent()
    assert (listed.call.reference, listed.call.arrived) == ("R1", OPEN_DAY - HOUR)


def test_a_broken_promise_is_apologised_for_and_comes_first() -> None:
    for caller in (
        Caller(standing=STANDING).wishes(Arranging.BROKEN),
        Caller().wishes(Arranging.BROKEN, earlier=CUT_OFF),
        Caller().mumbles().wishes(Arranging.BROKEN, earlier=CUT_OFF),
    ):
        assert caller.hears == ["broken"]
        assert (caller.actions[-1], caller.call.first, caller.call.arrived) == (
            Enqueue("billing"),
            True,
            OPEN_DAY - HOUR,
        )
        assert caller.call.words[0] == "mijn factuur klopt niet"


def test_where_nobody_is_there_the_broken_promise_is_renewed_for_its_own_queue() -> None:
    caller = Caller(plan=replace(PLAN, queue_status=NOBODY)).wishes(Arranging.BROKEN, earlier=CUT_OFF)
    assert caller.hears == ["broken", "callback.taken"]
    assert (caller.taken[0].queue, caller.call.first) == ("billing", True)


def test_a_promise_that_is_not_found_asks_what_it_was_about_and_puts_nobody_first() -> None:
    caller = Caller().wishes(Arranging.BROKEN)
    assert (caller.hears, caller.call.first) == (["broken.unknown", "again"], False)
    assert Caller().wishes(Arranging.BROKEN, "mobile").hears == ["announce"]


def test_who_was_cut_off_is_asked_whether_it_is_still_about_that_and_keeps_the_place() -> None:
    caller = Caller(earlier=CUT_OFF)
    assert caller.hears == ["welcome", "resume"]
    caller.says_yes()
    assert (caller.actions[-1], caller.call.arrived, caller.call.resumes) == (Enqueue("billing"), OPEN_DAY - HOUR, "R1")
    assert caller.call.words[0] == "mijn factuur klopt niet"


def test_who_rings_about_something_else_begins_anew() -> None:
    caller = Caller(earlier=CUT_OFF).says_clearly("outage").is_silent()
    assert (caller.actions, caller.call.resumes, caller.call.words) == ((Enqueue("technical"),), None, ("…",))
    assert caller.call.arrived == OPEN_DAY
    assert Caller(earlier=CUT_OFF).says_no().hears == ["question"]
    assert Caller(earlier=CUT_OFF).says_clearly("billing").call.arrived == OPEN_DAY - HOUR


def test_same_as_yesterday_is_the_topic_of_then_and_not_named_unless_the_line_says_so() -> None:
    yesterday = replace(CUT_OFF, arrived=OPEN_DAY - timedelta(days=1))
    caller = Caller().wishes(Arranging.SAME, earlier=yesterday)
    assert (caller.hears, caller.actions[-1]) == (["connecting"], Enqueue("billing"))
    assert caller.call.arrived == OPEN_DAY
    named = Caller(plan=replace(PLAN, recognise="always")).wishes(Arranging.SAME, earlier=yesterday)
    assert named.hears == ["announce"]
    assert Caller().wishes(Arranging.SAME).hears == ["again"]


def test_a_closed_queue_offers_a_callback_to_who_was_cut_off() -> None:
    assert Caller(now=CHRISTMAS, earlier=CUT_OFF).says_yes().state is State.OFFER
