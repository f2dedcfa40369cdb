"""What an operator is told of files that can be read, and can hardly be meant."""

from datetime import date
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.content.conftest import Operator
from voice.content.check import check_files
from voice.content.grammar import Grammar, load_grammar
from voice.content.line import load_line
from voice.content.starter import start_line
from voice.content.times import dates_of, spans_of

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


def test_a_label_that_contradicts_a_template_is_told(operator: Operator) -> None:
    operator.adds(LABELLED, "repair\tMy invoice is too high!\nbilling\tour bill is wrong\n")
    assert "is made by a template of “billing” at grammars/en/billing.yaml:3." in operator.is_told_only().what


def test_an_answer_and_its_topic_do_not_contradict_each_other(operator: Operator) -> None:
    operator.changes("grammars/line.yaml", "menu:", "answers:\n  due_date: billing\nmenu:")
    operator.writes("grammars/en/answers/due_date.yaml", 'phrases:\n  - "when is it due"\n  - "what is the last day"\n')
    operator.adds("prompts/en.yaml", 'answer.due_date: "It is due on the tenth."\n')
    operator.adds(LABELLED, "billing\twhen is it due\nrepair\twhat is the last day\n")
    assert ["last day" in one.what for one in operator.is_told() if "Keep the right one" in one.mend] == [True]


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


GOOD = '  - "my account was debited twice"'


@pytest.mark.parametrize(
    ("path", "old", "new", "found", "what"),
    [
        (PHRASES, GOOD, '  "my account was debited twice"', "debited twice", "There is no dash before this text."),
        (PHRASES, "phrases:\n  - ", "phrases:\n  ", '  "could somebody', "There is no dash before this text."),
        (PHRASES, GOOD, GOOD.replace("- ", "-"), "debited twice", "There is no space behind the dash."),
        (
            PHRASES,
            GOOD,
            GOOD.replace('- "', "- "),
            "debited twice",
            "There is a quote behind this text and none before",
        ),
        (PHRASES, GOOD, GOOD[:-1], "debited twice", "The quotes of this line do not pair."),
        (
            PHRASES,
            GOOD,
            "  - 'my account was debited twice",
            "debited twice",
            "A quote is opened here and closed nowhere.",
        ),
        (PHRASES, "phrases:\n", "phrases\n", "phrases", "There is no colon behind the name in this line."),
        (PHRASES, GOOD, "  - # 5 is my bill", "# 5", "it begins with #, which begins a remark."),
        (PHRASES, GOOD, "---\n" + GOOD, "---", "A line of --- begins another document"),
        (PHRASES, GOOD, "<<<<<<< HEAD\n" + GOOD, "<<<<", "nobody has chosen."),
        (PHRASES, GOOD, GOOD.replace(" - ", "\u00a0- "), "debited twice", "There is a no-break space here"),
        (LABELLED, "label\ttext\n", "=======\n", "=====", "nobody has chosen."),
        (
            "grammars/line.yaml",
            "en: {number",
            "en: number",
            "en: number",
            "A bracket } closes here what is opened nowhere.",
        ),
        (PHRASES, GOOD, "  " + GOOD, "debited twice", "stands 4 spaces in, where it belongs to nothing. Put 2 spaces"),
        (PHRASES, GOOD, GOOD[1:], "debited twice", "stands 1 space in, where it belongs to nothing. Put 2 spaces"),
        (PHRASES, "phrases:", "  phrases:", "phrases:", "Begin it at the left margin, as line 2 does."),
        (
            "grammars/line.yaml",
            "  delivery: helpdesk",
            "delivery: helpdesk",
            "delivery: helpdesk",
            "“delivery: helpdesk” stands at the left margin, where it belongs to nothing. Put 2 spaces before it, as",
        ),
        ("prompts/en.yaml", "\nquestion: ", "\n  question: ", "  question: ", "Begin it at the left margin, as"),
        ("grammars/line.yaml", 'key: "8", hear', 'key: "8" hear', 'key: "8"', "There is no comma before “hear”."),
        ("grammars/line.yaml", "repair]", "repair", "menu:", "A bracket [ is opened here and closed nowhere."),
        ("grammars/line.yaml", "person: helpdesk", "person: {queue: helpdesk}", "person:", "where one word belongs."),
        (
            "grammars/line.yaml",
            "[billing, delivery",
            "[billing, billing",
            "menu:",
            "“billing” stands in the menu twice.",
        ),
        ("grammars/line.yaml", "country: BE", "country: UK", "country:", "The public holidays of “UK” are not known."),
        ("grammars/line.yaml", "hear: en-GB", "hear: fr-FR", "hear:", "“fr-FR” is not the language “en”"),
        ("grammars/line.yaml", "voice: Polly.Amy", "voice: Polly.Lisa", "hear:", "does not speak “en-GB”"),
        ("prompts/en.yaml", "Is it about {topic}?", "Is it?", "confirm:", "“confirm” leaves out {topic}"),
        (
            "prompts/en.yaml",
            "Is it about {topic}?",
            "Is it about (topic)?",
            "confirm:",
            "between signs that mean nothing",
        ),
        (
            "prompts/en.yaml",
            "Is it about {topic}?",
            "Is it about %topic%?",
            "confirm:",
            "between signs that mean nothing",
        ),
        ("prompts/en.yaml", "{count} people ahead", "people ahead", "people ahead", "leaves out {count}"),
        (
            "prompts/en.yaml",
            '"Is it about {topic}?"',
            "{text: Is it}",
            "confirm:",
            "is a group of names, where one text",
        ),
        (
            "prompts/en.yaml",
            '"What are you ringing about?"',
            "What # is it",
            "What #",
            "What stands behind # in this prompt",
        ),
        (
            "prompts/en.yaml",
            "example: my parcel hasn't come, or",
            "example: lost passport, or",
            "again:",
            "none of your topics",
        ),
    ],
)
def test_a_slip_is_told_once_at_its_own_line(
    operator: Operator, path: str, old: str, new: str, found: str, what: str
) -> None:
    operator.changes(path, old, new)
    told = operator.is_told_only()
    assert what in str(told)
    assert (told.path, told.line) == (path, operator.line_of(path, found))


