"""The line learns from its calls: once a day what came out of them is counted, and every process goes by the counts.

Of a call is learnt a day after it began, when agents and supervisors have had their say. The counts stand in the store
(`voice.store.learnt`), so that a start finds them, and each machine the same.
"""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from voice.content import Line
from voice.core.call.lessons import TELLING, JournaledTurn, Lesson, lessons
from voice.core.call.signals import TOPICAL
from voice.core.learnt import LearntDays
from voice.service.runtime.logs import log
from voice.store import Store
from voice.store.inbox import JournaledCall, heard
from voice.store.retention import claim
from voice.understanding import Trained, Understanding
from voice.understanding.learning import Verdict, counted
from voice.understanding.loading import taught

EVERY = timedelta(days=1)
SETTLED = timedelta(days=1)
"""After so long a call is learnt from."""

LONGEST = timedelta(days=30)
"""How far back is looked where few callers ring."""

LOOK_EVERY = 30.0
"""Seconds."""


def lessons_of(call: JournaledCall, line: Line) -> list[Lesson]:
    """What one call taught."""
    turns = [
        JournaledTurn(
            number=entry.number,
            what=entry.what,
            was=str(entry.detail.get("from", "")),
            topics=tuple(entry.detail.get("topics", ())),
            price=entry.detail.get("price"),
            intent=entry.detail.get("topic") or entry.detail.get("intent"),
            words=str(entry.detail.get("words", "")),
            language=str(entry.detail.get("language", call.language)),
        )
        for entry in call.lines
        if entry.what in TELLING
    ]
    return lessons(line.plan, turns, call.queue)


def learn(line: Line, store: Store, now: datetime) -> int:
    """Count what came out of the calls since the last time, language by language. How many were learnt from."""
    until, told = now - SETTLED, store.learnt.until()
    since = {language: max(told.get(language, until - LONGEST), until - LONGEST) for language in line.languages}
    known = {language: store.learnt.callers(at - LONGEST, at) for language, at in since.items()}
    heard_of = sorted(
        (one.number, one.language, Verdict(call.caller, one.price, one.right, one.weight))
        for call in heard(store.engine, min(since.values()), TOPICAL)
        for one in lessons_of(call, line)
        if one.language in since and since[one.language] < call.lines[0].at <= until
        if call.caller not in known[one.language]
    )
    added = 0
    for language in line.languages:
        day = counted([verdict for _, spoken, verdict in heard_of if spoken == language], until)
        if day and store.learnt.add(language, day):
            added += 1
            log.info("learnt", language=language, callers=day.callers, aside=day.aside)
    return added


def with_lessons(understanding: Understanding, line: Line, days: Mapping[str, LearntDays]) -> Understanding:
    """As callers have taught it. What is still being trained goes by what it was."""
    return taught(understanding, line.risk, days) if isinstance(understanding, Trained) else understanding


class Learning:
    """One for each process that serves. `take` is told what was learnt, whenever that is news."""

    def __init__(self, store: Store, take: Callable[[Mapping[str, LearntDays]], None]) -> None:
        self.store, self.take = store, take
        self._known = 0

    def look(self, line: Line, now: datetime) -> None:
        if claim(self.store.engine, "learnt", now, EVERY):
            learn(line, self.store, now)
        newest = self.store.learnt.newest()
        if newest != self._known:
            self.take(self.store.learnt.days())
            self._known = newest

    def start(self, line: Callable[[], Line], clock: Callable[[], datetime]) -> None:
        threading.Thread(target=self._run, args=(line, clock), name="learning", daemon=True).start()

    def _run(self, line: Callable[[], Line], clock: Callable[[], datetime]) -> None:
        pause = threading.Event()
        while True:
            try:
                self.look(line(), clock())
            except Exception as error:
                # Whatever is wrong with learning, calls are answered as before.
                log.error("nothing is learnt from calls", exc_info=error)
            pause.wait(LOOK_EVERY)
