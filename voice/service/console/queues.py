"""Queues opened and closed by hand, until a moment: what `/now` does, and `voice queue`.

Nothing in the operator's files changes. Every process lays it over its line within a second
(`voice.service.live.in_force`).
"""

import re
from datetime import UTC, datetime, timedelta

from voice.content import Line
from voice.content.times import length
from voice.errors import SettingsError
from voice.store import Store

LONGEST = timedelta(days=31)
SHOWN = 60
"""Characters that are shown of what is no moment."""

WRITE = "Write a time of today or tomorrow (15:00), a length (2 h, 30 min), or 2026-12-24 15:00."


def moment(written: str, line: Line, now: datetime) -> datetime:
    """`15:00`, `15.00`, `15u00`, `15h00` (the next one), `30 min`, `2026-12-24 15:00`, by the line's own clock. Raises
    `SettingsError`."""
    local = now.astimezone(line.plan.timezone)
    written = written.strip().replace("T", " ")
    try:
        if found := re.fullmatch(r"(\d{1,2})[:.uh](\d{2})", written):
            at = local.replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)
            return at if at > local else at + timedelta(days=1)
        if re.match(r"\d{4}-", written):
            at = datetime.fromisoformat(written)
            at = at if at.tzinfo else at.replace(tzinfo=line.plan.timezone)
            # The first and the last day of the calendar are none in every zone.
            return at.astimezone(UTC).astimezone(line.plan.timezone)
        return now + length(written)
    except (ValueError, OverflowError):
        shown = written if len(written) <= SHOWN else f"{written[:SHOWN]}…"
        raise SettingsError(f"“{shown}” is no moment.", WRITE) from None


def moment_told(written: str, line: Line, now: datetime) -> datetime:
    """The same, where a caller is to read it: a day alone says too little. Raises `SettingsError`."""
    day = written.strip()
    if re.fullmatch(r"\d{4}-[\dW-]+", day):
        raise SettingsError(f"“{day}” says no time, and the caller reads one.", f"Add it: {day} 12:00.")
    return moment(written, line, now)


def force(
    line: Line, store: Store, queue: str, *, opens: bool, until: datetime, by: str, why: str, now: datetime
) -> None:
    """Open or close a queue until then. Raises `SettingsError` for a queue that is none, or a moment that is past."""
    _known(line, queue)
    if until <= now:
        raise SettingsError("That moment is past.", WRITE)
    if until - now > LONGEST:
        raise SettingsError(f"Not longer than {LONGEST.days} days.", "Write it into grammars/line.yaml (exceptions:).")
    if not why.strip():
        raise SettingsError("Say why, in a few words.", "Whoever comes after you reads it.")
    store.overrides.add(queue, opens, now, until, by, why.strip())


def take_back(line: Line, store: Store, queue: str, now: datetime) -> bool:
    """Back to the queue's own hours; False where they hold already."""
    _known(line, queue)
    return store.overrides.end(queue, now)


def _known(line: Line, queue: str) -> None:
    if queue not in line.plan.queues:
        raise SettingsError(f"There is no queue “{queue}”.", f"There are: {', '.join(line.plan.queues)}.")
