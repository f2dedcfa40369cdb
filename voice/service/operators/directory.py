"""The operator's directory of callers, read from a file of their own: columns as `line.yaml` names them.

What is wrong is told by line, and left out; the rest is taken in. The file takes the place of the last one.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from io import StringIO
from pathlib import Path
from re import split

from voice.content import Line
from voice.content.files import nearest
from voice.core.caller import KnownCaller
from voice.core.cleaning import clean
from voice.errors import Problem, SettingsError
from voice.service.calls.phone_numbers import full_number

BETWEEN_NUMBERS = r"[;,/|\n]"
"""Several numbers of one person may stand in one cell."""

LONGEST = {"name": 128, "account": 64, "area": 64}
"""Characters, as the store keeps them."""

_FIELDS = tuple(field.name for field in fields(KnownCaller))


@dataclass(frozen=True)
class DirectoryFile:
    """`callers` by number in full (E.164); `people` is how many lines were taken in."""

    callers: Mapping[str, KnownCaller]
    people: int
    problems: tuple[Problem, ...]


def read_directory(line: Line, path: Path) -> DirectoryFile:
    """Raises `SettingsError` for a file that is none, or has none of the columns."""
    if line.directory.columns is None:
        mend = "Write callers: {columns: {number: Phone, name: Name}} into grammars/line.yaml, with your own columns."
        raise SettingsError("The line does not say what the columns of a directory are called.", mend)
    try:
        text = _decoded(path.read_bytes())
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from None
    rows = csv.DictReader(StringIO(text, newline=""), dialect=_dialect(text))
    columns = {name: getattr(line.directory.columns, name) for name in _FIELDS}
    numbers = line.directory.columns.number
    telephones = [numbers] if isinstance(numbers, str) else list(numbers)
    named = [*telephones, *(column for column in columns.values() if column)]
    for column in named:
        if column not in (rows.fieldnames or ()):
            mend = nearest(column, [name for name in rows.fieldnames or () if name])
            raise SettingsError(f"{path.name} has no column “{column}”.", mend)
    return _Reader(line, path.name, telephones, columns).read(rows)


@dataclass(frozen=True)
class _Reader:
    line: Line
    file: str
    telephones: list[str]
    columns: Mapping[str, str | None]

    def read(self, rows: "csv.DictReader[str]") -> DirectoryFile:
        callers: dict[str, KnownCaller] = {}
        first: dict[str, int] = {}
        problems: list[Problem] = []
        people = 0
        for row in rows:
            at = rows.line_num
            known, wrong = self._caller(row)
            problems += (Problem(self.file, at, what, mend) for what, mend in wrong)
            numbers = []
            for written, number in self._numbers(row):
                if number is None:
                    what = f"“{written}” is no telephone number."
                    problems.append(Problem(self.file, at, what, "Write it as +32470000001, or as at home."))
                elif number in first and first[number] != at:
                    what = f"The number {written} stands in line {first[number]} already."
                    problems.append(Problem(self.file, at, what, "Leave it with one person."))
                else:
                    numbers.append(number)
            if not numbers:
                if not any(self._numbers(row)):
                    problems.append(Problem(self.file, at, "There is no telephone number.", "Add one."))
                continue
            people += 1
            for number in numbers:
                first[number], callers[number] = at, known
        return DirectoryFile(callers, people, tuple(problems))

    def _numbers(self, row: Mapping[str, str | None]) -> Iterator[tuple[str, str | None]]:
        for column in self.telephones:
            for written in split(BETWEEN_NUMBERS, row.get(column) or ""):
                if written.strip():
                    yield written.strip(), full_number(written.strip(), self.line)

    def _caller(self, row: Mapping[str, str | None]) -> tuple[KnownCaller, list[tuple[str, str]]]:
        """What is not known to the line is left out, and told."""
        values = {name: (row.get(column) or "").strip() or None for name, column in self.columns.items() if column}
        known = KnownCaller(**{name: clean(value, LONGEST.get(name, 64)) for name, value in values.items() if value})
        wrong = []
        plan = self.line.plan
        for name, names in (("language", plan.languages), ("tier", plan.tiers), ("queue", plan.queues)):
            value = getattr(known, name)
            if value is not None and value not in names:
                wrong.append((f"There is no {name} “{value}”.", nearest(value, names) or "Add it to line.yaml."))
                known = replace(known, **{name: None})
        return known, wrong


def _decoded(data: bytes) -> str:
    """UTF-8, or what spreadsheets write in western Europe."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _dialect(text: str) -> type[csv.Dialect]:
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    return type("_Sheet", (csv.excel,), {"delimiter": delimiter})
