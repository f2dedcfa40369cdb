"""The field's figures, each defined and computed here and nowhere else. docs/console.md has the glossary.

offered        callers who stood in the queue on the line
answered       of these, those who spoke with an agent on that call
wait           from standing in the queue until an agent was there; of who hung up, until they did
service level  answered within `answer_within`, as a share of all that were offered but those who hung up within it and
               those who chose a callback
abandoned      hung up while waiting on the line; those within `answer_within` are counted, and not held against the
               service level
callbacks      promised; kept (reached, and not overdue before that), late (overdue), unreached
handle time    speaking and wrap-up after it, of one contact with one agent
wrap-up        from the end of speaking until the agent could be given another, or said that they were not ready
occupancy      handle time as a share of the time signed in and not "not ready"
not ready      signed in, and given nobody, with a reason
right first    answered by the queue that was understood, neither sent on nor asked for again
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from voice.core.contact.state import Contact
from voice.core.plan import Plan
from voice.core.queue.wait_time import quantile
from voice.store.day import Present, Step

ENDS_TALK = frozenset({"AgentLeft", "Transferred", "Gone", "Helped", "Joined", "NotTaken", "Withdrew"})


@dataclass(frozen=True)
class Handling:
    """One contact with one agent: speaking from `begin` until `end`, None while it lasts."""

    agent: str
    queue: str
    begin: datetime
    end: datetime | None


@dataclass(frozen=True)
class Course:
    """What became of one contact, read from its ledger."""

    contact: Contact
    queue: str
    joined: datetime | None = None
    answered: datetime | None = None
    abandoned: datetime | None = None
    promised: datetime | None = None
    called_back: datetime | None = None
    sent_on: bool = False
    outcome: str | None = None
    handlings: tuple[Handling, ...] = ()

    @property
    def wait(self) -> timedelta | None:
        end = self.answered or self.abandoned
        return end - self.joined if self.joined and end else None


def course_of(contact: Contact, steps: Sequence[Step]) -> Course:
    """The queue is the one that the caller stood in first: who was sent on is not offered twice."""
    queue, live, agent = "", True, ""
    stood = contact.queue
    joined = answered = abandoned = promised = called_back = None
    sent_on, outcome = False, None
    handlings: list[Handling] = []
    talking: datetime | None = None
    for step in steps:
        stood = str(step.detail.get("queue", stood)) if step.what != "Transferred" else stood
        queue = queue or (stood if step.what in ("Joined", "Dialled", "Promised") else "")
        if talking and step.what in ENDS_TALK and step.detail.get("from") == "talking":
            handlings.append(Handling(agent, stood, talking, step.at))
            talking = None
        match step.what:
            case "Joined" | "Dialled":
                joined, live = joined or step.at, True
            case "Promised":
                promised, live = promised or step.at, False
            case "Assigned":
                agent = str(step.detail.get("agent", ""))
            case "Reached":
                talking = step.at
                if live:
                    answered = answered or step.at
                else:
                    called_back = called_back or step.at
            case "HandedOver" if talking:
                handlings.append(Handling(agent, stood, talking, step.at))
                agent, talking = str(step.detail.get("agent", "")), step.at
            case "Transferred":
                sent_on = sent_on or step.detail.get("queue") != stood
            case "Gone" if live and answered is None and step.detail.get("from") != "talking":
                abandoned, live = step.at, False
            case "outcome":
                outcome = str(step.detail.get("outcome", ""))
    if talking:
        handlings.append(Handling(agent, stood, talking, None))
    queue = queue or contact.queue
    return Course(
        contact, queue, joined, answered, abandoned, promised, called_back, sent_on, outcome, tuple(handlings)
    )


@dataclass(frozen=True)
class QueueFigures:
    """Counts, and seconds; a share or an average of nothing is None."""

    offered: int = 0
    answered: int = 0
    within: int = 0
    abandoned: int = 0
    service_level: float | None = None
    wait: float | None = None
    wait_of_nine_in_ten: float | None = None
    handle_time: float | None = None
    callbacks: int = 0
    kept: int = 0
    late: int = 0
    right_first: float | None = None


def figures(plan: Plan, courses: Iterable[Course], now: datetime) -> QueueFigures:
    found = list(courses)
    offered = [one for one in found if one.joined]
    answered = [one for one in offered if one.answered]
    abandoned = [one for one in offered if one.abandoned]
    within = sum(_soon(plan, one) for one in answered)
    counted = len(answered) + sum(not _soon(plan, one) for one in abandoned)
    waits = [wait.total_seconds() for one in answered if (wait := one.wait) is not None]
    handled = [_handle_time(plan, each, now) for one in found for each in one.handlings if each.end]
    callbacks = [one for one in found if one.promised]
    spoken = [one for one in found if one.handlings]
    return QueueFigures(
        offered=len(offered),
        answered=len(answered),
        within=within,
        abandoned=len(abandoned),
        service_level=within / counted if counted else None,
        wait=sum(waits) / len(waits) if waits else None,
        wait_of_nine_in_ten=quantile(waits, 0.9) if waits else None,
        handle_time=sum(handled) / len(handled) if handled else None,
        callbacks=len(callbacks),
        kept=sum(one.called_back is not None and not one.contact.late for one in callbacks),
        late=sum(one.contact.late for one in callbacks),
        right_first=sum(not one.sent_on for one in spoken) / len(spoken) if spoken else None,
    )


def _soon(plan: Plan, course: Course) -> bool:
    queue = plan.queues.get(course.queue)
    wait = course.wait
    return queue is not None and wait is not None and wait <= queue.answer_within


def _handle_time(plan: Plan, handling: Handling, now: datetime) -> float:
    """Without the agent's presence at hand, wrap-up is as long as the queue gives it."""
    queue = plan.queues.get(handling.queue)
    wrap_up = queue.wrap_up if queue else timedelta(0)
    return ((handling.end or now) - handling.begin + wrap_up).total_seconds()


