"""What the account at Twilio is set to, held against what this line wants of it.

A number may be handed to an application or a SIP trunk: Twilio then passes over its webhooks, however right they are
(https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource). Whom the account may ring is a permission
of each country (https://www.twilio.com/docs/voice/api/dialingpermissions-country-resource).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from voice.twilio.routes import FALLBACK, REPEATED, SMS, STATUS, VOICE

Settings = Mapping[str, str]
"""Of one number, as the REST API names them: voice_url, voice_method, trunk_sid, …"""

Permissions = Mapping[str, bool]
"""Of one country, as the REST API names them."""

ORDINARY = "low_risk_numbers_enabled"
"""Numbers that are not dear, nor known for fraud: all that a line ever rings."""

PERMISSIONS = (ORDINARY, "high_risk_special_numbers_enabled", "high_risk_tollfraud_numbers_enabled")
SETTINGS = (
    "voice_url",
    "voice_method",
    "voice_fallback_url",
    "voice_fallback_method",
    "status_callback",
    "status_callback_method",
    "sms_url",
    "sms_method",
    "voice_application_sid",
    "trunk_sid",
    "sms_application_sid",
)

HELD_UP = 2.0
"""Seconds for which Twilio may hold a call back before it is too many at once, and no chance."""


@dataclass(frozen=True)
class Misset:
    """`sid` is empty for a number that the account has not; nothing can be set there. `found` is what stands there."""

    number: str
    sid: str
    name: str = ""
    found: str = ""
    wanted: str = ""


def wanted(public_url: str) -> Settings:
    """Both voice webhooks are asked for thrice: nobody is to hear Twilio's own apology for one lost connection."""
    public = public_url.rstrip("/")
    urls = {
        "voice_url": public + VOICE.path() + REPEATED,
        "voice_fallback_url": public + FALLBACK.path() + REPEATED,
        "status_callback": public + STATUS.path() + REPEATED,
        "sms_url": public + SMS.path(),
    }
    return urls | {name: "POST" if name.endswith("_method") else "" for name in SETTINGS if name not in urls}


def misset(numbers: Iterable[str], found: Mapping[str, tuple[str, Settings]], public_url: str) -> list[Misset]:
    """`found` is of each number of the account its sid and settings."""
    wrong: list[Misset] = []
    for number in numbers:
        sid, settings = found.get(number, ("", {}))
        if not sid:
            wrong.append(Misset(number, ""))
            continue
        for name, value in wanted(public_url).items():
            if settings.get(name, "") != value:
                wrong.append(Misset(number, sid, name, settings.get(name, ""), value))
    return wrong


def closed(found: Mapping[str, Permissions]) -> list[str]:
    """The countries whose ordinary numbers the account may not ring."""
    return [country for country, permissions in found.items() if not permissions[ORDINARY]]
