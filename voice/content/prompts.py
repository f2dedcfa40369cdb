"""`prompts/<lang>.yaml` → what the line says, in words.

A prompt is a key with text; `{…}` in it is filled with what the dialogue hands along: a topic or queue by its name in
this language (in questions by its short one), a telephone number in groups, a moment as it is said today, a count in
its plural form (the CLDR, through babel).
"""

import re
import string
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date

from voice.content.files import Document, Place, listed, nearest, read_yaml
from voice.content.linefile import Outline
from voice.content.spoken import Moments, locale, said_number
from voice.content.spoken_hours import spoken_hours
from voice.content.texts import strange_sign
from voice.core.call.actions import Prompt, Value
from voice.core.queue.hours import Span
from voice.errors import ContentError, Problem

NAMED = ("topic", "short", "queue", "answer", "safety")
"""Groups of prompts whose names are line.yaml's."""

KEYS: Mapping[str, frozenset[str]] = {
    key: frozenset(placeholders.split())
    for key, placeholders in {
        "welcome": "",
        "welcome.kept": "count",
        "question.first": "",
        "question": "",
        "again": "",
        "again.silence": "",
        "confirm": "topic",
        "check.agent": "",
        "check.callback": "",
        "check.back": "",
        "check.goodbye": "",
        "check.language": "language",
        "choice": "first second",
        "choice.both": "first second",
        "menu.option": "digit topic",
        "menu.person": "",
        "announce": "topic",
        "connecting": "",
        "person": "",
        "back": "",
        "declined": "",
        "goodbye": "",
        "sorry.silence": "",
        "sorry.unclear": "",
        "sorry.wrong": "",
        "sorry.fault": "",
        "hold": "",
        "hold.position": "count",
        "hold.next": "",
        "hold.commands": "",
        "hold.topic": "",
        "hold.goodbye": "",
        "silent": "",
        "danger.objected": "",
        "aside.machine": "",
        "aside.recorded": "",
        "aside.how_long": "",
        "offer.closed": "queue opens",
        "offer.never": "queue",
        "offer.full": "",
        "offer.fault": "",
        "offer.callback": "number",
        "offer.callback.hidden": "",
        "callback.confirm": "number",
        "callback.confirm.window": "number opens until",
        "callback.number": "",
        "callback.number.rest": "number",
        "callback.noted": "",
        "callback.own": "number",
        "callback.never": "",
        "callback.often": "",
        "callback.standing": "",
        "callback.taken": "",
        "callback.taken.later": "opens",
        "callback.later": "",
        "callback.taken.window": "opens until",
        "window": "",
        "window.option": "digit opens until",
        "window.taken": "",
        "window.none": "",
        "hold.soon": "",
        "hold.wait": "count low",
        "offer.closing": "queue opens",
        "offer.nobody": "queue",
        "offer.language": "language queue",
        "listed": "",
        "listed.around": "until",
        "listed.at": "opens",
        "listed.window": "opens until",
        "listed.keep": "",
        "listed.which": "",
        "listed.cancel": "",
        "resume": "topic",
        "agreed": "text",
        "broken": "",
        "broken.unknown": "",
        "missed.unknown": "",
        "listed.stays": "",
        "listed.cancelled": "",
        "helped": "",
        "helped.where": "",
        "helped.again": "",
        "sent.on": "",
        "earlier": "",
        "earlier.again": "",
        "identity.customer_number": "",
        "identity.birth_date": "",
        "identity.misfit": "",
        "identity.without": "",
        "identity.thanks": "",
        "notice": "text",
        "notice.topic": "topic",
        "notice.area": "area",
        "notice.text": "",
        "notice.stay": "",
        "notice.noted": "",
        "notice.hold": "",
        "notice.hold.area": "area",
        "notice.hold.noted": "",
        "answered": "",
        "answered.text": "",
        "answered.texted": "",
        "answered.service": "text",
        "hours.always": "",
        "hours.never": "",
        "hours.days": "from to",
        "hours.span": "from to",
        "hours.and": "last some",
        "agent.whisper": "language queue",
        "agent.callback": "",
        "agent.earlier": "words",
        "agent.agreed": "text",
        "agent.known": "name",
        "agent.account": "account",
        "agent.identity.customer_number": "account",
        "agent.identity.birth_date": "birth",
        "agent.identity.checked": "",
        "agent.words": "words",
        "agent.topic": "topic",
        "agent.note": "topic",
        "agent.waited": "count",
        "agent.again": "count",
        "agent.press": "",
        "agent.connecting": "",
        "agent.up": "",
        "agent.ringing": "",
        "agent.declined": "",
        "agent.gone": "",
        "agent.fault": "",
        "agent.pin": "",
        "agent.pin.wrong": "",
        "agent.pin.ring": "",
        "agent.in": "",
        "agent.out": "",
        "agent.unknown": "",
        "customer.hello": "line",
        "customer.hello.language": "language line",
        "customer.again": "line",
        "customer.later": "line",
        "customer.not_now": "",
        "customer.connecting": "",
        "customer.sorry": "",
        "customer.cancelled": "",
        "sms.taken": "line reference",
        "sms.taken.later": "line opens reference",
        "sms.taken.window": "line opens reference until",
        "sms.late": "line reference",
        "sms.unreached": "line reference",
        "sms.cancelled": "line reference",
        "sms.solved": "line",
        "sms.agreed": "line opens text",
        "sms.agreed.reminder": "line opens text",
        "sms.nothing": "line",
        "sms.cancel.words": "",
        "sms.polite.words": "",
        "when.today": "",
        "when.tomorrow": "",
        "when.weekday": "weekday",
        "when.date": "weekday date",
        "when.at": "day time",
        "clock.hour": "hour",
        "clock.minutes": "hour minute",
        "clock.midnight": "",
    }.items()
}
"""Every prompt of the dialogue, with the placeholders that it may have. Topics and queues add theirs by name."""

