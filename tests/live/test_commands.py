"""What `voice status` and `voice reload` say where nobody serves the line."""

import sys

import pytest

from tests.live.conftest import Desk
from voice.cli import main


def test_status_names_what_was_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.files.changes("prompts/en.yaml", "question:", "qestion:")
    desk.saved()
    monkeypatch.setattr(sys, "argv", ["voice", "status", "--line", str(desk.shelf.line)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    told = capsys.readouterr().out
    assert "Nobody serves this line." in told
    assert "There is no prompt “qestion”." in told


def test_reload_says_that_nobody_serves_the_line(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["voice", "reload", "--line", str(desk.shelf.line)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "voice serve" in capsys.readouterr().err


def test_a_line_with_errors_is_not_served_and_every_fault_is_told_at_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.files.changes("grammars/line.yaml", "billing: helpdesk", "billing: helpdsk")
    desk.files.changes("grammars/en/repair.yaml", "phrases:", "frases:")
    desk.files.writes("grammars/en/tests/calls.tsv", "biling\tmy bill\n")
    desk.files.changes("prompts/en.yaml", "welcome:", "welcme:")
    # The log would go on to the standard error of this test, which is closed after it.
    monkeypatch.setattr("voice.service.runtime.logs.set_up", lambda _: None)
    monkeypatch.setattr(sys, "argv", ["voice", "serve", "--line", str(desk.shelf.line), "--port", "1"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    told = capsys.readouterr().err
    for fault in (
        "no queue “helpdsk”",
        "“frases” is not known",
        "no topic “biling”",
        "The prompt “welcome” is missing",
    ):
        assert fault in told
    assert "Traceback" not in told
