"""A queue is closed by hand: the next caller hears so, calls under way included, and nothing in the files changes."""

import threading
from datetime import datetime, timedelta

import pytest

from tests.conftest import Telvia
from voice.errors import SettingsError
from voice.service.console.queues import force, moment, take_back
from voice.service.live.in_force import InForce
from voice.store.overrides import Overrides

HOUR = timedelta(hours=1)


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
    for written in ("15.30", "15u30", "15h30"):
        assert moment(written, telvia.line, now(telvia)) == moment("15:30", telvia.line, now(telvia))
    assert moment("2 h", telvia.line, now(telvia)) - now(telvia) == timedelta(hours=2)
    assert moment("2026-12-24 15:00", telvia.line, now(telvia)).utcoffset() == timedelta(hours=1)


def test_what_was_read_before_a_queue_was_closed_does_not_open_it_again(
    telvia: Telvia, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two threads that look at once the later one knows better, whichever is done first."""
    looked, closed = threading.Event(), threading.Event()
    real = Overrides.holding

    def slowly(overrides: Overrides, now: datetime) -> object:
        found = real(overrides, now)
        if threading.current_thread() is early:
            looked.set()
            assert closed.wait(10)
        return found

    monkeypatch.setattr(Overrides, "holding", slowly)
    in_force, now = InForce(telvia.store), telvia.worker.clock()
    early = threading.Thread(target=in_force.over, args=(telvia.line, now))
    early.start()
    assert looked.wait(10)
    force(telvia.line, telvia.store, "technical", opens=False, until=now + HOUR, by="Sofie", why="training", now=now)
    in_force.changed()
    assert not in_force.over(telvia.line, now).plan.is_open("technical", now)
    closed.set()
    early.join()
    assert not in_force.over(telvia.line, now).plan.is_open("technical", now)
