"""Mistakes that operators make, each told once, with its place and its mend in plain words."""

from datetime import date

import pytest

from tests.content.conftest import Operator
from voice.content import load_line
from voice.content.check import check_files
from voice.content.times import dates_of, days_of, length, spans_of

PHRASES, LABELLED, LINE, PROMPTS = (
    "grammars/en/billing.yaml",
    "grammars/en/labelled.tsv",
    "grammars/line.yaml",
    "prompts/en.yaml",
)
LONGEST = 3_000


@pytest.mark.parametrize(
    ("written", "mend"),
    [
        ("9-17u", "write 09:00-17:00"),
        ("9h–17h", "write 09:00-17:00"),
        ("9u30-17u", "write 09:30-17:00"),
        ("0900-1700", "write 09:00-17:00"),
        ("9-5", "write 09:00-17:00"),
        ("24/7", "write 00:00-24:00"),
        ("hele dag", "write 00:00-24:00"),
        ("00:00-00:00", "write 00:00-24:00 for the whole day"),
        ("gesloten", "write closed"),
        ("fermé", "write closed"),
        ("08:00-24:30", "write 08:00-24:00, and 00:00-00:30 on the day after"),
        ("09:00-17:00 (not in summer)", "write 09:00-17:00 alone"),
        (["09:00-12:00"], "a list is no span of time"),
        (True, "“true” is no span of time"),
    ],
)
def test_times_are_given_back_as_they_are_read(written: object, mend: str) -> None:
    with pytest.raises(ValueError, match=mend.replace("(", r"\(")):
        spans_of(written)


@pytest.mark.parametrize(
    ("written", "mend"),
    [
        ("maandag", "write mon"),
        ("ma-vr", "write mon-fri"),
        ("lun-ven", "write mon-fri"),
        ("Mo–Fr", "write mon-fri"),
        ("mon-fri, sat", "write mon-fri and sat, each on a line of its own"),
        ("zaterdag en zondag", "write sat and sun"),
        ("weekdays", "write mon-fri"),
        ("every day", "write mon-sun"),
        ("2026-12-24", "under exceptions:"),
    ],
)
def test_days_are_given_back_as_they_are_read(written: str, mend: str) -> None:
    with pytest.raises(ValueError, match=mend):
        days_of(written)


@pytest.mark.parametrize(
    ("written", "mend"),
    [
        ("31/12", "write 12-31"),
        ("24.12.", "write 12-24"),
        ("31 december", "write 12-31"),
        ("14. Juli 2027", "write 2027-07-14"),
        ("2026/12/24", "write 2026-12-24"),
        ("20261224", "write 2026-12-24"),
        ("24/12-02/01", "write 12-24..01-02, with two dots between"),
        ("26-12-24", "write it as 2026-12-24"),
        ("2026-02-30", "write a day that there is"),
    ],
)
def test_dates_are_given_back_as_they_are_read(written: str, mend: str) -> None:
    with pytest.raises(ValueError, match=mend):
        dates_of(written)


@pytest.mark.parametrize(("written", "mend"), [("3m", "write 3 min"), ("3 minutes", "write 3 min"), ("2 uur", "2 h")])
def test_lengths_are_given_back_as_they_are_read(written: str, mend: str) -> None:
    with pytest.raises(ValueError, match=mend):
        length(written)


def test_of_two_exceptions_the_narrower_counts_in_whatever_order(operator: Operator) -> None:
    days = '{"2026-12-25": "10:00-12:00", "2026-12-20..2026-12-31": closed, "12-28": "09:00-11:00"}'
    operator.changes(LINE, "holidays: open}", f"holidays: open, exceptions: {days}}}")
    hours = load_line(operator.folder).plan.queues["helpdesk"].hours
    assert hours.spans(date(2026, 12, 25)) == ((600, 720),)
    assert hours.spans(date(2026, 12, 28)) == ()
    assert hours.spans(date(2027, 12, 28)) == ((540, 660),)


