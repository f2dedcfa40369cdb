"""What came of a day, counted from the contacts and their ledger alone."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from itertools import pairwise
from typing import Any, NamedTuple

from voice.cli.simulation.day import DayOutcome
from voice.core.contact.state import Contact, Kind, Stage
from voice.core.queue.wait_time import quantile

WITH_AGENT = (Stage.RINGING, Stage.TAKING, Stage.TALKING)


@dataclass(frozen=True)
class TierWaits:
    """Of those who were answered on the line: seconds, and the share within the tier's target (None: it has none).
    `longest` is the longest wait on the line, of those who hung up too."""

    answered: int
    wait_p50: float
    wait_p90: float
    longest: float
    in_target: float | None


@dataclass(frozen=True)
class DayReport:
    """Counts; seconds; shares. `lost` is what is in none of the other ends, `no_person` the share who needed none.
    `repeats` is how many rang about what a person had not solved, for the first, second, … time, `not_solved` how many
    of them the line knew of."""

    calls: int
    answered: int
    called_back: int
    informed: int
    withdrawn: int
    abandoned: int
    unreached: int
    lost: int
    wait_p50: float
    wait_p90: float
    callback_p50: float
    announced_ok: float
    occupancy: float
    order_violations: int
    wall_seconds: float
    no_person: float = 0.0
    repeats: Sequence[int] = ()
    not_solved: int = 0
    tiers: Mapping[str, TierWaits] = field(default_factory=dict)


def report(outcome: DayOutcome, wall_seconds: float) -> DayReport:
    ends = [one for one in outcome.contacts if one.stage is Stage.ANSWERED]
    live = waits(ends, called_back=False)
    back = waits(ends, called_back=True)
    informed = sum(one.stage is Stage.INFORMED for one in outcome.contacts)
    withdrawn = sum(one.stage is Stage.WITHDRAWN for one in outcome.contacts)
    abandoned = sum(one.stage is Stage.ABANDONED for one in outcome.contacts)
    unreached = sum(one.stage is Stage.UNREACHED for one in outcome.contacts)
    held = [ok for one in outcome.contacts if (ok := _held(one)) is not None]
    return DayReport(
        calls=outcome.calls,
        answered=len(live),
        called_back=len(back),
        informed=informed,
        withdrawn=withdrawn,
        abandoned=abandoned,
        unreached=unreached,
        lost=outcome.calls - len(live) - len(back) - informed - withdrawn - abandoned - unreached,
        wait_p50=_share(live, 0.5),
        wait_p90=_share(live, 0.9),
        callback_p50=_share(back, 0.5),
        announced_ok=round(sum(held) / len(held), 3) if held else 1.0,
        occupancy=round(_occupancy(outcome), 3),
        order_violations=_violations(outcome),
        wall_seconds=round(wall_seconds, 1),
        no_person=round(informed / outcome.calls, 3) if outcome.calls else 0.0,
        repeats=list(outcome.repeats),
        not_solved=sum(one.earlier is not None for one in outcome.contacts),
        tiers=_tiers(outcome),
    )


OTHERS = "no tier"


def _tiers(outcome: DayOutcome) -> dict[str, TierWaits]:
    """Of a line that has tiers: each of them, and those who are in none."""
    if not outcome.plan.tiers:
        return {}
    found = {}
    for name in (*outcome.plan.tiers, None):
        mine = [one for one in outcome.contacts if one.tier == name]
        live = waits([one for one in mine if one.stage is Stage.ANSWERED], called_back=False)
        on_the_line = [one for one in mine if not one.tries and one.kind is Kind.LIVE]
        ends = [(end - one.arrived).total_seconds() for one in on_the_line if (end := one.served or one.ended)]
        target = outcome.plan.tiers[name].wait_target if name else None
        kept = sum(wait <= target.total_seconds() for wait in live) / len(live) if target and live else None
        longest = round(max(ends, default=0.0), 1)
        found[name or OTHERS] = TierWaits(len(live), _share(live, 0.5), _share(live, 0.9), longest, kept)
    return found


def waits(contacts: Sequence[Contact], *, called_back: bool) -> list[float]:
    """Seconds from the call's arrival until a person was there: on the line, or called back."""
    return [
        (one.served - one.arrived).total_seconds() for one in contacts if one.served and (one.tries > 0) is called_back
    ]


def _share(values: Sequence[float], share: float) -> float:
    return round(quantile(values, share), 1) if values else 0.0


def _held(contact: Contact) -> bool | None:
    """Whether what was announced held; None for who was told nothing, or left before it could be known."""
    if contact.announced is None or contact.tries:
        return None
    end = contact.served or contact.ended
    waited = (end - contact.arrived).total_seconds() if end else 0.0
    if contact.served is None and waited <= contact.announced:
        return None
    return waited <= contact.announced


def _occupancy(outcome: DayOutcome) -> float:
    """The share of the open hours that those who answer were rung or spoke: agents, and people at call centres."""
    busy = timedelta()
    for ledger in outcome.ledgers.values():
        for step, following in _steps(ledger):
            if step["detail"]["to"] in WITH_AGENT:
                busy += max(timedelta(), min(following["at"], outcome.closed) - max(step["at"], outcome.opened))
    teams = {queue.dial for queue in outcome.plan.queues.values()}
    return busy / (outcome.agents * len(teams) * (outcome.closed - outcome.opened))


def _steps(ledger: Sequence[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """What brought a contact into a stage, and what ended that stage."""
    return pairwise(entry for entry in ledger if "to" in entry["detail"])


class _Place(NamedTuple):
    """A place in line: who has the lower one is first. Overdue promises come before all others."""

    in_time: bool
    stands: datetime
    reference: str
    queue: str
    callback: bool


class _Event(IntEnum):
    """What happens at one moment, in the order in which it is looked at."""

    LEAVES = 0
    RUNG_FOR = 1
    STANDS = 2


def _violations(outcome: DayOutcome) -> int:
    """How often somebody was rung for one contact while another stood in line before it, could be rung for, and is
    answered by the same people. Read from the ledger alone: it tells who stood in line from when until when."""
    plan = outcome.plan
    events: list[tuple[datetime, _Event, _Place]] = []
    for contact in outcome.contacts:
        for step, following in _steps(outcome.ledgers[contact.reference]):
            detail, until = step["detail"], following["at"]
            if detail["to"] != Stage.WAITING:
                continue
            due = datetime.fromisoformat(detail["due"]) if "due" in detail else None
            late = bool(detail.get("late"))
            place = _Place(not late, contact.stands, contact.reference, contact.queue, due is not None)
            since = max(step["at"], due or step["at"])
            if since < until:
                events += [(since, _Event.STANDS, place), (until, _Event.LEAVES, place)]
            if following["what"] == "Assigned":
                events.append((until, _Event.RUNG_FOR, place))
    lines: dict[str, list[_Place]] = defaultdict(list)
    found = 0
    for at, what, place in sorted(events):
        line = lines[place.queue if plan.dialled(place.queue) else ""]
        if what is _Event.STANDS:
            insort(line, place)
        elif what is _Event.LEAVES:
            line.remove(place)
        else:
            before = line[: bisect_left(line, place[:2], key=lambda one: one[:2])]
            found += any(not one.callback or plan.is_open(one.queue, at) for one in before)
    return found
