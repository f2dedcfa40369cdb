"""Ringing by hand into the database of a line that is served, and finding it in the inbox and the report."""

import io
import json
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.live.conftest import Desk, Serving
from voice.cli import main
from voice.store import Store

pytestmark = pytest.mark.slow

TAKEN_BACK = "my account was debited twice"


@pytest.mark.parametrize("named", [False, True], ids=["beside it", "named"])
def test_a_call_rung_here_is_in_the_served_lines_inbox_and_report(
    desk: Desk,
    tmp_path: Path,
    migrated: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    named: bool,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VOICE_DATABASE_URL", raising=False)
    if named:
        monkeypatch.setenv("VOICE_DATABASE_URL", f"sqlite:///{tmp_path / 'rechtdoor.sqlite3'}")
    kept = Store(f"sqlite:///{shutil.copy(migrated, tmp_path / 'rechtdoor.sqlite3')}")
    serving = Serving(desk.shelf, kept, datetime.now(UTC))

    def types(*words: str, says: str = "") -> Any:
        monkeypatch.setattr(sys, "argv", ["voice", *words, "--json", "--line", str(desk.files.folder)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(says))
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        assert not ended.value.code, printed
        return [json.loads(line) for line in printed.out.splitlines()]

    serving.ring().says("my bill is wrong").stays_silent()
    types("call", "--text", says=f"{TAKEN_BACK}\n")
    assert types("report")[0]["overall"]["calls"] == 1, "a call that is not rung here leaves nothing behind"
    types("call", "--here", "--text", says=f"{TAKEN_BACK}\nno\nmy parcel hasn't come\n\n")

    assert [group["texts"] for group in types("inbox")[0]] == [[TAKEN_BACK]]
    assert types("report")[0]["overall"]["calls"] == 2
    listed = types("calls", "list")
    assert [one["intent"] for one in listed] == ["delivery", "billing"]
    assert {one.reference for one in kept.contacts.newest()} == {one["reference"] for one in listed}
    kept.close()
