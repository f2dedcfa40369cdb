"""The whole of it: `voice serve` with two processes, a file that is saved, and what the commands tell."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.content.conftest import Operator
from voice.service.live.published import Published

pytestmark = pytest.mark.long

PROMPTS = "prompts/en.yaml"
START_SECONDS = 300
LIVE_SECONDS = 90
"""Two on a machine that is not busy with tests; docs/live.md has the figures."""


@dataclass
class Served:
    files: Operator
    address: str
    environment: dict[str, str]

    def command(self, *words: str) -> tuple[int, dict[str, Any]]:
        """(exit code, what it prints)."""
        call = [sys.executable, "-m", "voice", *words, "--line", str(self.files.folder), "--json"]
        done = subprocess.run(call, env=self.environment, capture_output=True, text=True, check=False)
        return done.returncode, json.loads(done.stdout)

    def version(self) -> str:
        return str(httpx.get(f"{self.address}/readyz", timeout=10).json()["line"])


@pytest.fixture
def served(
    tmp_path: Path, cache: Path, starters: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Served]:
    own, kept = tmp_path / "own", tmp_path / "cache"
    shutil.copytree(starters("en"), own)
    shutil.copytree(cache, kept)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    monkeypatch.setenv("VOICE_CACHE", str(kept))
    monkeypatch.setenv("VOICE_DATABASE_URL", f"sqlite:///{tmp_path / 'calls.sqlite3'}")
    environment, shelf = dict(os.environ), Published(own)
    call = [sys.executable, "-m", "voice", "serve", "--line", str(own), "--port", port, "--workers", "2"]
    with subprocess.Popen(call, env=environment, stderr=subprocess.DEVNULL) as process:
        one = Served(Operator(own), f"http://127.0.0.1:{port}", environment)
        try:
            until = time.monotonic() + START_SECONDS
            while len(shelf.processes()) < 2 or not shelf.state().version:
                assert time.monotonic() < until, "the line does not start"
                time.sleep(0.2)
            yield one
        finally:
            process.terminate()


@pytest.mark.skipif(sys.platform == "win32", reason="gunicorn knows no Windows")
def test_a_save_is_live_in_every_process_and_a_fault_is_told(served: Served) -> None:
    before = served.version()
    served.files.changes(PROMPTS, "Welcome to", "Good day from")
    saved = time.monotonic()
    while served.version() == before:
        assert time.monotonic() - saved < LIVE_SECONDS
        time.sleep(0.05)
    code, told = served.command("reload")
    assert code == 0
    assert [process["version"] for process in told["processes"]] == [told["live"]["version"]] * 2
    assert {served.version() for _ in range(8)} == {told["live"]["version"]}

    served.files.changes(PROMPTS, "question:", "qestion:")
    code, told = served.command("reload")
    assert code == 1
    assert {problem["path"] for problem in told["live"]["refused"]["problems"]} == {PROMPTS}
    assert {process["version"] for process in told["processes"]} == {served.version()}
