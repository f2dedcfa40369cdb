"""An operator who moves topics about: every file and language at once, or nothing."""

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from tests.content.conftest import Operator, operator, polyglot, starters
from voice.content import load_line
from voice.content.check import check_files
from voice.errors import ContentError, SettingsError
from voice.service.operators import labels, topics
from voice.store import Store

__all__ = ["operator", "polyglot", "starters"]

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def errors(operator: Operator) -> list[str]:
    return [str(one) for one in check_files(operator.folder).problems if one.severity == "error"]


def test_a_topic_is_renamed_in_every_file_and_language(polyglot: Operator) -> None:
    topics.apply(polyglot.folder, topics.rename("billing", "invoices"), None)
    assert errors(polyglot) == []
    line = load_line(polyglot.folder)
    assert ("invoices" in line.plan.topics, "billing" in line.plan.topics) == (True, False)
    assert line.plan.menu[0] == "invoices"
    assert "billing\t" not in polyglot.reads("grammars/nl/labelled.tsv")
    assert "# what callers ring about" in polyglot.reads("grammars/line.yaml")


def test_a_dry_run_changes_nothing(operator: Operator) -> None:
    before = operator.reads("grammars/line.yaml")
    told = topics.apply(operator.folder, topics.remove("repair"), None, dry_run=True)
    assert "grammars/line.yaml" in told
    assert operator.reads("grammars/line.yaml") == before
    assert (operator.folder / "grammars/en/repair.yaml").exists()


def test_a_topic_is_added_with_its_spoken_name(operator: Operator) -> None:
    topics.apply(operator.folder, topics.add("parking", "helpdesk", {"en": "a parking permit"}), None)
    assert errors(operator) == []
    assert "a parking permit" in operator.reads("grammars/en/parking.yaml")
    assert load_line(operator.folder).plan.topics["parking"] == "helpdesk"


def test_an_added_topic_stands_with_the_others_before_the_empty_line(operator: Operator) -> None:
    topics.apply(operator.folder, topics.add("parking", "helpdesk", {}), None)
    assert "  repair: helpdesk\n  parking: helpdesk\n\nmenu:" in operator.reads("grammars/line.yaml")


def test_a_topic_is_split_by_its_words_and_merged_again(operator: Operator) -> None:
    phrases = operator.reads("grammars/en/billing.yaml").count("refund")
    assert phrases
    topics.apply(operator.folder, topics.split("billing", "refunds", "refund", "", {}), None)
    assert errors(operator) == []
    assert "refund" not in operator.reads("grammars/en/billing.yaml")
    topics.apply(operator.folder, topics.merge("refunds", "billing"), None)
    assert errors(operator) == []
    assert operator.reads("grammars/en/billing.yaml").count("refund") == phrases


def test_a_topic_that_somebody_waits_for_is_not_taken_away(
    operator: Operator, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voice.service.live.waiting.open_contacts", lambda _: [("helpdesk", "repair", "en", 2)])
    with pytest.raises(ContentError, match="2 callers still wait for the topic “repair”"):
        topics.apply(operator.folder, topics.remove("repair"), store)
    assert (operator.folder / "grammars/en/repair.yaml").exists()


@pytest.mark.parametrize(
    "change", [topics.rename("nope", "x"), topics.add("Bad Name", "helpdesk", {}), topics.merge("repair", "nope")]
)
def test_what_cannot_be_is_told_in_words(operator: Operator, change: topics.Change) -> None:
    with pytest.raises(SettingsError):
        topics.apply(operator.folder, change, None)


def test_labels_and_prompts_go_to_a_spreadsheet_and_back(operator: Operator, tmp_path: Path) -> None:
    line = load_line(operator.folder)
    book = tmp_path / "labels.xlsx"
    assert labels.export(line, book) > 100
    assert labels.read_back(line, book) == {}
    from openpyxl import load_workbook

    sheets = load_workbook(book)
    sheets["en labelled"].append(["billing", "=1+1 is on my bill"])
    prompts = sheets["prompts"]
    row = next(row for row in prompts.iter_rows() if row[0].value == "welcome")
    row[1].value = "Good day, this is the bicycle shop."
    sheets.save(book)
    changed = labels.read_back(line, book)
    assert set(changed) == {"grammars/en/labelled.tsv", "prompts/en.yaml"}
    labels.write(line, changed)
    assert "Good day, this is the bicycle shop." in operator.reads("prompts/en.yaml")


def test_a_file_without_a_first_row_of_names_comes_back_as_it_was(operator: Operator, tmp_path: Path) -> None:
    tests = operator.folder / "grammars/en/tests/calls.tsv"
    tests.parent.mkdir(exist_ok=True)
    tests.write_text("# what must keep going right\nbilling\tthere is a mistake on my bill\n")
    line = load_line(operator.folder)
    labels.export(line, tmp_path / "labels.xlsx")
    assert labels.read_back(line, tmp_path / "labels.xlsx") == {}


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
        ("prompts", "B1", "English", "The column “English” of the sheet “prompts” is no language of the line"),
    ],
)
def test_what_a_spreadsheet_lost_is_told_and_not_dropped(
    operator: Operator, tmp_path: Path, sheet: str, cell: str, value: object, told: str
) -> None:
    from openpyxl import load_workbook

    line, book = load_line(operator.folder), tmp_path / "labels.xlsx"
    labels.export(line, book)
    sheets = load_workbook(book)
    sheets[sheet][cell] = value
    sheets.save(book)
    with pytest.raises(SettingsError, match=told):
        labels.read_back(line, book)


def test_a_sheet_of_no_file_is_refused(operator: Operator, tmp_path: Path) -> None:
    from openpyxl import Workbook

    Workbook().save(tmp_path / "x.xlsx")
    with pytest.raises(SettingsError, match="belongs to no file"):
        labels.read_back(load_line(operator.folder), tmp_path / "x.xlsx")
    (tmp_path / "y.xlsx").write_text("no book")
    with pytest.raises(SettingsError, match="no spreadsheet"):
        labels.read_back(load_line(operator.folder), tmp_path / "y.xlsx")
