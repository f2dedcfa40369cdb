"""The disk is full, or may not be written: callers get their last answer, operators a sentence, and nothing is lost."""

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, insert
from sqlalchemy.exc import OperationalError

from tests.conftest import Telvia
from voice.cli import main
from voice.localtwilio.engine.pace import wave_seconds
from voice.recognition.files import write_wave
from voice.recognition.pcm import Audio, pcm_from_bytes
from voice.service.runtime.logs import set_up
from voice.store import Store
from voice.store.tables import answers

REFUSALS = {
    "The disk that holds the database is full.": "PRAGMA max_page_count=1",
    "The database's file or its folder cannot be written.": "PRAGMA query_only=ON",
}
"""What is told → how SQLite is brought to refuse as it would then."""


@pytest.mark.slow
@pytest.mark.parametrize("told", REFUSALS)
def test_a_caller_stands_in_line_all_the_same_and_the_log_says_what_to_do(
    open_line: Callable[..., Telvia], capsys: pytest.CaptureFixture[str], told: str
) -> None:
    telvia = open_line(strict=False)
    if telvia.store.engine.dialect.name != "sqlite":
        pytest.skip("of SQLite alone")
    caller = telvia.ring()
    set_up("error")
    before = telvia.store.engine
    refusing = Store(before.url.render_as_string()).engine
    _refuse(refusing, REFUSALS[told])
    _use_up(refusing, caller.person.sid)
    telvia.store.engine = refusing
    try:
        caller.says("mijn internet ligt plat")
    finally:
        telvia.store.engine = before
    assert caller.queue == "general"
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    assert told in {line.get("what") for line in lines}
    again = telvia.ring(from_="+32470999999").says("mijn internet ligt plat").stays_silent()
    assert again.queue == "technical"


def _use_up(engine: Engine, sid: str) -> None:
    """What is left of the pages in which answers stand."""
    row = {"call_sid": sid, "twiml": "x" * 50, "at": datetime.now(UTC)}
    with suppress(OperationalError):
        for n in range(1000):
            with engine.begin() as connection:
                connection.execute(insert(answers), row | {"key": str(n), "token": str(n)})


def _refuse(engine: Engine, pragma: str) -> None:
    event.listen(engine, "connect", lambda connection, _record: connection.execute(pragma))


@pytest.mark.parametrize(("cache", "told"), [("file", "Not a directory"), ("file/below", "Not a directory")])
def test_a_cache_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], cache: str, told: str
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("VOICE_CACHE", str(tmp_path / cache))
    monkeypatch.setattr(sys, "argv", ["voice", "history"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    err = capsys.readouterr().err
    assert "Rechtdoor itself" not in err
    assert told in err
    assert "VOICE_CACHE" in err


def test_a_wave_file_lasts_as_long_as_what_is_in_it() -> None:
    """However long its header says that it is."""
    file = BytesIO()
    write_wave(file, Audio(pcm_from_bytes(bytes(16_000)), 8000))
    lying = bytearray(file.getvalue())
    lying[40:44] = (2_000_000_000).to_bytes(4, "little")
    assert wave_seconds(bytes(lying)) == pytest.approx(1.0, abs=0.01)
