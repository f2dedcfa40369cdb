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

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from voice.content import Line
from voice.core.call.signals import Signal
from voice.core.call.state import Call, Outcome, State
from voice.core.contact.state import NOTICE, Contact, Kind, Stage
from voice.core.queue.wait_time import quantile
from voice.service.operators.inbox import TAKEN_BACK, TOPICAL
from voice.store import Store
from voice.store.report_data import ReportedCall, calls_since

AGAIN_WITHIN = timedelta(days=2)
SIGNALS = frozenset({*TAKEN_BACK, *TOPICAL, Signal.SENT_ON})
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
    that a caller needed, and how many of those rang again about the same; `notices` by their numbers."""

    line: str
    since: datetime
    until: datetime
    overall: Figures
    topics: Mapping[str, Figures]
    languages: Mapping[str, Figures]
    answers: Mapping[str, tuple[int, int]]
    days: Mapping[str, int]
    notices: Mapping[str, ToldFigures]

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self) | {"since": self.since.isoformat(), "until": self.until.isoformat()}


def make_report(line: Line, store: Store, days: int, now: datetime) -> LineReport:
    """The last `days` days up to now, today included, by the line's own clock."""
    zone = line.plan.timezone
    first = (now.astimezone(zone) - timedelta(days=days - 1)).date()
    since = datetime(first.year, first.month, first.day, tzinfo=zone)
    told = calls_since(store.engine, since, SIGNALS)
    return LineReport(
        line=line.name,
        since=since,
        until=now.astimezone(zone),
        overall=_figures(told),
        topics=_by(told, lambda each: each.call.intent or NO_TOPIC),
        languages=_by(told, lambda each: each.call.language),
        answers=_answers(told),
        days=_days(told, first, days, zone),
        notices=_notices(told),
    )


def _notices(told: Sequence[ReportedCall]) -> dict[str, ToldFigures]:
    found: dict[int, list[Call]] = {}
    for each in told:
        for number in each.call.notices:
            found.setdefault(number, []).append(each.call)
    return {
        str(number): ToldFigures(
            told=len(calls),
            stayed=sum(call.outcome not in GONE_CONTENT and number not in call.awaited for call in calls),
            content=sum(call.outcome in GONE_CONTENT and number not in call.awaited for call in calls),
            texts=sum(number in call.awaited for call in calls),
        )
        for number, calls in sorted(found.items())
    }


def _answers(told: Sequence[ReportedCall]) -> dict[str, tuple[int, int]]:
    found: dict[str, list[bool]] = {}
    for name, again in _informed(told):
        if name.startswith(NOTICE):
            continue
        found.setdefault(name, []).append(again)
    return {name: (len(again), sum(again)) for name, again in sorted(found.items())}


def _informed(told: Sequence[ReportedCall]) -> Iterator[tuple[str, bool]]:
    """Of every contact that ended informed: by which answer, and whether the caller rang again about it."""
    for each in told:
        for contact in each.contacts:
            if contact.stage is Stage.INFORMED and contact.informed:
                yield contact.informed, any(_about_the_same(contact, other) for other in told if other is not each)


def _about_the_same(contact: Contact, later: ReportedCall) -> bool:
    call, after = later.call, later.call.arrived - contact.arrived
    same = call.intent is not None and call.intent == contact.intent
    return same and call.caller is not None and call.caller == contact.number and timedelta(0) < after <= AGAIN_WITHIN


def _by(told: Sequence[ReportedCall], name: Callable[[ReportedCall], str]) -> dict[str, Figures]:
    """The most frequent first."""
    groups: dict[str, list[ReportedCall]] = {}
    for each in told:
        groups.setdefault(name(each), []).append(each)
    return {key: _figures(each) for key, each in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))}


def _days(told: Sequence[ReportedCall], first: date, days: int, zone: ZoneInfo) -> dict[str, int]:
    counts = {(first + timedelta(days=n)).isoformat(): 0 for n in range(days)}
    for each in told:
        day = each.call.arrived.astimezone(zone).date().isoformat()
        counts[day] = counts.get(day, 0) + 1
    return counts


def _figures(told: Sequence[ReportedCall]) -> Figures:
    sent = [each for each in told if each.call.outcome not in GONE_CONTENT]
    unsent = [each for each in told if each.call.outcome is Outcome.HANGUP]
    understood = [each.call.questions for each in sent if each.call.intent]
    waited, until = (_waits(told, kind) for kind in (Kind.LIVE, Kind.CALLBACK))
    callbacks = [contact for each in told for contact in each.contacts if contact.kind is Kind.CALLBACK]
    late = sum(contact.late for contact in callbacks)
    informed = [again for _, again in _informed(told)]
    return Figures(
        calls=len(told),
        at_once=sum(questions <= 1 for questions in understood),
        after_one=sum(questions == 2 for questions in understood),
        after_more=sum(questions > 2 for questions in understood),
        person=sum(not each.call.intent for each in sent),
        informed=len(informed),
        again=sum(informed),
        left=sum(each.call.state is State.OVER for each in unsent),
        corrected=sum(_corrected(each) for each in told),
        misrouted=sum(any(what == Signal.SENT_ON for what, _ in each.signals) for each in told),
        wait=quantile(waited, 0.5) if waited else None,
        wait_of_nine_in_ten=quantile(waited, 0.9) if waited else None,
        callbacks=len(callbacks),
        kept=sum(contact.stage is Stage.ANSWERED and not contact.late for contact in callbacks),
        late=late,
        unreached=sum(contact.stage is Stage.UNREACHED and not contact.late for contact in callbacks),
        until_call=quantile(until, 0.5) if until else None,
        until_call_of_nine_in_ten=quantile(until, 0.9) if until else None,
    )


def _waits(told: Sequence[ReportedCall], kind: Kind) -> list[float]:
    return [
        (contact.served - contact.arrived).total_seconds()
        for each in told
        for contact in each.contacts
        if contact.kind is kind and contact.served
    ]


def _corrected(told: ReportedCall) -> bool:
    return any(state == State.ANNOUNCE and what in TAKEN_BACK | TOPICAL for what, state in told.signals)
