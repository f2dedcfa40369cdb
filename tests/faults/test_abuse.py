"""Callers who want more than a caller needs: strangers are not rung, texted or paid for."""

import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import phonenumbers
import pytest
from phonenumbers import PhoneNumberType
from sqlalchemy import select

from tests.conftest import Ringing, Telvia
from tests.web.test_webhooks import Twilio
from voice.content import Line
from voice.core.contact.state import Kind
from voice.service.calls.phone_numbers import NEVER, is_callable
from voice.service.dispatch.retention import ANSWERS_KEPT, Retention
from voice.store import Store
from voice.store.tables import answers

KLANT = "+32470123456"


def on_another_number(telvia: Telvia, number: str, from_: str = KLANT) -> Ringing:
    caller = telvia.ring(from_=from_).says("bel me terug").says("nee").presses(number + "#")
    return leaves(caller.says("ja"))


def leaves(caller: Ringing) -> Ringing:
    return caller if caller.person.ended else caller.hangs_up()


def booked(telvia: Telvia) -> list[str | None]:
    return [one.number for one in telvia.store.contacts.newest() if one.kind is Kind.CALLBACK]


def test_one_caller_has_two_callbacks_a_day_on_the_numbers_of_others(telvia: Telvia) -> None:
    for end in range(5):
        on_another_number(telvia, f"047200000{end}")
    assert sorted(map(str, booked(telvia))) == ["+32472000000", "+32472000001"]


def test_a_stranger_is_sent_no_text_before_a_person_was_reached_on_the_number(telvia: Telvia) -> None:
    on_another_number(telvia, "0472000000")
    telvia.passes(5)
    assert telvia.twilio.phone("+32472000000").texts == []
    telvia.ring(from_="+32470222222").says("bel me terug").says("ja")
    telvia.passes(5)
    assert len(telvia.twilio.phone("+32470222222").texts) == 1


def test_all_who_hide_their_number_have_one_counter(telvia: Telvia) -> None:
    limits = replace(telvia.line.plan.limits, hidden=1)
    telvia.changes(plan=replace(telvia.line.plan, limits=limits))
    for end in range(3):
        leaves(telvia.ring(from_="anonymous").says("bel me terug").presses(f"047200000{end}#").says("ja"))
    assert len(booked(telvia)) == 1


def test_the_whole_line_has_a_limit(telvia: Telvia) -> None:
    telvia.changes(plan=replace(telvia.line.plan, limits=replace(telvia.line.plan.limits, line=2)))
    for end in range(4):
        leaves(telvia.ring(from_=f"+3247200000{end}").says("bel me terug").says("ja"))
    assert len(booked(telvia)) == 2


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_no_number_that_costs_dearly_is_rung_in_any_country(line: Line, region: str) -> None:
    everywhere = replace(line, callbacks=line.callbacks.model_copy(update={"countries": None}), country=region)
    for kind in NEVER:
        example = phonenumbers.example_number_for_type(region, kind)
        if example and phonenumbers.number_type(example) in NEVER:
            number = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
            assert not is_callable(number, everywhere), (region, PhoneNumberType.to_string(kind), number)


@pytest.mark.parametrize(
    "number", ["+447012345678", "+4970012345678", "+870773111632", "+881612345678", "+88213300655"]
)
def test_personal_and_satellite_numbers_are_not_rung(line: Line, number: str) -> None:
    rules = line.callbacks.model_copy(update={"countries": ["BE", "GB", "DE", "001"]})
    assert not is_callable(number, replace(line, callbacks=rules))


def test_the_operator_denies_numbers_and_what_they_begin_with_and_the_line_never_rings_itself(line: Line) -> None:
    rules = line.callbacks.model_copy(update={"deny": ["+32472", "+32470000009"]})
    denying = replace(line, callbacks=rules)
    assert is_callable("+32470000001", denying)
    assert not is_callable("+32472000001", denying)
    assert not is_callable("+32470000009", denying)
    assert not is_callable(next(iter(line.plan.numbers)), line)


@pytest.mark.parametrize(
    ("sender", "most"), [("+32470999999", 1), ("8850", 0), ("Bank", 0), ("", 0), ("+3212345670", 0)]
)
def test_a_stranger_is_answered_once_and_what_is_no_number_never(telvia: Telvia, sender: str, most: int) -> None:
    replies = [Twilio(telvia).posts("/twilio/sms", From=sender, Body="hallo").text for _ in range(3)]
    assert sum("<Message>" in reply for reply in replies) == most


def test_who_has_a_callback_is_answered_twice_an_hour_and_is_obeyed_always(telvia: Telvia) -> None:
    telvia.ring().says("bel me terug").says("ja")
    twilio = Twilio(telvia)
    replies = [twilio.posts("/twilio/sms", From=KLANT, Body=body).text for body in ("hoe laat?", "hoe laat?", "stop")]
    assert ["<Message>" in reply for reply in replies] == [True, True, False]
    assert telvia.store.contacts.newest()[0].over


def test_texts_come_from_the_number_that_the_operator_names(telvia: Telvia) -> None:
    telvia.changes(sms_from="Telvia")
    telvia.ring().says("bel me terug").says("ja")
    telvia.passes(5)
    assert [text.from_ for text in telvia.twilio.phone(KLANT).texts] == ["Telvia"]


def test_answers_are_kept_as_long_as_twilio_may_repeat(telvia: Telvia) -> None:
    telvia.ring().says("mijn internet ligt plat")
    Retention(telvia.store).tidy(telvia.line, telvia.worker.clock() + ANSWERS_KEPT / 2)
    with telvia.store.engine.connect() as connection:
        assert connection.execute(select(answers.c.key)).all()
    Retention(telvia.store).tidy(telvia.line, telvia.worker.clock() + ANSWERS_KEPT + timedelta(minutes=1))
    with telvia.store.engine.connect() as connection:
        assert connection.execute(select(answers.c.key)).all() == []


def test_a_database_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'new.sqlite3'}")
    store.migrate()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    store.close()
    assert set(modes.values()) == {0o600}, modes
