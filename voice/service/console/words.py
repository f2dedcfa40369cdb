"""The operator's files, changed in a browser: what is checked before it is saved, and the second of two is told.

The files stay what they are, in the line's own folder; what is saved goes live as if an editor had saved it
(`voice.service.live`). Nothing outside the line's own files can be read or written here.
"""

import hashlib
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from voice.content.check import check_files
from voice.content.grammar import ROOMS, file_of
from voice.errors import Problem, SettingsError
from voice.service.live.published import Fingerprint, Published, fingerprint, put
from voice.service.operators.check import Score, run_phrases
from voice.understanding import load_understanding

PATTERNS = (
    "grammars/*.yaml",
    "grammars/*/*.yaml",
    "grammars/*/*.tsv",
    "grammars/*/tests/*.tsv",
    *(f"grammars/*/{room}/{files}" for room in ROOMS for files in ("*.yaml", "*.tsv")),
    "prompts/*.yaml",
)
LONGEST = 2_000_000
SOON = 1.0
"""Seconds for which a page may be kept waiting for the check."""


@dataclass(frozen=True)
class WordsFile:
    """`mark` is a hash of the text: who saves says which one they began with."""

    path: str
    text: str
    mark: str


@dataclass(frozen=True)
class Tried:
    """What became of an attempt to save. `saved`: it stands in the file now. `conflict` is the file as somebody else
    has saved it meanwhile. `problems` are of this file first; `scores` of the test phrases, where they were played."""

    saved: bool = False
    problems: tuple[Problem, ...] = ()
    conflict: WordsFile | None = None
    scores: tuple[Score, ...] = ()

    @property
    def errors(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)


class Words:
    def __init__(self, folder: Path) -> None:
        self._shelf = Published(folder)
        self._checked: tuple[Fingerprint, tuple[Problem, ...]] | None = None
        self._looking: threading.Thread | None = None
        self._lock = threading.Lock()

    @property
    def shelf(self) -> Published:
        return self._shelf

    @property
    def folder(self) -> Path:
        return self._shelf.line

    def paths(self) -> list[str]:
        found = {path for pattern in PATTERNS for path in self.folder.glob(pattern) if path.is_file()}
        return sorted(path.relative_to(self.folder).as_posix() for path in found if not path.name.startswith("."))

    def path_of(self, language: str, intent: str) -> str:
        """Where the phrases of a topic, an answer or a command stand, or would stand."""
        return file_of(self.folder / "grammars" / language, intent).relative_to(self.folder).as_posix()

    def file(self, path: str) -> WordsFile:
        """Raises `SettingsError` for what is none of the line's files."""
        if path not in self.paths():
            raise SettingsError(f"“{path}” is none of the line's files.", "Choose one of those listed.")
        text = (self.folder / path).read_text(encoding="utf-8")
        return WordsFile(path, text, _mark(text))

    def problems(self) -> tuple[Problem, ...]:
        """What the check tells of the files as they stand; looked up anew when one has changed."""
        seen = fingerprint(self.folder)
        if self._checked is None or self._checked[0] != seen:
            self._checked = (seen, check_files(self.folder).problems)
        return self._checked[1]

    def problems_soon(self) -> tuple[Problem, ...] | None:
        """The same, where it does not take long; else None, and it is looked up meanwhile, for whoever asks again."""
        if self._checked is None or self._checked[0] != fingerprint(self.folder):
            with self._lock:
                if self._looking is None or not self._looking.is_alive():
                    self._looking = threading.Thread(target=self.problems, name="check", daemon=True)
                    self._looking.start()
            self._looking.join(SOON)
            if self._looking.is_alive():
                return None
        return self.problems()

    def check(
        self, path: str, text: str, *, phrases: bool = False, progress: Callable[[str], None] | None = None
    ) -> Tried:
        """As it would be with this text, and nothing is saved. `phrases` also plays the test phrases, which trains;
        `progress` is told each language that is trained."""
        self.file(path)
        with self._changed(path, text) as copied:
            checked = check_files(copied)
            problems, scores = list(checked.problems), list[Score]()
            sound = checked.line is not None and not any(one.severity == "error" for one in problems)
            if phrases and sound and checked.line is not None:
                problems += run_phrases(
                    checked.line, load_understanding(checked.line, progress=progress, aside=True), scores, []
                )
        return Tried(problems=_of_file_first(problems, path), scores=tuple(scores))

    def signed(self, by: str) -> None:
        """Whoever saves next, for the history."""
        self._shelf.signed(by)

    def save(self, path: str, text: str, mark: str, by: str) -> Tried:
        """Saved only where nobody has saved anything else since `mark`, and the check finds no error."""
        text = text.replace("\r\n", "\n")
        if len(text) > LONGEST:
            raise SettingsError("That is longer than two million characters.", "Split it over several topics.")
        with self._shelf.writing():
            now = self.file(path)
            if now.mark != mark and now.text != text:
                return Tried(conflict=now)
            tried = self.check(path, text)
            if tried.errors:
                return tried
            target = self.folder / path
            mode = target.stat().st_mode
            self.signed(by)
            put(target, text)
            target.chmod(mode)
        return Tried(True, tried.problems)

    @contextmanager
    def _changed(self, path: str, text: str) -> Iterator[Path]:
        """A copy of the line with this text in place of the file's."""
        copied, _ = self._shelf.copy()
        try:
            (copied / path).write_text(text.replace("\r\n", "\n"), encoding="utf-8")
            yield copied
        finally:
            shutil.rmtree(copied, ignore_errors=True)


def difference(mine: str, theirs: str) -> str:
    """Line by line: what theirs has otherwise than mine."""
    return "".join(unified_diff(mine.splitlines(True), theirs.splitlines(True), "yours", "theirs", n=2))


def _of_file_first(problems: list[Problem], path: str) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda one: (one.severity != "error", one.path != path, one)))


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
