"""The account's own numbers, and where each of them leads (docs/phone-numbers/api/incomingphonenumber-resource)."""

from dataclasses import replace

from voice.localtwilio.records import StatusCallback, Target
from voice.localtwilio.rest.api import Api, Json, address, form, http_method
from voice.localtwilio.world import Number

_BAD_URL = 21402
_URLS = ("VoiceUrl", "VoiceFallbackUrl", "StatusCallback", "SmsUrl")
_METHODS = {
    "VoiceMethod": ("voice", "voice_method"),
    "VoiceFallbackMethod": ("fallback", "voice_fallback_method"),
    "StatusCallbackMethod": ("callback", "status_callback_method"),
    "SmsMethod": ("sms", "sms_method"),
}
_SIDS = {"VoiceApplicationSid": "application", "TrunkSid": "trunk", "SmsApplicationSid": "sms_application"}


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
        given = form(*_URLS, *_METHODS, *_SIDS)
        for name, value in given.items():
            if name in _URLS and value:
                address(value, _BAD_URL, name)
            elif name in _METHODS:
                http_method(value)
        if "VoiceUrl" in given:
            number.voice = _target(given["VoiceUrl"])
        if "VoiceFallbackUrl" in given:
            number.fallback = _target(given["VoiceFallbackUrl"])
        if "SmsUrl" in given:
            number.sms = _target(given["SmsUrl"])
        if "StatusCallback" in given:
            number.callback = StatusCallback(given["StatusCallback"]) if given["StatusCallback"] else None
        for name, (target, _) in _METHODS.items():
            if name in given and (led := getattr(number, target)):
                setattr(number, target, replace(led, method=given[name]))
        for name, field in _SIDS.items():
            if name in given:
                setattr(number, field, given[name])
        if given.get("TrunkSid"):
            number.application = ""
        elif given.get("VoiceApplicationSid"):
            number.trunk = ""
        return self._json(number), 200

    def _json(self, number: Number) -> Json:
        return {
            "account_sid": self._world.account_sid,
            "api_version": "2010-04-01",
            "phone_number": number.number,
            "friendly_name": number.number,
            "sid": _sid(number),
            **{name: (led.method if (led := getattr(number, of)) else "POST") for of, name in _METHODS.values()},
            "sms_application_sid": number.sms_application or None,
            "trunk_sid": number.trunk or None,
            "voice_application_sid": number.application or None,
            "sms_url": number.sms.url if number.sms else "",
            "status_callback": number.callback.url if number.callback else "",
            "uri": f"{self._api.base}/IncomingPhoneNumbers/{_sid(number)}.json",
            "voice_fallback_url": number.fallback.url if number.fallback else "",
            "voice_url": number.voice.url if number.voice else "",
        }


def _sid(number: Number) -> str:
    return "PN" + number.number.lstrip("+").rjust(32, "0")


def _target(url: str) -> Target | None:
    return Target(url) if url else None
