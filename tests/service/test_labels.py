"""An operator who takes labelled lines and prompts into a spreadsheet, and back."""

from datetime import date, time
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from tests.content.conftest import Operator, operator, polyglot, starters
from voice.content import load_line
from voice.errors import SettingsError
from voice.service.operators import labels, labels_back

__all__ = ["operator", "polyglot", "starters"]


def test_labels_and_prompts_go_to_a_spreadsheet_and_back(operator: Operator, tmp_path: Path) -> None:
    line = load_line(operator.folder)
    book = tmp_path / "labels.xlsx"
    assert labels.export(line, book) > 100
    assert labels_back.read_back(line, book).changed == {}
    sheets = load_workbook(book)
    sheets["en labelled"].append(["billing", "=1+1 is on my bill"])
    prompts = sheets["prompts"]
    row = next(row for row in prompts.iter_rows() if row[0].value == "welcome")
    row[1].value = "Good day, this is the bicycle shop."
    sheets.save(book)
    changed = labels_back.read_back(line, book).changed
    assert set(changed) == {"grammars/en/labelled.tsv", "prompts/en.yaml"}
    labels_back.write(line, changed)
    assert "Good day, this is the bicycle shop." in operator.reads("prompts/en.yaml")


def test_a_file_without_a_first_row_of_names_comes_back_as_it_was(operator: Operator, tmp_path: Path) -> None:
    tests = operator.folder / "grammars/en/tests/calls.tsv"
    tests.parent.mkdir(exist_ok=True)
    tests.write_text("# what must keep going right\nbilling\tthere is a mistake on my bill\n")
    line = load_line(operator.folder)
    labels.export(line, tmp_path / "labels.xlsx")
    assert labels_back.read_back(line, tmp_path / "labels.xlsx").changed == {}


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "told"),
    [
        (
            "en labelled",
            "B3",
            date(2026, 12, 24),
            "Row 3 of the sheet “en labelled” holds a date or a time, 2026",
        ),
        ("en labelled", "B3", time(9, 30), "Row 3 of the sheet “en labelled” holds a date or a time, 09:30:00"),
        ("en labelled", "A3", None, "Row 3 of the sheet “en labelled” has no label"),
        ("en labelled", "B3", None, "Row 3 of the sheet “en labelled” has no text"),
        ("en labelled", "A1", "topic", "The sheet “en labelled” does not begin with label and text"),
        ("prompts", "A3", None, "Row 3 of the sheet “prompts” has no key: “"),
        ("prompts", "A4", "welcome", "“welcome” stands in the sheet “prompts” twice, in the rows 2 and 4"),
        ("prompts", "B1", "English", "The column “English” of the sheet “prompts” is no language of the line"),
    ],
)
def test_what_a_spreadsheet_lost_is_told_and_not_dropped(
    operator: Operator, tmp_path: Path, sheet: str, cell: str, value: object, told: str
) -> None:
    line, book = load_line(operator.folder), tmp_path / "labels.xlsx"
    labels.export(line, book)
    sheets = load_workbook(book)
    sheets[sheet][cell] = value
    sheets.save(book)
    with pytest.raises(SettingsError, match=told):
        labels_back.read_back(line, book)


def test_a_sheet_of_no_file_is_refused(operator: Operator, tmp_path: Path) -> None:
    Workbook().save(tmp_path / "x.xlsx")
    with pytest.raises(SettingsError, match="belongs to no file"):
        labels_back.read_back(load_line(operator.folder), tmp_path / "x.xlsx")
    (tmp_path / "y.xlsx").write_text("no book")
    with pytest.raises(SettingsError, match="no spreadsheet"):
        labels_back.read_back(load_line(operator.folder), tmp_path / "y.xlsx")


def test_what_is_missing_in_a_spreadsheet_is_told_and_stays(polyglot: Operator, tmp_path: Path) -> None:
    line, book = load_line(polyglot.folder), tmp_path / "labels.xlsx"
    labels.export(line, book)
    sheets = load_workbook(book)
    del sheets["fr labelled"]
    prompts, dutch = sheets["prompts"], sheets["nl labelled"]
    prompts.delete_rows(5)
    prompts["B3"] = None
    dutch.delete_rows(4, 2)
    dutch["C9"] = "from the call of Monday"
    sheets.save(book)
    keys = [row[0].value.replace("/", ".") for row in load_workbook(book)["prompts"].iter_rows()]
    gone = next(
        key for key in labels.prompts_of(polyglot.folder / "prompts/fr.yaml") if key.replace("/", ".") not in keys
    )
    read = labels_back.read_back(line, book)
    assert set(read.changed) == {"grammars/nl/labelled.tsv"}
    told = "\n".join(read.notes)
    assert "grammars/nl/labelled.tsv: 0 new and 2 gone of " in told
    assert "“nl labelled”: what stands behind the second column is not read (row 9)." in told
    assert "Without a sheet, and so as they were: “fr labelled”." in told
    assert f"prompts/fr.yaml: without a text in the sheet, and so as they were: “{gone}”." in told
    assert f"prompts/nl.yaml: without a text in the sheet, and so as they were: “{keys[2]}”, “{gone}”." in told


def test_a_language_without_a_column_is_told(polyglot: Operator, tmp_path: Path) -> None:
    line, book = load_line(polyglot.folder), tmp_path / "labels.xlsx"
    labels.export(line, book)
    sheets = load_workbook(book)
    sheets["prompts"].delete_cols(3)
    sheets.save(book)
    assert "Without a column in “prompts”, and so as they were: “fr”." in labels_back.read_back(line, book).notes
