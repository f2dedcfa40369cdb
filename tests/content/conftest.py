"""An operator with a small line of their own, who changes its files and asks what is wrong in them."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from voice.content.check import check_files
from voice.content.starter import COMMANDS, start_line
from voice.errors import Problem


@dataclass
class Operator:
    """Works in the folder of one line."""

    folder: Path

    def reads(self, path: str) -> str:
        return (self.folder / path).read_text(encoding="utf-8")

    def writes(self, path: str, text: str | bytes) -> "Operator":
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_bytes(text.encode() if isinstance(text, str) else text)
        return self

    def changes(self, path: str, old: str, new: str) -> "Operator":
        """Puts `new` for `old`, which must stand in the file."""
        text = self.reads(path)
        assert old in text, f"{path} has no {old}"
        return self.writes(path, text.replace(old, new, 1))

    def adds(self, path: str, text: str) -> "Operator":
        return self.writes(path, self.reads(path) + text)

    def deletes(self, path: str) -> "Operator":
        (self.folder / path).unlink()
        return self

    def line_of(self, path: str, text: str) -> int:
        """The number of the first line that holds `text`."""
        return next(n for n, line in enumerate(self.reads(path).splitlines(), 1) if text in line)

    def is_told(self) -> list[Problem]:
        """Every problem of the files."""
        return list(check_files(self.folder).problems)

    def is_told_only(self) -> Problem:
        """The one problem there is."""
        problems = self.is_told()
        assert len(problems) == 1, "\n".join(str(problem) for problem in problems) or "nothing is told"
        return problems[0]


@pytest.fixture(scope="session")
def starters(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A line as `voice init` lays it down, made once for each list of languages. Its commands are cut short, so that
    reading it takes no time."""
    made: dict[str, Path] = {}

    def starter(languages: str) -> Path:
        if languages not in made:
            made[languages] = tmp_path_factory.mktemp("starter") / "line"
            start_line(made[languages], PROJECT, tuple(languages.split(",")), "Fietsen Peeters")
            for path in made[languages].glob("grammars/*/*.yaml"):
                if path.stem in COMMANDS:
                    templates, _, phrases = path.read_text(encoding="utf-8").partition("phrases:\n")
                    few = templates.splitlines(keepends=True)[:3], phrases.splitlines(keepends=True)[:5]
                    path.write_text("".join((*few[0], "phrases:\n", *few[1])), encoding="utf-8")
        return made[languages]

    return starter


@pytest.fixture
def operator(tmp_path: Path, starters: Callable[[str], Path]) -> Operator:
    """Has a line in English alone."""
    shutil.copytree(starters("en"), tmp_path / "own")
    return Operator(tmp_path / "own")


@pytest.fixture
def polyglot(tmp_path: Path, starters: Callable[[str], Path]) -> Operator:
    """Has a line in Dutch and French."""
    shutil.copytree(starters("nl,fr"), tmp_path / "own")
    return Operator(tmp_path / "own")