@pytest.mark.parametrize(
    ("old", "new", "what", "mend"),
    [
        ("{hours: always", "{hours: 24/7", "“24/7” is no hours.", "Write always."),
        ("{hours: always", "{hours: [mon-fri]", "a list is no hours.", "Write always, or days and times"),
        ("hear: en-GB", "hear: en_gb", "cannot be “en_gb”.", "Write en-GB."),
        ("country: BE", "country: be", "cannot be “be”.", "Write BE."),
        ("Europe/Brussels", "europe/brussels", "There is no time zone", "Write it as Europe/Brussels."),
        ('"+3212345673"', '"0032 12/34.56.73"', "is no telephone number in full", "Write +3212345673."),
        ('"+3212345673"', '"+32(0)12345673"', "is no telephone number in full", "Write +3212345673."),
        ('"+3212345673"', '"+32１２３４５６７３"', "is no telephone number in full", "Write +3212345673."),
        ("risk: 0.01", "risk: 0.01\npublish: by hand", "“publish” cannot be", "Did you mean “by-hand”?"),
        ("risk: 0.01", 'risk: 0.01\nsms: {from: "The Golden Swimming Pool"}', "no sender", "at most eleven letters"),
        ("risk: 0.01", 'risk: 0.01\nholidays: {"12-24": closed}', "where a list belongs.", "between brackets"),
        ("billing: helpdesk", "billing: [helpdesk]", "is a list, where one word belongs.", "without brackets"),
        ("billing: helpdesk", "billing: helpdesk\n  in/out: helpdesk", "“in/out” is no name", "Begin with a letter"),
        (", holidays: open", ", holidays: open, full_at: 0", "1 or more belongs there.", "Write a higher number."),
        ("risk: 0.01", "risk: !!float 0.01", "taken for a mark of YAML", "between quotes"),
    ],
)
def test_a_slip_in_the_line_is_one_finding(operator: Operator, old: str, new: str, what: str, mend: str) -> None:
    operator.changes(LINE, old, new)
    told = operator.is_told_only()
    assert what in told.what
    assert mend in told.mend
    assert told.line == operator.line_of(LINE, new.split("\n")[-1].strip())


@pytest.mark.parametrize(
    ("item", "what"),
    [
        ('  -\t"my bill is odd"', "There is a tab behind the dash."),
        ('  - "my bill is odd",', "There is a comma behind this text."),
        ('  - "my bill" - "your bill"', "Two texts stand on this line."),
        ('  -- "my bill is odd"', "There are two dashes before this text."),
        ("  - !bill my bill is odd", "A text that begins with ! is taken for a mark of YAML"),
        ("  - &co my bill is odd", "A text that begins with & is taken for a mark of YAML"),
        ("...", "A line of ... ends the document here."),
        ('  - "my cafÃ© bill"', "Letters of this line are garbled (“Ã©”)"),
    ],
)
def test_a_slip_among_the_phrases_is_told_at_its_line(operator: Operator, item: str, what: str) -> None:
    operator.adds(PHRASES, f"{item}\n")
    told = operator.is_told_only()
    assert (told.path, told.line) == (PHRASES, operator.line_of(PHRASES, item))
    assert what in told.what


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("phrases:\n".encode("utf-16"), "The file is not UTF-8, but UTF-16"),
        ("phrases:\n".encode("utf-16-le"), "The file is not UTF-8, but UTF-16"),
        (b"PK\x03\x04\x14\x00", "This is a spreadsheet or a document of a word processor"),
        (b"{\\rtf1\\ansi phrases:}", "This is a document of a word processor"),
        (b"<html><body>phrases:</body></html>", "This is a web page"),
        ('phrases:\n  - "café"\n'.encode("latin-1"), "The file is not UTF-8: “é” stands here"),
    ],
)
@pytest.mark.parametrize("path", [PHRASES, PROMPTS])
def test_what_is_no_plain_text_is_named(operator: Operator, path: str, written: bytes, what: str) -> None:
    operator.writes(path, written)
    told = operator.is_told_only()
    assert told.path == path
    assert told.what.startswith(what)


