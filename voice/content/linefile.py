"""`grammars/line.yaml`, read with every fault in it: its form by pydantic, then whether each name exists."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo, available_timezones

import holidays
from babel import Locale, UnknownLocaleError
from pydantic import ValidationError

from voice.content.files import Document, Place, closest, listed, nearest, read_yaml
from voice.content.line_numbers import NUMBERS
from voice.content.schema import NAME, LineFile, PausesEntry
from voice.content.shared import SHARED
from voice.content.time_mends import shown
from voice.content.times import SEPARATOR, spans_of, weekly_spans
from voice.core.call.states import LISTENING
from voice.core.interpretation import Command
from voice.core.plan import MENU_SIZE
from voice.core.queue.hours import Span
from voice.errors import ContentError, Problem

LINE_FILE = "grammars/line.yaml"

SHORTEST_RING, LONGEST_RING = timedelta(seconds=5), timedelta(minutes=10)
"""The longest is Twilio's (https://www.twilio.com/docs/voice/twiml/dial#timeout); within less nobody picks up."""


@dataclass(frozen=True)
class Outline:
    """The names in line.yaml, as far as they can be read in a faulty file: the other files are checked against them,
    so that all faults are told at once."""

    languages: tuple[str, ...]
    topics: tuple[str, ...]
    queues: tuple[str, ...]
    safety: tuple[str, ...]
    country: str
    answers: tuple[str, ...] = ()
    texts: frozenset[str] = frozenset()
    homes: Mapping[str, str] = field(default_factory=dict)
    """A general answer → the topic of the people who know it too."""


def intents_of(topics: Iterable[str], answers: Iterable[str] = (), safety: Iterable[str] = ()) -> tuple[str, ...]:
    """What the understanding tells apart: topics, general answers, commands, `none` and kinds of danger."""
    return (*topics, *answers, *(command.value for command in Command), "none", *safety)


def read_outline(data: Any) -> Outline:
    written = data if isinstance(data, dict) else {}

    def names(key: str) -> tuple[str, ...]:
        return tuple(written[key]) if isinstance(written.get(key), dict) else ()

    # A command's name is told as a fault of line.yaml, and of nothing else.
    taken = {"none", *(command.value for command in Command)}
    languages = tuple(code for code in names("languages") if is_language(code))
    answers = tuple(name for name in names("answers") if name not in taken)
    mute = {name for name in answers if isinstance(entry := written["answers"][name], dict) and not entry.get("sms", 1)}
    country = str(written.get("country", ""))
    return Outline(
        languages,
        tuple(name for name in names("topics") if name not in taken and NAME.fullmatch(name)),
        names("queues"),
        names("safety"),
        country,
        answers,
        frozenset(answers) - mute,
        {name: home for name in answers if isinstance(home := _home(written["answers"][name]), str)},
    )


def _home(entry: Any) -> Any:
    return entry.get("topic") if isinstance(entry, dict) else entry


def is_language(code: str) -> bool:
    """Does babel know its plurals and dates? Then a line can speak it."""
    try:
        return Locale.parse(code).language == code
    except (ValueError, UnknownLocaleError):
        return False


def spoken_languages(folder: Path, code: str, outline: Outline) -> list[Problem]:
    """The languages that a caller may ask for in this one are the line's. What else is wrong in that file is told by
    `load_grammar`, which reads it for the understanding."""
    shown_as = f"grammars/{code}/{SHARED}"
    try:
        document = read_yaml(folder / shown_as, shown_as)
        asked = document.data["lists"]["language"]
    except (ContentError, LookupError, TypeError):
        return []
    place = ("lists", "language")
    strangers = [
        document.problem((*place, other), f"“{other}” is no language of this line.", nearest(other, outline.languages))
        for other in asked
        if other not in outline.languages
    ]
    return strangers + [
        document.problem(place, f"The list “language” has no words for “{own}”.", f"Add a line “{own}: [{own}]”.")
        for own in outline.languages
        if own not in asked
    ]


def check_line(document: Document, problems: list[Problem]) -> LineFile | None:
    """The file, if its form is sound; its faults are added to `problems`."""
    try:
        written = LineFile.model_validate(document.data)
    except ValidationError as error:
        problems += _explain(document, error)
        return None
    for faults in (_names, _menu, _queues, _world, _hours, _sounds, *NUMBERS):
        problems += faults(document, written)
    return written


