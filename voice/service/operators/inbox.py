"""The inbox: what callers said that the line took wrongly or not at all, so that its grammars grow from what is said.

Gathered from the journal, where words stand with their numbers masked, for as many days as `keep_words_days` of
line.yaml allows. The same said by many is one entry; its number is that of the first time it was said.
"""

import shutil
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from io import StringIO
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from voice.content import Line, load_grammar, load_line
from voice.content.files import nearest
from voice.content.grammar import file_of
from voice.content.labelled import labelled_files, read_labelled
from voice.content.texts import fold
from voice.core.call.lessons import GUESSED, MISROUTED
from voice.core.call.signals import TAKEN_BACK, TOPICAL, Signal
from voice.core.call.state import State
from voice.core.interpretation import Decision, Interpretation
from voice.core.plan import Plan
from voice.errors import ContentError, Problem, SettingsError
from voice.service.calls.redaction import MASK
from voice.service.live.published import Published, put
from voice.service.operators.similarity import grouped
from voice.service.operators.taught import KEPT, without_line
from voice.store import Store
from voice.store.inbox import JournaledCall, Settled, dealt_with, heard, last_settled, settle, unsettle
from voice.store.inbox import JournalLine as Entry
from voice.understanding import Understanding, load_understanding
from voice.understanding.loading import LABELLED
from voice.understanding.model import NONE

LONGEST = 512
STOLEN_SHOWN = 5
SURE = 0.9
"""The share of a topic from which on the line is sure, though it may still ask."""

GUESSED_AGAIN: Mapping[str, Collection[str]] = dict.fromkeys(TOPICAL, GUESSED)

MOST_TEXTS = 3000
"""Of one language so many different texts are shown, the most frequent first: each is compared with all others."""

ASKED = frozenset({State.QUESTION, State.AGAIN, State.MENU, State.CONFIRM, State.CHOICE})


TELLING = frozenset({*TAKEN_BACK, Signal.UNCLEAR, Signal.SENT_ON, MISROUTED})
"""Where none of these came in a call, and no other topic where one was told, nothing went wrong in it."""


class Why(StrEnum):
    NOT_UNDERSTOOD = "not understood"
    CORRECTED = "corrected by the caller"
    PASSED_ON = "passed on by an agent"
    MISROUTED = "marked by a supervisor"


