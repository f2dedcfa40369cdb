"""A queue is closed by hand: the next caller hears so, calls under way included, and nothing in the files changes."""

from datetime import datetime, timedelta

import pytest

from tests.conftest import Telvia
from voice.errors import SettingsError
from voice.service.console.queues import force, moment, take_back


def now(telvia: Telvia) -> datetime:
    return telvia.worker.clock()


def close(telvia: Telvia, queue: str, until: str) -> None:
    end = moment(until, telvia.line, now(telvia))
    force(telvia.line, telvia.store, queue, opens=False, until=end, by="Sofie", why="brand", now=now(telvia))


def test_the_next_caller_hears_that_it_is_closed_and_until_when(telvia: Telvia) -> None:
    telvia.hire("An", "+32470000001")
    close(telvia, "technical", "15:00")
    telvia.passes(1)
    caller = telvia.ring().says("mijn internet ligt plat")
    assert "gesloten" in caller.hears
    assert "15 uur" in caller.hears


def test_a_call_under_way_hears_it_too(telvia: Telvia) -> None:
    telvia.hire("An", "+32470000001")
    caller = telvia.ring()
    close(telvia, "technical", "2 h")
    telvia.passes(1)
    assert "gesloten" in caller.says("mijn internet ligt plat").hears


def test_another_queue_stays_open_and_the_end_opens_it_again(telvia: Telvia) -> None:
    telvia.hire("An", "+32470000001")
    close(telvia, "technical", "1 min")
    telvia.passes(1)
    assert telvia.ring().says("mijn factuur klopt niet").stays_silent().queue == "billing"
    telvia.passes(61)
    assert telvia.ring(from_="+32470123457").says("mijn internet ligt plat").stays_silent().queue == "technical"


def test_it_is_taken_back(telvia: Telvia) -> None:
    telvia.hire("An", "+32470000001")
    close(telvia, "technical", "2 h")
    telvia.passes(1)
    assert take_back(telvia.line, telvia.store, "technical", now(telvia))
    assert not take_back(telvia.line, telvia.store, "technical", now(telvia))
    telvia.passes(1)
    assert telvia.ring().says("mijn internet ligt plat").stays_silent().queue == "technical"


@pytest.mark.parametrize("written", ["never", "25:00", "2026-13-01 10:00", ""])
def test_a_moment_that_is_none_is_told(telvia: Telvia, written: str) -> None:
    with pytest.raises(SettingsError, match="is no moment"):
        moment(written, telvia.line, now(telvia))


def test_moments_are_the_lines_own(telvia: Telvia) -> None:
    assert moment("09:30", telvia.line, now(telvia)).day == 25  # it is ten in Brussels
    assert moment("2 h", telvia.line, now(telvia)) - now(telvia) == timedelta(hours=2)
    assert moment("2026-12-24 15:00", telvia.line, now(telvia)).utcoffset() == timedelta(hours=1)