@pytest.mark.parametrize(
    ("row", "what", "mend"),
    [
        ("billing\tmy bill\t2026-01-02", "There is a third column.", "Keep two columns"),
        ("billing\t#NAME?", "“#NAME?” is what a spreadsheet makes of a text", "Write what is said."),
        ("billing\t=my bill", "is what a spreadsheet makes of a text", "Write what is said."),
        ("my odd bill\tbilling", "The label and the text have changed places.", "Write: the topic"),
        ("billing,repair\tmy odd bill", "There is no topic “billing,repair”.", "write billing+repair."),
        ("billing\t", "Nothing stands behind this label.", "Write behind the tab what is said"),
        ("\tmy odd bill", "There is no label before this text.", "Write the topic before the tab."),
        ("# of the summer", "There are no remarks in a file of labelled lines.", "Delete the line."),
        ("billing\u00a0my odd bill", "Spaces stand between the label and the text.", "Press Tab there"),
    ],
)
def test_a_slip_among_labelled_lines_is_told_at_its_line(operator: Operator, row: str, what: str, mend: str) -> None:
    operator.adds(LABELLED, f"{row}\n")
    told = operator.is_told_only()
    assert (told.path, told.line) == (LABELLED, len(operator.reads(LABELLED).splitlines()))
    assert what in told.what
    assert mend in told.mend


def test_spaces_around_a_label_do_no_harm(operator: Operator) -> None:
    operator.adds(LABELLED, "billing + repair \tmy odd bill and a squeaking thing\n")
    assert operator.is_told() == []


def test_a_test_that_was_learnt_by_heart_is_told(operator: Operator) -> None:
    operator.writes("grammars/en/tests/calls.tsv", operator.reads(LABELLED).splitlines()[1] + "\n")
    assert "tests nothing: the line learns from it, at grammars/en/labelled.tsv:2." in operator.is_told_only().what


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        (PHRASES, "grammars/en/Billing.yaml"),
        (PHRASES, "grammars/en/billing .yaml"),
        ("grammars/en/_shared.yaml", "grammars/en/shared.yaml"),
        (PROMPTS, "prompts/EN.yaml"),
        (LINE, "grammars/Line.yaml"),
    ],
)
def test_a_file_under_another_name_is_named(operator: Operator, name: str, wrong: str) -> None:
    (operator.folder / name).rename(operator.folder / wrong)
    told = operator.is_told_only()
    assert (told.path, told.mend) == (name, f"Rename {wrong} to it.")


@pytest.mark.parametrize("wrong", ["EN", "english", "en_GB"])
def test_a_folder_under_another_name_is_named(operator: Operator, wrong: str) -> None:
    (operator.folder / "grammars" / "en").rename(operator.folder / "grammars" / wrong)
    assert operator.is_told_only().mend == f"Rename grammars/{wrong}/ to it."


def test_labelled_lines_beside_the_languages_are_told(operator: Operator) -> None:
    (operator.folder / LABELLED).rename(operator.folder / "grammars" / "labelled.tsv")
    assert str(operator.is_told_only()) == (
        "grammars/labelled.tsv: Nothing reads this file where it stands. Move it to grammars/en/."
    )


def test_a_topic_that_line_yaml_has_not_is_one_finding(polyglot: Operator) -> None:
    polyglot.changes(LINE, "  repair: helpdesk\n", "")
    told = polyglot.is_told_only()
    assert told.what.startswith("“repair” is no topic here, and “grammars/fr/labelled.tsv”, “grammars/fr/repair.yaml”")
    assert "Add “repair: QUEUE” under topics:" in told.mend