@pytest.mark.parametrize(
    ("hours", "mend"),
    [
        ('{mon-fri: "09.00-17.00"}', "Write 09:00-17:00."),
        ('{mon-fri: "9-17"}', "Write 09:00-17:00."),
        ('{mon-fri: "9h-17h30"}', "Write 09:00-17:30."),
        ('{mon-fri: "9:00 to 17:00"}', "Write 09:00-17:00."),
        ('{mon-fri: "08:00-12:00; 13:00-17:00"}', "Write 08:00-12:00, 13:00-17:00, with a comma between."),
        ("{mon-fri: 08:00-12:00, 13:00-17:00}", "Put all times of a day between one pair of quotes"),
        ('{Mon-Fri: "08:00-17:00"}', "Write mon-fri."),
        ('{monday: "08:00-17:00"}', "Write mon."),
        ('{"mon, tue": "08:00-17:00"}', "Write mon and tue, each on a line of its own."),
        ('{mon: "24:00-02:00"}', "Write 00:00-02:00 on the day after."),
        ("mon-fri 08:00-17:00", "Write always, or days and times"),
    ],
)
def test_hours_written_otherwise_are_told_as_they_are_to_be_written(operator: Operator, hours: str, mend: str) -> None:
    operator.changes("grammars/line.yaml", "helpdesk: {hours: always", f"helpdesk: {{hours: {hours}")
    assert mend in operator.is_told_only().mend


@pytest.mark.parametrize(
    ("days", "mend"),
    [
        ("24/12/2026", "Write 2026-12-24."),
        ("24-12", "Write 12-24."),
        ("2026-12-24 - 2026-12-26", "Write 2026-12-24..2026-12-26, with two dots between."),
    ],
)
def test_a_date_written_otherwise_is_told_as_it_is_to_be_written(operator: Operator, days: str, mend: str) -> None:
    operator.changes("grammars/line.yaml", "holidays: open}", f'holidays: open, exceptions: {{"{days}": closed}}}}')
    assert operator.is_told_only().mend == mend


