"""What an operator is told of files that can be read, and can hardly be meant."""

from datetime import date
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.content.conftest import Operator
from voice.content.check import check_files
from voice.content.line import load_line
from voice.content.schema import dates_of, spans_of
from voice.content.starter import start_line

PHRASES = "grammars/en/billing.yaml"
LABELLED = "grammars/en/labelled.tsv"


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("labelled.txt", "labelled.tsv"),
        ("tests/calls.csv", "calls.tsv"),
        ("extra.yml", "extra.yaml"),
        ("extra.yaml.txt", "extra.yaml"),
    ],
)
def test_a_file_that_nobody_reads_is_named_with_its_right_name(operator: Operator, name: str, right: str) -> None:
    (operator.folder / LABELLED).unlink()
    operator.writes(f"grammars/en/{name}", "label\ttext\n")
    assert any(one.path.endswith(name) and right in one.mend for one in operator.is_told())


def test_a_phrase_cut_by_a_hash_is_told(operator: Operator) -> None:
    operator.adds(PHRASES, "  - it is about invoice number#5 of may\n  - it is about invoice # 5 of june\n")
    [told] = [one for one in operator.is_told() if "behind #" in one.what]
    assert (told.path, told.line) == (PHRASES, operator.line_of(PHRASES, "june"))


def test_a_label_that_contradicts_another_is_told_with_both_places(operator: Operator) -> None:
    operator.adds(LABELLED, "billing\tthe big blue one\nrepair\tThe big blue one.\n")
    [told] = [one for one in operator.is_told() if "big blue one" in one.what]
    assert f"“billing” at {LABELLED}:{operator.line_of(LABELLED, 'the big blue')}" in told.what


def test_a_label_that_contradicts_a_phrase_is_told(operator: Operator) -> None:
    operator.adds(PHRASES, '  - "that paper thing again"\n').adds(LABELLED, "repair\tthat paper thing again\n")
    assert any("is a phrase of “billing”" in one.what for one in operator.is_told())


def test_labels_of_one_unknown_topic_are_one_finding_and_never_a_command(operator: Operator) -> None:
    operator.adds(LABELLED, "".join(f"repeet\tsentence number {n}\n" for n in "abcdefgh"))
    [told] = [one for one in operator.is_told() if "repeet" in one.what]
    assert "7 more lines" in told.what
    assert "“repeat”" not in told.mend


def test_a_topic_of_one_phrase_is_told(operator: Operator) -> None:
    operator.writes(PHRASES, 'phrases:\n  - "my bill"\n')
    assert any("has one phrase" in one.what for one in operator.is_told())


def test_two_topics_of_one_spoken_name_are_told(operator: Operator) -> None:
    one = next(line for line in operator.reads("prompts/en.yaml").splitlines() if line.startswith("  repair:"))
    operator.changes("prompts/en.yaml", one, '  repair: "A bill"')
    other = next(line for line in operator.reads("prompts/en.yaml").splitlines() if line.startswith("  billing:"))
    operator.changes("prompts/en.yaml", other, '  billing: "a bill"')
    assert any("are both called" in one.what for one in operator.is_told())


@pytest.mark.parametrize(
    ("times", "mend"),
    [
        ("1:00pm-5:00pm", "write 13:00-17:00"),
        ("9am-12pm", "write 09:00-12:00"),
        ("closed 12:00-24:00", "write closed alone"),
        ("22:00-02:00", "write 22:00-24:00, and 00:00-02:00 on the day after"),
    ],
)
def test_hours_that_mean_something_else_are_refused_with_the_right_ones(times: str, mend: str) -> None:
    with pytest.raises(ValueError, match=mend):
        spans_of(times)


def test_a_yearly_span_of_dates_goes_over_the_new_year() -> None:
    days = set(dates_of("12-24..01-02"))
    assert {date(2026, 12, 24), date(2026, 12, 31), date(2027, 1, 2)} <= days
    assert date(2027, 1, 3) not in days


@pytest.mark.parametrize(
    ("country", "region", "closed", "open_"),
    [
        ("GB", "ENG", date(2026, 8, 31), date(2026, 8, 3)),
        ("GB", "SCT", date(2026, 8, 3), date(2026, 8, 31)),
        ("DE", "BY", date(2026, 1, 6), date(2026, 10, 31)),
        ("DE", "BB", date(2026, 10, 31), date(2026, 1, 6)),
        ("CH", "ZH", date(2026, 5, 1), date(2026, 6, 4)),
        ("CH", "LU", date(2026, 6, 4), date(2026, 9, 10)),
    ],
)
def test_a_region_has_its_own_holidays(
    operator: Operator, country: str, region: str, closed: date, open_: date
) -> None:
    operator.changes("grammars/line.yaml", "country: BE", f"country: {country}\nsubdivision: {region}")
    operator.changes("grammars/line.yaml", "holidays: open}", "holidays: closed}")
    hours = load_line(operator.folder).plan.queues["helpdesk"].hours
    assert (hours.spans(closed), bool(hours.spans(open_))) == ((), True)


def test_days_of_the_house_and_an_unknown_region(operator: Operator) -> None:
    operator.changes("grammars/line.yaml", "country: BE", 'country: BE\nholidays: ["07-20..07-31"]')
    operator.changes("grammars/line.yaml", "holidays: open}", "holidays: closed}")
    assert load_line(operator.folder).plan.queues["helpdesk"].hours.spans(date(2031, 7, 25)) == ()
    operator.changes("grammars/line.yaml", "country: BE", "country: GB\nsubdivision: EN")
    assert "Did you mean “ENG”?" in str(next(one for one in operator.is_told() if "“EN”" in one.what))


def test_an_empty_value_and_a_group_where_a_word_belongs(operator: Operator) -> None:
    operator.changes("grammars/line.yaml", "timezone: Europe/Brussels", "timezone:")
    assert any("“timezone” has no value." in one.what for one in operator.is_told())
    operator.changes("grammars/line.yaml", "timezone:", "timezone: {of: Brussels}")
    assert any("“timezone” is a group of names" in one.what for one in operator.is_told())


def test_a_phrase_in_another_language_is_told(polyglot: Operator) -> None:
    phrase = "je voudrais savoir où est ma facture du mois de mai"
    polyglot.adds("grammars/fr/billing.yaml", f'  - "{phrase} s\'il vous plaît"\n')
    polyglot.adds("grammars/nl/billing.yaml", f'  - "{phrase}"\n')
    assert any("is written in “fr”" in one.what and one.path.startswith("grammars/nl") for one in polyglot.is_told())


@pytest.mark.parametrize("name", ['De "Gouden" Fiets', "A\\B {x}", "O'Neill & Zoon", "tab\tname", "[b]old #1"])
def test_a_company_may_have_any_name(tmp_path: Path, name: str) -> None:
    start_line(tmp_path / "own", PROJECT, ("nl",), name)
    assert [one for one in check_files(tmp_path / "own").problems if one.severity == "error"] == []


def test_many_missing_files_and_prompts_are_one_finding_each(operator: Operator) -> None:
    for path in (operator.folder / "grammars" / "en").glob("*.yaml"):
        path.unlink()
    operator.writes("prompts/en.yaml", 'welcome: "Hello."\n')
    assert len("\n".join(map(str, operator.is_told()))) < 3_000
