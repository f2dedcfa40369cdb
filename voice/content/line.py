"""`grammars/line.yaml` and what stands beside it → one immutable `Line`."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
from pydantic import ValidationError

from voice.content.files import Document, nearest, read_yaml
from voice.content.prompts import Prompts, load_prompts
from voice.content.schema import LanguageEntry, LineFile, QueueEntry, days_of, spans_of
from voice.core.hours import DAY, Hours, Span
from voice.core.meaning import Command
from voice.core.plan import Plan, Queue
from voice.errors import ContentError, Problem

HOLIDAY_YEARS = range(2020, 2061)
"""Which years' public holidays are known; a line outlives no process that long."""

LINE_FILE = "grammars/line.yaml"


@dataclass(frozen=True)
class Line:
    """One version of the operator's files. `version` is a hash of all of them."""

    folder: Path
    version: str
    name: str
    country: str
    risk: float
    languages: Mapping[str, LanguageEntry]
    prompts: Mapping[str, Prompts]
    plan: Plan

    @property
    def intents(self) -> tuple[str, ...]:
        """Everything the understanding tells apart: topics, commands, and `none`."""
        return (*self.plan.topics, *(command.value for command in Command), "none")


def load_line(folder: Path) -> Line:
    """Read `folder`, which holds `grammars/` and `prompts/`. Raises `ContentError` with every fault found."""
    if not (folder / "grammars").is_dir():
        mend = "Give the folder that holds grammars/ and prompts/ with --line FOLDER, or VOICE_LINE."
        raise ContentError((Problem(str(folder), 0, "There is no line here: it has no folder grammars/.", mend),))
    document = read_yaml(folder / LINE_FILE, LINE_FILE)
    written = _check(document)
    plan = _plan(written, document)
    problems: list[Problem] = []
    prompts: dict[str, Prompts] = {}
    for code in written.languages:
        try:
            prompts[code] = load_prompts(folder, code, plan, written.country)
        except ContentError as error:
            problems += error.problems
        if not (folder / "grammars" / code).is_dir():
            what = f"The language {code} has no folder grammars/{code}/."
            problems.append(document.problem(("languages", code), what, "Make it, or take the language out."))
    if problems:
        raise ContentError(tuple(sorted(problems)))
    return Line(
        folder=folder,
        version=_version(folder),
        name=written.name,
        country=written.country,
        risk=written.risk,
        languages=written.languages,
        prompts=prompts,
        plan=plan,
    )


def _check(document: Document) -> LineFile:
    try:
        written = LineFile.model_validate(document.data)
    except ValidationError as error:
        raise ContentError(tuple(sorted(_explain(document, error)))) from None
    problems = [*_names(document, written), *_numbers(document, written)]
    if problems:
        raise ContentError(tuple(sorted(problems)))
    return written


def _explain(document: Document, error: ValidationError) -> list[Problem]:
    problems = []
    for fault in error.errors():
        place = [part for part in fault["loc"] if not str(part).startswith(("literal", "dict", "function"))]
        name = ".".join(str(part) for part in place)
        if fault["type"] == "extra_forbidden":
            schema = {1: LineFile, 3: QueueEntry if place[0] == "queues" else LanguageEntry}.get(len(place), LineFile)
            what, mend = f"“{place[-1]}” is not known here.", nearest(str(place[-1]), schema.model_fields)
        elif fault["type"] == "missing":
            what, mend = f"“{name}” is missing.", "Add it."
        else:
            what, mend = f"“{name}”: {fault['msg'].removeprefix('Value error, ')}.", ""
        problems.append(document.problem(place, what, mend))
    return problems


def _names(document: Document, written: LineFile) -> list[Problem]:
    """Every name that points at another entry must point at one."""
    problems = []

    def must(place: tuple[str | int, ...], name: str, kind: str, known: Mapping[str, object]) -> None:
        if name not in known:
            problems.append(document.problem(place, f"There is no {kind} “{name}”.", nearest(name, known)))

    must(("language",), written.language, "language", written.languages)
    must(("person",), written.person, "queue", written.queues)
    for topic, queue in written.topics.items():
        must(("topics", topic), queue, "queue", written.queues)
        if topic in {"none", *(command.value for command in Command)}:
            problems.append(document.problem(("topics", topic), f"“{topic}” is a command's name.", "Take another."))
    for n, topic in enumerate(written.menu):
        must(("menu", n), topic, "topic", written.topics)
    for name in written.queues:
        if len(name) > 64:
            problems.append(document.problem(("queues", name), "A queue's name has at most 64 characters."))
        if name not in {*written.topics.values(), written.person}:
            what = f"Nobody can reach the queue “{name}”."
            problems.append(document.problem(("queues", name), what, "Give it a topic, or take it out."))
    try:
        ZoneInfo(written.timezone)
    except (KeyError, ValueError, OSError):
        what = f"There is no time zone “{written.timezone}”."
        problems.append(document.problem(("timezone",), what, "Write it as Europe/Brussels."))
    try:
        holidays.country_holidays(written.country, years=2026)
    except NotImplementedError:
        what = f"The public holidays of “{written.country}” are not known."
        problems.append(document.problem(("country",), what, "Write the country as BE, NL, FR, DE, GB …"))
    return problems


def _numbers(document: Document, written: LineFile) -> list[Problem]:
    problems = []
    for field in ("number", "key"):
        seen: dict[str, str] = {}
        for code, entry in written.languages.items():
            value = getattr(entry, field)
            if value is None:
                continue
            if value in seen:
                what = f"The {field} {value} already chooses {seen[value]}."
                problems.append(document.problem(("languages", code, field), what, "Give each its own."))
            seen[value] = code
    return problems


def _plan(written: LineFile, document: Document) -> Plan:
    public = frozenset(holidays.country_holidays(written.country, years=HOLIDAY_YEARS))
    problems: list[Problem] = []
    queues: dict[str, Queue] = {}
    for name, entry in written.queues.items():
        try:
            queues[name] = Queue(name, _hours(entry, public))
        except ValueError as error:
            problems.append(document.problem(("queues", name), f"The hours of “{name}”: {error}."))
    if problems:
        raise ContentError(tuple(problems))
    return Plan(
        timezone=ZoneInfo(written.timezone),
        languages=tuple(written.languages),
        default_language=written.language,
        numbers={entry.number: code for code, entry in written.languages.items() if entry.number},
        keys={entry.key: code for code, entry in written.languages.items() if entry.key},
        topics=written.topics,
        menu=tuple(written.menu),
        person=written.person,
        queues=queues,
    )


def _hours(entry: QueueEntry, public: frozenset[date]) -> Hours:
    weekly: list[tuple[Span, ...]] = [((0, DAY),) if entry.hours == "always" else ()] * 7
    if isinstance(entry.hours, dict):
        for days, times in entry.hours.items():
            for day in days_of(days):
                weekly[day] = spans_of(times)
    exceptions: dict[date, tuple[Span, ...]] = dict.fromkeys(public, ()) if entry.holidays == "closed" else {}
    for day_written, times in entry.exceptions.items():
        exceptions[date.fromisoformat(day_written)] = spans_of(times)
    return Hours(tuple(weekly), exceptions)


def _version(folder: Path) -> str:
    digest = hashlib.sha256()
    for part in ("grammars", "prompts"):
        for path in sorted((folder / part).rglob("*")):
            if path.is_file() and path.suffix in (".yaml", ".tsv"):
                digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
