"""What an operator writes that the line takes otherwise than it was meant, without being YAML's fault."""

from datetime import date

import pytest

from tests.content.conftest import Operator
from voice.content import check

PHRASES, LABELLED, LINE, PROMPTS = (
    "grammars/en/billing.yaml",
    "grammars/en/labelled.tsv",
    "grammars/line.yaml",
    "prompts/en.yaml",
)
PLAIN = 'Write plain quotes " in their place.'


@pytest.mark.parametrize("text", ["“my odd bill”", "‘my odd bill’", "„my odd bill“", "«my odd bill»", "“my odd bill"])
def test_a_phrase_between_a_word_processors_quotes_is_told(operator: Operator, text: str) -> None:
    operator.adds(PHRASES, f"  - {text}\n")
    told = operator.is_told_only()
    assert (told.line, told.mend) == (operator.line_of(PHRASES, text), PLAIN)
    assert told.what.startswith("Quotes of a word processor")


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (PHRASES, "templates:\n", "templates:\n  - “(my|our) odd bill”\n"),
        (PROMPTS, "goodbye: ", "goodbye: “Bye.”\n#"),
        ("grammars/en/_shared.yaml", "    en: [", "    en: [“anglais”, "),
        ("grammars/en/_wishes.yaml", "stay:", "stay:\n  - “i will hang about”\n#"),
        ("grammars/en/_moments.yaml", "parts:", 'parts:\n  “high noon”: "11:00-13:00"\n#'),
    ],
)
def test_so_they_are_in_every_file(operator: Operator, path: str, old: str, new: str) -> None:
    told = operator.changes(path, old, new).is_told_only()
    assert (told.path, told.mend, told.severity) == (path, PLAIN, "warning")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"+3212345673"', "“+3212345673”"),
        ("Europe/Brussels", "“Europe/Brussels”"),
        ("  billing: helpdesk", "  “billing”: helpdesk"),
        ("{hours: always", "{hours: {mon-fri: “09:00-12:00”}"),
    ],
)
def test_in_line_yaml_they_are_the_only_fault_of_their_line(operator: Operator, old: str, new: str) -> None:
    told = operator.changes(LINE, old, new).is_told_only()
    assert (told.path, told.mend, told.severity) == (LINE, PLAIN, "error")


@pytest.mark.parametrize("text", ["say “yes” or “no”", "“yes” or “no”", "‘t is my odd bill", "it's my odd 'bill'"])
def test_quotes_within_a_text_are_no_fault(operator: Operator, text: str) -> None:
    assert operator.adds(PHRASES, f'  - "{text}"\n').is_told() == []


@pytest.mark.parametrize("text", ['"my odd bill, again"', "“my odd bill, again”"])
def test_quotes_around_a_labelled_text_are_told(operator: Operator, text: str) -> None:
    told = operator.adds(LABELLED, f"billing\t{text}\n").is_told_only()
    assert told.what == "This text stands between quotes, which nobody says."


@pytest.mark.parametrize(
    ("path", "beginning", "end"),
    [(PHRASES, '  - "', '"\n'), (LABELLED, "billing\t", "\n"), (PHRASES, 'templates:\n  - "(a|the) ', '"\n')],
)
def test_what_nobody_says_in_one_breath_is_told(operator: Operator, path: str, beginning: str, end: str) -> None:
    text = f"{beginning}{' '.join(f'odd{n}' for n in 'abcdefgh' * 40)}{end}"
    if "templates:" in text:
        operator.changes(path, "templates:\n", text)
    else:
        operator.adds(path, text)
    told = operator.is_told_only()
    assert " words, and nobody says so many in one breath." in told.what
    assert len(str(told)) < 250


def test_a_template_of_many_choices_is_no_long_one(operator: Operator) -> None:
    many = "|".join(f"odd {letter}{other}" for letter in "abcdefghij" for other in "abcdefghij")
    assert operator.changes(PHRASES, "templates:\n", f'templates:\n  - "({many}) bill"\n').is_told() == []


def test_an_empty_menu_is_told(operator: Operator) -> None:
    told = operator.changes(LINE, "menu: [billing, delivery, repair]", "menu: []").is_told_only()
    assert (told.line, told.severity) == (operator.line_of(LINE, "menu: []"), "warning")
    assert told.what.startswith("The menu is empty")


def test_days_that_are_over_are_told(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "today", lambda: date(2026, 11, 30))
    exceptions = '{"2026-11-29": closed, "2026-11-01..2026-11-30": closed, "11-01": closed, "2027-01-02": closed}'
    operator.changes(LINE, "holidays: open}", f"holidays: open, exceptions: {exceptions}}}")
    told = operator.is_told_only()
    assert told.what == "“2026-11-29” is over, and changes nothing any more."
    operator.changes(LINE, "risk: 0.01", 'risk: 0.01\nholidays: ["2025-07-20..2025-07-31", "2025-09-01"]')
    assert "“2025-07-20..2025-07-31”, “2025-09-01” are over" in operator.is_told()[0].what


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("asks: {billing: customernumber}", "“asks.billing” cannot be “customernumber”"),
        ("asks: {billing: {patern: 3}}", "“asks.billing.what” is missing."),
    ],
)
def test_a_fault_names_what_stands_in_the_file(operator: Operator, written: str, told: str) -> None:
    operator.changes(LINE, "risk: 0.01", f"risk: 0.01\n{written}")
    assert told in operator.is_told()[0].what


