"""How numbers, moments and durations are shown, and to whom."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import phonenumbers


def number(written: str | None, *, full: bool) -> str:
    """A telephone number as people write it; for whom it is not, its last two digits."""
    if not written:
        return "–"
    if not full:
        return "…" + written[-2:]
    try:
        parsed = phonenumbers.parse(written, None)
    except phonenumbers.NumberParseException:
        return written
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def clock(seconds: float | timedelta | None) -> str:
    """`3:05` minutes and seconds, `1:03:05` from an hour on."""
    if seconds is None:
        return "–"
    whole = max(0, int(seconds.total_seconds() if isinstance(seconds, timedelta) else seconds))
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def moment(at: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    """The time, and the day unless it is today."""
    if at is None:
        return "–"
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    return local.strftime("%H:%M" if local.date() == today else "%d-%m %H:%M")


def share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}".replace("%", " %")
