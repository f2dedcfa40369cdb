"""What a report is made of, counted by the database: the calls of some days and their contacts, alike ones in one row.

However many calls there were, what comes back is as large as the line has topics, and callers have waited so long.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, Integer, and_, case, cast, exists, extract, false, func, select, true

from voice.core.call.state import Call, Outcome, State
from voice.core.contact.state import Kind, Stage
from voice.store.database import reading, streaming
from voice.store.rows import from_json
from voice.store.tables import calls, contacts

MANY = 3
"""Questions from which on calls are not told apart."""


@dataclass(frozen=True)
class CountedCalls:
    """So many calls of which all of this is true."""

    topic: str | None
    language: str
    outcome: Outcome
    over: bool
    questions: int
    corrected: bool
    passed_on: bool
    many: int


@dataclass(frozen=True)
class CountedContacts:
    """So many contacts, by the topic and language of their call. `wait` is in whole seconds, None of who was not
    served; `informed` the answer that was all they needed, and `again` of how many the caller rang again about it."""

    topic: str | None
    language: str
    kind: Kind
    stage: Stage
    late: bool
    informed: str | None
    wait: int | None
    many: int
    again: int


def calls_since(engine: Engine, since: datetime) -> list[CountedCalls]:
    """Without those that the line itself made, to call back."""
    kinds = (
        calls.c.intent,
        calls.c.language,
        calls.c.outcome,
        (calls.c.state == State.OVER).label("over"),
        _at_most(calls.c.questions, MANY).label("questions"),
        calls.c.corrected,
        calls.c.passed_on,
    )
    query = select(*kinds, func.count()).where(*_made_by_callers(since)).group_by(*kinds)
    with reading(engine) as connection:
        return [
            CountedCalls(row[0], row[1], Outcome(row[2]), bool(row[3]), *row[4:]) for row in connection.execute(query)
        ]


def contacts_since(engine: Engine, since: datetime, again_within: timedelta) -> list[CountedContacts]:
    """Of the same calls."""
    later = calls.alias("later")
    seconds = again_within.total_seconds()
    rang_again = and_(
        contacts.c.stage == Stage.INFORMED,
        exists(select(later.c.sid)).where(
            later.c.caller == contacts.c.number,
            later.c.intent == contacts.c.intent,
            later.c.outbound == false(),
            later.c.arrived > contacts.c.arrived,
            _epoch(later.c.arrived) - _epoch(contacts.c.arrived) <= seconds,
        ),
    )
    informed = case((contacts.c.stage == Stage.INFORMED, contacts.c.informed))
    each = (
        select(calls.c.intent, calls.c.language, contacts.c.kind, contacts.c.stage, contacts.c.late)
        .add_columns(informed.label("informed"))
        .add_columns((_epoch(contacts.c.served) - _epoch(contacts.c.arrived)).label("wait"))
        .add_columns(case((rang_again, 1), else_=0).label("again"))
        .join_from(contacts, calls, contacts.c.call_sid == calls.c.sid)
        .where(contacts.c.arrived >= since, *_made_by_callers(since))
        .subquery()
    )
    kinds = [column for column in each.c if column.name != "again"]
    query = select(*kinds, func.count(), func.sum(each.c.again)).group_by(*kinds)
    with reading(engine) as connection:
        return [_contacts(*row) for row in connection.execute(query)]


def _contacts(topic: str | None, language: str, kind: str, stage: str, *rest: Any) -> CountedContacts:
    return CountedContacts(topic, language, Kind(kind), Stage(stage), *rest)


def calls_between(engine: Engine, moments: Sequence[datetime]) -> list[int]:
    """How many calls came between each of these moments and the next; after the last one, until now."""
    found = []
    with reading(engine) as connection:
        for since, until in zip(moments, [*moments[1:], None], strict=True):
            before = calls.c.arrived < until if until else true()
            query = select(func.count()).select_from(calls).where(*_made_by_callers(since), before)
            found.append(int(connection.execute(query).scalar_one()))
    return found


def calls_with_notices(engine: Engine, since: datetime) -> Iterator[Call]:
    """In which the caller was told what is going on, one after another."""
    query = select(calls.c.record).where(*_made_by_callers(since), calls.c.record.like('%"notices":[%'))
    with streaming(engine) as connection:
        for record in connection.execute(query).scalars():
            yield from_json(record)


def not_solved(engine: Engine, since: datetime) -> dict[str, int]:
    """By topic, how many rang again about what a person had answered them."""
    query = select(contacts.c.intent, func.count()).where(contacts.c.arrived >= since, contacts.c.earlier.is_not(None))
    with reading(engine) as connection:
        counted = connection.execute(query.group_by(contacts.c.intent).order_by(contacts.c.intent)).all()
    return {intent: many for intent, many in counted if intent}


def _made_by_callers(since: datetime) -> tuple[ColumnElement[bool], ...]:
    return calls.c.arrived >= since, calls.c.outbound == false()


def _at_most(column: ColumnElement[int], most: int) -> ColumnElement[int]:
    return case((column < most, column), else_=most)


def _epoch(moment: ColumnElement[Any]) -> ColumnElement[int]:
    """Whole seconds since 1970."""
    return cast(extract("epoch", moment), Integer)
