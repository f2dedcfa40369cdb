"""Operators read tables on a terminal of eighty columns, by the clock of their line, in whatever encoding it has."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from tests.conftest import OPEN_DAY, Telvia
from voice.cli import main
from voice.cli.call import _nobody_is_rung
from voice.cli.evaluate import _confusion, _figures, _mistakes
from voice.cli.understand import _show
from voice.content import Grammar, Line, Phrase
from voice.content.shipped import PROJECT
from voice.core.interpretation import Decision, Interpretation
from voice.errors import SettingsError
from voice.service.live.published import Process, Published, PublishedState, RefusedSave
from voice.service.operators.agreements import agree
from voice.service.operators.health import Finding
from voice.service.operators.notices import NewNotice
from voice.service.operators.notices import add as add_notice
from voice.understanding.evaluation.callers import PlayedCall
from voice.understanding.evaluation.figures import Evaluation

pytestmark = pytest.mark.slow

COMPOUND = "hypotheekrenteaftrekbeperkingsmaatregelenoverzicht"
LONG = "er klopt iets niet met de factuur die ik vorige week kreeg en ik zou graag willen weten hoe dat kan"


class Terminal:
    """Of eighty columns, on a computer in New York."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._set, self._capsys = monkeypatch.setattr, capsys
        monkeypatch.setenv("COLUMNS", "80")
        monkeypatch.setenv("TZ", "America/New_York")

    def types(self, *words: str) -> str:
        self._set(sys, "argv", ["voice", *words])
        with pytest.raises(SystemExit):
            main()
        return self._capsys.readouterr().out


