"""What a person must be told of who keeps the line running: each alarm begins once, and ends once."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from voice.core.plan import Plan

PATIENCE = timedelta(seconds=30)
"""A caller in line who rang longer ago counts as one who waits; a dispatcher not heard of for longer is gone."""


class Alarm(StrEnum):
    """NOBODY: somebody waits and no agent is signed in. OVERDUE: a callback was promised and is late. DISPATCHER:
    somebody waits, and no process deals out calls. LIMIT: the line has promised as many callbacks as a day allows.
    CEILING: two thirds of the calls or texts that it may begin in an hour are begun."""

    NOBODY = "nobody"
    OVERDUE = "overdue"
    DISPATCHER = "dispatcher"
    LIMIT = "limit"
    CEILING = "ceiling"


@dataclass(frozen=True)
class Condition:
    """`waiting` are callers in line who rang longer ago than `PATIENCE`, `late` the callbacks that are overdue, and
    `promised` those of today. `agents` is how many the line has, `signed_in` how many of them answer. `calls` and
    `texts` were begun this hour."""

    waiting: int = 0
    late: int = 0
    promised: int = 0
    agents: int = 0
    signed_in: int = 0
    calls: int = 0
    texts: int = 0
    dispatched: bool = True


def alarms(found: Condition, plan: Plan) -> frozenset[Alarm]:
    """What is wrong now. A line without agents of its own is answered elsewhere."""
    holds = {
        Alarm.NOBODY: bool(found.waiting and found.agents and not found.signed_in),
        Alarm.OVERDUE: found.late > 0,
        Alarm.DISPATCHER: bool(found.waiting and found.agents and not found.dispatched),
        Alarm.LIMIT: found.promised >= plan.limits.line,
        Alarm.CEILING: plan.hourly.is_near(found.calls, found.texts),
    }
    return frozenset(alarm for alarm, true in holds.items() if true)
