"""A spreadsheet of labelled lines and prompts, read back: what it changes, and what it leaves out.

Only what stands in the sheets is read: no formula is carried out. What a spreadsheet lost is refused; what is missing
in it is told, and stays as it is in the files.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from voice.content import Line
from voice.content.files import listed
from voice.content.labelled import labelled_files, read_labelled
from voice.errors import SettingsError
from voice.service.live.published import put
from voice.service.operators.labels import KEY, LABELLED, PROMPTS, prompts_of, title_of

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class ReadBack:
    """`changed`: the new text of each file that changes; `notes`: what is missing in the sheets, or is other than it
    was, for the reader to see."""

    changed: Mapping[str, str]
    notes: tuple[str, ...]


def read_back(line: Line, path: Path) -> ReadBack:
    """Nothing is written: the check comes first. Raises `SettingsError`."""
    try:
        book = load_workbook(path, read_only=True)
    except (InvalidFileException, BadZipFile, KeyError, OSError):
        raise SettingsError(f"{path} is no spreadsheet that can be read.", "Save it as .xlsx.") from None
    files = {title_of(file, line): file for code in line.languages for file in labelled_files(line.folder, code)}
    changed: dict[str, str] = {}
    notes: list[str] = []
    for sheet in book.worksheets:
        rows = [
            [_written(cell, sheet.title, number) for cell in row]
            for number, row in enumerate(sheet.iter_rows(values_only=True), 1)
        ]
        if sheet.title in files:
            name = files[sheet.title].relative_to(line.folder).as_posix()
            kept = _labelled(rows, sheet.title, notes)
            found = [(row.label, row.text) for row in read_labelled(files[sheet.title], line.folder, line.intents)[0]]
            if kept != found:
                changed[name] = "\t".join(LABELLED) + "\n" + "".join(f"{label}\t{text}\n" for label, text in kept)
                more, fewer = ((Counter(one) - Counter(other)).total() for one, other in ((kept, found), (found, kept)))
                notes.append(f"{name}: {more} new and {fewer} gone of {len(found)} lines.")
        elif sheet.title == PROMPTS:
            changed |= _changed_prompts(line, rows, notes)
        else:
            mend = f"The sheets are: {', '.join((*files, PROMPTS))}."
            raise SettingsError(f"The sheet “{sheet.title}” belongs to no file.", mend)
    if missing := [title for title in (*files, PROMPTS) if title not in book.sheetnames]:
        notes.append(f"Without a sheet, and so as they were: {listed(missing)}.")
    now = {name: (line.folder / name).read_text(encoding="utf-8-sig") for name in changed}
    return ReadBack({name: text for name, text in changed.items() if text != now[name]}, tuple(notes))


def write(line: Line, changed: Mapping[str, str]) -> None:
    for name, text in changed.items():
        put(line.folder / name, text)


def _written(cell: Any, title: str, number: int) -> str:
    """What stands in a cell. A date is what a spreadsheet made of something else, which it does not tell."""
    if isinstance(cell, date | time | timedelta):
        what = f"Row {number} of the sheet “{title}” holds a date or a time, {cell}, where a text belongs."
        raise SettingsError(what, "Give the cell the format Text, and write what is said.")
    return "" if cell is None else str(cell).strip()


def _labelled(rows: Rows, title: str, notes: list[str]) -> list[tuple[str, str]]:
    """Every row, but those where nothing stands."""
    if not rows or tuple(rows[0][:2]) != LABELLED:
        raise SettingsError(f"The sheet “{title}” does not begin with label and text.", "Put the first row back.")
    if beside := [number for number, row in enumerate(rows, 1) if any(row[2:])]:
        notes.append(f"“{title}”: what stands behind the second column is not read (row {beside[0]}{_more(beside)}).")
    kept = []
    for number, row in enumerate(rows[1:], 2):
        label, text = (" ".join(cell.split()) for cell in (*row, "", "")[:2])
        if label and text:
            kept.append((label, text))
        elif label or text:
            what = f"Row {number} of the sheet “{title}” has no {'text' if label else 'label'}: “{label or text}”."
            raise SettingsError(what, "Write it, or take the row out.")
    return kept


def _more(rows: Sequence[int]) -> str:
    return f" and {len(rows) - 1} more" if len(rows) > 1 else ""


def _changed_prompts(line: Line, rows: Rows, notes: list[str]) -> dict[str, str]:
    if not rows or rows[0][:1] != [KEY]:
        raise SettingsError("The sheet “prompts” does not begin with key and the languages.", "Put the first row back.")
    head = rows[0]
    _must_have_one_key(rows)
    for column, language in enumerate(head):
        if column and language not in line.languages and any(len(row) > column and row[column] for row in rows):
            mend = f"The columns are: key, {', '.join(line.languages)}."
            raise SettingsError(f"The column “{language}” of the sheet “prompts” is no language of the line.", mend)
    if gone := [language for language in line.languages if language not in head]:
        notes.append(f"Without a column in “prompts”, and so as they were: {listed(gone)}.")
    changed: dict[str, str] = {}
    for language in [each for each in line.languages if each in head]:
        name = f"prompts/{language}.yaml"
        path, column = line.folder / name, head.index(language)
        now = prompts_of(path)
        new = {row[0]: row[column] for row in rows[1:] if len(row) > column and row[0] and row[column]}
        if lost := [key.replace("/", ".") for key in now if key not in new]:
            notes.append(f"{name}: without a text in the sheet, and so as they were: {listed(lost)}.")
        wanted = {key: text for key, text in new.items() if now.get(key) != text}
        changed[name] = _with(path, wanted.items()) if wanted else path.read_text(encoding="utf-8-sig")
    return changed


def _must_have_one_key(rows: Rows) -> None:
    """A row for each prompt, and a prompt for each row."""
    first: dict[str, int] = {}
    for number, row in enumerate(rows[1:], 2):
        if not row[0] and (text := next(filter(None, row), "")):
            what = f"Row {number} of the sheet “prompts” has no key: “{text}”."
            raise SettingsError(what, "Write the prompt's name before it, or take the row out.")
        if row[0] and first.setdefault(row[0], number) != number:
            what = f"“{row[0]}” stands in the sheet “prompts” twice, in the rows {first[row[0]]} and {number}."
            raise SettingsError(what, "Keep one of them.")


def _with(path: Path, wanted: Iterable[tuple[str, str]]) -> str:
    yaml = YAML()
    yaml.width = 10_000
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    data = yaml.load(path.read_text(encoding="utf-8"))
    for key, text in wanted:
        node, *more = key.split("/")
        inside = data
        for part in more:
            inside, node = inside.setdefault(node, {}), part
        inside[node] = DoubleQuotedScalarString(text)
    written = StringIO()
    yaml.dump(data, written)
    return written.getvalue()
