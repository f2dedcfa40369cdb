"""Days of line.yaml that are over: each is a warning, since who wrote them may be waiting for the next."""

from collections.abc import Iterable, Iterator
from datetime import date

from voice.content.files import Document, Place, listed
from voice.content.times import dates_of
from voice.errors import Problem


def past_days(document: Document, today: date) -> Iterator[Problem]:
    """One finding for a queue's exceptions, and one for the holidays of the house."""
    data = document.data if isinstance(document.data, dict) else {}
    queues = data.get("queues")
    for name, queue in queues.items() if isinstance(queues, dict) else ():
        exceptions = queue.get("exceptions") if isinstance(queue, dict) else None
        if isinstance(exceptions, dict):
            places: list[tuple[Place, object]] = [(("queues", name, "exceptions", day), day) for day in exceptions]
            yield from _over(document, places, today)
    holidays = data.get("holidays")
    if isinstance(holidays, list):
        yield from _over(document, [(("holidays", n), day) for n, day in enumerate(holidays)], today)


def _over(document: Document, written: Iterable[tuple[Place, object]], today: date) -> Iterator[Problem]:
    over = [(place, str(days)) for place, days in written if _last(str(days), today) < today]
    if over:
        are = "is over, and changes" if len(over) == 1 else "are over, and change"
        what = f"{listed(days for _, days in over)} {are} nothing any more."
        mend = f"Take {'it' if len(over) == 1 else 'them'} out; a date without its year comes back every year."
        yield document.problem(over[0][0], what, mend, warning=True)


def _last(written: str, today: date) -> date:
    try:
        return max(dates_of(written))
    except ValueError:
        return today  # told by who reads it