EXTRA: Mapping[str, frozenset[str]] = {
    "welcome.listened": frozenset(),
    "clock.morning": frozenset(),
    "clock.afternoon": frozenset(),
    "clock.one": frozenset(),
    "when.first": frozenset({"month"}),
    "when.evening.today": frozenset(),
    "when.evening.tomorrow": frozenset(),
    "when.evening.weekday": frozenset({"weekday"}),
    "when.evening.date": frozenset({"weekday", "date"}),
    "number.read": frozenset(),
}
"""What not every language needs: the halves of a twelve-hour clock, the first of the month, the evening that a midnight
ends, how telephone numbers are read, and that calls may be listened to."""

PARTS_OF_A_MOMENT = frozenset({"day", "from"})
"""What may stand for {opens}: its day, and its time."""

SHORT = "short"
"""The group of the topics' names in questions, which callers hear; agents are told the full ones."""

READY_DANGERS = ("emergency", "crisis")
"""Kinds of danger for which the shipped prompts have words, whether a line names them or not."""

CLOCK_PLACEHOLDERS = frozenset({"hour", "hour12", "minute", "half"})
MUST_STAND = {
    "reference",
    "opens",
    "number",
    "digit",
    "first",
    "second",
    "time",
    "until",
    "to",
    "some",
    "last",
    "text",
    "area",
    "account",
    "birth",
}
"""Placeholders that a text may not leave out: without them the caller misses what they need to know or do."""

SHOULD_STAND = {"topic", "language", "queue", "count"}
"""Without these the caller hears less than there is to say, which is told as a warning. One and the same form of a
count may have it in words."""

MEANT = re.compile(r"[(\[<%$]{1,2}\s*(\w+)\s*[)\]>%]{1,2}|\{\{\s*(\w+)\s*\}\}|\$(\w+)\b")
"""A name between signs that other programs put around what they fill in."""

MOST_NAMED = 2
"""Missing prompts that are told one by one; more have one cause."""

