"""The operator's directory of callers, read from a file of their own: columns as `line.yaml` names them.

What is wrong is told by line, and left out; the rest is taken in. The file takes the place of the last one.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from io import StringIO
from pathlib import Path

from voice.content import Line
from voice.content.files import nearest
from voice.core.caller import KnownCaller
from voice.core.cleaning import clean
from voice.errors import Problem, SettingsError
from voice.service.calls.phone_numbers import full_number

BETWEEN_NUMBERS = (r"[;|\n]", ",", " / ", "/")
"""Several numbers of one person may stand in one cell; a comma or a slash may also be within a number."""

AS_A_QUANTITY = re.compile(r"(\d)[.,](\d+)[eE]\+?(\d+)|(\d+)[.,]0+")
"""What a spreadsheet makes of a number that it takes for a quantity: 3,2470000001E+10."""

WRITE = "Write it as +32470000001, or as at home."
ROUNDED = "The spreadsheet has rounded it: make the column text, and fill the number in again."

LONGEST = {"name": 128, "account": 64, "area": 64}
"""Characters, as the store keeps them."""

LARGEST_FILE = 200_000_000
"""Bytes: a million people with a few columns more than are read. It is read as a whole."""

SEPARATORS = ";,\t"
END = "end of the file"
MOST_LINES = 12
"""Of one row: what has more has a quote that was not closed."""

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
        if path.stat().st_size > LARGEST_FILE:
            what = f"{path.name} is larger than {LARGEST_FILE // 1_000_000} MB."
            raise SettingsError(what, "Leave out the columns that the line does not read.")
        data = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from None
    text, skipped = _text(path.name, data)
    rows = csv.DictReader(StringIO(text, newline=""), dialect=_dialect(text))
    found = {name.strip().casefold(): name for name in reversed(rows.fieldnames or ()) if name}
    numbers = line.directory.columns.number
    telephones = [_column(path.name, name, found) for name in ([numbers] if isinstance(numbers, str) else numbers)]
    columns = {name: _column(path.name, getattr(line.directory.columns, name), found) for name in _FIELDS}
    read = _Reader(line, path.name, [name for name in telephones if name], columns, skipped).read(rows)
    if not read.callers:
        raise SettingsError(f"{path.name} has nobody in it with a telephone number.", "The directory stays as it was.")
    return read


def _column(file: str, named: str | None, found: Mapping[str, str]) -> str | None:
    """The column as the file writes it, which may differ by capitals and spaces around it."""
    if named is None:
        return None
    if (column := found.get(named.strip().casefold())) is None:
        raise SettingsError(f"{file} has no column “{named}”.", nearest(named, list(found.values())))
    return column


@dataclass(frozen=True)
class _Reader:
    line: Line
    file: str
    telephones: list[str]
    columns: Mapping[str, str | None]
    skipped: int

    def read(self, rows: "csv.DictReader[str]") -> DirectoryFile:
        callers: dict[str, KnownCaller] = {}
        first: dict[str, int] = {}
        problems: list[Problem] = []
        people = 0
        for row in rows:
            within = sum(str(value).count("\n") for value in row.values())
            at = rows.line_num + self.skipped - within  # where it begins: a quoted cell may go over lines
            known, wrong = self._caller(row)
            problems += (Problem(self.file, at, what, mend) for what, mend in wrong)
            numbers = []
            for written, number in self._numbers(row):
                if number is None:
                    what = f"“{written}” is no telephone number."
                    rounded = AS_A_QUANTITY.fullmatch(written)
                    problems.append(Problem(self.file, at, what, ROUNDED if rounded else WRITE))
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
            yield from self._within(row.get(column) or "", *BETWEEN_NUMBERS)

    def _within(self, cell: str, between: str, *finer: str) -> Iterator[tuple[str, str | None]]:
        """The numbers in a cell: what is one as it stands, else its parts."""
        for written in filter(None, map(str.strip, re.split(between, cell))):
            number = full_number(_as_written(written), self.line)
            if (
                number is None
                and finer
                and re.search("|".join(finer), written)
                and not AS_A_QUANTITY.fullmatch(written)
            ):
                yield from self._within(written, *finer)
            else:
                yield written, number

    def _caller(self, row: Mapping[str, str | None]) -> tuple[KnownCaller, list[tuple[str, str]]]:
        """What is not known to the line is left out, and told."""
        values = {name: (row.get(column) or "").strip() or None for name, column in self.columns.items() if column}
        known = KnownCaller(**{name: clean(value, LONGEST.get(name, 64)) for name, value in values.items() if value})
        wrong = []
        plan = self.line.plan
        for name, names in (("language", plan.languages), ("tier", plan.tiers), ("queue", plan.queues)):
            value = getattr(known, name)
            same = next((one for one in names if value and one.casefold() == value.casefold()), None)
            if same:
                known = replace(known, **{name: same})
            elif value is not None:
                wrong.append((f"There is no {name} “{value}”.", nearest(value, names) or "Add it to line.yaml."))
                known = replace(known, **{name: None})
        return known, wrong


def _as_written(number: str) -> str:
    """Before a spreadsheet took it for a quantity, where no digit is lost."""
    quantity = AS_A_QUANTITY.fullmatch(number)
    if quantity is None:
        return number
    first, rest, power, whole = quantity.groups()
    return whole or (first + rest if len(rest) == int(power) else "")


def _text(file: str, data: bytes) -> tuple[str, int]:
    """UTF-8, UTF-16 or what spreadsheets write in western Europe; without the line in which they name the separator,
    and how many lines that is. Raises `SettingsError` for what is no such file."""
    if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        raise SettingsError(f"{file} is a spreadsheet.", "Save it as CSV (UTF-8), and take in that file.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", errors="replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", errors="replace")
    if not text.strip():
        raise SettingsError(f"{file} is empty.", "The directory stays as it was.")
    told = re.match(r"sep=[;,\t]\r?\n", text)
    skipped = int(told is not None)
    text = text[told.end() :] if told else text
    _must_be_rows(file, text, skipped)
    return text, skipped


def _must_be_rows(file: str, text: str, skipped: int) -> None:
    """A quote that is never closed would swallow everybody behind it."""
    rows = csv.reader(StringIO(f"{text.rstrip()}\n{END}", newline=""), _dialect(text))
    opened = at = skipped
    last: list[str] = []
    try:
        for row in rows:
            last, opened, at = row, at, rows.line_num + skipped
            if at - opened > MOST_LINES:
                break
    except csv.Error:
        what = f"{file}:{at + 1}: A cell here has more than {csv.field_size_limit()} characters."
        raise SettingsError(what, "Close the quote that was opened there, or shorten it.") from None
    if last != [END]:
        raise SettingsError(f"{file}:{opened + 1}: A quote is opened here and not closed.", "Close it, or take it out.")


def _dialect(text: str) -> type[csv.Dialect]:
    first = text.partition("\n")[0]
    delimiter = max(SEPARATORS, key=first.count)
    return type("_Sheet", (csv.excel,), {"delimiter": delimiter})
