"""A queue that is opened or closed by hand, whatever its hours say."""

from datetime import UTC, datetime

from voice.core.queue.hours import Forced, Hours

OFFICE = (((9 * 60, 17 * 60),),) * 7


def at(hour: int, minute: int = 0, day: int = 24) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def test_closed_by_hand_it_opens_again_when_that_ends() -> None:
    hours = Hours(OFFICE, forced=(Forced(at(10), at(15), opens=False),))
    assert [hours.is_open(at(hour)) for hour in (9, 10, 14, 15, 17)] == [True, False, False, True, False]
    assert hours.opens_after(at(11)) == at(15)
    assert hours.closes_after(at(9)) == at(10)
    assert hours.closes_after(at(15)) == at(17)


def test_closed_past_closing_time_it_opens_the_next_morning() -> None:
    hours = Hours(OFFICE, forced=(Forced(at(10), at(18), opens=False),))
    assert hours.opens_after(at(11)) == at(9, day=25)


def test_closed_over_the_morning_it_opens_when_that_ends() -> None:
    hours = Hours(OFFICE, forced=(Forced(at(16), at(11, day=25), opens=False),))
    assert hours.opens_after(at(20)) == at(11, day=25)


def test_opened_by_hand_it_closes_when_that_ends() -> None:
    hours = Hours(OFFICE, forced=(Forced(at(16), at(20), opens=True),))
    assert hours.is_open(at(19))
    assert hours.closes_after(at(12)) == at(20)
    assert hours.opens_after(at(20)) == at(9, day=25)


def test_always_open_it_never_closes_but_by_hand() -> None:
    assert Hours().closes_after(at(12)) is None
    closed = Hours(forced=(Forced(at(10), at(15), opens=False),))
    assert closed.closes_after(at(9)) == at(10)
    assert closed.opens_after(at(10)) == at(15)


def test_the_last_word_counts() -> None:
    hours = Hours(OFFICE, forced=(Forced(at(10), at(15), opens=False), Forced(at(12), at(13), opens=True)))
    assert [hours.is_open(at(hour)) for hour in (11, 12, 13, 15)] == [False, True, False, True]
