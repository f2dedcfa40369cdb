"""The report of some days: the field's figures by queue, topic, agent, hour and day; each a table, and CSV of it."""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import StringIO

from voice.content import Line
from voice.service.console.figures import AgentFigures, Course, QueueFigures, agent_figures, course_of, figures
from voice.store import Store
from voice.store.day import lives, presences

TABLES = ("queues", "topics", "hours", "days", "agents")
LONGEST = 92
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is taken for a formula by spreadsheets
(https://owasp.org/www-community/attacks/CSV_Injection)."""


@dataclass(frozen=True)
class PeriodReport:
    """`until` is the first moment after it. Each table by name, in its order."""

    since: datetime
    until: datetime
    overall: QueueFigures
    queues: Mapping[str, QueueFigures]
    topics: Mapping[str, QueueFigures]
    hours: Mapping[str, QueueFigures]
    days: Mapping[str, QueueFigures]
    agents: Mapping[str, AgentFigures]


def period(line: Line, store: Store, days: int, now: datetime) -> PeriodReport:
    """The last so many days, today included, by the line's own clock; at most `LONGEST`."""
    zone = line.plan.timezone
    first = now.astimezone(zone).date() - timedelta(days=min(max(days, 1), LONGEST) - 1)
    since = datetime(first.year, first.month, first.day, tzinfo=zone)
    courses = [course_of(*life) for life in lives(store.source, since, now)]

    def hour(course: Course) -> str:
        return f"{course.contact.arrived.astimezone(zone):%H}:00"

    def day(course: Course) -> str:
        return course.contact.arrived.astimezone(zone).date().isoformat()

    def by(name: Callable[[Course], str], order: Sequence[str] = ()) -> dict[str, QueueFigures]:
        groups: dict[str, list[Course]] = {each: [] for each in order}
        for course in courses:
            groups.setdefault(name(course), []).append(course)
        names = [*order, *sorted(set(groups) - set(order))]
        return {each: figures(line.plan, groups[each], now) for each in names}

    return PeriodReport(
        since,
        now,
        figures(line.plan, courses, now),
        by(lambda course: course.queue, tuple(line.plan.queues)),
        by(lambda course: course.contact.intent or ""),
        by(hour),
        by(day, _days(first, now.astimezone(zone).date())),
        agent_figures(line.plan, presences(store.source, since, now), courses, now),
    )


def _days(first: date, last: date) -> tuple[str, ...]:
    return tuple((first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1))


QUEUE_COLUMNS = (
    "offered", "answered", "within", "abandoned", "service_level", "wait", "wait_of_nine_in_ten", "handle_time",
    "callbacks", "kept", "late", "right_first",
)  # fmt: skip
AGENT_COLUMNS = ("signed_in", "not_ready", "talking", "wrap_up", "handled", "handle_time", "occupancy")


def as_csv(report: PeriodReport, table: str) -> str:
    """Shares as fractions, times in seconds; no cell can be taken for a formula."""
    columns = AGENT_COLUMNS if table == "agents" else QUEUE_COLUMNS
    written = StringIO()
    writer = csv.writer(written)
    writer.writerow([table, *columns])
    for name, row in getattr(report, table).items():
        writer.writerow([harmless(name), *(_cell(getattr(row, column)) for column in columns)])
    return written.getvalue()


def harmless(text: str) -> str:
    return "'" + text if text.startswith(FORMULA) else text


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
