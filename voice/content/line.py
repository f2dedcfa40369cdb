"""`grammars/line.yaml` and what stands beside it → one immutable `Line`."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays

from voice.content.check_prompts import load_prompts
from voice.content.files import read_yaml, refuse
from voice.content.linefile import LINE_FILE, check_line, intents_of, read_outline, spoken_languages
from voice.content.moment_words import MomentWords, load_moment_words
from voice.content.prompts import Prompts
from voice.content.recordings import MANIFEST, Recordings, load_recordings, music
from voice.content.schema import (
    AlarmsEntry,
    CallersEntry,
    ConsoleEntry,
    LanguageEntry,
    LineFile,
    NoticesEntry,
    QueueEntry,
    RulesEntry,
    UnderstandingEntry,
)
from voice.content.times import YEARS, by_breadth, dates_of, spans_of, weekly_spans
from voice.content.voices import check_voices
from voice.content.wishes import WishPhrases, load_wishes
from voice.core.call.state import State
from voice.core.call.states import LISTENING, Pauses
from voice.core.contact.hourly import HourlyCeiling
from voice.core.contact.limits import CallbackLimits
from voice.core.identity import ANY_NUMBER, AskedIdentity, IdentityKind
from voice.core.plan import GeneralAnswer, Plan, Queue, Tier
from voice.core.queue.hours import Hours, Span
from voice.errors import ContentError, Problem


@dataclass(frozen=True)
class Line:
    """One version of the operator's files. `version` is a hash of all of them; `warnings` are what `voice check` tells
    though the line can stand. `phrases_right` is the share of its test phrases that must be understood;
    `hold` is the file that is played on hold; `pauses` how long the line listens in each state; `by_hand`: a save is a
    draft until it is published."""

    folder: Path
    version: str
    name: str
    country: str
    risk: float
    phrases_right: float
    languages: Mapping[str, LanguageEntry]
    prompts: Mapping[str, Prompts]
    recordings: Mapping[str, Recordings]
    hold: str
    plan: Plan
    warnings: tuple[Problem, ...] = ()
    agents_number: str | None = None
    callbacks: RulesEntry = field(default_factory=RulesEntry)
    sms_from: str | None = None
    alarms: AlarmsEntry = field(default_factory=AlarmsEntry)
    music: str | None = None
    keep_words_days: int = 30
    keep_numbers_days: int = 90
    keep_calls_days: int = 730
    console: ConsoleEntry = field(default_factory=ConsoleEntry)
    notices: NoticesEntry = field(default_factory=NoticesEntry)
    directory: CallersEntry = field(default_factory=CallersEntry)
    understanding: UnderstandingEntry = field(default_factory=UnderstandingEntry)
    wishes: Mapping[str, WishPhrases] = field(default_factory=dict)
    moments: Mapping[str, MomentWords] = field(default_factory=dict)
    pauses: Mapping[State, Pauses] = field(default_factory=lambda: LISTENING)
    by_hand: bool = False

    @property
    def intents(self) -> tuple[str, ...]:
        """Everything the understanding tells apart: topics, answers, commands, `none`, and danger."""
        return intents_of(self.plan.topics, self.plan.answers, self.plan.safety)


def load_line(folder: Path, *, lenient: bool = False) -> Line:
    """Read `folder`, which holds `grammars/` and `prompts/`. Raises `ContentError` with every fault found. What was
    live before an upgrade is read `lenient`: it stands, though this version of the program fills a prompt otherwise."""
    if not (folder / "grammars").is_dir():
        mend = "Give the folder that holds grammars/ and prompts/ with --line FOLDER, or VOICE_LINE."
        raise ContentError((Problem(str(folder), 0, "There is no line here: it has no folder grammars/.", mend),))
    document = read_yaml(folder / LINE_FILE, LINE_FILE)
    outline = read_outline(document.data)
    problems: list[Problem] = []
    written = check_line(document, problems)
    prompts: dict[str, Prompts] = {}
    for code in outline.languages:
        spoken = load_prompts(folder, code, outline, problems, lenient=lenient)
        if spoken:
            prompts[code] = spoken
        if not (folder / "grammars" / code).is_dir():
            what = f"The language {code} has no folder grammars/{code}/."
            folders = sorted(path.name for path in (folder / "grammars").glob("*/"))
            like = next((name for name in folders if name.casefold().startswith(code)), "")
            mend = f"Rename grammars/{like}/ to it." if like else "Make it, or take the language out."
            problems.append(document.problem(("languages", code), what, mend))
        problems += spoken_languages(folder, code, outline)
    if written is not None and written.console.listening:
        for code, spoken in prompts.items():
            if "welcome.listened" not in spoken.texts:
                what = f"Calls may be listened to, and prompts/{code}.yaml does not say so."
                mend = "Write welcome.listened in it, or take console: listening: out."
                problems.append(document.problem(("console", "listening"), what, mend))
    wishes = {code: load_wishes(folder, code, problems) for code in outline.languages}
    moments = {code: load_moment_words(folder, code, problems) for code in outline.languages}
    refuse(problems)
    assert written is not None
    problems += check_voices(document, written.languages)
    hours = {name: weekly_spans(entry.hours) for name, entry in written.queues.items()}
    return Line(
        folder=folder,
        version=version_of(folder),
        name=written.name,
        country=written.country,
        risk=written.risk,
        phrases_right=written.phrases_right,
        languages=written.languages,
        prompts={code: spoken.knowing(hours) for code, spoken in prompts.items()},
        recordings=load_recordings(folder, prompts),
        hold=music(folder),
        plan=_plan(written),
        warnings=tuple(problems),
        agents_number=written.agents.number,
        callbacks=written.callbacks,
        sms_from=written.sms.sender,
        alarms=written.alarms,
        music=written.music,
        keep_words_days=written.keep_words_days,
        keep_numbers_days=written.keep_numbers_days,
        keep_calls_days=written.keep_calls_days,
        console=written.console,
        notices=written.notices,
        directory=written.callers,
        understanding=written.understanding,
        wishes=wishes,
        moments=moments,
        pauses=_pauses(written),
        by_hand=written.publish == "by-hand",
    )


def _pauses(written: LineFile) -> dict[State, Pauses]:
    changed = {State(name): entry.model_dump(exclude_none=True) for name, entry in written.pauses.items()}
    return {state: replace(pauses, **changed.get(state, {})) for state, pauses in LISTENING.items()}


def _limits(rules: RulesEntry) -> CallbackLimits:
    return CallbackLimits(rules.open, rules.daily, rules.others, rules.hidden, rules.line)


def _plan(written: LineFile) -> Plan:
    public = frozenset(holidays.country_holidays(written.country, subdiv=written.subdivision, years=YEARS))
    public |= {day for days in written.holidays for day in dates_of(days)}
    return Plan(
        timezone=ZoneInfo(written.timezone),
        languages=tuple(written.languages),
        default_language=written.language,
        numbers={entry.number: code for code, entry in written.languages.items() if entry.number},
        keys={entry.key: code for code, entry in written.languages.items() if entry.key},
        topics=written.topics,
        safety={kind: danger.queue for kind, danger in written.safety.items()},
        menu=tuple(written.menu),
        person=written.person,
        queues={name: _queue(name, entry, public) for name, entry in written.queues.items()},
        limits=_limits(written.callbacks),
        hourly=HourlyCeiling(written.hourly.calls, written.hourly.texts),
        keep_words_days=written.keep_words_days,
        recognise=written.recognise,
        resume=written.resume,
        rung=spans_of(written.callbacks.rung)[0],
        tiers={name: Tier(entry.priority, entry.wait_target) for name, entry in written.tiers.items()},
        overtake=written.callers.overtake,
        own_first=written.callers.own_first,
        again_within=written.again_within,
        asks={
            topic: AskedIdentity(IdentityKind(entry.what), entry.pattern or ANY_NUMBER, entry.url)
            for topic, entry in written.asks.items()
        },
        listened=written.console.listening,
        answers={
            name: GeneralAnswer(name, entry.topic, entry.sms, entry.url) for name, entry in written.answers.items()
        },
    )


def _queue(name: str, entry: QueueEntry, public: frozenset[date]) -> Queue:
    return Queue(
        name,
        _hours(entry, public),
        offer_after=entry.offer_after,
        full_at=entry.full_at,
        priority=entry.priority,
        attempts=entry.callback.attempts,
        spacing=entry.callback.spacing,
        window=entry.callback.window,
        capacity=entry.callback.capacity,
        ring=entry.ring,
        wrap_up=entry.wrap_up,
        on_abandon=entry.on_abandon,
        dial=entry.dial,
        answer_within=entry.answer_within,
        escalates_to=entry.escalates_to,
    )


def _hours(entry: QueueEntry, public: frozenset[date]) -> Hours:
    exceptions: dict[date, tuple[Span, ...]] = dict.fromkeys(public, ()) if entry.holidays == "closed" else {}
    exceptions |= {day: spans_of(times) for days, times in by_breadth(entry.exceptions) for day in dates_of(days)}
    return Hours(weekly_spans(entry.hours), exceptions)


def version_of(folder: Path) -> str:
    """A hash of the files, whether they can be read or not."""
    digest = hashlib.sha256()
    for part in ("grammars", "prompts"):
        for path in sorted((folder / part).rglob("*")):
            if path.is_file() and (path.suffix in (".yaml", ".tsv") or path == folder / MANIFEST):
                digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
