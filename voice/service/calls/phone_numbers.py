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
        PhoneNumberType.PERSONAL_NUMBER,
        PhoneNumberType.UNKNOWN,
    }
)
"""Numbers that cost the line dearly, or at which nobody is."""


SATELLITES = ("+870", "+881", "+882", "+883")
"""Of no country, and of no type that the library knows."""


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
    """Of an allowed country, of no kind that is never rung, not denied by the operator, and none of the line's own."""
    if number in own_numbers(line) or number.startswith((*SATELLITES, *line.callbacks.deny)):
        return False
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return False
    if phonenumbers.number_type(parsed) in NEVER:
        return False
    return phonenumbers.region_code_for_number(parsed) in (line.callbacks.countries or [line.country])


def own_numbers(line: Line) -> set[str]:
    """The numbers of the line, of its agents' sign-in, and of the call centres that it rings."""
    dialled = {queue.dial for queue in line.plan.queues.values() if queue.dial}
    return {*line.plan.numbers, *dialled} | ({line.agents_number} if line.agents_number else set())


def countries_rung(line: Line) -> list[str]:
    """Those whose numbers the line may ring: to call back, and to reach its call centres."""
    found = dict.fromkeys(line.callbacks.countries or [line.country])
    for queue in line.plan.queues.values():
        if queue.dial and queue.dial.startswith("+"):
            found[phonenumbers.region_code_for_number(phonenumbers.parse(queue.dial, None)) or line.country] = None
    return list(found)
