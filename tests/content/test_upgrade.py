"""A line of yesterday under the program of today: whatever the new version says or listens for besides, it starts."""

import sys

import pytest

from tests.content.conftest import Operator
from voice.cli import main
from voice.content import load_grammar, load_line
from voice.content.check import sound_line
from voice.content.prompt_keys import KEYS
from voice.content.shipped import OWN, shipped_phrases, shipped_prompts
from voice.errors import ContentError

PROMPTS = "prompts/en.yaml"


def without(operator: Operator, *keys: str) -> None:
    """A line whose file was written before there were these prompts."""
    lines = operator.reads(PROMPTS).splitlines(keepends=True)
    operator.writes(PROMPTS, "".join(line for line in lines if line.partition(":")[0] not in keys))


def test_what_a_new_version_says_is_said_in_the_words_that_come_with_it(operator: Operator) -> None:
    without(operator, "goodbye")
    told = f"{PROMPTS}: The prompt “goodbye” is missing, and callers hear the words that come with Rechtdoor for it."
    problem = operator.is_told_only()
    assert str(problem) == f"{told} Take them into this file with `voice prompts add`, and make them yours."
    assert problem.severity == "warning"
    assert load_line(operator.folder).prompts["en"].texts["goodbye"] == shipped_prompts("en")["goodbye"]


def test_many_new_prompts_are_one_finding(operator: Operator) -> None:
    without(operator, "goodbye", "declined", "connecting", "person")
    told = str(operator.is_told_only())
    assert "4 prompts are missing, and callers hear the words that come with Rechtdoor for them: connecting, " in told


def test_the_missing_prompts_are_taken_into_the_file(
    operator: Operator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = load_line(operator.folder).prompts["en"].texts
    lines = operator.reads(PROMPTS)
    start = lines.index("hold.wait:")
    operator.writes(PROMPTS, lines[:start] + lines[lines.index("\n", lines.index("  other:", start)) + 1 :])
    without(operator, "goodbye")
    monkeypatch.setattr(sys, "argv", ["voice", "prompts", "add", "--line", str(operator.folder)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    assert "added to prompts/en.yaml  goodbye: " in capsys.readouterr().out
    assert operator.is_told() == []
    assert load_line(operator.folder).prompts["en"].texts == whole


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("confirm: ", 'confirm: "Is that it, {queue}?" #', "“confirm” cannot fill {queue}."),
        ("listed.at: ", 'listed.at: "We ring you." #', "“listed.at” leaves out {opens}."),
    ],
)
def test_a_prompt_that_is_filled_otherwise_stops_a_save_and_no_start(
    operator: Operator, old: str, new: str, told: str
) -> None:
    operator.changes(PROMPTS, old, new)
    with pytest.raises(ContentError, match=told):
        sound_line(operator.folder)
    line = sound_line(operator.folder, lenient=True)
    key = new.partition(":")[0]
    assert line.prompts["en"].texts[key] == shipped_prompts("en")[key]
    assert told in " ".join(problem.what for problem in line.warnings)


def test_a_prompt_that_nothing_says_any_more_is_passed_over(operator: Operator) -> None:
    operator.adds(PROMPTS, 'weather: "It rains."\n')
    told = operator.is_told_only()
    assert told.what == "Nothing says the prompt “weather”."
    assert told.severity == "warning"


def test_a_slip_of_the_pen_is_no_upgrade(operator: Operator) -> None:
    operator.changes(PROMPTS, "goodbye:", "goodby:")
    told = operator.is_told_only()
    assert (told.what, told.severity) == ("There is no prompt “goodby”.", "error")
    assert told.mend == "Did you mean “goodbye”?"


def test_a_command_that_a_new_version_knows_is_listened_for(operator: Operator) -> None:
    operator.deletes("grammars/en/callback.yaml")
    told = operator.is_told_only()
    what = "The command “callback” has no phrases: the file is missing, and what comes with Rechtdoor is listened for."
    assert (told.path, told.what, told.severity) == ("grammars/en/callback.yaml", what, "warning")
    grammar = load_grammar(operator.folder, "en", load_line(operator.folder).intents)
    said = {phrase.text for phrase in grammar.phrases if phrase.intent == "callback"}
    assert len(said) > 20
    assert said <= set(shipped_phrases("en", "callback"))


def test_a_language_that_the_project_does_not_know_borrows_english(operator: Operator) -> None:
    for path in sorted((operator.folder / "grammars" / "en").rglob("*")):
        operator.writes(f"grammars/sv/{path.name}", path.read_bytes())
    operator.writes("prompts/sv.yaml", operator.reads(PROMPTS))
    operator.changes("grammars/line.yaml", "  en: {", "  sv: {hear: sv-SE, say: sv-SE}\n  en: {")
    for language in ("en", "sv"):
        operator.changes(f"grammars/{language}/_shared.yaml", "    en:", "    sv: [swedish]\n    en:")
    operator.changes("prompts/sv.yaml", "goodbye:", "# goodbye:")
    assert [one for one in operator.is_told() if one.severity == "error"] == []
    assert "callers hear English words for it" in " ".join(one.what for one in operator.is_told())
    kept = [f"{key}: {text!r}" for key, text in (("welcome", "Hej"), ("again", "Vad?"), ("goodbye", "Hej då"))]
    operator.writes("prompts/sv.yaml", "\n".join(kept))
    assert f"{len(KEYS) - 3 - 1} prompts are missing: " in " ".join(map(str, operator.is_told()))


def test_the_names_and_examples_of_a_line_are_lent_by_nobody(operator: Operator) -> None:
    without(operator, *OWN - {"again"})
    assert str(operator.is_told_only()) == f"{PROMPTS}: The prompt “welcome” is missing. Add it."