def test_a_remark_cuts_phrases_of_answers_too(operator: Operator) -> None:
    operator.changes(LINE, "risk: 0.01", "risk: 0.01\nanswers: {hours: billing}")
    operator.writes("grammars/en/answers/hours.yaml", "phrases:\n  - when are you # open\n")
    assert any("behind # in this phrase" in one.what for one in operator.is_told())


@pytest.mark.parametrize(
    ("old", "new", "what", "mend"),
    [
        ("Europe/Brussels", "GMT+1", "There is no time zone “GMT+1”.", "Write the city whose clock it is"),
        ("Europe/Brussels", "Bruxelles", "There is no time zone “Bruxelles”.", "Write it as Europe/Brussels."),
        ("hear: en-GB", "hear: de-DE", "“de-DE” is not the language “en”", "Take en-GB."),
        ("[billing, delivery, repair]", "[billing, a, b, c, d]", "“menu” has 5 entries, and 4 are", "Take out those"),
        ("risk: 0.01", "risk: 0.01\nmusic: waltz.mp3", "is no address on the web", "into prompts/audio/ as hold.mp3"),
        (
            "risk: 0.01",
            'risk: 0.01\nconsole: {crm: "https://crm.acme.com/?n=NUMBER"}',
            "“console.crm” cannot be",
            "with {number} where the number belongs.",
        ),
        (
            "risk: 0.01",
            'risk: 0.01\nagents: {number: "+3212345673"}',
            "The number +3212345673 is what callers of “en” dial.",
            "Give agents a number of their own.",
        ),
        ("holidays: open}", "holidays: open, ring: 0 s}", "rings telephones for less than 5 seconds", "Write 20 s."),
        (
            "risk: 0.01",
            "risk: 0.01\nunderstanding: {second_opinion: localhost}",
            "“understanding.second_opinion” cannot be “localhost”.",
            "Write it as http://127.0.0.1:8080/v1.",
        ),
    ],
)
def test_a_mend_is_one_that_helps(operator: Operator, old: str, new: str, what: str, mend: str) -> None:
    told = operator.changes(LINE, old, new).is_told_only()
    assert (what in told.what, mend in told.mend) == (True, True), str(told)


@pytest.mark.parametrize("bullet", ["*", "•", "–", "1."])
def test_a_list_under_other_bullets_is_told_with_its_dash(operator: Operator, bullet: str) -> None:
    operator.writes(PHRASES, f"phrases:\n  {bullet} my odd bill\n  {bullet} your odd bill\n")
    told = operator.is_told_only()
    assert (told.line, told.mend) == (2, "Begin each line of the list with a dash and a space.")


@pytest.mark.parametrize(
    ("template", "what"),
    [
        ("(my/the) odd bill", "There is nothing to choose in “(my/the)”."),
        ("(my, the) odd bill", "There is nothing to choose in “(my, the)”."),
        ("my (odd )?bill", "There is nothing to choose in “(odd )?”."),
        ("[my] [bill]", "All of this template may be left out"),
        ("(my|the) odd bill 😡", "The template has a sign in it that nobody speaks"),
        ("* odd bill *", "The template has a sign in it that nobody speaks: “*” (asterisk)."),
    ],
)
def test_a_template_that_is_none_is_told(operator: Operator, template: str, what: str) -> None:
    told = operator.changes(PHRASES, "templates:\n", f'templates:\n  - "{template}"\n').is_told_only()
    assert (told.line, what in told.what) == (operator.line_of(PHRASES, template), True)


@pytest.mark.parametrize(
    ("row", "what", "mend"),
    [
        (
            "billing\t(my|the) odd bill",
            "A labelled line is said as it stands, but this has brackets.",
            "one line for each",
        ),
        ("billing\tmy odd bill 😡", "The line has a sign in it that nobody speaks", "Write it in words"),
        ("label\ttext", "A heading stands among the lines.", "Keep it as the first line of the file alone"),
        (
            "billing+agent\tmy odd bill",
            "“agent” is no topic, and stands in “billing+agent” with another.",
            "Keep the one",
        ),
        ("billing+none\tmy odd bill", "“none” is no topic, and stands in “billing+none” with another.", "Keep the one"),
        ("billing+billing\tmy odd bill", "“billing+billing” names one topic twice.", "Name it once."),
        ("billing+repair+delivery\tmy odd bill", "names 3 topics.", "Name two at the most."),
        ("billing\tmy odd bіll", "“bіll” has letters of two scripts in it", "Type the word again."),
    ],
)
def test_an_odd_labelled_line_is_told(operator: Operator, row: str, what: str, mend: str) -> None:
    told = operator.adds(LABELLED, f"{row}\n").is_told_only()
    assert (what in told.what, mend in told.mend) == (True, True), str(told)
    assert told.line == len(operator.reads(LABELLED).splitlines())
