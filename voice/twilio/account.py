"""Where the account's numbers lead, held against where this line wants them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from voice.twilio.routes import FALLBACK, REPEATED, SMS, STATUS, VOICE

Settings = Mapping[str, str]
"""Of one number, as the REST API names them: voice_url, voice_fallback_url, status_callback, sms_url."""


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
    return {
        "voice_url": public + VOICE.path() + REPEATED,
        "voice_fallback_url": public + FALLBACK.path() + REPEATED,
        "status_callback": public + STATUS.path() + REPEATED,
        "sms_url": public + SMS.path(),
    }


def misset(numbers: Iterable[str], found: Mapping[str, tuple[str, Settings]], public_url: str) -> list[Misset]:
    """`found` is of each number of the account its sid and settings."""
    wrong: list[Misset] = []
    for number in numbers:
        sid, settings = found.get(number, ("", {}))
        if not sid:
            wrong.append(Misset(number, ""))
            continue
        for name, url in wanted(public_url).items():
            if settings.get(name, "") != url:
                wrong.append(Misset(number, sid, name, settings.get(name, ""), url))
    return wrong
