"""What the environment says, and the files that it names."""

from pathlib import Path

import pytest
from twilio.request_validator import RequestValidator

from voice.errors import SettingsError
from voice.service.runtime.settings import load
from voice.twilio.signature import Signatures

PUBLIC = "https://voice.example"
CALLED = f"{PUBLIC}/twilio/voice"


def test_a_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("of the file\n")
    monkeypatch.delenv("TWILIO_AUTH_TOKEN", raising=False)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN_FILE", str(tmp_path / "token"))
    assert load().auth_token == "of the file"
    assert "of the file" not in repr(load())
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "of the environment")
    assert load().auth_token == "of the environment"
    (tmp_path / "token").unlink()
    assert load().auth_token == "of the environment"


def test_a_file_that_is_not_there_is_told_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VOICE_DATABASE_URL_FILE", str(tmp_path / "none"))
    with pytest.raises(SettingsError, match=r"VOICE_DATABASE_URL_FILE names .*none"):
        load()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VOICE_PUBLIC_URL", "line.example.com"),
        ("VOICE_PUBLIC_URL", "ftp://line.example.com"),
        ("VOICE_PUBLIC_URL", "https://line.example.com:99999"),
        ("VOICE_PUBLIC_URL", "https://["),
        ("VOICE_TWILIO_API_URL", "http://api.example.com:port"),
        ("VOICE_OPENID_ISSUER", "https://:443"),
        ("VOICE_OPENID_ROLES", "{bad"),
        ("VOICE_CALLS_PER_SECOND", "inf"),
        ("VOICE_CALLS_PER_SECOND", "1e-320"),
        ("VOICE_DATABASE_URL_FILE", "/"),
    ],
)
def test_a_value_that_nothing_could_be_done_with_is_told_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.delenv(name.removesuffix("_FILE"), raising=False)
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        load()


def test_while_the_token_is_exchanged_both_sign() -> None:
    def signed(token: str) -> dict[str, str]:
        return {"X-Twilio-Signature": RequestValidator(token).compute_signature(CALLED, {"CallSid": "CA1"})}

    both = Signatures("new", PUBLIC, other="old")
    assert both.valid(CALLED, {"CallSid": "CA1"}, signed("new"))
    assert both.valid(CALLED, {"CallSid": "CA1"}, signed("old"))
    assert not both.valid(CALLED, {"CallSid": "CA1"}, signed("another"))
    assert not Signatures("new", PUBLIC).valid(CALLED, {"CallSid": "CA1"}, signed("old"))
    assert not Signatures("new", PUBLIC).valid(CALLED, {"CallSid": "CA1"}, signed(""))