@dataclass(frozen=True)
class Missed:
    """`likely` is the topic that the call's end tells, or else the model's best guess; `denied` are those of which
    somebody said that it is not about them."""

    number: int
    language: str
    text: str
    why: Why
    likely: str | None
    denied: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Utterances that are alike. `texts` are the different ones, the most frequent first; those with masked numbers,
    which are no phrases, last."""

    number: int
    language: str
    count: int
    texts: tuple[str, ...]
    why: tuple[Why, ...]
    likely: str | None
    not_about: tuple[str, ...] = ()
    """Topics that somebody has said it is not about."""

    @property
    def denied(self) -> bool:
        """Somebody has said that it was about something else than the line took it for."""
        return any(why is not Why.NOT_UNDERSTOOD for why in self.why)


@dataclass(frozen=True)
class Inbox:
    line: Line
    store: Store

    def groups(self, now: datetime) -> list[Group]:
        """The most frequent first. A phrase of the line that came at the wrong moment (“yes” to an open question) has
        nothing to teach."""
        done = dealt_with(self.store.engine)
        found = [
            each
            for call in heard(self.store.engine, self._since(now), TELLING, GUESSED_AGAIN)
            for each in missed(call, self.line.plan)
            if (each.language, _key(each.text)) not in done and _key(each.text)
        ]
        known = {language: self._known(language) for language in {each.language for each in found}}
        found = [
            each for each in found if each.why is not Why.NOT_UNDERSTOOD or fold(each.text) not in known[each.language]
        ]
        groups: list[Group] = []
        for language in sorted({each.language for each in found}):
            said: dict[str, list[Missed]] = {}
            for each in sorted(found, key=lambda each: each.number):
                if each.language == language:
                    said.setdefault(each.text, []).append(each)
            texts = sorted(said, key=lambda text: -len(said[text]))[:MOST_TEXTS]
            groups += [_group([each for at in alike for each in said[texts[at]]]) for alike in grouped(texts)]
        return sorted(groups, key=lambda group: (-group.count, group.number))

    def with_likeliest(self, groups: Sequence[Group]) -> list[Group]:
        """The same, each with its likeliest topic: where no call told it, by what the line makes of the words."""
        if all(group.likely for group in groups):
            return list(groups)
        understanding = load_understanding(self.line, aside=True)
        return [
            group if group.likely else replace(group, likely=_likeliest(understanding, group, self.line.plan))
            for group in groups
        ]

    def accept(self, number: int, intent: str, now: datetime, text: str = "", *, anyway: bool = False) -> Path:
        """Write the phrase into the intent's file, which is returned. Raises `SettingsError` where it cannot stand
        there and, unless `anyway`, where it takes from another topic what is its own, or the line is sure that it is
        about another topic, which no caller has denied."""
        group = self._find(number, now)
        phrase = text.strip() or group.texts[0]
        if intent not in self.line.intents:
            raise SettingsError(f"There is no topic or command “{intent}”.", nearest(intent, self.line.intents))
        if MASK in phrase:
            mend = f"Write it in words: voice inbox accept {number} --intent {intent} --text “…”."
            raise SettingsError(f"“{phrase}” has numbers that were masked.", mend)
        file = file_of(self.line.folder / "grammars" / group.language, intent)
        shown_as = file.relative_to(self.line.folder).as_posix()
        self._try_on(group.language, intent, phrase, shown_as, anyway=anyway)
        if not anyway and not (group.denied and intent == group.likely):
            self._warn(group.language, intent, phrase)
        texts, written = [_key(each) for each in (*group.texts, phrase)], _key(phrase)
        with Published(self.line.folder).writing():
            self._find(number, now)  # which somebody else may have settled meanwhile
            add_phrase(file, phrase)
            settle(self.store.engine, group.language, texts, "accepted", now, written, intent)
        return file

    def last(self) -> Settled | None:
        """What `undo` would take back."""
        return last_settled(self.store.engine)

    def undo(self, which: str = "") -> tuple[str, str, Path | None]:
        """Take the last `accept` or `dismiss` back: it stands in the inbox again. How it was settled, its words, and
        the file from which its phrase was taken. Raises `SettingsError` where there is nothing to undo, or where it is
        not the one that was settled at the moment `which`."""
        with Published(self.line.folder).writing():
            return self._undo(which)

    def _undo(self, which: str) -> tuple[str, str, Path | None]:
        last = self.last()
        if last is None:
            raise SettingsError("Nothing was accepted or dismissed lately.", "See: voice inbox.")
        if which not in ("", last.at.isoformat()):
            raise SettingsError("Something else was settled since you looked.", "See: voice inbox.")
        file = file_of(self.line.folder / "grammars" / last.language, last.intent) if last.intent else None
        taken = file is not None and file.exists() and take_phrase(file, last.phrase or "")
        if last.how == KEPT:
            file = self.line.folder / "grammars" / last.language / LABELLED
            taken = without_line(file, last.texts[0])
        unsettle(self.store.engine, last)
        return last.how, last.phrase or last.texts[0], file if taken else None

    def dismiss(self, number: int, now: datetime) -> Group:
        group = self._find(number, now)
        settle(self.store.engine, group.language, [_key(each) for each in group.texts], "dismissed", now)
        return group

    def _warn(self, language: str, intent: str, phrase: str) -> None:
        meaning = load_understanding(self.line, aside=True).understand(phrase, language)
        routed = meaning.decision is Decision.ROUTE
        topic, share = next(iter(meaning.probabilities), (meaning.topics[0], 1.0) if routed else (NONE, 0.0))
        if topic not in (intent, NONE) and (share >= SURE or routed):
            raise SettingsError(
                f"The line is sure that “{phrase}” is about “{topic}” ({share:.0%}), not “{intent}”.",
                f"Accept it there (--intent {topic}), dismiss it, or add --anyway.",
            )

    def _find(self, number: int, now: datetime) -> Group:
        for group in self.groups(now):
            if group.number == number:
                return group
        raise SettingsError(f"The inbox has no number {number}.", "See: voice inbox.")

    def _known(self, language: str) -> set[str]:
        """Everything that the language's files make callers say."""
        if language not in self.line.languages:
            return set()
        grammar = load_grammar(self.line.folder, language, self.line.intents)
        return {fold(phrase.text) for phrase in grammar.expanded()}

    def _since(self, now: datetime) -> datetime:
        return now - timedelta(days=self.line.keep_words_days)

    def _try_on(self, language: str, intent: str, phrase: str, shown_as: str, *, anyway: bool) -> None:
        """The phrase in a copy of the line: do its files hold, and does every labelled line stay with its own?"""
        copied, _ = Published(self.line.folder).copy()
        try:
            add_phrase(copied / shown_as, phrase)
            changed = load_line(copied)
            load_grammar(copied, language, changed.intents)
            stolen = list(self._stolen(changed, language, intent)) if not anyway else []
        except ContentError as error:
            raise SettingsError(f"“{phrase}” cannot stand in {shown_as}.", _told(error.problems, phrase)) from None
        finally:
            shutil.rmtree(copied, ignore_errors=True)
        if stolen:
            some = "; ".join(f"“{text}” from {label}" for text, label in stolen[:STOLEN_SHOWN])
            raise SettingsError(
                f"It would take {len(stolen)} from other topics: {some}.", "Say it otherwise (--text), or add --anyway."
            )

    def _stolen(self, changed: Line, language: str, intent: str) -> Iterator[tuple[str, str]]:
        """(text, label) of the lines that go right now, and would go to `intent` with the phrase. What is trained for
        it is kept, so that the phrase is live at once when it is written."""
        before, after = load_understanding(self.line, aside=True), load_understanding(changed, aside=True)
        for path in labelled_files(self.line.folder, language):
            for row in read_labelled(path, self.line.folder, self.line.intents)[0]:
                if intent in row.label.split("+") or _first(before.understand(row.text, language)) != row.label:
                    continue
                if _first(after.understand(row.text, language)) == intent:
                    yield row.text, row.label