@pytest.mark.parametrize("name", ["prompts/en.yaml", "grammars/line.yaml", "grammars/en/billing.yaml"])
@pytest.mark.parametrize("ending", [".yml", ".yaml.txt"])
def test_a_file_under_a_wrong_ending_is_told_with_its_right_name(operator: Operator, name: str, ending: str) -> None:
    path = operator.folder / name
    path.rename(path.with_name(path.stem + ending))
    wrong = name.replace(".yaml", ending)
    assert operator.is_told_only().mend == f"Rename {wrong} to it."


def test_labelled_lines_where_nobody_looks_are_told(operator: Operator) -> None:
    operator.writes("grammars/en/calls.tsv", "billing\tmy bill\n").writes("grammars/en/labels.xlsx", b"PK")
    told = {one.path: one.mend for one in operator.is_told()}
    assert "tests/" in told["grammars/en/calls.tsv"]
    assert "voice labels import" in told["grammars/en/labels.xlsx"]


def test_a_spreadsheets_semicolons_are_one_finding(operator: Operator) -> None:
    operator.writes(LABELLED, "label;text\n" + "billing;my bill is wrong\n" * 50)
    assert "as a spreadsheet writes them, here and in 50 more lines" in operator.is_told_only().what


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("\t", ",", "A comma stands between the label and the text, as a spreadsheet writes them, here and in"),
        ("\t", "    ", "Spaces stand between the label and the text, here and in"),
    ],
)
def test_what_stands_for_a_tab_is_told(operator: Operator, old: str, new: str, what: str) -> None:
    operator.writes(LABELLED, operator.reads(LABELLED).replace(old, new))
    assert what in operator.is_told_only().what


FRENCH = (
    "je ne comprends pas ma facture du mois de mars",
    "il y a une erreur dans le montant de la facture",
    "quand est-ce que vous allez me rembourser",
    "je voudrais payer en plusieurs fois si c'est possible",
)


def test_a_phrase_a_label_and_a_prompt_in_a_language_that_the_line_has_not_are_told(operator: Operator) -> None:
    operator.adds(PHRASES, f'  - "{FRENCH[0]}"\n').adds(LABELLED, f"billing\t{FRENCH[1]}\n")
    operator.changes("prompts/en.yaml", '\ngoodbye: "', '\ngoodbye: "Merci de nous avoir appelés, et à bientôt." # "')
    told = {one.path: one for one in operator.is_told()}
    assert set(told) == {PHRASES, LABELLED, "prompts/en.yaml"}
    assert all("is written in “fr”" in one.what for one in told.values())
    assert told[PHRASES].mend == "Write it in “en”: the line has no “fr”."


def test_a_file_in_a_language_that_the_line_has_not_is_one_finding(operator: Operator) -> None:
    operator.writes(PHRASES, "phrases:\n" + "".join(f'  - "{each}"\n' for each in FRENCH))
    [told] = [one for one in operator.is_told() if one.path == PHRASES]
    assert (told.line, "here and in 3 more lines" in told.what) == (2, True)


def test_a_topic_of_one_template_that_makes_one_sentence_is_told(operator: Operator) -> None:
    operator.writes(PHRASES, 'templates:\n  - "my bill"\n')
    assert any("has one phrase" in one.what for one in operator.is_told())


def test_labelled_lines_and_prompts_in_another_language_are_told(polyglot: Operator) -> None:
    polyglot.adds("grammars/nl/labelled.tsv", "billing\tje voudrais savoir où est ma facture du mois de mai\n")
    polyglot.changes("prompts/nl.yaml", '\nquestion: "', '\nquestion: "Nous vous rappelons, votre tour est là." # "')
    told = [one for one in polyglot.is_told() if "is written in “fr”" in one.what]
    assert {one.path for one in told} == {"grammars/nl/labelled.tsv", "prompts/nl.yaml"}


