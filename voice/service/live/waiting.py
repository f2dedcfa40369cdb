"""Callers who wait for what a new version of the line has no more."""

from collections import Counter

from sqlalchemy.exc import SQLAlchemyError

from voice.content import Line
from voice.content.linefile import LINE_FILE
from voice.errors import Problem
from voice.service.runtime.logs import log
from voice.store import Store
from voice.store.running import open_contacts


def in_the_way(line: Line, store: Store) -> list[Problem]:
    """Their contacts outlive a call, and must be answered."""
    places = {"queue": line.plan.queues, "topic": line.plan.topics, "language": line.plan.languages}
    try:
        waiting = open_contacts(store.engine)
    except SQLAlchemyError as error:
        log.warning("nobody knows who waits", cause=type(error).__name__)
        return []
    gone: Counter[tuple[str, str]] = Counter()
    for queue, topic, language, many in waiting:
        for kind, name in (("queue", queue), ("topic", topic), ("language", language)):
            if name and name not in places[kind]:
                gone[kind, name] += many
    mend = "Leave it in until they are answered: voice calls list."
    return [
        Problem(LINE_FILE, 0, f"{_still_wait(many)} for the {kind} “{name}”.", mend)
        for (kind, name), many in gone.items()
    ]


def _still_wait(many: int) -> str:
    return "1 caller still waits" if many == 1 else f"{many} callers still wait"