MENDS = {
    "missing": "Add it.",
    "empty": "Write one behind the colon, or under it and further in; or take the line out.",
    "string_type": "Put it between quotes.",
    "string_too_short": "Write something there.",
    "dict_type": "Write names under it, each with its value.",
    "model_type": "Write names under it, each with its value.",
    "list_type": "Write it between brackets, as [one, two].",
    "int_type": "Write it in figures, without quotes.",
    "int_parsing": "Write it in figures, without quotes.",
    "bool_type": "Write true or false.",
    "bool_parsing": "Write true or false.",
    "too_short": "Name at least one.",
    "greater_than": "Write a share, as 0.01 for one in a hundred.",
    "less_than": "Write a share, as 0.01 for one in a hundred.",
    "less_than_equal": "Write a share, as 0.9 for nine in ten.",
    "greater_than_equal": "Write whole seconds, from 1 on.",
    "float_parsing": "Write a number, as 0.01.",
    "int_parsing_size": "Write it in a few figures.",
}
"""By pydantic's names (https://docs.pydantic.dev/latest/errors/validation_errors/)."""

PATTERNS = {
    "country": "Write two capitals, as BE.",
    "key": "Write one of the keys 5, 6, 7 and 8, between quotes.",
    "hear": "Write it as nl-NL.",
    "say": "Write it as nl-NL.",
    "crm": "Write it as https://crm.example.com/?customer={number}, with {number} where the number belongs.",
    "post": "Write it as https://example.com/alarms.",
    "second_opinion": "Write it as http://127.0.0.1:8080/v1.",
}


KINDS = {
    "string_type": "text between quotes",
    "string_too_short": "some text",
    "dict_type": "a group of names",
    "model_type": "a group of names",
    "list_type": "a list",
    "too_short": "at least one name",
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "{ge:g} or more",
    "less_than": "less than {lt:g}",
    "less_than_equal": "{le:g} or less",
    "float_parsing": "a number",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a smaller number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "literal_error": "{expected}",
}
"""What belongs there, by the same names: a parser's own words are for programmers."""


def _known_at(place: Place) -> Iterable[str]:
    """The names that may stand where this one does."""
    kind: Any = LineFile
    for part in place[:-1]:
        kind = kind.model_fields[part].annotation if hasattr(kind, "model_fields") else get_args(kind)[-1]
    return kind.model_fields if hasattr(kind, "model_fields") else ()


def _explain(document: Document, error: ValidationError) -> list[Problem]:
    problems = []
    for fault in error.errors():
        place = _written_at(document, fault["loc"])
        name = ".".join(str(part) for part in place if part != "[key]")
        last = str(place[-1]) if place else ""
        if not place:
            what, mend = "The file is no line.", "See docs/grammars.md for what stands in it."
        elif fault["type"] == "extra_forbidden":
            what, mend = f"“{last}” is not known here.", nearest(last, _known_at(place))
        elif fault["type"] == "missing":
            what, mend = f"“{name}” is missing.", MENDS["missing"]
        elif fault["input"] is None:
            what, mend = f"“{name}” has no value.", MENDS["empty"]
        elif isinstance(fault["input"], dict) and fault["type"] in ("string_type", "list_type"):
            listed_ = fault["type"] == "list_type"
            what = f"“{name}” is a group of names, where {'a list' if listed_ else 'one word'} belongs."
            mend = MENDS["list_type"] if listed_ else "Write it behind the colon, on the same line."
        elif fault["type"] == "too_long":
            most = fault["ctx"]["max_length"]
            what = f"“{name}” has {fault['ctx']['actual_length']} entries, and {most} are the most."
            mend = "Take out those that matter least."
        elif isinstance(fault["input"], list) and fault["type"] == "string_type":
            what, mend = f"“{name}” is a list, where one word belongs.", "Write one, without brackets and dashes."
        elif isinstance(fault["input"], list) and fault["type"] in ("dict_type", "model_type"):
            what, mend = f"“{name}” is a list, where a group of names belongs.", "Write each as name: value, no dash."
        elif fault["type"] == "model_type" and last in _known_at((*place, last)):
            what, mend = f"“{last}” stands among the names that it belongs under.", "Put two more spaces before it."
        elif fault["type"] == "value_error":
            what, _, mend = str(fault["ctx"]["error"]).rpartition(SEPARATOR)
            what, mend = (what, mend) if what else (mend, "")
            what, mend = f"“{name}”: {what}.", f"{mend[:1].upper()}{mend[1:]}." if mend else ""
        elif fault["type"] == "string_pattern_mismatch":
            what, mend = f"“{name}” cannot be “{fault['input']}”.", _meant(str(fault["input"]), PATTERNS.get(last, ""))
        else:
            belongs = KINDS.get(fault["type"], "something else").format(**fault.get("ctx", {}))
            what = f"“{name}” cannot be {shown(fault['input'])}: {belongs.replace(chr(39), '')} belongs there."
            mend = MENDS.get(fault["type"], "")
            if fault["type"] == "greater_than_equal" and last not in PausesEntry.model_fields:
                mend = "Write a higher number."
            elif fault["type"] == "less_than_equal" and fault["ctx"]["le"] > 1:
                mend = "Write a lower number."
            elif fault["type"] == "literal_error" and (close := _choice(fault)):
                mend = f"Did you mean “{close}”?"
        problems.append(document.problem(place, what, mend))
    return problems


