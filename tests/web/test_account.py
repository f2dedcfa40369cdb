"""The account at Twilio, held against the line and set right."""

import sys

import pytest

from tests.conftest import OPEN_DAY, PROJECT, Telvia
from voice.cli import main
from voice.localtwilio import LocalTwilio
from voice.localtwilio.records import Target
from voice.service.calls.phone_numbers import countries_rung
from voice.twilio.account import ORDINARY, PERMISSIONS, closed, misset, wanted
from voice.twilio.routes import REPEATED, VOICE

PUBLIC = "https://line.example"


@pytest.fixture(autouse=True)
def leading_elsewhere(telvia: Telvia) -> None:
    """The account's numbers lead to a machine of long ago."""
    for number in [*telvia.line.plan.numbers, telvia.line.agents_number]:
        if number:
            telvia.twilio.number(number, voice_url="https://old.example/voice")


def test_what_is_wrong_is_told_and_set_right(telvia: Telvia) -> None:
    rest, numbers = telvia.worker.rest, list(telvia.line.plan.numbers)
    first = misset(numbers, rest.leading(), PUBLIC)
    assert {one.name for one in first if one.number == numbers[0]} >= {"voice_url", "voice_fallback_url"}
    for one in first:
        rest.lead(one.sid, {one.name: one.wanted})
    assert misset(numbers, rest.leading(), PUBLIC) == []
    assert rest.leading()[numbers[0]][1] == wanted(PUBLIC)
    assert misset(["+32499000000"], rest.leading(), PUBLIC)[0].sid == ""


def test_who_takes_a_numbers_calls_instead_and_another_method_are_set_right(telvia: Telvia) -> None:
    rest, numbers = telvia.worker.rest, list(telvia.line.plan.numbers)
    for one in misset(numbers, rest.leading(), PUBLIC):
        rest.lead(one.sid, {one.name: one.wanted})
    first, second = (telvia.twilio.world.numbers[number] for number in numbers[:2])
    first.trunk, first.sms_application, second.application = "TK" + "0" * 32, "AP" + "0" * 32, "AP" + "1" * 32
    first.voice = Target(f"{PUBLIC}{VOICE.path()}{REPEATED}", "GET")
    wrong = misset(numbers, rest.leading(), PUBLIC)
    assert {(one.number, one.name) for one in wrong} == {
        (numbers[0], "voice_method"),
        (numbers[0], "trunk_sid"),
        (numbers[0], "sms_application_sid"),
        (numbers[1], "voice_application_sid"),
    }
    for one in wrong:
        rest.lead(one.sid, {one.name: one.wanted})
    assert misset(numbers, rest.leading(), PUBLIC) == []


def test_countries_that_are_called_are_allowed_and_nothing_else_of_them(telvia: Telvia) -> None:
    rest, world = telvia.worker.rest, telvia.twilio.world
    dear, fraud = "high_risk_special_numbers_enabled", "high_risk_tollfraud_numbers_enabled"
    world.permissions["NL"] = {ORDINARY: False, dear: True, fraud: False}
    found = rest.may_ring(countries_rung(telvia.line))
    assert closed(found) == ["NL"]
    rest.let_ring({"NL": found["NL"]})
    assert rest.may_ring(["NL"]) == {"NL": {ORDINARY: True, dear: True, fraud: False}}


def test_calls_that_were_held_back_tell_that_the_rate_is_too_high(telvia: Telvia) -> None:
    rest = telvia.worker.rest
    assert rest.held_up(OPEN_DAY) == 0
    telvia.hire("An", "+32470000001")
    telvia.ring().says("mijn internet ligt plat").stays_silent()
    telvia.passes(2)
    [rung] = [leg for leg in telvia.twilio.world.calls.values() if leg.direction == "outbound-api"]
    rung.queued_ms = 7000
    assert rest.held_up(OPEN_DAY) == 7.0


def voice(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["voice", "twilio", *words, "--line", str(PROJECT)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_the_commands(telvia: Telvia, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    twilio: LocalTwilio = telvia.twilio
    for name, value in {
        "TWILIO_ACCOUNT_SID": twilio.world.account_sid,
        "TWILIO_AUTH_TOKEN": twilio.world.auth_token,
        "VOICE_PUBLIC_URL": PUBLIC,
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("voice.service.dispatch.working.build_rest", lambda _settings: telvia.worker.rest)
    telvia.twilio.world.permissions["FR"] = dict.fromkeys(PERMISSIONS, False)
    assert voice(monkeypatch, "check") == 1
    told = capsys.readouterr().out
    assert "FR  calls to it: not allowed → allowed" in told
    assert f"→ {PUBLIC}/twilio/voice#rc=3" in told
    assert voice(monkeypatch, "apply", "--yes") == 0
    assert voice(monkeypatch, "check") == 0
    assert "Every number of the line leads to it, and" in capsys.readouterr().out
    assert voice(monkeypatch, "fallback") == 0
    document = capsys.readouterr().out
    assert document.startswith("<?xml")
    assert document.count("<Say") == len(telvia.line.languages)