MOST_WORDS = 25
"""A placeholder is one word. What is heard once and is longer than this is not remembered; an SMS is read."""

MOST_OF_AN_ANSWER = 40
"""Who asks for it listens longer."""

ANSWER = "answer."
TEXT = ".sms"
"""`answer.NAME` is said, and `answer.NAME.sms` its text."""


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


def load_prompts(folder: Path, language: str, outline: Outline, problems: list[Problem]) -> Prompts | None:
    """Read and check one language's prompts. Faults are added to `problems`; None where there is nothing to read."""
    shown_as = f"prompts/{language}.yaml"
    try:
        document = read_yaml(folder / "prompts" / f"{language}.yaml", shown_as)
    except ContentError as error:
        problems += error.problems
        return None
    if not isinstance(document.data, dict):
        problems.append(Problem(shown_as, 1, "There are no prompts in this file.", "Write them as key: text."))
        return None
    texts: dict[str, Forms] = {}
    places: dict[str, Place] = {}
    _flatten(document.data, (), texts, places)
    topics = (*outline.topics, *outline.answers)
    known = {
        **KEYS,
        **EXTRA,
        **{f"{group}.{topic}": frozenset[str]() for topic in topics for group in ("topic", SHORT)},
        **{f"queue.{queue}": frozenset[str]() for queue in outline.queues},
        **{f"{ANSWER}{name}": frozenset(("hours",)) for name in outline.answers},
        **{f"{ANSWER}{name}{TEXT}": frozenset(("hours",)) for name in outline.texts},
        **{f"safety.{kind}": frozenset[str]() for kind in (*READY_DANGERS, *outline.safety)},
    }
    spare = {f"safety.{kind}" for kind in READY_DANGERS if kind not in outline.safety}
    problems += _check_keys(document, texts, places, known, spare | set(EXTRA))
    for key, forms in texts.items():
        if key in known:
            allowed = CLOCK_PLACEHOLDERS if key.startswith("clock.") else known[key]
            for form, text in forms.items():
                place = (*places[key], form) if len(forms) > 1 else places[key]
                problems += _check_text(document, place, key, text, allowed, outline.queues)
            problems += _check_forms(document, places[key], key, forms, language)
    return Prompts(language, outline.country, texts)


def _flatten(
    data: Mapping[str, Any],
    place: Place,
    texts: dict[str, Forms],
    places: dict[str, Place],
) -> None:
    """Nested groups become dotted keys; a mapping with "other" in it holds plural forms."""
    for name, value in data.items():
        at = (*place, name)
        key = ".".join(str(part) for part in at)
        if isinstance(value, dict) and "other" not in value:
            _flatten(value, at, texts, places)
            continue
        texts[key] = value if isinstance(value, dict) else {"other": value}
        places[key] = at


def _check_keys(
    document: Document,
    texts: Mapping[str, Forms],
    places: Mapping[str, Place],
    known: Mapping[str, frozenset[str]],
    spare: set[str],
) -> list[Problem]:
    grouped: dict[str, list[str]] = {}
    for key in texts:
        if key not in known:
            group = key.partition(".")[0]
            grouped.setdefault(group if group in (*NAMED, *KEYS) else key, []).append(key)
    problems = []
    for group, keys in grouped.items():
        if group in KEYS and keys[0] != group:
            what = f"“{group}” is a group of names, where one text belongs."
            problems.append(document.problem(places[keys[0]], what, "Write its text behind the colon."))
        elif len(keys) > 1:
            names = [key.partition(".")[2] for key in keys]
            what = f"“{group}” has words for {listed(names)}, which line.yaml does not name."
            problems.append(document.problem(places[keys[0]], what, "Rename them as in line.yaml, or delete them."))
        else:
            near = [name for name in known if name.partition(".")[0] == group] or list(known)
            problems.append(
                document.problem(places[keys[0]], f"There is no prompt “{keys[0]}”.", nearest(keys[0], near))
            )
    missing = [key for key in known if key not in texts and key not in spare and not key.startswith(f"{SHORT}.")]
    missing = [key for key in missing if key not in grouped]
    if len(missing) > MOST_NAMED:
        what = f"{len(missing)} prompts are missing: {textwrap.shorten(', '.join(missing), 300, placeholder=' …')}."
        return [*problems, Problem(document.path, 0, what, "Add them: `voice init` writes a file that has them all.")]
    return problems + [Problem(document.path, 0, f"The prompt “{key}” is missing.", "Add it.") for key in missing]


