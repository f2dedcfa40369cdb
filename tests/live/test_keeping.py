"""How long what a caller said stands in the store, and how."""

import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError

from tests.conftest import Ringing, Telvia
from voice.core.contact.state import Stage
from voice.service.dispatch.retention import TIDY_EVERY, Retention
from voice.store import Store
from voice.store.retention import claim

STORY = "mijn factuur klopt niet"
NUMBERED = "mijn klantnummer is 12 34 56"
SPOKEN = "mijn nummer is nul vier zeven één twee"


@pytest.fixture
def keeper(telvia: Telvia) -> Retention:
    return Retention(telvia.store)


def tidies(keeper: Retention, telvia: Telvia, days: float = 0, keep: int = 30) -> datetime:
    """The worker tidies up, so many days from now, on a line that keeps words so long."""
    now = telvia.worker.clock() + timedelta(days=days)
    keeper.tidy(replace(telvia.line, keep_words_days=keep), now)
    return now


def waits(telvia: Telvia) -> Ringing:
    """A caller who told their numbers and stands in the queue."""
    return telvia.ring().says(NUMBERED).says(SPOKEN).presses("0")


def ends(telvia: Telvia, caller: Ringing) -> None:
    """Somebody answers; they talk, and hang up."""
    agent = telvia.hire("Ann", "+32470000001")
    agent.accepts()
    caller.hangs_up()
    telvia.passes(3)
    assert telvia.contact_of(caller).stage is Stage.ANSWERED


def test_while_a_caller_waits_their_words_are_as_they_said_them(telvia: Telvia, keeper: Retention) -> None:
    caller = waits(telvia)
    tidies(keeper, telvia)
    assert telvia.contact_of(caller).words == caller.call.words == (NUMBERED, SPOKEN)
    agent = telvia.hire("Ann", "+32470000001").accepts()
    assert "12 34 56" in agent.hears


def test_when_it_is_over_the_numbers_are_masked(telvia: Telvia, keeper: Retention) -> None:
    caller = waits(telvia)
    ends(telvia, caller)
    tidies(keeper, telvia)
    masked = ("mijn klantnummer is ## ## ##", "mijn nummer is # # # # #")
    assert telvia.contact_of(caller).words == masked
    assert caller.call.words == masked


def test_what_ends_later_is_masked_at_a_later_look(telvia: Telvia, keeper: Retention) -> None:
    caller = waits(telvia)
    tidies(keeper, telvia)
    ends(telvia, caller)
    tidies(keeper, telvia)
    assert "12" not in str((telvia.contact_of(caller).words, caller.call.words))


def test_after_the_days_allowed_the_words_are_gone_and_the_rest_stays(telvia: Telvia, keeper: Retention) -> None:
    caller = telvia.ring().says(STORY).stays_silent()
    ends(telvia, caller)
    tidies(keeper, telvia, days=29)
    assert telvia.contact_of(caller).words == caller.call.words == (STORY,)
    assert STORY in str(telvia.store.journal_of(caller.person.sid))
    tidies(keeper, telvia, days=31)
    assert telvia.contact_of(caller).words == caller.call.words == ()
    assert STORY not in str(telvia.store.journal_of(caller.person.sid))
    assert (telvia.contact_of(caller).intent, caller.call.intent) == ("billing", "billing")


def test_a_line_that_keeps_none_has_none_once_a_call_is_over(telvia: Telvia, keeper: Retention) -> None:
    caller = telvia.ring().says(STORY).stays_silent()
    ends(telvia, caller)
    tidies(keeper, telvia, days=0.001, keep=0)
    assert telvia.contact_of(caller).words == caller.call.words == ()


def test_a_callback_keeps_its_story_until_it_is_answered(telvia: Telvia, keeper: Retention) -> None:
    caller = telvia.ring().says(STORY).stays_silent().says("bel me terug").says("ja")
    tidies(keeper, telvia, days=40)
    assert telvia.contact_of(caller).words[0] == STORY
    assert caller.call.words == ()


def test_of_a_call_whose_end_was_never_told_the_words_go_too(telvia: Telvia, keeper: Retention) -> None:
    caller = telvia.ring().says("blabla")
    tidies(keeper, telvia, days=31)
    assert caller.call.words == ()


def test_a_worker_does_it_by_itself(telvia: Telvia) -> None:
    caller = telvia.ring().says(STORY).stays_silent()
    ends(telvia, caller)
    telvia.twilio.advance(1)
    telvia.worker.line = replace(telvia.line, keep_words_days=0)
    stop = threading.Event()
    working = threading.Thread(target=telvia.worker.run, args=(stop,))
    working.start()
    until = time.monotonic() + 20
    while caller.call.words and time.monotonic() < until:
        time.sleep(0.05)
    stop.set()
    working.join(10)
    assert telvia.contact_of(caller).words == caller.call.words == ()


def test_a_database_that_is_away_ends_nothing(telvia: Telvia, tmp_path: Path) -> None:
    away, stop = Store(f"sqlite:///{tmp_path}/nowhere/calls.sqlite3"), threading.Event()
    stop.set()
    with pytest.raises(SQLAlchemyError):
        Retention(away).tidy(telvia.line, telvia.worker.clock())
    Retention(away).run(lambda: telvia.line, telvia.worker.clock, stop)


def test_of_several_processes_one_tidies_and_the_next_a_while_later(telvia: Telvia) -> None:
    engine, now = telvia.store.engine, telvia.worker.clock()
    assert [claim(engine, "tidied", now, TIDY_EVERY) for _ in range(3)] == [True, False, False]
    assert claim(engine, "tidied", now + TIDY_EVERY, TIDY_EVERY)
