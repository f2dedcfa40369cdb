"""Moments and telephone numbers as people say them.

A moment is a day and a time of the day; midnight is said of the evening that it ends, as "tomorrow at midnight" would
be heard a day too late. A telephone number is spelt out in words, in groups of two or three: speech synthesis reads
figures as a quantity, and `<say-as>` is only partly kept by the neural voices
(https://www.twilio.com/docs/voice/twiml/say/text-speech). The words are those of num2words, in the line's own country
where it counts in its own way (septante in Belgium).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import phonenumbers
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from num2words import CONVERTER_CLASSES, num2words

Text = Callable[[str], str]
"""A key of the prompts → its text; empty where there is none."""

PAIRS = "pairs"


@dataclass(frozen=True)
class Moments:
    """How a language says days and times. `text` gives the prompts under `when.` and `clock.`."""

    language: str
    country: str
    text: Text

    def values(self, moment: datetime, now: datetime) -> Mapping[str, str]:
        """What may be said of one moment: all of it, its day, its time."""
        moment = moment.astimezone(now.tzinfo)
        time, day = self.clock(moment), self.day(moment, now)
        return {"opens": self.text("when.at").format_map({"day": day, "time": time}), "day": day, "from": time}

    def day(self, moment: datetime, now: datetime) -> str:
        midnight = (moment.hour, moment.minute) == (0, 0)
        on = (moment - timedelta(days=midnight)).date()
        days = (on - now.date()).days
        key = "today" if days == 0 else "tomorrow" if days == 1 else "weekday" if 0 < days < 7 else "date"
        written = (midnight and self.text(f"when.evening.{key}")) or self.text(f"when.{key}")
        where = locale(self.language, self.country)
        first = self.text("when.first") if on.day == 1 else ""
        date = format_skeleton("MMMMd", on, locale=where)
        return written.format_map(
            {
                "weekday": format_date(on, "EEEE", locale=where),
                "date": first.format_map({"month": format_date(on, "MMMM", locale=where)}) if first else date,
            }
        )

    def clock(self, moment: datetime) -> str:
        if (moment.hour, moment.minute) == (0, 0):
            return self.text("clock.midnight")
        half = "clock.morning" if moment.hour < 12 else "clock.afternoon"
        hour = (self.text("clock.one") if moment.hour == 1 else "") or self.text("clock.hour")
        return (self.text("clock.minutes") if moment.minute else hour).format_map(
            {
                "hour": moment.hour,
                "hour12": moment.hour % 12 or 12,
                "minute": f"{moment.minute:02}",
                "half": self.text(half),
            }
        )


@lru_cache
def locale(language: str, country: str) -> Locale:
    """The language as the country writes it ("3 May" in Belgium), or as it is written anywhere."""
    try:
        return Locale(language, country)
    except UnknownLocaleError:
        return Locale(language)


def spoken_number(number: str, country: str) -> str:
    """A telephone number in the groups in which it is written, without its country code at home."""
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return " ".join(number)
    home = phonenumbers.country_code_for_region(country) == parsed.country_code
    form = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)


def mobile_of(country: str, number: int | None = None) -> str:
    """A mobile number of the country, for callers who are played; each `number` (of five digits) has its own."""
    kind = phonenumbers.PhoneNumberType.MOBILE
    example = phonenumbers.example_number_for_type(country, kind) or phonenumbers.example_number(country)
    assert example
    written = str(phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164))
    return written if number is None else f"{written[:-5]}{number % 100_000:05d}"


def said_number(number: str, language: str, country: str, read: str) -> str:
    """A telephone number in words, a comma between its groups. `read` is "pairs" where two digits are one number
    ("thirty-four"), else each digit is said. In a language that num2words does not know the figures stand alone, each
    said as it is."""
    written = spoken_number(number, country)
    groups = [part for group in written.replace("-", " ").split() for part in _groups(_figures(group))]
    plus = "plus " if written.startswith("+") else ""
    return plus + ", ".join(_in_words(group, language, country, read) for group in groups)


def _figures(group: str) -> str:
    return "".join(sign for sign in group if sign.isdecimal())


def _groups(figures: str) -> list[str]:
    """Twos, and a three at the beginning where their number is odd; three alone stay together."""
    if len(figures) <= 3:
        return [figures] if figures else []
    odd = 3 if len(figures) % 2 else 0
    return [figures[:odd]] * bool(odd) + [figures[at : at + 2] for at in range(odd, len(figures), 2)]


def _in_words(figures: str, language: str, country: str, read: str) -> str:
    if read == PAIRS and len(figures) == 2 and not figures.startswith("0"):
        return _word(int(figures), language, country)
    return " ".join(_word(int(figure), language, country) for figure in figures)


@lru_cache(maxsize=1024)
def _word(number: int, language: str, country: str) -> str:
    known = [name for name in (f"{language}_{country}", language) if name in CONVERTER_CLASSES]
    return str(num2words(number, lang=known[0])) if known else str(number)
