"""The nights in which the clock is put back, and forward: Brussels, 2026."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from voice.core.queue.hours import Hours
from voice.core.queue.windows import free_windows

BRUSSELS = ZoneInfo("Europe/Brussels")
BACK = datetime(2026, 10, 25, 1, tzinfo=UTC)
"""From here on the clock shows the hour from two to three once more."""


def daily(opens: int, closes: int) -> Hours:
    return Hours(weekly=(((opens, closes),),) * 7)


@pytest.mark.parametrize("minutes", range(-90, 91, 5))
@pytest.mark.parametrize("opens", [120, 135, 150, 175, 180])
def test_a_queue_opens_after_the_moment_and_no_earlier_than_it_does(minutes: int, opens: int) -> None:
    hours, at = daily(opens, 600), BACK + timedelta(minutes=minutes)
    told = hours.opens_after(at.astimezone(BRUSSELS))
    assert told is not None
    assert told.astimezone(UTC) > at
    if not hours.is_open(at.astimezone(BRUSSELS)):
        later = (at + timedelta(minutes=n) for n in range(1, 3000))
        assert told.astimezone(UTC) == next(moment for moment in later if hours.is_open(moment.astimezone(BRUSSELS)))


@pytest.mark.parametrize("minutes", range(-60, 60, 5))
def test_an_open_queue_closes_later_than_now(minutes: int) -> None:
    hours, at = daily(60, 150), BACK + timedelta(minutes=minutes)
    closes = hours.closes_after(at.astimezone(BRUSSELS))
    assert (closes is None) is not hours.is_open(at.astimezone(BRUSSELS))
    assert closes is None or closes.astimezone(UTC) > at


@pytest.mark.parametrize("day", [datetime(2026, 3, 28, 22, 30, tzinfo=UTC), datetime(2026, 10, 24, 22, 30, tzinfo=UTC)])
@pytest.mark.parametrize("length", [timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2)])
def test_every_window_lasts_and_none_is_offered_twice(day: datetime, length: timedelta) -> None:
    windows = free_windows(Hours(), length, 5, {}, day.astimezone(BRUSSELS))
    begins = [start.astimezone(UTC) for start, _ in windows]
    assert len(windows) > 40
    assert len(set(begins)) == len(begins)
    assert all(end.astimezone(UTC) > start.astimezone(UTC) for start, end in windows)
