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


def full_number(digits: str, line: Line, language: str = "") -> str | None:
    """A telephone number in its full form (E.164), or None for what is no telephone number. A mobile number may be in
    the home form of another country that the line rings; where it could be of several, of that of the language."""
    rung = line.callbacks.countries or []
    abroad = sorted(rung, key=lambda country: country != language.upper())
    for country in dict.fromkeys((line.country, *abroad)):
        try:
            parsed = phonenumbers.parse(digits, country)
        except phonenumbers.NumberParseException:
            continue
        home = country == line.country or digits.startswith(("+", "00"))
        if phonenumbers.is_valid_number(parsed) and (
            home or phonenumbers.number_type(parsed) == PhoneNumberType.MOBILE
        ):
            return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return None


def is_callable(number: str, line: Line) -> bool:
    """Of an allowed country, and of no kind that is never rung."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return False
    if phonenumbers.number_type(parsed) in NEVER:
        return False
    return phonenumbers.region_code_for_number(parsed) in (line.callbacks.countries or [line.country])
