"""Labelled lines and prompts, written into a spreadsheet and read back (openpyxl; .xlsx).

A sheet a file, named as the file is; the first row names the columns. Only what is in the sheets is read: no formula is
carried out, and a text that a spreadsheet would take for one is written as text.
"""

from datetime import date, time, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from voice.content import Line
from voice.content.labelled import labelled_files, read_labelled
from voice.errors import SettingsError
from voice.service.live.published import put

LONGEST_TITLE = 31
"""Characters of a sheet's name, as Excel has it."""


def export(line: Line, path: Path) -> int:
    """Write every labelled line and every prompt; says how many rows."""
    book, rows = Workbook(), 0
    if book.active is not None:
        book.remove(book.active)
    for language in line.languages:
        for file in labelled_files(line.folder, language):
            found = read_labelled(file, line.folder, line.intents)[0]
            rows += _sheet(book, _title(file, line), ("label", "text"), [(row.label, row.text) for row in found])
    said = {language: _prompts(line.folder / f"prompts/{language}.yaml") for language in line.languages}
    keys = dict.fromkeys(key for texts in said.values() for key in texts)
    table = [(key, *(said[language].get(key, "") for language in said)) for key in keys]
    rows += _sheet(book, "prompts", ("key", *said), table)
    book.save(path)
    return rows


def read_back(line: Line, path: Path) -> dict[str, str]:
    """What the sheets say, by the file that it is for. Nothing is written: the check comes first. Raises
    `SettingsError`."""
    try:
        book = load_workbook(path, read_only=True)
    except (InvalidFileException, BadZipFile, KeyError, OSError) as error:
        raise SettingsError(f"{path} is no spreadsheet that can be read ({error}).", "Save it as .xlsx.") from None
    files = {_title(file, line): file for language in line.languages for file in labelled_files(line.folder, language)}
    changed: dict[str, str] = {}
    for sheet in book.worksheets:
        rows = [
            [_written(cell, sheet.title, number) for cell in row]
            for number, row in enumerate(sheet.iter_rows(values_only=True), 1)
        ]
        if sheet.title in files:
            name = files[sheet.title].relative_to(line.folder).as_posix()
            kept = _labelled(rows, sheet.title)
            found = read_labelled(files[sheet.title], line.folder, line.intents)[0]
            if kept != [(row.label, row.text) for row in found]:
                changed[name] = "label\ttext\n" + "".join(f"{label}\t{text}\n" for label, text in kept)
        elif sheet.title == "prompts":
            changed |= _changed_prompts(line, rows)
        else:
            mend = f"The sheets are: {', '.join((*files, 'prompts'))}."
            raise SettingsError(f"The sheet “{sheet.title}” belongs to no file.", mend)
    now = {name: (line.folder / name).read_text(encoding="utf-8-sig") for name in changed}
    return {name: text for name, text in changed.items() if text != now[name]}


def write(line: Line, changed: dict[str, str]) -> None:
    for name, text in changed.items():
        put(line.folder / name, text)


def _title(file: Path, line: Line) -> str:
    parts = file.relative_to(line.folder / "grammars").with_suffix("").parts
    return " ".join(parts)[:LONGEST_TITLE]


def _sheet(book: Workbook, title: str, head: tuple[str, ...], rows: list[tuple[str, ...]]) -> int:
    sheet = book.create_sheet(title)
    sheet.append(head)
    for at, row in enumerate(rows, 2):
        for column, text in enumerate(row, 1):
            cell = sheet.cell(at, column, text)
            cell.data_type = "s"
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEF", (24, *(70 for _ in head[1:])), strict=False):
        sheet.column_dimensions[letter].width = width
    return len(rows)


def _written(cell: Any, title: str, number: int) -> str:
    """What stands in a cell. A date is what a spreadsheet made of something else, which it does not tell."""
    if isinstance(cell, date | time | timedelta):
        what = f"Row {number} of the sheet “{title}” holds a date or a time, {cell}, where a text belongs."
        raise SettingsError(what, "Give the cell the format Text, and write what is said.")
    return "" if cell is None else str(cell).strip()


def _labelled(rows: list[list[str]], title: str) -> list[tuple[str, str]]:
    """Every row, but those where nothing stands."""
    if not rows or rows[0][:2] != ["label", "text"]:
        raise SettingsError(f"The sheet “{title}” does not begin with label and text.", "Put the first row back.")
    kept = []
    for number, row in enumerate(rows[1:], 2):
        label, text = (" ".join(cell.split()) for cell in (*row, "", "")[:2])
        if label and text:
            kept.append((label, text))
        elif label or text:
            what = f"Row {number} of the sheet “{title}” has no {'text' if label else 'label'}: “{label or text}”."
            raise SettingsError(what, "Write it, or take the row out.")
    return kept


def _prompts(path: Path) -> dict[str, str]:
    """Flat: `topic.billing`; the forms of a count by their names, `hold.position.one`."""
    found: dict[str, str] = {}

    def walk(node: Any, place: tuple[str, ...]) -> None:
        for name, value in node.items():
            if isinstance(value, dict):
                walk(value, (*place, str(name)))
            else:
                found["/".join((*place, str(name)))] = str(value)

    walk(YAML(typ="safe").load(path.read_text(encoding="utf-8")), ())
    return found


def _changed_prompts(line: Line, rows: list[list[str]]) -> dict[str, str]:
    if not rows or rows[0][:1] != ["key"]:
        raise SettingsError("The sheet “prompts” does not begin with key and the languages.", "Put the first row back.")
    changed: dict[str, str] = {}
    for column, language in enumerate(rows[0][1:], 1):
        if language not in line.languages:
            if any(len(row) > column and row[column] for row in rows):
                mend = f"The columns are: key, {', '.join(line.languages)}."
                raise SettingsError(f"The column “{language}” of the sheet “prompts” is no language of the line.", mend)
            continue
        name = f"prompts/{language}.yaml"
        path = line.folder / name
        now = _prompts(path)
        new = {row[0]: row[column] for row in rows[1:] if len(row) > column and row[0] and row[column]}
        wanted = {key: text for key, text in new.items() if now.get(key) != text}
        changed[name] = _with(path, wanted) if wanted else path.read_text(encoding="utf-8-sig")
    return changed


def _with(path: Path, wanted: dict[str, str]) -> str:
    yaml = YAML()
    yaml.width = 10_000
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    data = yaml.load(path.read_text(encoding="utf-8"))
    for key, text in wanted.items():
        node, *more = key.split("/")
        inside = data
        for part in more:
            inside, node = inside.setdefault(node, {}), part
        inside[node] = DoubleQuotedScalarString(text)
    written = StringIO()
    yaml.dump(data, written)
    return written.getvalue()
