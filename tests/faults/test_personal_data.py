"""Whoever rang may have what is kept of them, and have it taken out; and it is let go in time by itself."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.conftest import Telvia
from tests.web.test_webhooks import Twilio
from voice.errors import StoreError
from voice.service.dispatch.retention import Retention
from voice.store.callers import erase, everything
from voice.store.tables import metadata
from voice.twilio.rest import RestRefused

pytestmark = pytest.mark.slow

KLANT, OTHER, AN = "+32470123456", "+32472111222", "+32470000001"
STORY = "mijn factuur klopt niet"
NOTE = "haar hond heet Rex"


def all_rows(telvia: Telvia) -> dict[str, str]:
    with telvia.store.engine.connect() as connection:
        return {
            table.name: "\n".join(
                json.dumps(dict(row), default=str, ensure_ascii=False)
                for row in connection.execute(select(table)).mappings()
            )
            for table in metadata.sorted_tables
        }


def tables_with(telvia: Telvia, text: str) -> set[str]:
    escaped = json.dumps(text)[1:-1]
    return {name for name, rows in all_rows(telvia).items() if text in rows or escaped in rows}


@pytest.fixture
def told(telvia: Telvia) -> Telvia:
    """A caller has been in every table: called back and answered, texted, noted about, looked up, and refused by
    Twilio with their number in the refusal."""
    an = telvia.hire("An", AN)
    caller = telvia.ring(from_=KLANT).says(STORY).stays_silent().presses("9").says("ja")
    telvia.passes(3)
    Twilio(telvia).posts("/twilio/sms", From=KLANT, Body="hoe laat?")
    [contact] = telvia.store.contacts.newest()
    telvia.store.contacts.note(contact.reference, "note", telvia.worker.clock(), by="An", text=NOTE)
    telvia.store.contacts.note(contact.reference, "done", telvia.worker.clock(), by="An", why=NOTE)
    telvia.store.audit.write("sofie", "looked", telvia.worker.clock(), KLANT)
    an.accepts()
    phone = telvia.twilio.phone(KLANT)
    phone.accepts()
    telvia.passes(3)
    assert an.speaks_with == [KLANT]
    phone.hangs_up()
    telvia.passes(3)
    assert telvia.store.contacts.newest()[0].over
    assert caller.person.ended
    return telvia


@pytest.fixture
def stranger(told: Telvia) -> Telvia:
    """Somebody else has rung, with the same story."""
    told.ring(from_=OTHER).says(STORY).hangs_up()
    told.passes(2)
    return told


def test_everything_that_is_kept_is_exported(told: Telvia) -> None:
    kept = everything(told.store.source, KLANT)
    exported = json.dumps(kept, default=str, ensure_ascii=False)
    assert STORY in exported
    assert NOTE in exported
    assert {name for name, rows in kept.items() if rows} >= tables_with(told, KLANT) | tables_with(told, NOTE)


def test_what_is_erased_stands_in_no_column_and_others_keep_theirs(stranger: Telvia) -> None:
    before = all_rows(stranger)
    assert tables_with(stranger, KLANT)
    many = erase(stranger.store.source, KLANT, stranger.worker.clock())
    assert many >= 3
    assert tables_with(stranger, KLANT) == set()
    assert tables_with(stranger, NOTE) == set()
    assert not any(everything(stranger.store.source, KLANT).values())
    left = everything(stranger.store.source, OTHER)
    assert OTHER in json.dumps(left, default=str)
    assert STORY in json.dumps(left, default=str, ensure_ascii=False)
    after = all_rows(stranger)
    assert after["contacts"].count("\n") == before["contacts"].count("\n"), "that somebody rang is kept"


def test_nobody_is_erased_while_they_wait_or_speak(telvia: Telvia) -> None:
    caller = telvia.ring(from_=KLANT).says("iets met betalen")
    with pytest.raises(StoreError, match="on the line"):
        erase(telvia.store.source, KLANT, telvia.worker.clock())
    caller.says("ja").stays_silent()
    with pytest.raises(StoreError, match="still waits"):
        erase(telvia.store.source, KLANT, telvia.worker.clock())


def tidies(telvia: Telvia, days: int, **keep: int) -> None:
    now = telvia.worker.clock() + timedelta(days=days)
    Retention(telvia.store).tidy(replace(telvia.line, **keep), now)  # type: ignore[arg-type]


def test_numbers_go_in_time_and_words_in_theirs(told: Telvia) -> None:
    tidies(told, 3, keep_words_days=30, keep_numbers_days=4)
    assert "contacts" in tables_with(told, KLANT)
    tidies(told, 5, keep_words_days=30, keep_numbers_days=4)
    assert tables_with(told, KLANT) == set()
    assert tables_with(told, STORY) >= {"calls", "contacts", "journal"}
    tidies(told, 31, keep_words_days=30, keep_numbers_days=4)
    assert tables_with(told, STORY) == set()
    assert all_rows(told)["contacts"]


def test_whole_calls_go_in_time_and_nothing_is_left_of_them(told: Telvia) -> None:
    tidies(told, 11, keep_words_days=30, keep_numbers_days=30, keep_calls_days=10)
    rows: dict[str, Any] = all_rows(told)
    books = ("calls", "contacts", "answers", "journal", "ledger", "outbox")
    assert {name for name in books if rows[name]} == set()


def test_a_callback_that_is_still_to_come_keeps_its_number(telvia: Telvia) -> None:
    caller = telvia.ring(from_=KLANT).says("bel me terug").says("ja")
    if not caller.person.ended:
        caller.hangs_up()
    tidies(telvia, 40, keep_words_days=1, keep_numbers_days=1, keep_calls_days=1)
    assert [one.number for one in telvia.store.contacts.newest()] == [KLANT]
    assert telvia.store.call(caller.person.sid).caller == KLANT  # type: ignore[union-attr]


def test_a_refusal_by_twilio_is_kept_without_the_number_that_it_quotes(
    telvia: Telvia, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> str:
        raise RestRefused("final", f"The 'To' number {KLANT} is not a valid phone number.", code=21211)

    monkeypatch.setattr(telvia.worker.rest, "text", refuse)
    telvia.ring(from_=KLANT).says("bel me terug").says("ja")
    telvia.passes(3)
    rows = all_rows(telvia)
    assert "is not a valid" in rows["ledger"]
    assert "is not a valid" in rows["outbox"]
    assert {"ledger", "outbox"} & tables_with(telvia, KLANT) == set()
