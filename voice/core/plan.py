"""What the operator decided, as the dialogue needs it. `voice.content` builds it from `grammars/line.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from voice.core.hours import Hours

MAX_QUESTIONS = 3
"""No caller is asked more than this before a queue: first question, other words, keypad."""

MAX_ROUNDS = 24
"""No caller stays in the questions longer than this, whatever they say; a person comes next."""

MENU_SIZE = 4
"""A list that is heard, not read: more than four is forgotten before it ends."""


@dataclass(frozen=True)
class Queue:
    name: str
    hours: Hours


@dataclass(frozen=True)
class Plan:
    """The line as the dialogue sees it.

    `topics` maps an intent to its queue's name; `menu` holds at most `MENU_SIZE` intents; `person` is the queue of
    people who take any question; `keys` maps a key to the language it chooses; `numbers` a dialled number to its
    language.
    """

    timezone: ZoneInfo
    languages: tuple[str, ...]
    default_language: str
    numbers: Mapping[str, str]
    keys: Mapping[str, str]
    topics: Mapping[str, str]
    menu: tuple[str, ...]
    person: str
    queues: Mapping[str, Queue]

    def language_of(self, dialled: str) -> str:
        return self.numbers.get(dialled, self.default_language)

    def queue_of(self, intent: str | None) -> str:
        return self.topics[intent] if intent else self.person

    def is_open(self, queue: str, now: datetime) -> bool:
        return self.queues[queue].hours.is_open(now.astimezone(self.timezone))

    def opens_after(self, queue: str, now: datetime) -> datetime | None:
        return self.queues[queue].hours.opens_after(now.astimezone(self.timezone))
