"""What an operator is told about grammars/line.yaml."""

import pytest

from tests.content.conftest import Operator

LINE = "grammars/line.yaml"


def test_a_line_that_is_right_has_no_problems(operator: Operator) -> None:
    assert operator.is_told() == []


@pytest.mark.parametrize(
    ("old", "new", "what", "mend"),
    [
        ("risk: 0.01", "rsik: 0.01", "“rsik” is not known here.", "Did you mean “risk”?"),
        ("hear: en-GB", "heer: en-GB, hear: en-GB", "“heer” is not known here.", "Did you mean “hear”?"),
        ("{hours: always", "{hour: always", "“hour” is not known here.", "Did you mean “hours”?"),
        ("billing: helpdesk", "billing: helpdisk", "There is no queue “helpdisk”.", "Did you mean “helpdesk”?"),
        ("person: helpdesk", "person: people", "There is no queue “people”.", "Known here: helpdesk."),
        ("menu: [billing", "menu: [biling", "There is no topic “biling”.", "Did you mean “billing”?"),
        ("language: en", "language: it", "There is no language “it”.", "Known here: en."),
        ("country: BE", "country: XX", "The public holidays of “XX” are not known.", "Write the country as BE, NL"),
        ("country: BE", "country: Belgium", "“country” cannot be “Belgium”.", "Write two capitals, as BE."),
        ("Europe/Brussels", "Europe/Brussel", "There is no time zone “Europe/Brussel”.", "Write it as Europe/Bru"),
        ('"+3212345673"', '"012345673"', "“012345673” is no telephone number in full (E.164).", "Write it as +32"),
        ('"+3212345673"', "+3212 34 56 73", "is no telephone number in full (E.164).", "Write +3212345673."),
        (
            'key: "8"',
            "key: 8",
            "“languages.en.key” cannot be “8”: text between quotes belongs there.",
            "Put it between quotes.",
        ),
        ('key: "8"', 'key: "9"', "“languages.en.key” cannot be “9”.", "Write one of the keys 5, 6, 7 and 8"),
        (
            "risk: 0.01",
            "risk: 0.01\npauses: {qestion: {pause: 2}}",
            "no state that listens called “qestion”",
            "“question”?",
        ),
        ("risk: 0.01", "risk: 0.01\npauses: {dial: {pause: 2}}", "no state that listens called “dial”", ""),
        (
            "risk: 0.01",
            "risk: 0.01\npauses: {question: {pause: 0}}",
            "“pauses.question.pause”",
            "whole seconds, from 1",
        ),
        ("risk: 0.01", "risk: 0.01\nasks: {biling: customer_number}", "There is no topic “biling”.", "“billing”?"),
        (
            "risk: 0.01",
            "risk: 0.01\nasks: {billing: name}",
            "“asks.billing” cannot be “name”: customer_number or birth_date belongs there.",
            "",
        ),
        (
            "risk: 0.01",
            "risk: 0.01\nasks: {billing: {what: customer_number, pattern: 'K\\d{5}'}}",
            "has signs that no telephone has",
            "of digits alone",
        ),
        (
            "risk: 0.01",
            "risk: 0.01\nasks: {billing: {what: customer_number, pattern: '\\d{3}-\\d{3}'}}",
            "has signs that no telephone has",
            "of digits alone",
        ),
        (
            "risk: 0.01",
            "risk: 0.01\nasks: {billing: {what: customer_number, pattern: '7(\\d'}}",
            "“7(\\d” is no pattern",
            "Write it as",
        ),
        (
            "risk: 0.01",
            "risk: 0.01\nasks: {billing: {what: birth_date, pattern: '\\d{8}'}}",
            "A date of birth has no pattern",
            "Take the pattern out.",
        ),
        ("risk: 0.01", "risk: 2", "“risk” cannot be “2”: less than 0.5 belongs there.", "Write a share, as 0.01"),
        (
            ", holidays: open",
            ", holidays: maybe",
            "“queues.helpdesk.holidays” cannot be “maybe”: open or closed belongs there.",
            "",
        ),
        ("{hours: always", "{hours: sometimes", "“sometimes” is no hours.", "Write always, or days and times"),
        (
            "{hours: always",
            '{hours: {mon-fri: "08:00-12:00, 11:00-17:00"}',
            "“11:00-17:00” overlaps the span before it.",
            "Let each begin where the last ends.",
        ),
        (
            "{hours: always",
            '{hours: {mon-fri: "08:00-17:00", fri: "08:00-12:00"}',
            "“fri” overlaps a line before it: fri.",
            "Name each day once.",
        ),
        (
            "{hours: always",
            '{hours: {mon: "17:00-08:00"}',
            "“17:00-08:00” goes over midnight, and a span ends with its day.",
            "Write 17:00-24:00, and 00:00-08:00 on the day after.",
        ),
        ("{hours: always", '{hours: {mon: "all day"}', "“all day” is no span of time.", "Write 00:00-24:00"),
        ("{hours: always", '{hours: {maandag: "08:00-17:00"}', "“maandag” is no day.", "Write mon."),
        (
            "{hours: always",
            '{hours: {fri-mon: "08:00-17:00"}',
            "“fri-mon” goes over the end of the week.",
            "Write fri-sun and mon",
        ),
        ("{hours: always", "{hours: {mon-fri: closed}", "The queue “helpdesk” is never open.", "Give it hours"),
        (
            ", holidays: open",
            ', holidays: open, exceptions: {"24/12/2026": closed}',
            "“24/12/2026” is no date.",
            "Write 2026-12-24",
        ),
        (
            ", holidays: open",
            ", holidays: open, destination: dial",
            "The queue “helpdesk” is sent to a call centre, and does not say to which.",
            "Add its number or SIP address",
        ),
        (
            ", holidays: open",
            ', holidays: open, destination: dail, dial: "+3221234567"',
            "“queues.helpdesk.destination” cannot be “dail”: agents or dial belongs there.",
            "",
        ),
        (
            ", holidays: open",
            ', holidays: open, dial: "+3221234567"',
            "The queue “helpdesk” has a number to dial, and is answered by agents.",
            "Add “destination: dial”, or take the number out.",
        ),
        (
            ", holidays: open",
            ', holidays: open, destination: dial, dial: "02 123 45 67"',
            "“02 123 45 67” is no number in full (E.164), and no SIP address.",
            "Write it as +3212345670, or sip:desk@example.com.",
        ),
        (
            ", holidays: open",
            ', holidays: open, destination: dial, dial: "+3212345673"',
            "The queue “helpdesk” would ring this line itself.",
            "Give the number of the call centre.",
        ),
        (
            "risk: 0.01",
            "risk: 0.01\nphrases_right: 3",
            "“phrases_right” cannot be “3”: 1 or less belongs there.",
            "Write",
        ),
        (
            "risk: 0.01",
            "risk: 0.01\nkeep_calls_days: 99999999999",
            "“keep_calls_days” cannot be “99999999999”: 36500 or less belongs there.",
            "Write a lower number.",
        ),
        (
            "risk: 0.01",
            f"risk: 0.01\nconsole: {{not_ready: [{'lunch' * 13}]}}",
            "“console.not_ready.0”: this has 65 characters, and 1 to 64 are kept.",
            "Shorten it.",
        ),
    ],
)
def test_a_slip_is_told_with_its_line_and_mend(operator: Operator, old: str, new: str, what: str, mend: str) -> None:
    operator.changes(LINE, old, new)
    problem = next(problem for problem in operator.is_told() if what in problem.what)
    assert mend in problem.mend
    assert (problem.path, problem.severity) == (LINE, "error")
    assert problem.line == operator.line_of(LINE, new.split("\n")[-1])


