"""What the line says, in words.

A prompt is a key with text; `{…}` in it is filled with what the dialogue hands along: a topic or queue by its name in
this language (in questions by its short one), a telephone number in groups, a moment as it is said today, a count in
its plural form (the CLDR, through babel).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from babel import Locale
from babel.dates import format_date

from voice.content.files import Place
from voice.content.prompt_keys import ANSWER, SHORT
from voice.content.spoken import Moments, locale, said_number
from voice.content.spoken_hours import spoken_hours
from voice.core.call.actions import Prompt, Value
from voice.core.queue.hours import Span


class SpokenHours(dict[str, str]):
    """`{hours:billing}` in a text: the opening hours of that queue."""

    def __format__(self, queue: str) -> str:
        return self.get(queue, "")


Forms = Mapping[str, str]
"""The text for each plural category; a prompt without a count has only "other"."""


@dataclass(frozen=True)
class Prompts:
    language: str
    country: str
    texts: Mapping[str, Forms]
    hours: SpokenHours = field(default_factory=SpokenHours)

    def knowing(self, weekly: Mapping[str, Sequence[tuple[Span, ...]]]) -> "Prompts":
        """The same, with the opening hours of each queue to say."""

        def say(key: str, values: Mapping[str, object]) -> str:
            return self._text(key).format_map(values)

        def clock(minute: int) -> str:
            return self._moments.clock(datetime(2024, 1, 1) + timedelta(minutes=minute))

        said = {queue: spoken_hours(spans, self.language, say, clock) for queue, spans in weekly.items()}
        return replace(self, hours=SpokenHours(said))

    def say(self, prompt: Prompt, now: datetime) -> str:
        """The words of a prompt. `now` is the moment on the line's own clock, so that "tomorrow" is right."""
        values: dict[str, object] = {"hours": self.hours} if prompt.key.startswith(ANSWER) else {}
        for name, value in prompt.values.items():
            if isinstance(value, datetime) and name == "opens":
                values |= self._moments.values(value, now)
            else:
                values[name] = self._spoken(prompt.key, name, value, now)
        return self.texts[prompt.key][self.form(prompt)].format_map(values)

    def form(self, prompt: Prompt) -> str:
        """Which of its forms a prompt takes: the plural category of its count (CLDR), or the only one it has."""
        count = prompt.values.get("count")
        form = Locale.parse(self.language).plural_form(count) if isinstance(count, int) else "other"
        return form if form in self.texts[prompt.key] else "other"

    def topic(self, key: str, topic: str) -> str:
        """The key of the name that a topic has in this prompt."""
        short = f"{SHORT}.{topic}"
        return short if short in self.texts and not key.startswith("agent.") else f"topic.{topic}"

    def _text(self, key: str) -> str:
        return self.texts[key]["other"] if key in self.texts else ""

    @property
    def _moments(self) -> Moments:
        return Moments(self.language, self.country, self._text)

    def _spoken(self, key: str, name: str, value: Value, now: datetime) -> str:
        if isinstance(value, datetime):
            return self._moments.clock(value.astimezone(now.tzinfo))
        if name == "language":
            return str(Locale.parse(str(value)).get_display_name(self.language))
        if name in ("topic", "first", "second"):
            return self._text(self.topic(key, str(value)))
        if name == "birth":
            return format_date(date.fromisoformat(str(value)), "long", locale=locale(self.language, self.country))
        if name == "queue":
            return self._text(f"queue.{value}")
        if name == "number":
            return said_number(str(value), self.language, self.country, self._text("number.read"))
        return str(value)


def flat(data: Mapping[str, Any], place: Place = ()) -> dict[Place, tuple[str, Forms]]:
    """What stands in a file of prompts, by its place: nested groups become dotted keys; a mapping with "other" in it
    holds plural forms."""
    found: dict[Place, tuple[str, Forms]] = {}
    for name, value in data.items():
        at = (*place, name)
        if isinstance(value, dict) and "other" not in value:
            found |= flat(value, at)
        else:
            found[at] = ".".join(map(str, at)), value if isinstance(value, dict) else {"other": value}
    return found