def _written_at(document: Document, place: tuple[str | int, ...]) -> Place:
    """A fault's place as far as it stands in the file: a word alone may stand for a group (`asks: {billing: …}`)."""
    inside = document.data
    for depth, part in enumerate(place):
        if not isinstance(inside, dict | list):
            return place[:depth]
        inside = inside.get(part) if isinstance(inside, dict) else inside[int(part)] if str(part).isdigit() else None
    return place


def _meant(written: str, mend: str) -> str:
    """A code of a language or country in the letters in which it is written."""
    if found := re.fullmatch(r"([a-z]{2,3})[-_ ]([a-z]{2})", written, re.IGNORECASE):
        return f"Write {found[1].lower()}-{found[2].upper()}."
    return f"Write {written.upper()}." if re.fullmatch(r"[a-z]{2}", written) and "capitals" in mend else mend


def _choice(fault: Any) -> str | None:
    """Which of the words that may stand there was meant."""
    return closest(str(fault["input"]), re.findall(r"'([^']+)'", fault["ctx"]["expected"]))


def _names(document: Document, written: LineFile) -> list[Problem]:
    """Every name that points at another entry must point at one, and be nobody else's."""
    problems = []
    commands = {"none", *(command.value for command in Command)}

    def must(place: Place, name: str, kind: str, known: Mapping[str, object]) -> None:
        if name not in known:
            problems.append(document.problem(place, f"There is no {kind} “{name}”.", nearest(name, known)))

    def own(place: Place, name: str, taken: Iterable[str], whose: str) -> None:
        if name in taken:
            problems.append(document.problem(place, f"“{name}” is {whose}.", "Take another."))

    must(("language",), written.language, "language", written.languages)
    must(("person",), written.person, "queue", written.queues)
    for topic, queue in written.topics.items():
        must(("topics", topic), queue, "queue", written.queues)
        own(("topics", topic), topic, commands, "a command's name")
    for name, answer in written.answers.items():
        must(("answers", name), answer.topic, "topic", written.topics)
        own(("answers", name), name, {*commands, *written.topics}, "the name of a topic or a command")
    for topic, asked in written.asks.items():
        must(("asks", topic), topic, "topic", written.topics)
        if asked.pattern is not None and asked.what == "birth_date":
            what = "A date of birth has no pattern: the calendar knows it."
            problems.append(document.problem(("asks", topic, "pattern"), what, "Take the pattern out."))
    for kind, danger in written.safety.items():
        must(("safety", kind, "queue"), danger.queue, "queue", written.queues)
        own(("safety", kind), kind, {*commands, *written.topics, *written.answers}, "the name of something else")
    for state in written.pauses:
        must(("pauses", state), state, "state that listens called", {state.value: state for state in LISTENING})
    return problems


def _menu(document: Document, written: LineFile) -> Iterator[Problem]:
    """Its topics, each once; several that are gone have one cause."""
    if not written.menu:
        what = "The menu is empty: who is not understood hears no topics on the keypad, but a person's key alone."
        yield document.problem(("menu",), what, f"Name up to {MENU_SIZE} topics between the brackets.", warning=True)
    gone = [topic for topic in written.menu if topic not in written.topics]
    if len(gone) > 1:
        what = f"“menu” names {listed(gone)}, which are no topics."
        yield document.problem(("menu",), what, nearest("", written.topics))
    elif gone:
        what = f"There is no topic “{gone[0]}”."
        yield document.problem(("menu", written.menu.index(gone[0])), what, nearest(gone[0], written.topics))
    for n, topic in enumerate(written.menu):
        if topic in written.menu[:n]:
            yield document.problem(("menu", n), f"“{topic}” stands in the menu twice.", "Keep one.", warning=True)


