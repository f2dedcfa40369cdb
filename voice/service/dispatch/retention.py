"""Callers' words, numbers and calls are kept as long as the line allows (`keep_words_days`, `keep_numbers_days`,
`keep_calls_days`), and words unmasked no longer than they are needed.

The journal has them without numbers from the start, to be learnt from. A call under way and an open contact have them
as they were said, for whoever answers hears them. When the contact has ended and the call is over, numbers are masked
there, too; after the days allowed the words are gone everywhere, then the numbers, and at last the whole call.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from voice.content import Line
from voice.errors import VoiceError
from voice.service.calls.redaction import without_numbers
from voice.service.runtime.logs import log
from voice.store import Store
from voice.store.retention import (
    LONGEST_CALL,
    Kept,
    claim,
    done,
    done_until,
    forget,
    forget_answers,
    forget_calls,
    forget_numbers,
    over_since,
    rewrite,
)
from voice.understanding.numbers import NUMERALS

TIDY_EVERY = timedelta(minutes=10)

AGAIN = timedelta(hours=1)
"""What ended shortly before the last look is looked at once more: clocks differ between machines."""

ANSWERS_KEPT = timedelta(hours=1)
"""Longer than Twilio repeats a webhook."""


@dataclass(frozen=True)
class Retention:
    """How far each thing was done stands in the store: whoever looks next, on whichever machine, goes on from there."""

    store: Store

    def tidy(self, line: Line, now: datetime) -> int:
        """How many calls and contacts had something that may not stand there."""
        engine = self.store.engine
        forget_answers(engine, now - ANSWERS_KEPT)
        self.store.directory.forget(now)
        self.store.agreements.forget(now - timedelta(days=line.keep_words_days))
        many = forget_calls(engine, now - timedelta(days=line.keep_calls_days), now)
        for what, kept, forgets in (
            ("words", line.keep_words_days, forget),
            ("numbers", line.keep_numbers_days, forget_numbers),
        ):
            before = now - timedelta(days=kept)
            many += forgets(engine, before, now, done_until(engine, what))
            # A call of which nothing is heard is over only when the longest is: until then it is looked at again.
            done(engine, what, min(before, now - LONGEST_CALL) - AGAIN)
        found = over_since(engine, done_until(engine, "masked"), now)
        many += rewrite(engine, (masked for one in found if (masked := _masked(one)) != one))
        done(engine, "masked", now - LONGEST_CALL - AGAIN)
        return many

    def run(self, line: Callable[[], Line], clock: Callable[[], datetime], stop: threading.Event) -> None:
        """Until it is stopped."""
        while True:
            try:
                now = clock()
                if claim(self.store.engine, "tidied", now, TIDY_EVERY):
                    self.tidy(line(), now)
            except (VoiceError, SQLAlchemyError) as error:
                log.warning("words and numbers are kept longer than they should", cause=type(error).__name__)
            if stop.wait(TIDY_EVERY.total_seconds()):
                return


def _masked(kept: Kept) -> Kept:
    """Of a language whose numbers nobody knows here, nothing is kept."""
    if kept.language not in NUMERALS:
        return replace(kept, words=())
    return replace(kept, words=tuple(without_numbers(text, kept.language) for text in kept.words))