def test_a_topic_outside_its_list_is_one_finding_at_its_line(polyglot: Operator) -> None:
    polyglot.changes(LINE, "  repair: helpdesk\n", "repair: helpdesk\n")
    assert polyglot.is_told_only().line == polyglot.line_of(LINE, "repair: helpdesk")


def test_a_topic_in_other_letters_is_one_finding(polyglot: Operator) -> None:
    polyglot.changes(LINE, "  billing: helpdesk", "  Billing: helpdesk")
    mend = "Write “billing” in the place of “Billing”: a name is written alike everywhere."
    assert polyglot.is_told_only().mend == mend


@pytest.mark.parametrize(
    "many",
    [
        "".join(f'  - "(thing|stuff) {n}"\n' for n in "abcdefghijklmnopqrstuvwxyz"),
        '  - "my same bill"\n' * 300,
        "".join(f'  - "thing {n} 😡"\n' for n in range(200)),
        "".join(f'  - "thing {n} is odd"\n' for n in range(200)) + "templates:\n" + '  - "<wat> bill"\n' * 100,
    ],
)
def test_one_cause_is_one_finding_in_however_many_lines(operator: Operator, many: str) -> None:
    if "templates:" in many:
        operator.writes(PHRASES, "phrases:\n" + many)
    else:
        operator.adds(PHRASES, many)
    told = operator.is_told_only()
    assert "more lines: " in told.what
    assert len(str(told)) < LONGEST


def test_two_hundred_phrases_of_two_topics_are_one_finding(operator: Operator) -> None:
    many = "".join(f'  - "thing {n} is odd"\n' for n in range(200))
    operator.adds(PHRASES, many).adds("grammars/en/repair.yaml", many)
    assert "So it is in 199 more lines" in operator.is_told_only().what


def test_a_choice_without_brackets_is_told(operator: Operator) -> None:
    operator.changes(PHRASES, "templates:\n", 'templates:\n  - "my|the odd bill"\n')
    assert operator.is_told_only().what.startswith("A | stands outside brackets in “my|the odd bill”")


def test_one_prompt_under_two_names_is_told(operator: Operator) -> None:
    operator.adds(PROMPTS, 'topic.billing: "another name"\n')
    told = operator.is_told_only()
    assert told.what == "“topic.billing” stands here twice."
    assert told.line == operator.line_of(PROMPTS, "topic.billing:")


def test_a_name_for_no_topic_is_not_mended_into_another(operator: Operator) -> None:
    operator.changes(PROMPTS, "topic:\n", 'topic:\n  pool: "the pool"\n')
    assert operator.is_told_only().mend == "Name “pool” in line.yaml, too, or delete it here."


@pytest.mark.parametrize("name", ["_wishes.yaml", "_moments.yaml"])
def test_a_list_where_names_belong_is_told(operator: Operator, name: str) -> None:
    operator.writes(f"grammars/en/{name}", '- "later"\n')
    assert operator.is_told_only().what == "This file has no names in it."


def test_a_misspelt_section_of_the_shared_rules_is_one_finding(operator: Operator) -> None:
    operator.changes("grammars/en/_shared.yaml", "lists:", "Lists:")
    assert [one.path for one in check_files(operator.folder).problems] == ["grammars/en/_shared.yaml"]


def test_many_names_that_nothing_says_are_read_in_a_moment(operator: Operator) -> None:
    operator.adds(PROMPTS, "".join(f'x{n}: "a"\n' for n in range(4000)))
    told = operator.is_told_only()
    assert told.what.startswith("Nothing says the prompt “x0”. So it is in 3999 more lines")


def test_many_rules_are_read_in_a_moment(operator: Operator) -> None:
    rules = "".join(f'  r{n}: "odd"\n' for n in range(3000))
    assert operator.changes("grammars/en/_shared.yaml", "rules:\n", f"rules:\n{rules}").is_told() == []
