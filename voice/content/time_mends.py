"""What was meant by hours, days and dates that cannot be read: people write them in a hundred ways, and in the
languages that they speak."""

import re
from collections.abc import Iterator
from functools import cache

from babel.dates import get_day_names, get_month_names

from voice.content.texts import fold
from voice.core.queue.hours import DAY

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LANGUAGES = ("en", "nl", "fr", "de")
"""In whose words the writers of files think of days and months."""

SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})", re.ASCII)
CLOCK = re.compile(r"(\d{1,2})(?:\s*[:.hu]\s*(\d{2})?|(\d{2}))?(?:\s*(?:h|u|uhr))?", re.IGNORECASE | re.ASCII)
HALF_DAY = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*([ap])\.?m\.?", re.IGNORECASE | re.ASCII)
CLOSED = ("closed", "gesloten", "toe", "dicht", "ferme", "fermee", "geschlossen", "zu", "shut", "none", "no")
WHOLE_DAY = ("always", "open", "24 7", "24h", "24u", "24 24", "whole day", "all day", "altijd", "hele dag",
             "toujours", "toute la journee", "immer", "ganztags", "ouvert", "offen")  # fmt: skip
EVERY_DAY = ("every day", "everyday", "daily", "always", "elke dag", "alle dagen", "tous les jours", "taglich", "all")
WEEKDAYS = ("weekdays", "weekday", "workdays", "working days", "werkdagen", "weekdagen", "en semaine", "werktags")


def shown(written: object) -> str:
    """What stands there, as whoever wrote it would call it."""
    if written is None:
        return "nothing"
    if isinstance(written, bool):
        return f"“{str(written).lower()}”"
    if isinstance(written, list):
        return "a list"
    return "a group of names" if isinstance(written, dict) else f"“{written}”"


def span_mend(part: str) -> str:
    """Times of the twelve-hour clock are written out for the writer; “closed” and times do not stand together."""
    said = fold(part)
    if said in CLOSED:
        return "write closed, in small letters" if said == "closed" else "write closed"
    if "closed" in said:
        return "write closed alone, or the times alone"
    if said in WHOLE_DAY:
        return "write 00:00-24:00"
    halves = HALF_DAY.findall(part)
    if len(halves) == 2:
        moments = [(int(hour) % 12 + 12 * (half.lower() == "p"), int(minute or 0)) for hour, minute, half in halves]
        return "write " + "-".join(f"{hour:02}:{minute:02}" for hour, minute in moments)
    if len(found := list(SPAN.finditer(part))) > 1:
        return f"write {', '.join(one[0].replace(' ', '') for one in found)}, with a comma between"
    ends = [CLOCK.fullmatch(end.strip()) for end in re.split(r"-|–|—|\bto\b|\btot\b|\bbis\b|\bà\b", part)]
    if len(ends) == 2 and (first := ends[0]) and (last := ends[1]):
        begins, finishes = (int(one[1]) * 60 + int(one[2] or one[3] or 0) for one in (first, last))
        if finishes <= begins <= 12 * 60 and first[0].isdecimal() and last[0].isdecimal():
            finishes += 12 * 60  # nine to five
        if begins < finishes <= DAY:
            return f"write {begins // 60:02}:{begins % 60:02}-{finishes // 60:02}:{finishes % 60:02}"
    if found:
        return f"write {found[0][0].replace(' ', '')} alone; what else there is to say belongs behind a #"
    return "write 08:00-17:00, or closed"


@cache
def _day_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in LANGUAGES:
        for width in ("wide", "abbreviated", "short"):
            for day, name in get_day_names(width, locale=language).items():
                names.setdefault(fold(name), DAYS[day])
    return {name: day for name, day in names.items() if len(name) > 1}


def day_mend(written: str) -> str:
    if SPAN.search(written):
        return 'put all times of a day between one pair of quotes, as "08:00-12:00, 13:00-17:00"'
    if fold(written) in EVERY_DAY:
        return "write mon-sun"
    if fold(written) in WEEKDAYS:
        return "write mon-fri"
    if re.search(r"\d{2}-\d{2}", written):
        return "write days with their dates under exceptions:"
    parts = [_days_meant(part) for part in re.split(r",|/|&|\b(?:and|en|et|und)\b", written)]
    if parts and all(parts):
        return f"write {' and '.join(map(str, parts))}" + (", each on a line of its own" if len(parts) > 1 else "")
    return "write mon, tue, wed, thu, fri, sat or sun, or mon-fri"


def _days_meant(part: str) -> str | None:
    ends = [_day_names().get(fold(name)) for name in re.split(r"-|–|—|\b(?:to|tot|bis|au)\b", part)]
    return "-".join(filter(None, ends)) if ends and all(ends) and len(ends) <= 2 else None


@cache
def _month_names() -> dict[str, int]:
    names: dict[str, int] = {}
    for language in LANGUAGES:
        for width in ("wide", "abbreviated"):
            names |= {fold(name): month for month, name in get_month_names(width, locale=language).items()}
    return names


def date_mend(written: str) -> str:
    found = list(_dates_meant(written))
    if len(found) == 1:
        return found[0]
    if len(found) == 2:
        return f"{found[0]}..{found[1]}, with two dots between"
    return "it as 2026-12-24, 12-24 or 2026-12-24..2027-01-02"


def _dates_meant(written: str) -> Iterator[str]:
    """The dates in a text, in the form in which they are read; the day before the month, where both could be."""
    months = "|".join(sorted(map(re.escape, _month_names()), key=len, reverse=True))
    forms = (
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
        r"(?P<day1>\d{1,2})[-/.](?P<month1>\d{1,2})[-/.](?P<year1>\d{4})",
        rf"(?P<day2>\d{{1,2}})\.? (?P<name>{months})(?: (?P<year2>\d{{4}}))?",
        r"(?P<year3>20\d\d)(?P<month3>\d\d)(?P<day3>\d\d)",
        r"(?<![\d-])(?P<month5>\d\d)-(?P<day5>\d\d)(?![\d-])",
        r"(?P<day4>\d{1,2})[/.](?P<month4>\d{1,2})\.?",
    )
    for match in re.finditer("|".join(forms), written.casefold(), re.ASCII):
        parts = {key.rstrip("12345"): value for key, value in match.groupdict().items() if value}
        month = _month_names()[parts["name"]] if "name" in parts else int(parts["month"])
        day = int(parts["day"])
        if month > 12 >= day:
            day, month = month, day
        if 1 <= month <= 12 and 1 <= day <= 31:
            yield "-".join(filter(None, (parts.get("year"), f"{month:02}", f"{day:02}")))


UNITS = {"s": "s", "sec": "s", "second": "s", "seconden": "s", "secondes": "s", "sekunden": "s", "m": "min",
         "minute": "min", "minuten": "min", "minuut": "min", "mins": "min", "hour": "h", "u": "h", "uur": "h",
         "heure": "h", "stunde": "h", "stunden": "h", "day": "d", "dag": "d", "dagen": "d", "jour": "d",
         "tag": "d", "tage": "d"}  # fmt: skip


def length_mend(written: str) -> str:
    found = re.fullmatch(r"(\d+)\s*([a-z]+)", written.strip().casefold())
    unit = found and (UNITS.get(found[2]) or UNITS.get(found[2].rstrip("s")))
    return f"write {found[1]} {unit}" if found and unit else "write 20 s, 3 min, 1 h or 3 d"