def _check_text(
    document: Document, at: Place, key: str, text: object, allowed: frozenset[str], queues: Sequence[str]
) -> Iterator[Problem]:
    if isinstance(text, list):
        yield document.problem(at, f"“{key}” is a list, where one text belongs.", "Write its text behind the colon.")
        return
    if not isinstance(text, str) or not text.strip():
        yield document.problem(at, f"The prompt “{key}” has no words.", "Write its text between quotes.")
        return
    if meant := sorted({name for found in MEANT.findall(text) for name in found if name in allowed}):
        what = f"“{key}” has {meant[0]} between signs that mean nothing here."
        yield document.problem(at, what, f"Write {{{meant[0]}}}.")
        return
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        yield document.problem(at, f"“{key}” has a bracket without its partner.", "Check { and }.")
        return
    used = {name for _, name, _, _ in parts if name is not None}
    if "opens" in allowed:
        allowed |= PARTS_OF_A_MOMENT
        used |= {"opens"} if used >= PARTS_OF_A_MOMENT else set()
    for name in sorted(used - allowed):
        yield document.problem(at, f"“{key}” cannot fill {{{name}}}.", nearest(name, allowed) or "Take it out.")
    for name in sorted((allowed & MUST_STAND) - used):
        yield document.problem(at, f"“{key}” leaves out {{{name}}}.", "Put it where it is to be said.")
    spelt_out = at[-1] != "other" and len(at) > 1 and at[-1] in ("zero", "one", "two")
    for name in sorted((allowed & SHOULD_STAND) - used):
        if used <= allowed and not (name == "count" and spelt_out):
            what = f"“{key}” leaves out {{{name}}}, so that callers do not hear it."
            yield document.problem(at, what, "Put it where it is to be said.", warning=True)
    named = [form for _, name, form, _ in parts if name == "hours" and "hours" in allowed]
    for queue in named:
        if queue not in queues:
            what = f"“{key}” says the hours of no queue: {{hours:{queue}}}."
            yield document.problem(at, what, nearest(queue or "", queues) or "Write it as {hours:QUEUE}.")
    if any((form and form not in named) or conversion for _, _, form, conversion in parts):
        yield document.problem(at, f"“{key}” has more than a name between {{ and }}.", "Write the name alone.")
    if strange := strange_sign(" ".join(literal for literal, *_ in parts)):
        what = f"“{key}” has a sign in it that nobody speaks: {strange}."
        yield document.problem(at, what, "Write it in words, or take it out.")
    words, most = len(text.split()), MOST_OF_AN_ANSWER if key.startswith(ANSWER) else MOST_WORDS
    if words > most and not (key.startswith("sms.") or key.endswith(TEXT)):
        what = f"“{key}” has {words} words; the ear holds {most}."
        yield document.problem(at, what, "Say it shorter.", warning=True)


def _check_forms(document: Document, place: Place, key: str, forms: Forms, language: str) -> Iterator[Problem]:
    """The plural forms of a prompt with a count are those of the language; any other prompt has one form."""
    counted = "count" in KEYS.get(key, ())
    needed = {*Locale.parse(language).plural_form.tags, "other"} if counted else {"other"}
    for form in sorted(needed - set(forms)):
        what = f"“{key}” has no form “{form}”, which {language} needs."
        yield document.problem(place, what, f"Add {form}: to it.")
    for form in sorted(set(forms) - needed):
        what = f"“{key}” has a form “{form}” that is never said."
        yield document.problem((*place, form), what, nearest(form, needed) if counted else "It has no {count}.")
