"""How the line did in the last days: what share was understood at once, who was sent wrong, how long people waited.

at_once      in a topic's queue, or on its list of callbacks, without a question after the first
after_one    the same after one question more; `after_more` after several
person       with the people who take any question, without a topic
informed     went content after an answer that needs no person
again        of those, rang again about the same within two days: the answer failed them
left         hung up or said goodbye before any of these
corrected    were told a topic without being asked, and took it back
misrouted    were passed on by an agent
wait         seconds until a person was there, of callers who waited on the line: the middle, and nine in ten
kept, late   callbacks made in time, and overdue before they were (still open ones count once they are overdue)
until_call   seconds from the call until the person was there who called back: the middle, and nine in ten
unreached    callbacks that reached nobody
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from voice.content import Line
from voice.core.call.state import Call, Outcome
from voice.core.contact.state import NOTICE, Kind, Stage
from voice.core.queue.wait_time import quantile_of_counts
from voice.store import Store
from voice.store.report_data import (
    CountedCalls,
    CountedContacts,
    calls_between,
    calls_since,
    calls_with_notices,
    contacts_since,
    not_solved,
)

AGAIN_WITHIN = timedelta(days=2)
NO_TOPIC = "no topic"
GONE_CONTENT = (Outcome.HANGUP, Outcome.INFORMED)


@dataclass(frozen=True)
class Figures:
    """Counts of calls, and of callbacks; waits in seconds, None where nobody waited."""

    calls: int = 0
    at_once: int = 0
    after_one: int = 0
    after_more: int = 0
    person: int = 0
    informed: int = 0
    again: int = 0
    left: int = 0
    corrected: int = 0
    misrouted: int = 0
    wait: float | None = None
    wait_of_nine_in_ten: float | None = None
    callbacks: int = 0
    kept: int = 0
    late: int = 0
    unreached: int = 0
    until_call: float | None = None
    until_call_of_nine_in_ten: float | None = None


@dataclass(frozen=True)
class ToldFigures:
    """Of the calls that were `told` of a notice: how many `stayed` for a person or a callback, went `content`, and
    asked for the `texts` that tell when it is over."""

    told: int
    stayed: int
    content: int
    texts: int


@dataclass(frozen=True)
class LineReport:
    """`days` gives each day's number of calls, none left out; `answers` of each general answer how often it was all
    that a caller needed, and how many of those rang again about the same; `notices` by their numbers;
    `not_solved` of each topic how many rang again about what a person had answered."""

    line: str
    since: datetime
    until: datetime
    overall: Figures
    topics: Mapping[str, Figures]
    languages: Mapping[str, Figures]
    answers: Mapping[str, tuple[int, int]]
    days: Mapping[str, int]
    notices: Mapping[str, ToldFigures]
    not_solved: Mapping[str, int]

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self) | {"since": self.since.isoformat(), "until": self.until.isoformat()}


def make_report(line: Line, store: Store, days: int, now: datetime) -> LineReport:
    """The last `days` days up to now, today included, by the line's own clock."""
    zone = line.plan.timezone
    first = (now.astimezone(zone) - timedelta(days=days - 1)).date()
    dates = [first + timedelta(days=n) for n in range(days)]
    midnights = [datetime(day.year, day.month, day.day, tzinfo=zone) for day in dates]
    called = calls_since(store.engine, midnights[0])
    needed = contacts_since(store.engine, midnights[0], AGAIN_WITHIN)
    counts = calls_between(store.engine, midnights)
    return LineReport(
        line=line.name,
        since=midnights[0],
        until=now.astimezone(zone),
        overall=_figures(called, needed),
        topics=_by(called, needed, lambda each: each.topic or NO_TOPIC),
        languages=_by(called, needed, lambda each: each.language),
        answers=_answers(needed),
        days={day.isoformat(): many for day, many in zip(dates, counts, strict=True)},
        not_solved=not_solved(store.engine, midnights[0]),
        notices=_notices(calls_with_notices(store.engine, midnights[0])),
    )


def _notices(told: Iterable[Call]) -> dict[str, ToldFigures]:
    found: dict[int, Counter[str]] = {}
    for call in told:
        became = "content" if call.outcome in GONE_CONTENT else "stayed"
        for number in call.notices:
            found.setdefault(number, Counter())["texts" if number in call.awaited else became] += 1
    return {
        str(number): ToldFigures(counts.total(), counts["stayed"], counts["content"], counts["texts"])
        for number, counts in sorted(found.items())
    }


def _answers(needed: Sequence[CountedContacts]) -> dict[str, tuple[int, int]]:
    found: dict[str, list[CountedContacts]] = {}
    for each in needed:
        if each.informed and not each.informed.startswith(NOTICE):
            found.setdefault(each.informed, []).append(each)
    return {name: (_many(group), sum(each.again for each in group)) for name, group in sorted(found.items())}


def _by(
    called: Sequence[CountedCalls],
    needed: Sequence[CountedContacts],
    name: Callable[[CountedCalls | CountedContacts], str],
) -> dict[str, Figures]:
    """The most frequent first."""
    counts = Counter[str]()
    for each in called:
        counts[name(each)] += each.many
    return {
        key: _figures([each for each in called if name(each) == key], [each for each in needed if name(each) == key])
        for key, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    }


def _figures(called: Sequence[CountedCalls], needed: Sequence[CountedContacts]) -> Figures:
    sent = [each for each in called if each.outcome not in GONE_CONTENT]
    understood = [each for each in sent if each.topic]
    waited, until = (_waits(needed, kind) for kind in (Kind.LIVE, Kind.CALLBACK))
    callbacks = [each for each in needed if each.kind is Kind.CALLBACK]
    informed = [each for each in needed if each.informed]
    return Figures(
        calls=_many(called),
        at_once=_many(each for each in understood if each.questions <= 1),
        after_one=_many(each for each in understood if each.questions == 2),
        after_more=_many(each for each in understood if each.questions > 2),
        person=_many(each for each in sent if not each.topic),
        informed=_many(informed),
        again=sum(each.again for each in informed),
        left=_many(each for each in called if each.outcome is Outcome.HANGUP and each.over),
        corrected=_many(each for each in called if each.corrected),
        misrouted=_many(each for each in called if each.passed_on),
        wait=_quantile(waited, 0.5),
        wait_of_nine_in_ten=_quantile(waited, 0.9),
        callbacks=_many(callbacks),
        kept=_many(each for each in callbacks if each.stage is Stage.ANSWERED and not each.late),
        late=_many(each for each in callbacks if each.late),
        unreached=_many(each for each in callbacks if each.stage is Stage.UNREACHED and not each.late),
        until_call=_quantile(until, 0.5),
        until_call_of_nine_in_ten=_quantile(until, 0.9),
    )


def _many(groups: Iterable[CountedCalls | CountedContacts]) -> int:
    return sum(each.many for each in groups)


def _waits(needed: Iterable[CountedContacts], kind: Kind) -> Counter[int]:
    counts = Counter[int]()
    for each in needed:
        if each.kind is kind and each.wait is not None:
            counts[each.wait] += each.many
    return counts


def _quantile(counts: Counter[int], share: float) -> float | None:
    return quantile_of_counts(counts, share) if counts else None
