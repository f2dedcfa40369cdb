"""The account at Twilio, held against the line and set right."""

import sys

import pytest

from tests.conftest import PROJECT, Telvia
from voice.cli import main
from voice.localtwilio import LocalTwilio
from voice.twilio.account import misset, wanted

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
    monkeypatch.setattr("voice.service.dispatch.worker.build_rest", lambda _settings: telvia.worker.rest)
    assert voice(monkeypatch, "check") == 1
    assert f"→ {PUBLIC}/twilio/voice#rc=3" in capsys.readouterr().out
    assert voice(monkeypatch, "apply", "--yes") == 0
    assert voice(monkeypatch, "check") == 0
    assert "Every number of the line leads to it." in capsys.readouterr().out
    assert voice(monkeypatch, "fallback") == 0
    document = capsys.readouterr().out
    assert document.startswith("<?xml")
    assert document.count("<Say") == len(telvia.line.languages)