def test_what_is_missing_is_named(operator: Operator) -> None:
    operator.changes(LINE, "person: helpdesk", "")
    assert "“person” is missing. Add it." in str(operator.is_told_only())


def test_a_country_without_telephone_numbers(operator: Operator) -> None:
    operator.adds(LINE, "callbacks: {countries: [BE, XX]}\n")
    problem = operator.is_told_only()
    assert problem.what == "“XX” is no country whose telephone numbers are known."
    assert problem.severity == "error"


def test_a_queue_that_nobody_can_reach(operator: Operator) -> None:
    operator.adds(LINE, "  night: {hours: always}\n")
    operator.changes("prompts/en.yaml", "  helpdesk:", '  night: "x"\n  helpdesk:')
    problem = operator.is_told_only()
    assert problem.what == "Nobody can reach the queue “night”, unless an agent sends them there."
    assert (problem.line, problem.mend, problem.severity) == (23, "Give it a topic, or take it out.", "warning")


@pytest.mark.parametrize(
    ("hours", "window", "told"),
    [
        ("08:30-12:00, 13:00-16:30", "4 h", True),
        ("08:00-12:00, 13:00-17:00", "4 h", False),
        ("08:40-09:20", "30 min", True),
        ("08:40-09:20", "15 min", False),
    ],
)
def test_callback_windows_outside_the_hours(operator: Operator, hours: str, window: str, told: bool) -> None:
    entry = f'{{hours: {{mon-fri: "{hours}"}}, callback: {{window: {window}, capacity: 2}}'
    operator.changes(LINE, "{hours: always", entry)
    if not told:
        assert operator.is_told() == []
        return
    problem = operator.is_told_only()
    assert problem.what == (
        f"No callback window of “helpdesk” lies in its hours: one begins every {window} from midnight on."
    )
    assert problem.severity == "error"


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("offer_after: soon", "“soon” is no length of time. Write 20 s, 3 min, 1 h or 3 d."),
        ("callback: {window: 7 h}", "a window must divide the day. Write 30 min, 1 h, 2 h …."),
        ("callback: {windw: 1 h}", "“windw” is not known here. Did you mean “window”?"),
        ("on_abandon: ring", "list or callback belongs there."),
        ("offer_after: 99999999999999999999 d", "is longer than anybody waits. Write a year at the most, 366 d."),
        ("wrap_up: 4000 d", "is longer than anybody waits. Write a year at the most, 366 d."),
        (f"full_at: {'9' * 5000}", "a smaller number belongs there. Write it in a few figures."),
        ("priority: 3000000000", "100 or less belongs there. Write a lower number."),
    ],
)
def test_how_a_queue_works(operator: Operator, setting: str, told: str) -> None:
    operator.changes(LINE, "{hours: always", f"{{hours: always, {setting}")
    problem = operator.is_told_only()
    assert told in str(problem)
    assert (problem.path, problem.line) == (LINE, operator.line_of(LINE, setting))


