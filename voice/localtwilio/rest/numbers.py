"""The account's own numbers, and where each of them leads (docs/phone-numbers/api/incomingphonenumber-resource)."""

from voice.localtwilio.records import StatusCallback, Target
from voice.localtwilio.rest.api import Api, Json, address, form
from voice.localtwilio.world import Number

_BAD_URL = 21402


def serve_numbers(api: Api) -> None:
    numbers = _Numbers(api)
    api.route("/IncomingPhoneNumbers.json", "GET", numbers.list)
    api.route("/IncomingPhoneNumbers/<sid>.json", "POST", numbers.update)


class _Numbers:
    def __init__(self, api: Api) -> None:
        self._api = api
        self._world = api.world

    def list(self) -> tuple[Json, int]:
        found = [self._json(number) for number in self._world.numbers.values()]
        return self._api.page("incoming_phone_numbers", found), 200

    def update(self, sid: str) -> tuple[Json, int]:
        number = next((one for one in self._world.numbers.values() if _sid(one) == sid), None)
        if number is None:
            raise self._api.not_found()
        given = form("VoiceUrl", "VoiceFallbackUrl", "StatusCallback", "SmsUrl")
        for name, url in given.items():
            if url:
                address(url, _BAD_URL, name)
        if "VoiceUrl" in given:
            number.voice = _target(given["VoiceUrl"])
        if "VoiceFallbackUrl" in given:
            number.fallback = _target(given["VoiceFallbackUrl"])
        if "SmsUrl" in given:
            number.sms = _target(given["SmsUrl"])
        if "StatusCallback" in given:
            number.callback = StatusCallback(given["StatusCallback"]) if given["StatusCallback"] else None
        return self._json(number), 200

    def _json(self, number: Number) -> Json:
        return {
            "account_sid": self._world.account_sid,
            "api_version": "2010-04-01",
            "phone_number": number.number,
            "friendly_name": number.number,
            "sid": _sid(number),
            "sms_method": "POST",
            "sms_url": number.sms.url if number.sms else "",
            "status_callback": number.callback.url if number.callback else "",
            "status_callback_method": "POST",
            "uri": f"{self._api.base}/IncomingPhoneNumbers/{_sid(number)}.json",
            "voice_fallback_method": "POST",
            "voice_fallback_url": number.fallback.url if number.fallback else "",
            "voice_method": "POST",
            "voice_url": number.voice.url if number.voice else "",
        }


def _sid(number: Number) -> str:
    return "PN" + number.number.lstrip("+").rjust(32, "0")


def _target(url: str) -> Target | None:
    return Target(url) if url else None
