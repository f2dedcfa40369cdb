"""Which countries the account may ring (docs/voice/api/dialingpermissions-country-resource). Twilio serves them at
voice.twilio.com; the stand-in has one address for all."""

import json

from voice.localtwilio.rest.api import Api, Json, Refused, form

_KINDS = ("low_risk_numbers_enabled", "high_risk_special_numbers_enabled", "high_risk_tollfraud_numbers_enabled")
_BELOW = "/v1/DialingPermissions"


def serve_permissions(api: Api) -> None:
    world = api.world

    def country(code: str) -> tuple[Json, int]:
        allowed = {name: name == _KINDS[0] for name in _KINDS} | world.permissions.get(code, {})
        return {
            "iso_code": code,
            "name": code,
            "url": f"https://voice.twilio.com{_BELOW}/Countries/{code}",
            **allowed,
        }, 200

    def update() -> tuple[Json, int]:
        asked = form("UpdateRequest")["UpdateRequest"]
        try:
            changes = {one["iso_code"]: {name: one[name] == "true" for name in _KINDS} for one in json.loads(asked)}
        except (ValueError, KeyError, TypeError):
            raise Refused(400, 20001, "UpdateRequest is no array of countries with their permissions") from None
        world.permissions |= changes
        return {"update_count": len(changes), "update_request": asked}, 201

    api.route("/Countries/<code>", "GET", country, below=_BELOW)
    api.route("/BulkCountryUpdates", "POST", update, below=_BELOW)
