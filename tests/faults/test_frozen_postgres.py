"""PostgreSQL stands still, as a machine does whose disk has gone: every process of the server is stopped, and nothing
tells the line so. Webhooks are answered in time, and who needs no database waits for none."""

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import needs
from tests.faults.deployed import free_port, healthy, posts, serving
from voice.store import Store
from voice.web.slots import THREADS

pytestmark = pytest.mark.long

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
TWILIO_WAITS = 15


class Server:
    """A PostgreSQL of this test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        self._run("initdb", "-D", f"{folder}/data", "-U", "postgres", "-A", "trust", "--no-sync")
        options = f"-p {self.port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._run("pg_ctl", "-D", f"{folder}/data", "-l", f"{folder}/log", "-o", options, "-w", "start")

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def stop(self) -> None:
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "stop")

    @contextmanager
    def frozen(self) -> Iterator[None]:
        master = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(master, signal.SIGSTOP)  # first, so that it makes no others
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        everybody = [master, *map(int, children)]
        for one in everybody:
            os.kill(one, signal.SIGSTOP)
        try:
            yield
        finally:
            for one in everybody:
                os.kill(one, signal.SIGCONT)

    def _run(self, program: str, *arguments: str) -> None:
        """As the user whom PostgreSQL wants: it does not run as root."""
        owner = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        call = [*owner, str(PROGRAMS[-1] / program), *arguments]
        subprocess.run(call, cwd=self.folder, check=True, stdout=subprocess.DEVNULL)


@pytest.fixture
def server() -> Iterator[Server]:
    needs("PostgreSQL's programs", bool(PROGRAMS) and Path("/proc/self/task").exists())
    folder = Path("/tmp") / f"frozen-{os.getpid()}"  # root's own folder of pytest is closed to the user postgres
    folder.mkdir()
    server = Server(folder)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def test_webhooks_are_answered_in_time_and_who_needs_no_database_at_once(server: Server, tmp_path: Path) -> None:
    store = Store(server.url)
    store.migrate()
    store.close()
    with serving(server.url, tmp_path) as port:
        assert "Welkom" in posts(port, "/twilio/voice").text
        answers: list[tuple[int, bool, float]] = []

        def call() -> None:
            before = time.monotonic()
            answer = posts(port, "/twilio/turn?turn=1", timeout=60)
            apologises = "er ging bij ons iets mis" in answer.text
            answers.append((answer.status_code, apologises, time.monotonic() - before))

        callers = [threading.Thread(target=call) for _ in range(2 * THREADS)]
        with server.frozen():
            for caller in callers:
                caller.start()
            without: list[float] = []
            while any(caller.is_alive() for caller in callers):
                before = time.monotonic()
                assert posts(port, "/twilio/fallback").status_code == 200
                assert healthy(port, timeout=5)
                without.append(time.monotonic() - before)
            for caller in callers:
                caller.join()
        assert [(status, said) for status, said, _ in answers] == [(200, True)] * len(callers)
        assert max(seconds for *_, seconds in answers) < TWILIO_WAITS
        assert max(without) < 5
        until = time.monotonic() + 30
        while "er ging bij ons iets mis" in (answer := posts(port, "/twilio/voice").text):
            assert time.monotonic() < until, "it does not come back"
        assert "<Gather" in answer
