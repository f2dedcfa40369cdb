"""Notices, checked before they are said: what `voice notice` and the console's page do.

Every process says a notice within a second (`voice.service.live.in_force`), and it expires by itself. Whoever asked for
a text waits for somebody to say that it is over: that it expired does not mean that it is solved.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from voice.content import Line
from voice.content.files import nearest
from voice.content.texts import strange_sign
from voice.core.contact.state import SOLVED
from voice.core.notice import NoticeKind
from voice.errors import SettingsError
from voice.service.console.queues import LONGEST, WRITE
from voice.store import Store

MOST_WORDS = 25
"""What is heard once and is longer is not remembered."""

MOST_FOR_ALL = 12
"""Who rings about something else wants to be asked."""

USUAL = timedelta(hours=12)
"""How long a notice is said of which nobody says until when."""

LONGEST_AREA = 64


@dataclass(frozen=True)
class NewNotice:
    """As it is written down: the words by language, of which topics (none: whatever it is about), where."""

    texts: Mapping[str, str]
    topics: Sequence[str] = ()
    area: str | None = None
    closure: bool = False

    @property
    def kind(self) -> NoticeKind:
        if self.closure:
            return NoticeKind.CLOSURE
        return NoticeKind.TOPIC if self.topics else NoticeKind.ALL


def add(line: Line, store: Store, new: NewNotice, until: datetime | None, by: str, now: datetime) -> int:
    """Its number. Raises `SettingsError` for what callers could not hear, or should not."""
    until = until or now + USUAL
    if until <= now:
        raise SettingsError("That moment is past.", WRITE)
    if until - now > LONGEST:
        raise SettingsError(f"Not longer than {LONGEST.days} days.", "What lasts longer belongs in prompts/.")
    for topic in new.topics:
        if topic not in line.plan.topics:
            raise SettingsError(f"There is no topic “{topic}”.", nearest(topic, line.plan.topics))
    if new.area is not None and not 0 < len(new.area.strip()) <= LONGEST_AREA:
        raise SettingsError(f"An area has a name of at most {LONGEST_AREA} characters.", "Write it as callers say it.")
    if new.area is not None and new.kind is NoticeKind.ALL:
        raise SettingsError("A notice of an area is asked about, so it needs its topics.", "Add --topics.")
    texts = {language: _checked(line, language, text, new.kind) for language, text in new.texts.items()}
    area = new.area.strip() if new.area else None
    return store.notices.add(new.kind, texts, tuple(new.topics), area, now, until, by)


def put_into_words(line: Line, store: Store, number: int, language: str, text: str) -> None:
    """The same notice in another language. Raises `SettingsError`."""
    posted = store.notices.find(number)
    if posted is None or posted.ended:
        raise SettingsError(f"There is no notice {number} that is said.", "See: voice notice list.")
    store.notices.put_into_words(number, language, _checked(line, language, text, posted.notice.kind))


def missing(line: Line, texts: Mapping[str, str]) -> tuple[str, ...]:
    """The languages in which callers hear nothing of it."""
    return tuple(language for language in line.languages if language not in texts)


def end(line: Line, store: Store, number: int, by: str, now: datetime) -> int:
    """It is over: who asked is texted, at the pace that the line has for it. How many are. Raises `SettingsError`."""
    if store.notices.find(number) is None:
        raise SettingsError(f"There is no notice {number}.", "See: voice notice list.")
    return store.notices.end(number, by, now, timedelta(minutes=1) / line.notices.texts_per_minute, SOLVED)


def _checked(line: Line, language: str, text: str, kind: NoticeKind) -> str:
    if language not in line.languages:
        raise SettingsError(f"There is no language “{language}”.", nearest(language, line.languages))
    words = text.split()
    most = MOST_FOR_ALL if kind is NoticeKind.ALL else MOST_WORDS
    if not words:
        raise SettingsError("The notice has no words.", "Write what is going on, between quotes.")
    if len(words) > most:
        why = "Everybody hears it before the question: say it shorter." if kind is NoticeKind.ALL else "Say it shorter."
        raise SettingsError(f"The notice has {len(words)} words, and {most} are the most.", why)
    if strange := strange_sign(text):
        raise SettingsError(f"The notice has a sign in it that nobody speaks: {strange}.", "Write it in words.")
    return " ".join(words)