@pytest.fixture
def terminal(
    telvia: Telvia, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Terminal:
    """Where a call was made a moment ago, and one waits."""
    now = telvia.worker.clock()
    monkeypatch.setattr("voice.cli.inbox.datetime", type("Clock", (), {"now": staticmethod(lambda _zone: now)}))
    monkeypatch.setattr("voice.cli.report.datetime", type("Clock", (), {"now": staticmethod(lambda _zone: now)}))
    monkeypatch.setattr("voice.service.operators.inbox.Inbox.with_likeliest", lambda _, groups: groups)
    monkeypatch.setenv("VOICE_DATABASE_URL", f"sqlite:///{tmp_path / 'calls.sqlite3'}")
    monkeypatch.setenv("VOICE_LINE", str(PROJECT))
    monkeypatch.setenv("VOICE_CACHE", str(tmp_path / "cache"))
    telvia.hire("Annemarie van den Bergh-Peeters", "+32470000001")
    telvia.ring().says(LONG).hangs_up()
    caller = telvia.ring().says("mijn factuur klopt niet").stays_silent()
    reference = telvia.contact_of(caller).reference
    told = "de technieker komt donderdag tussen acht en twaalf met een nieuwe modem"
    agree(telvia.line, telvia.store, reference, told, "2026-11-26 12:00", "Annemarie van den Bergh-Peeters", now)
    notice = NewNotice({"nl": f"{LONG}."}, ["billing", "outage"], None, closure=False)
    add_notice(telvia.line, telvia.store, notice, now + timedelta(hours=2), "Annemarie van den Bergh-Peeters", now)
    roles = ["supervisor", "operator", "administrator"]
    telvia.store.users.add("annemarie.van.den.bergh@helpdesk.example", None, roles, "Annemarie van den Bergh-Peeters")
    telvia.store.overrides.add("billing", False, now, now + timedelta(days=400), "Annemarie", "verbouwing " * 9)
    telvia.store.history.publish(
        "0123456789abcdef", {"grammars/line.yaml": b""}, now, "Annemarie van den Bergh", "saved"
    )
    files = {"grammars/line.yaml": b"x", "grammars/nl/billing.yaml": b"x", "prompts/nl.yaml": b"x"}
    telvia.store.history.publish("fedcba9876543210", files, now, "Annemarie van den Bergh", "published")
    return Terminal(monkeypatch, capsys)


COMMANDS = (
    "calls list",
    "calls agreements",
    "calls show",
    "inbox",
    "inbox told",
    "report",
    "queue list",
    "notice list",
    "agents list",
    "history",
    "status",
    "prompts list",
    "prompts missing",
    "models list",
    "console user list",
    "health",
)


@pytest.mark.parametrize("columns", [80, 60])
def test_every_table_fits(terminal: Terminal, telvia: Telvia, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr("voice.cli.health.trained", lambda _: None)
    costly = Finding("nl", "billing", LONG, f"{LONG}: {COMPOUND}", 0.2)
    monkeypatch.setattr("voice.service.operators.health.health", lambda *_: [costly])
    shown = next(one.reference for one in telvia.store.contacts.newest() if one.intent == "billing")
    wide = {}
    for command in COMMANDS:
        printed = terminal.types(*command.split(), *([shown] if command == "calls show" else []))
        assert printed.strip() or command == "inbox told", command
        table = [row for row in printed.splitlines() if "http" not in row and not row.startswith("Your files")]
        too_wide = [row for row in table if cell_len(row.rstrip()) > columns]
        wide |= {command: too_wide} if too_wide else {}
    assert wide == {}


@pytest.mark.parametrize("columns", [80, 60])
def test_what_was_misjudged_and_what_is_nearest_fit(
    line: Line, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    phrase = Phrase(f"{LONG} {COMPOUND}", "enquiries_about_contracts", "grammars/nl/answers/some_topic.yaml", 1234)
    probabilities = tuple((topic, 0.1) for topic in line.plan.topics)
    meaning = Interpretation(Decision.UNSURE, probabilities=probabilities, because="nothing stands out")
    _show(meaning, [(0.41, phrase)] * 5)
    labels = [*line.plan.topics, "none"]
    asked = [PlayedCall(label, LONG, meaning, "outage", None, True, 2, 9, 0.01) for label in labels]
    found = Evaluation(line.plan, asked)
    for table in (*_figures(found, 4), *_confusion(found, 4)):
        Console().print(table)
    Console().print(_mistakes(found, [(Grammar("nl", {}, (phrase,), ()), call) for call in asked]))
    printed = capsys.readouterr().out
    assert COMPOUND[:20] in printed
    assert [text for text in printed.splitlines() if cell_len(text.rstrip()) > columns] == []


def test_a_reference_stands_on_one_line_and_the_clock_is_the_lines(terminal: Terminal, telvia: Telvia) -> None:
    [contact] = [one for one in telvia.store.contacts.newest() if one.intent == "billing"]
    listed = terminal.types("calls", "list")
    assert contact.reference in listed
    assert "24-11 10:0" in listed, "nine in London is ten in Brussels"
    shown = terminal.types("calls", "show", contact.reference)
    assert "24-11 10:0" in shown
    assert "09:0" not in shown
    assert "24 Nov 2026 10:0" in terminal.types("history")
    assert "24 Nov" in terminal.types("report")


def test_the_status_speaks_the_lines_clock(terminal: Terminal) -> None:
    at = OPEN_DAY.timestamp()
    shelf = Published(PROJECT)
    shelf.publish(PublishedState(version="0" * 16, refused=RefusedSave(at=at, problems=())))
    assert "refused at 24 Nov 10:00:00" in terminal.types("status")


def test_a_terminal_that_knows_fewer_signs_is_shown_others(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with (tmp_path / "out").open("w", encoding="cp1252") as out:
        monkeypatch.setattr(sys, "stdout", out)
        terminal.types("report")
        terminal.types("inbox")
    assert "klopt iets niet" in (tmp_path / "out").read_text(encoding="cp1252")


def test_nobody_rehearses_where_a_worker_would_ring_for_real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_CACHE", str(tmp_path))
    _nobody_is_rung(PROJECT)
    working = Process(pid=1, what="work", version="", trained=True, since=0.0, seen=0.0)
    monkeypatch.setattr(Published, "processes", lambda _: [working])
    with pytest.raises(SettingsError, match="really ring whoever is promised a callback"):
        _nobody_is_rung(PROJECT)