def missed(call: JournaledCall, plan: Plan) -> Iterator[Missed]:
    """What went wrong in a call, in the caller's words."""
    guessed: Entry | None = None
    for entry in call.lines:
        words, was = entry.detail.get("words"), entry.detail.get("from")
        taken_for = _taken_for(guessed) if guessed is not None else None
        another = entry.what in TOPICAL and was != State.CHOICE and _taken_for(entry) != taken_for
        if guessed is not None and was in GUESSED and (entry.what in TAKEN_BACK or another):
            yield _missed(guessed, call, Why.CORRECTED, call.intent if call.intent != taken_for else None)
            guessed = None
        if guessed is not None and entry.what == Signal.SENT_ON:
            topics = [topic for topic, queue in plan.topics.items() if queue == call.queue]
            yield _missed(guessed, call, Why.PASSED_ON, next(iter(topics), None))
            guessed = None
        if guessed is not None and entry.what == MISROUTED:
            yield _missed(guessed, call, Why.MISROUTED, entry.detail.get("topic"))
            guessed = None
        if words and entry.what == Signal.UNCLEAR and was in ASKED:
            guess = entry.detail.get("guess")
            yield _missed(entry, call, Why.NOT_UNDERSTOOD, call.intent or (guess if guess != NONE else None))
        if words and entry.what in TOPICAL:
            guessed = entry


def add_phrase(path: Path, phrase: str) -> None:
    """One phrase more at the end of a grammar file."""
    yaml = _yaml()
    data = yaml.load(path.read_text(encoding="utf-8"))
    if data.get("phrases") is None:
        data["phrases"] = CommentedSeq()
    data["phrases"].append(DoubleQuotedScalarString(phrase))
    _write(path, yaml, data)


def take_phrase(path: Path, folded: str) -> bool:
    """The last phrase of a grammar file that reads so, taken out again. Is there one?"""
    yaml = _yaml()
    data = yaml.load(path.read_text(encoding="utf-8")) or {}
    found = [at for at, phrase in enumerate(data.get("phrases") or ()) if _key(str(phrase)) == folded]
    if found:
        data["phrases"].pop(found[-1])
        if not data["phrases"]:
            del data["phrases"]
        _write(path, yaml, data)
    return bool(found)


def _yaml() -> YAML:
    """It keeps comments, order and quotes."""
    yaml = YAML()
    yaml.width = 10_000
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _write(path: Path, yaml: YAML, data: object) -> None:
    written = StringIO()
    yaml.dump(data, written)
    mode = path.stat().st_mode
    put(path, written.getvalue())
    path.chmod(mode)


def _likeliest(understanding: Understanding, group: Group, plan: Plan) -> str | None:
    shares = understanding.understand(group.texts[0], group.language).probabilities
    return next((topic for topic, _ in shares if topic in plan.destinations and topic not in group.not_about), None)


def _missed(entry: Entry, call: JournaledCall, why: Why, likely: str | None) -> Missed:
    language = str(entry.detail.get("language", call.language))
    denied = () if why is Why.NOT_UNDERSTOOD else _offered(entry)
    return Missed(entry.number, language, str(entry.detail["words"]), why, likely, denied)


def _group(alike: Sequence[Missed]) -> Group:
    texts = Counter(each.text for each in alike)
    likely = Counter(each.likely for each in alike if each.likely)
    return Group(
        number=min(each.number for each in alike),
        language=alike[0].language,
        count=len(alike),
        texts=tuple(sorted(texts, key=lambda text: (MASK in text, -texts[text]))),
        why=tuple(dict.fromkeys(each.why for each in alike)),
        likely=likely.most_common(1)[0][0] if likely else None,
        not_about=tuple(sorted({topic for each in alike for topic in each.denied})),
    )


def _key(text: str) -> str:
    return fold(text)[:LONGEST]


def _taken_for(entry: Entry) -> str | None:
    return entry.detail.get("intent") or entry.detail.get("guess")


def _offered(entry: Entry) -> tuple[str, ...]:
    """The topics that the caller heard: the one they were sent to or asked about, or the two they could choose from."""
    if entry.what == Signal.EITHER and "topics" in entry.detail:
        return tuple(entry.detail["topics"])
    return (topic,) if (topic := _taken_for(entry)) else ()


def _first(meaning: Interpretation) -> str:
    return meaning.topics[0] if meaning.topics else str(meaning.command or NONE)


def _told(problems: Sequence[Problem], phrase: str) -> str:
    """What is wrong with the phrase itself, if anything; else all that is wrong in the files."""
    own = [problem for problem in problems if phrase in problem.what] or list(problems)
    return " ".join(f"{problem.what} {problem.mend}" for problem in own[:STOLEN_SHOWN])