def _queues(document: Document, written: LineFile) -> Iterator[Problem]:
    """Each can be reached, and its levels lead up."""
    levels = {entry.escalates_to for entry in written.queues.values()}
    for name, entry in written.queues.items():
        if len(name) > 64:
            yield document.problem(("queues", name), "A queue's name has at most 64 characters.")
        above, place = entry.escalates_to, ("queues", name, "escalates_to")
        if above is not None and above not in written.queues:
            yield document.problem(place, f"There is no queue “{above}”.", nearest(above, written.queues))
        if above == name:
            yield document.problem(place, f"The queue “{name}” escalates to itself.", "Name the level above.")
        elif name in _levels_above(written, name):
            yield document.problem(place, f"The levels above “{name}” lead back to it.", "Let the highest have none.")
        if name not in {*written.topics.values(), written.person, *levels}:
            what = f"Nobody can reach the queue “{name}”, unless an agent sends them there."
            yield document.problem(("queues", name), what, "Give it a topic, or take it out.", warning=True)


def _world(document: Document, written: LineFile) -> Iterator[Problem]:
    """Languages, time zones, countries and their regions: names that the line has from elsewhere."""
    for code in written.languages:
        if not is_language(code):
            mend = "Write its code, as nl, fr, de or en."
            yield document.problem(("languages", code), f"There is no language “{code}”.", mend)
    try:
        ZoneInfo(written.timezone)
    except (KeyError, ValueError, OSError):
        what = f"There is no time zone “{written.timezone}”."
        # Those of Etc/ count the wrong way round, and one of an hour has no summer.
        places = [zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")]
        close = closest(written.timezone, places) or closest(f"Europe/{written.timezone}", places, cutoff=0.8)
        mend = f"Write it as {close}." if close else "Write the city whose clock it is, as Europe/Brussels."
        yield document.problem(("timezone",), what, mend)
    # Without its aliases: UK is no country's code, and nobody's telephone numbers.
    countries = holidays.list_supported_countries(include_aliases=False)
    if written.country not in countries:
        what = f"The public holidays of “{written.country}” are not known."
        mend = "Write GB." if written.country == "UK" else "Write the country as BE, NL, FR, DE, GB …"
        yield document.problem(("country",), what, mend)
    elif written.subdivision is not None and written.subdivision not in (regions := countries[written.country]):
        what = f"“{written.subdivision}” is no region of {written.country} whose holidays are known."
        yield document.problem(("subdivision",), what, nearest(written.subdivision, regions) or "Take it out.")


def _levels_above(written: LineFile, name: str) -> set[str]:
    found: set[str] = set()
    above = written.queues[name].escalates_to
    while above in written.queues and above not in found:
        found.add(above)
        above = written.queues[above].escalates_to
    return found


def _hours(document: Document, written: LineFile) -> Iterator[Problem]:
    for name, entry in written.queues.items():
        days = {*weekly_spans(entry.hours), *(spans_of(times) for times in entry.exceptions.values())}
        spans = [span for day in days for span in day]
        if not spans:
            what = f"The queue “{name}” is never open."
            yield document.problem(("queues", name), what, "Give it hours, or take it out.")
        elif entry.callback.capacity and not any(_holds(span, entry.callback.window) for span in spans):
            every = _said(entry.callback.window)
            what = f"No callback window of “{name}” lies in its hours: one begins every {every} from midnight on."
            place = ("queues", name, "callback", "window")
            yield document.problem(place, what, "Make the window shorter, or the hours longer.")


def _sounds(document: Document, written: LineFile) -> Iterator[Problem]:
    """How long telephones ring, and what is heard on hold: values that Twilio does not take."""
    for name, entry in written.queues.items():
        if not SHORTEST_RING <= entry.ring <= LONGEST_RING:
            what = f"“queues.{name}.ring” rings telephones for less than 5 seconds, or more than 10 minutes."
            yield document.problem(("queues", name, "ring"), what, "Write 20 s.", warning=True)
    if written.music is not None and not re.fullmatch(r"https?://\S+", written.music):
        what = f"“music” is “{written.music}”, which is no address on the web: Twilio cannot play it."
        mend = "Take it out, and put the file into prompts/audio/ as hold.mp3; or write https://example.com/hold.mp3."
        yield document.problem(("music",), what, mend, warning=True)


def _holds(span: Span, window: timedelta) -> bool:
    """Does a whole window lie in the span? Windows follow one another from midnight on."""
    length = window // timedelta(minutes=1)
    first = -(-span[0] // length) * length
    return first + length <= span[1]


def _said(window: timedelta) -> str:
    minutes = window // timedelta(minutes=1)
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"
