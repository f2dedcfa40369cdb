"""Opening hours of a week, as they are said: "Monday to Friday from 8 am to 5 pm and Saturday from 9 am to noon"."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby

from babel.dates import format_date

from voice.core.queue.hours import DAY, Span

Say = Callable[[str, Mapping[str, object]], str]
"""(prompt's key, what fills it) → the words."""

MONDAY = date(2024, 1, 1)
ALWAYS = (((0, DAY),),) * 7


def spoken_hours(weekly: Sequence[tuple[Span, ...]], language: str, say: Say, clock: Callable[[int], str]) -> str:
    """`weekly` as in `Hours`; `clock` says a minute of the day. Days in a row with the same hours are said together."""
    if tuple(weekly) == ALWAYS:
        return say("hours.always", {})
    days = [format_date(MONDAY + timedelta(days=n), "EEEE", locale=language) for n in range(7)]
    said = []
    for spans, group in groupby(range(7), key=lambda n: weekly[n]):
        run = list(group)
        if not spans:
            continue
        first, last = days[run[0]], days[run[-1]]
        which = first if len(run) == 1 else say("hours.days", {"from": first, "to": last})
        when = [say("hours.span", {"from": clock(opens), "to": clock(closes)}) for opens, closes in spans]
        said.append(f"{which} {_listed(when, say)}")
    return _listed(said, say) if said else say("hours.never", {})


def _listed(parts: Sequence[str], say: Say) -> str:
    if len(parts) == 1:
        return parts[0]
    return say("hours.and", {"some": ", ".join(parts[:-1]), "last": parts[-1]})
