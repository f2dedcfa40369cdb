"""Lines that callers labelled themselves: what they said, and the topic that it came out to be about.

Read from the journal, masked, for as long as words are kept. An operator who takes one makes it a labelled line of the
language (`grammars/<lang>/labelled.tsv`): from then on it teaches the statistics, and shows how often they err.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from voice.content import Line, load_grammar
from voice.content.files import nearest
from voice.content.labelled import labelled_files, read_labelled
from voice.content.texts import fold
from voice.core.call.lessons import TELLING, CameOut, Lesson
from voice.errors import SettingsError
from voice.service.calls.redaction import MASK
from voice.service.live.learning import lessons_of
from voice.service.live.published import put
from voice.store import Store
from voice.store.inbox import dealt_with, heard, settle
from voice.understanding.loading import LABELLED

KEPT = "labelled"
"""How it was settled."""

LONGEST = 512
SURE = frozenset(CameOut) - {CameOut.SERVED}
"""That an agent talked to the end is too little for a label."""


@dataclass(frozen=True)
class ToldLine:
    """`number` is that of the first time it was said, `count` how many said it; `taken_for` what the line made of
    it."""

    number: int
    language: str
    text: str
    label: str
    taken_for: str
    how: CameOut
    count: int


@dataclass(frozen=True)
class Taught:
    line: Line
    store: Store

    def lines(self, now: datetime) -> list[ToldLine]:
        """Where the line erred first, then the most frequent. Of what different callers labelled differently nothing is
        offered; nor what the files know, or was settled before."""
        found: dict[tuple[str, str], list[Lesson]] = {}
        for lesson in self._lessons(now):
            found.setdefault((lesson.language, fold(lesson.words)[:LONGEST]), []).append(lesson)
        done = dealt_with(self.store.engine)
        new = {key: same for key, same in found.items() if key not in done and len({one.label for one in same}) == 1}
        known = {language: self._known(language) for language in {language for language, _ in new}}
        told = [_told(same) for (language, text), same in new.items() if text not in known[language]]
        return sorted(told, key=lambda one: (one.label == one.taken_for, -one.count, one.number))

    def keep(self, number: int, now: datetime, label: str | None = None) -> Path:
        """Write it into the language's labelled lines. Raises `SettingsError` for what is not there."""
        one = self._find(number, now)
        label = label or one.label
        if label not in self.line.intents:
            raise SettingsError(f"There is no topic or command “{label}”.", nearest(label, self.line.intents))
        path = self.line.folder / "grammars" / one.language / LABELLED
        before = path.read_text(encoding="utf-8") if path.exists() else "label\ttext\n"
        put(path, f"{before.rstrip()}\n{label}\t{' '.join(one.text.split())}\n")
        settle(self.store.engine, one.language, [fold(one.text)[:LONGEST]], KEPT, now)
        return path

    def drop(self, number: int, now: datetime) -> ToldLine:
        one = self._find(number, now)
        settle(self.store.engine, one.language, [fold(one.text)[:LONGEST]], "dismissed", now)
        return one

    def _find(self, number: int, now: datetime) -> ToldLine:
        for one in self.lines(now):
            if one.number == number:
                return one
        raise SettingsError(f"No line of a caller has the number {number}.", "See: voice inbox told.")

    def _lessons(self, now: datetime) -> Iterator[Lesson]:
        since = now - timedelta(days=self.line.keep_words_days)
        for call in heard(self.store.engine, since, TELLING):
            for lesson in lessons_of(call, self.line):
                sure = lesson.how in SURE or not lesson.right
                known = lesson.language in self.line.languages and lesson.label in self.line.intents
                if sure and known and lesson.words and MASK not in lesson.words:
                    yield lesson

    def _known(self, language: str) -> set[str]:
        """What the files say already."""
        grammar = load_grammar(self.line.folder, language, self.line.intents)
        files = labelled_files(self.line.folder, language)
        rows = (row for path in files for row in read_labelled(path, self.line.folder, self.line.intents)[0])
        return {fold(phrase.text) for phrase in grammar.expanded()} | {fold(row.text) for row in rows}


def without_line(path: Path, folded: str) -> bool:
    """Take the last labelled line that reads so out of a file. Is there one?"""
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
    found = [at for at, row in enumerate(rows) if fold(row.partition("\t")[2])[:LONGEST] == folded]
    if found:
        put(path, "".join(row for at, row in enumerate(rows) if at != found[-1]))
    return bool(found)


def _told(same: list[Lesson]) -> ToldLine:
    first = min(same, key=lambda one: one.number)
    label = next(one.label for one in same if one.label)
    return ToldLine(first.number, first.language, first.words, label, first.guess, first.how, len(same))
