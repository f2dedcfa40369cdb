"""When a callback is promised: in a window in which somebody rings."""

from dataclasses import replace
from datetime import datetime

from tests.core.conftest import CHRISTMAS, PLAN, Caller
from voice.core.call.events import Said
from voice.core.call.state import State
from voice.core.call.wishes import Arranging, CallbackWish, Span, window_for
from voice.core.interpretation import Command, Interpretation
from voice.core.plan import Plan
from voice.core.queue.hours import Hours
from voice.core.queue.status import QueueStatus


def at(hour: int, minute: int = 0, day: int = 24, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=PLAN.timezone)


def wants(*within: Span) -> CallbackWish:
    return CallbackWish(Arranging.MOMENT, within)


def open_by_day(capacity: int = 0, **status: object) -> Plan:
    weekdays = (((9 * 60, 17 * 60),),) * 5 + ((), ())
    general = replace(PLAN.queues["general"], hours=Hours(weekdays), capacity=capacity)
    known = {"general": QueueStatus(**status)} if status else {}  # type: ignore[arg-type]
    return replace(PLAN, queues=PLAN.queues | {"general": general}, queue_status=known)


def test_a_moment_that_is_named_is_read_back_and_promised_when_confirmed(caller: Caller) -> None:
    caller.commands(Command.CALLBACK).does(Said("tussen vier en vijf", Interpretation(), wants((at(16), at(17)))))
    assert (caller.state, caller.hears, caller.taken) == (State.CALLBACK, ["callback.confirm.window"], [])
    caller.says_yes()
    assert (caller.taken[0].promised, caller.taken[0].until) == (at(16), at(17))


def test_a_moment_counts_for_more_than_the_topic_that_it_sounds_like(caller: Caller) -> None:
    sounds = Interpretation(topics=("order",), probabilities=(("order", 0.9),))
    caller.commands(Command.CALLBACK).does(Said("een ander moment", sounds, wants((at(16), at(17)))))
    assert (caller.call.intent, caller.hears) == (None, ["callback.confirm.window"])


def test_a_moment_in_the_same_breath_as_the_wish_is_kept(caller: Caller) -> None:
    asked = Interpretation(command=Command.CALLBACK)
    assert caller.does(Said("bel me na vier terug", asked, wants((at(16), at(17))))).hears == [
        "callback.confirm.window"
    ]
    waiting = Caller().says_clearly("outage").is_silent().does(Said("…", asked, wants((at(16), at(17)))))
    assert waiting.leaves_queue("leave").hears == ["callback.confirm.window"]
    assert waiting.says_yes().taken[0].promised == at(16)


def test_outside_the_hours_the_nearest_window_is_read_back() -> None:
    caller = Caller(plan=open_by_day()).commands(Command.CALLBACK)
    caller.does(Said("na zessen", Interpretation(), wants((at(18), at(0, day=25)))))
    assert caller.hears == ["window.none", "callback.confirm.window"]
    assert caller.says_yes().taken[0].promised == at(9, day=25)


def test_a_day_is_the_hours_at_which_people_are_rung() -> None:
    assert window_for(PLAN, "general", ((at(0, day=27), at(0, day=28)),), at(11)) == (at(8, day=27), at(21, day=27))
    assert window_for(open_by_day(), "general", ((at(13, day=27), at(0, day=28)),), at(11)) == (
        at(13, day=27),
        at(17, day=27),
    )


def test_who_names_a_time_at_night_is_rung_then() -> None:
    assert window_for(PLAN, "general", ((at(22), at(23)),), at(11)) == (at(22), at(23))


def test_the_second_meaning_of_a_time_counts_where_nobody_rings_at_the_first() -> None:
    both = ((at(20), at(0, day=25)), (at(8, day=25), at(0, day=26)))
    assert window_for(open_by_day(), "general", both, at(11)) == (at(9, day=25), at(17, day=25))


def test_where_windows_hold_so_many_only_a_free_one_is_promised() -> None:
    plan = open_by_day(capacity=1, windows=((at(14), at(15)), (at(16), at(17))))
    assert window_for(plan, "general", ((at(15), at(0, day=25)),), at(11)) == (at(16), at(17))
    assert window_for(plan, "general", ((at(15), at(16)),), at(11)) is None


def test_after_a_holiday_nobody_is_promised_a_call_at_midnight() -> None:
    caller = Caller(now=CHRISTMAS).says_clearly("billing").says_yes()
    assert (caller.taken[0].promised, caller.taken[0].until) == (at(8, day=26, month=12), at(21, day=26, month=12))
