"""Agents' PINs, salted and hashed: a copy of the database tells none."""

import hashlib
import hmac
import re
import secrets

from voice.errors import SettingsError

_COST = {"n": 2**12, "r": 8, "p": 1}
"""A short PIN is guessed by trying; the tries are what is limited (`voice.service.calls.sign_in.PIN_TRIES`)."""


def hash_pin(pin: str) -> str:
    if not re.fullmatch(r"\d{4,12}", pin):
        raise SettingsError("A PIN is 4 to 12 digits.", "Give it as --pin 4711.")
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}:{_derive(pin, salt).hex()}"


def pin_matches(pin: str, hashed: str) -> bool:
    salt, _, derived = hashed.partition(":")
    return hmac.compare_digest(_derive(pin, bytes.fromhex(salt)).hex(), derived)


def _derive(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=_COST["n"], r=_COST["r"], p=_COST["p"])