def test_an_example_is_about_none_of_the_topics_though_they_share_words_that_hold_sentences_together(
    operator: Operator,
) -> None:
    operator.adds("grammars/en/billing.yaml", '  - "is there a discount for you and me"\n')
    operator.changes("prompts/en.yaml", "my parcel hasn't come, or", "there is a swimming bath for you, or")
    assert "“there is a swimming bath for you”" in operator.is_told_only().what


def test_a_helpline_of_another_country_is_told_with_that_of_the_line_s(tmp_path: Path) -> None:
    start_line(tmp_path / "own", PROJECT, ("nl", "en"), "Bakker", country="NL")
    told = Operator(tmp_path / "own").is_told()
    assert {one.path for one in told} == {"prompts/nl.yaml", "prompts/en.yaml"}
    assert "sends callers to 1813, a helpline of BE, and the line is in NL. There it is 113." in str(told[-1])


def test_own_topics_in_three_languages_are_told_in_three_kilobytes(tmp_path: Path) -> None:
    start_line(tmp_path / "own", PROJECT, ("nl", "fr", "en"), "Gemeente Dorp")
    operator = Operator(tmp_path / "own")
    old = "  billing: helpdesk\n  delivery: helpdesk\n  repair: helpdesk"
    operator.changes("grammars/line.yaml", old, "  passport: helpdesk\n  parking: helpdesk\n  waste: helpdesk")
    told = "\n".join(map(str, operator.is_told()))
    assert len(told.encode()) < 3_000
    assert "3 files are missing: “passport.yaml”, “parking.yaml”, “waste.yaml”." in told
    assert "Did you mean" not in told


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (
            "  billing: helpdesk\n  delivery: helpdesk\n  repair: helpdesk",
            "  - billing\n  - repair",
            "“topics” is a list",
        ),
        ("  billing: helpdesk", "  agent: helpdesk", "“agent” is a command's name."),
        ("  billing: helpdesk", "  a/b: helpdesk", "“a/b” is no name for this."),
    ],
)
def test_topics_that_cannot_be_are_told_in_few_words(operator: Operator, old: str, new: str, what: str) -> None:
    operator.changes("grammars/line.yaml", old, new)
    told = "\n".join(map(str, operator.is_told()))
    assert what in told
    assert len(told.encode()) < 1_500


@pytest.mark.parametrize(
    "text",
    [
        "phrases: " + "[" * 900 + "]" * 900,
        "phrases: " + "[" * 900,
        "phrases:\n" + "\n".join(" " * depth + "-" for depth in range(900)),
        'templates:\n  - "' + "(" * 900 + "bill" + ")" * 900 + '"',
        'templates:\n  - "' + "[" * 900 + "bill" + "]" * 900 + '"',
    ],
    ids=["closed", "open", "dashes", "template", "optional"],
)
def test_nine_hundred_brackets_are_one_short_finding(operator: Operator, text: str) -> None:
    operator.writes(PHRASES, text + "\n")
    told = operator.is_told_only()
    assert "inside one another" in told.what
    assert len(str(told)) < 300


def test_a_language_that_is_as_it_was_is_not_read_again(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counted(folder: Path, language: str, intents: tuple[str, ...]) -> Grammar:
        read.append(language)
        return load_grammar(folder, language, intents)

    monkeypatch.setattr("voice.content.check.load_grammar", counted)
    operator.adds(PHRASES, '  - "nobody has written this before"\n').is_told()
    assert operator.is_told() == []
    assert read == ["en"]
    operator.adds("prompts/en.yaml", "# a note, and what stands below is a line further down\n").is_told()
    assert read == ["en", "en"]


def test_what_was_read_before_is_told_as_if_it_were_read_now(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [
        operator.is_told(),
        operator.adds(PHRASES, "  - unpaired: (one|two\n").is_told(),
        operator.changes("grammars/line.yaml", "  billing:", "  bills:").is_told(),
        operator.adds(LABELLED, "repair\tmy invoice is too high\n").is_told(),
    ]
    assert [bool(told) for told in broken] == [False, True, True, True]
    last = operator.is_told()
    monkeypatch.setattr("voice.content.check._known", {})
    assert operator.is_told() == last
