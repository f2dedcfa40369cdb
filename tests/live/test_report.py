"""What a report tells of the calls of some days."""

import json
import re
import sys
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.conftest import PROJECT, Telvia
from voice.cli import main
from voice.service.calls.transfer import transfer
from voice.service.operators.report import LineReport, make_report
from voice.service.operators.report_page import page


def report(telvia: Telvia, days: int = 7) -> LineReport:
    return make_report(telvia.line, telvia.store, days, telvia.worker.clock())


def test_it_counts_how_calls_went(telvia: Telvia) -> None:
    telvia.ring().says("mijn factuur klopt niet").stays_silent()
    telvia.ring().says("blabla").says("mijn factuur klopt niet").stays_silent()
    telvia.ring().says("mijn internet ligt plat").says("nee").says("mijn factuur klopt niet").stays_silent()
    telvia.ring(to="+3212345671").presses("0")
    telvia.ring().hangs_up()
    made = report(telvia)
    told = made.overall
    assert (told.calls, told.at_once, told.after_one, told.person, told.left) == (5, 1, 2, 1, 1)
    assert (told.corrected, told.misrouted) == (1, 0)
    assert {name: figures.calls for name, figures in made.topics.items()} == {"billing": 3, "no topic": 2}
    assert {name: figures.calls for name, figures in made.languages.items()} == {"nl": 4, "fr": 1}


def test_a_call_under_way_has_not_left(telvia: Telvia) -> None:
    telvia.ring()
    told = report(telvia).overall
    assert (told.calls, told.left) == (1, 0)


def test_waits_and_misroutes_are_told(telvia: Telvia) -> None:
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    caller.waits(90)
    telvia.hire("Ann", "+32470000001").accepts()
    transfer(telvia.line, telvia.store, telvia.contact_of(caller).reference, "billing", telvia.worker.clock())
    telvia.passes(3)
    told = report(telvia).overall
    assert told.misrouted == 1
    assert told.wait is not None
    assert 90 <= told.wait <= 180


def test_a_callback_that_waits_is_neither_kept_nor_late(telvia: Telvia) -> None:
    telvia.ring().says("bel me terug").says("ja")
    told = report(telvia).overall
    assert (told.callbacks, told.kept, told.late, told.unreached) == (1, 0, 0, 0)


def test_the_time_until_a_callback_is_told_and_the_lines_own_call_is_no_call(telvia: Telvia) -> None:
    telvia.ring().says("mijn internet ligt plat").stays_silent().presses("9").says("ja")
    telvia.passes(60)
    an, customer = telvia.hire("Ann", "+32470000001"), telvia.twilio.phone("+32470123456")
    an.accepts()
    customer.accepts()
    telvia.passes(2)
    customer.hangs_up()
    telvia.passes(1)
    told = report(telvia).overall
    assert (told.calls, told.at_once, told.callbacks, told.kept) == (1, 1, 1, 1)
    assert told.until_call is not None
    assert 60 < told.until_call < 180
    assert told.wait is None


def test_days_are_the_lines_own_and_none_is_left_out(telvia: Telvia) -> None:
    telvia.ring().hangs_up()
    days = report(telvia, 3).days
    assert list(days.values()) == [0, 0, 1]
    later = make_report(telvia.line, telvia.store, 3, telvia.worker.clock() + timedelta(days=3))
    assert later.overall.calls == 0


def test_the_page_is_whole_and_draws_every_topic(telvia: Telvia) -> None:
    telvia.ring().says("mijn factuur klopt niet").stays_silent()
    telvia.ring().says("mijn internet ligt plat").stays_silent()
    html = page(report(telvia))
    pictures = [ElementTree.fromstring(drawn) for drawn in re.findall(r"<svg.*?</svg>", html, re.DOTALL)]
    assert len(pictures) == 4
    names = {text.text for text in pictures[1].iter("text")}
    assert names == {"billing", "outage"}
    assert "<script" not in html
    assert "http" not in html


def test_an_empty_line_has_a_report_too(telvia: Telvia) -> None:
    assert report(telvia).overall.wait is None
    assert "0 calls" in page(report(telvia))


@pytest.mark.parametrize("form", [["--json"], [], ["--html"]])
def test_the_command(
    telvia: Telvia, form: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    telvia.ring().says("mijn factuur klopt niet").stays_silent()
    monkeypatch.setenv("VOICE_DATABASE_URL", str(telvia.store.engine.url))
    words = ["voice", "report", "--line", str(PROJECT), "--days", "366", *form]
    monkeypatch.setattr(sys, "argv", [*words, str(tmp_path / "page.html")] if form == ["--html"] else words)
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    told = capsys.readouterr().out
    if form == ["--json"]:
        assert json.loads(told)["topics"]["billing"]["at_once"] == 1
    elif form:
        assert "By topic" in (tmp_path / "page.html").read_text(encoding="utf-8")
    else:
        assert "1 calls" in told
        assert "understood at once" in told
