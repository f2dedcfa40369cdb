"""Labelled lines and prompts, written into a spreadsheet (openpyxl; .xlsx); `labels_back` reads it.

A sheet a file, named as the file is; the first row names the columns. A text that a spreadsheet would take for a
formula is written as text.
"""

from pathlib import Path
from typing import Any

from openpyxl import Workbook
from ruamel.yaml import YAML

from voice.content import Line
from voice.content.labelled import labelled_files, read_labelled

PROMPTS, KEY, LABELLED = "prompts", "key", ("label", "text")
"""The sheet of prompts and its first column; the columns of the others."""

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
            rows += _sheet(book, title_of(file, line), LABELLED, [(row.label, row.text) for row in found])
    said = {language: prompts_of(line.folder / f"prompts/{language}.yaml") for language in line.languages}
    keys = dict.fromkeys(key for texts in said.values() for key in texts)
    table = [(key, *(said[language].get(key, "") for language in said)) for key in keys]
    rows += _sheet(book, PROMPTS, (KEY, *said), table)
    book.save(path)
    return rows


def title_of(file: Path, line: Line) -> str:
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


def prompts_of(path: Path) -> dict[str, str]:
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
