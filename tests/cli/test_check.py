"""`voice check` and `voice init`, as they are typed."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import voice.cli.check
import voice.cli.init
import voice.cli.prompts
from tests.service.test_recordings import Studio
from voice.cli import app
from voice.content import load_line
from voice.content.shipped import PROJECT
from voice.content.spoken import mobile_of
from voice.content.starter import start_line
from voice.errors import SettingsError
from voice.service.calls.phone_numbers import full_number, is_callable


def types(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=True)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    start_line(folder, PROJECT, ("en",), "Telvia")
    return folder


def test_init_lays_down_a_line_that_has_no_faults(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    laid = types("init", folder, "--languages", "fr, nl", "--name", "Fietsen Peeters")
    assert laid.exit_code == 0
    assert f"voice call --line {folder}" in laid.output.replace("\n", "")
    assert f"{folder}/prompts/fr.yaml" in laid.output.replace("\n", "")
    checked = types("check", "--files", "--line", folder)
    assert (checked.exit_code, checked.output.strip()) == (0, "Nothing is wrong.")
    assert "Bienvenue chez Fietsen Peeters." in (folder / "prompts/fr.yaml").read_text("utf-8")
    assert "elvia" not in "".join(path.read_text("utf-8") for path in folder.rglob("*.*") if path.is_file())


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_init_gives_three_topics_of_ten_phrases_and_a_queue_open_all_day(tmp_path: Path, language: str) -> None:
    types("init", tmp_path / "own", "--languages", language)
    from datetime import UTC, datetime

    from voice.content import load_grammar, load_line

    line = load_line(tmp_path / "own")
    grammar = load_grammar(line.folder, language, line.intents)
    assert len(line.plan.topics) == 3
    for topic in line.plan.topics:
        assert sum(phrase.intent == topic for phrase in grammar.phrases) == 10
    assert all(line.plan.is_open(line.plan.person, datetime(2026, 12, 25, hour, tzinfo=UTC)) for hour in range(24))
    rows = (line.folder / f"grammars/{language}/labelled.tsv").read_text("utf-8").splitlines()[1:]
    assert len(rows) >= 100


def test_init_refuses_a_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    refused = types("init", tmp_path).exception
    assert isinstance(refused, SettingsError)
    assert str(refused) == f"{tmp_path} is there already, and not empty. Give the name of a new folder."
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("country", "timezone"),
    [
        ("DE", "Europe/Berlin"),
        ("GB", "Europe/London"),
        ("IE", "Europe/Dublin"),
        ("ch", "Europe/Zurich"),
        ("ES", "Europe/Madrid"),
    ],
)
def test_init_in_another_country_has_its_clock_its_numbers_and_callers_from_there(
    tmp_path: Path, country: str, timezone: str
) -> None:
    laid = types("init", tmp_path / "own", "--languages", "en,de", "--country", country)
    assert laid.exit_code == 0, laid.output
    line = load_line(tmp_path / "own")
    assert (line.country, line.plan.timezone.key) == (country.upper(), timezone)
    assert len(line.plan.numbers) == 2
    assert all(full_number(number, line) == number for number in line.plan.numbers)
    assert is_callable(mobile_of(line.country), line)
    assert is_callable(mobile_of(line.country, 7), line)


def test_init_refuses_what_is_no_country(tmp_path: Path) -> None:
    refused = types("init", tmp_path / "own", "--country", "XX").exception
    assert "“XX” is no country whose holidays are known." in str(refused)


def test_init_refuses_a_language_that_is_not_ready_made(tmp_path: Path) -> None:
    refused = types("init", tmp_path / "own", "--languages", "nl,it").exception
    assert "There is no ready-made line in “it”. There is: de, en, fr, nl." in str(refused)
    assert not (tmp_path / "own").exists()


def test_check_ends_with_1_on_errors_and_with_0_on_warnings(own: Path) -> None:
    prompts = own / "prompts/en.yaml"
    whole = prompts.read_text("utf-8")
    prompts.write_text(whole.replace('\ngoodbye: "', f'\ngoodbye: "{"so " * 23}'), "utf-8")
    warned = types("check", "--files", "--line", own)
    assert (warned.exit_code, warned.output.splitlines()[-1]) == (0, "0 errors, 1 warning.")
    prompts.write_text(whole.replace("\ngoodbye:", "\ngodbye:"), "utf-8")
    refused = types("check", "--files", "--line", own)
    assert refused.exit_code == 1
    assert refused.output.splitlines()[-1] == "1 error, 0 warnings."
    assert "Did you mean “goodbye”?" in refused.output


def test_check_prints_one_object_for_machines(own: Path) -> None:
    (own / "grammars/en/repair.yaml").write_text('templates:\n  - "[very] (broken"\n', "utf-8")
    checked = types("check", "--files", "--json", "--line", own)
    report = json.loads(checked.output)
    assert (checked.exit_code, report["errors"], report["warnings"]) == (1, 1, 0)
    assert report["problems"] == [
        {
            "path": "grammars/en/repair.yaml",
            "line": 2,
            "what": "The template “[very] (broken” cannot be read: ( is never closed.",
            "mend": "Check that each ( [ { < has its partner.",
            "severity": "error",
        }
    ]


def test_check_shows_brackets_as_they_are_written(own: Path) -> None:
    (own / "grammars/en/repair.yaml").write_text('templates:\n  - "[red]very[/red] (broken"\n', "utf-8")
    assert "“[red]very[/red] (broken”" in types("check", "--files", "--line", own).output


def test_a_line_with_errors_is_not_rung_and_its_brackets_are_shown(
    own: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    prompts = own / "prompts/en.yaml"
    prompts.write_text(prompts.read_text("utf-8").replace('goodbye: "', 'goodbye: "[/red] {nme} '), "utf-8")
    monkeypatch.setattr("sys.argv", ["voice", "prompts", "list", "--line", str(own)])
    with pytest.raises(SystemExit) as ended:
        voice.cli.main()
    assert ended.value.code == 2
    assert "“goodbye” has a sign in it that nobody speaks: “[” (left square bracket)." in capsys.readouterr().err


def test_prompts_are_listed_missed_scripted_built_and_played(own: Path, tmp_path: Path) -> None:
    Studio(own).records("en/goodbye")
    assert "| `goodbye` |" in types("prompts", "script", "--missing", "--line", own).output
    assert "goodbye" in types("prompts", "missing", "--line", own).output
    built = types("prompts", "build", "--line", own)
    assert (built.exit_code, built.output.splitlines()[-1]) == (0, "1 built, 0 as they were, 0 not used.")
    assert "| `goodbye` |" not in types("prompts", "script", "--missing", "--line", own).output
    listed = json.loads(types("prompts", "list", "--json", "--line", own).output)
    recorded = [row for row in listed if row["recorded"]]
    assert [(row["language"], row["name"]) for row in recorded] == [("en", "goodbye")]
    played = types("prompts", "play", "goodbye", "--out", tmp_path / "heard.wav", "--line", own)
    assert "recorded" in played.output
    assert (tmp_path / "heard.wav").stat().st_size > 10_000


def test_a_recording_that_cannot_be_used_ends_build_with_1(own: Path) -> None:
    Studio(own).records("en/goodbuy")
    built = types("prompts", "build", "--line", own)
    assert built.exit_code == 1
    assert "No prompt has this name." in built.output


def test_prompts_of_a_language_or_name_that_the_line_does_not_have(own: Path) -> None:
    wrong = types("prompts", "list", "--language", "nl", "--line", own).exception
    assert str(wrong) == "This line has no language “nl”. It has: en."
    wrong = types("prompts", "play", "goodbuy", "--line", own).exception
    assert "There is no prompt “goodbuy” to play. Did you mean “goodbye”?" in str(wrong)
