"""Which telephone numbers the line rings."""

import phonenumbers
from phonenumbers import PhoneNumberType

from voice.content import Line

NEVER = frozenset(
    {
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.UAN,
        PhoneNumberType.PAGER,
        PhoneNumberType.VOICEMAIL,
    }
)
"""Numbers that cost the line dearly, or at which nobody is."""


def full_number(digits: str, line: Line) -> str | None:
    """A telephone number in its full form (E.164), or None for what is no telephone number."""
    try:
        parsed = phonenumbers.parse(digits, line.country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def is_callable(number: str, line: Line) -> bool:
    """Of an allowed country, and of no kind that is never rung."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return False
    if phonenumbers.number_type(parsed) in NEVER:
        return False
    return phonenumbers.region_code_for_number(parsed) in (line.callbacks.countries or [line.country])