def test_one_number_for_two_languages(polyglot: Operator) -> None:
    polyglot.changes(LINE, "+3212345671", "+3212345670")
    assert "The number +3212345670 already chooses nl. Give each its own." in str(polyglot.is_told_only())


def test_a_topic_with_the_name_of_a_command(operator: Operator) -> None:
    operator.changes(LINE, "repair: helpdesk", "repair: helpdesk\n  agent: helpdesk")
    assert any("“agent” is a command's name. Take another." in str(problem) for problem in operator.is_told())


def test_a_language_without_files_or_that_nobody_speaks(operator: Operator) -> None:
    operator.changes(LINE, "  en: {", "  it: {hear: it-IT, say: it-IT}\n  en: {")
    told = [str(problem) for problem in operator.is_told()]
    assert f"{LINE}:11: The language it has no folder grammars/it/. Make it, or take the language out." in told
    assert "prompts/it.yaml: The file is missing. Make it, or restore it." in told
    assert any("_shared.yaml:" in t and "The list “language” has no words for “it”." in t for t in told)
    operator.changes(LINE, "  it: {", "  zz: {")
    assert any("There is no language “zz”. Write its code" in str(problem) for problem in operator.is_told())


def test_files_of_a_language_that_the_line_does_not_have(polyglot: Operator) -> None:
    polyglot.changes(LINE, polyglot.reads(LINE).splitlines()[11] + "\n", "")
    told = polyglot.is_told()
    assert "grammars/fr/: “fr” is no language of this line. Add it to languages:" in str(told[0])
    assert {(p.path, p.severity) for p in told if "is no language" in p.what} >= {
        ("grammars/fr/", "warning"),
        ("prompts/fr.yaml", "warning"),
        ("grammars/nl/_shared.yaml", "error"),
    }


def test_every_file_is_checked_though_line_yaml_is_broken(operator: Operator) -> None:
    operator.changes(LINE, "risk: 0.01", "rsik: 0.01")
    operator.changes("prompts/en.yaml", "{topic}", "{topik}").changes("grammars/en/repair.yaml", "(my|the)", "(my|the")
    assert {problem.path for problem in operator.is_told()} == {LINE, "prompts/en.yaml", "grammars/en/repair.yaml"}


def test_every_file_is_read_though_line_yaml_is_no_yaml(operator: Operator) -> None:
    operator.changes(LINE, "risk:", "\trisk:").changes("prompts/en.yaml", 'question: "', 'question: "" ')
    operator.changes("grammars/en/repair.yaml", "phrases:", "phrases")
    told = operator.is_told()
    assert {problem.path for problem in told} == {LINE, "prompts/en.yaml", "grammars/en/repair.yaml"}
    assert f"{LINE}:8: There is a tab at the beginning of the line. Use spaces." in [str(problem) for problem in told]


def test_a_folder_without_a_line(operator: Operator) -> None:
    problems = Operator(operator.folder / "prompts").is_told()
    assert "There is no line here: it has no folder grammars/." in str(problems[0])


def test_a_voice_of_another_language_or_of_the_oldest_kind_is_told(operator: Operator) -> None:
    operator.changes("grammars/line.yaml", "Polly.Amy-Neural", "Polly.Vicki-Neural")
    assert "does not speak “en-GB”" in operator.is_told_only().what
    operator.changes("grammars/line.yaml", "Polly.Vicki-Neural", "Polly.Emma")
    assert operator.is_told_only().mend == "Take Polly.Amy-Neural."


def test_levels_that_lead_back_are_told(operator: Operator) -> None:
    first = "helpdesk: {hours: always, holidays: open"
    operator.changes(LINE, first, f"second: {{hours: always, escalates_to: helpdesk}}\n  {first}, escalates_to: second")
    told = [problem.what for problem in operator.is_told() if "lead back" in problem.what]
    assert told == [f"The levels above “{name}” lead back to it." for name in ("second", "helpdesk")]