@dataclass(frozen=True)
class AgentFigures:
    """Of one agent, from `since` until `now`; seconds."""

    signed_in: float = 0.0
    not_ready: float = 0.0
    talking: float = 0.0
    wrap_up: float = 0.0
    handled: int = 0
    reasons: Mapping[str, float] = field(default_factory=dict)

    @property
    def handle_time(self) -> float | None:
        return (self.talking + self.wrap_up) / self.handled if self.handled else None

    @property
    def occupancy(self) -> float | None:
        """None for who was not there to be given anybody."""
        there = self.signed_in - self.not_ready
        return min(1.0, (self.talking + self.wrap_up) / there) if there > 0 else None


def agent_figures(
    plan: Plan, presences: Sequence[Present], courses: Iterable[Course], now: datetime
) -> dict[str, AgentFigures]:
    """By name, of who was signed in or spoke with somebody."""
    handlings: dict[str, list[Handling]] = {}
    for course in courses:
        for each in course.handlings:
            handlings.setdefault(each.agent, []).append(each)
    shown: dict[str, list[Present]] = {}
    for one in presences:
        shown.setdefault(one.agent, []).append(one)
    names = sorted({*handlings, *shown} - {"", "(call centre)"})
    return {name: _of_agent(plan, shown.get(name, []), handlings.get(name, []), now) for name in names}


def _of_agent(plan: Plan, shown: Sequence[Present], handlings: list[Handling], now: datetime) -> AgentFigures:
    signed_in = not_ready = 0.0
    reasons: dict[str, float] = {}
    states = [one for one in shown if one.state != "wrap-up"]
    for one, end in zip(states, [*(later.at for later in states[1:]), now], strict=False):
        seconds = max(0.0, (min(end, now) - one.at).total_seconds())
        if one.state != "signed out":
            signed_in += seconds
        if one.state == "not ready":
            not_ready += seconds
            reasons[one.reason or ""] = reasons.get(one.reason or "", 0.0) + seconds
    talking = sum(((each.end or now) - each.begin).total_seconds() for each in handlings)
    ordered = sorted(handlings, key=lambda each: each.begin)
    following = [*(each.begin for each in ordered[1:]), now]
    wrap_up = sum(
        _wrap_up(plan, each, shown, min(end, now)).total_seconds()
        for each, end in zip(ordered, following, strict=False)
    )
    return AgentFigures(
        signed_in, not_ready, talking, wrap_up, sum(each.end is not None for each in handlings), reasons
    )


def _wrap_up(plan: Plan, handling: Handling, shown: Sequence[Present], latest: datetime) -> timedelta:
    """As long as the queue gives, or as the agent asked for; shorter for who said that they were ready, or not."""
    if handling.end is None:
        return timedelta(0)
    queue = plan.queues.get(handling.queue)
    until = handling.end + (queue.wrap_up if queue else timedelta(0))
    for one in shown:
        if one.at < handling.end or one.at > until:
            continue
        if one.state == "wrap-up" and one.reason:
            until = max(until, datetime.fromisoformat(one.reason))
        elif one.state in ("ready", "not ready", "signed out"):
            until = one.at
            break
    return max(timedelta(0), min(until, latest) - handling.end)
