"""`voice serve` on SQLite, really started: its own worker rings the agent who was added with `voice agents`."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from voice.core.contact.state import Stage
from voice.localtwilio import Caller, LocalTwilio, Pace, Party, Phone, RealClock, Standing
from voice.store import Store

AN, TOKEN, NUMBER = "+32470000001", "the-token-of-the-tests", "+3212345673"
START_SECONDS, SOON = 60, 30

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the processes in /proc"),
]


def until(condition: Callable[[], object], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.1)


@dataclass
class Served:
    process: subprocess.Popen[bytes]
    twilio: LocalTwilio
    store: Store
    address: str

    def worker(self) -> int | None:
        """The process id of the worker beside it."""
        for thread in Path(f"/proc/{self.process.pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                words = Path(f"/proc/{child}/cmdline")
                if words.exists() and b"\0work\0" in words.read_bytes():
                    return int(child)
        return None

    def ring(self) -> Caller:
        caller = self.twilio.ring(
            NUMBER, "+32470123456", voice_url=f"{self.address}/twilio/voice",
            fallback_url=f"{self.address}/twilio/fallback", status_callback=f"{self.address}/twilio/status",
            behaviour=asks_for_a_person, wait=False,
        )  # fmt: skip
        until(lambda: caller.in_queue, SOON, "the caller is not in the queue")
        return caller


def asks_for_a_person(me: Party) -> None:
    if me.standing is Standing.LISTENED_TO and not me.in_queue and len(me.heard) == 1:
        me.presses("0", wait=False)


def accepts(me: Party) -> None:
    if me.standing is Standing.LISTENED_TO:
        me.presses("1", wait=False)


@pytest.fixture
def served(tmp_path: Path, cache: Path, starters: Callable[[str], Path]) -> Iterator[Served]:
    own = tmp_path / "own"
    shutil.copytree(starters("en"), own)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address, database = f"http://127.0.0.1:{port}", f"sqlite:///{tmp_path / 'calls.sqlite3'}"
    pace = Pace(line=0, person=0, pause=0, play=1.0, endpointing=False)
    with LocalTwilio(auth_token=TOKEN, clock=RealClock(), strict=False, pace=pace).run() as twilio:
        environment = os.environ | {
            "VOICE_CACHE": str(cache), "VOICE_DATABASE_URL": database, "VOICE_PUBLIC_URL": address,
            "VOICE_TWILIO_API_URL": twilio.serve_rest(), "TWILIO_ACCOUNT_SID": twilio.world.account_sid,
            "TWILIO_AUTH_TOKEN": TOKEN, "VOICE_LINE": str(own), "VOICE_LOG_LEVEL": "error",
        }  # fmt: skip

        def voice(*words: str) -> None:
            subprocess.run([sys.executable, "-m", "voice", *words], env=environment, check=True, capture_output=True)

        voice("agents", "add", "An", AN)
        voice("agents", "sign-in", "An")
        twilio.person(AN, answers_after=0.2, behaviour=accepts)
        call = [sys.executable, "-m", "voice", "serve", "--port", str(port), "--workers", "1"]
        with subprocess.Popen(call, env=environment, stderr=subprocess.DEVNULL) as process:
            one = Served(process, twilio, Store(database), address)
            try:
                until(lambda: _listens(port), START_SECONDS, "the line does not start")
                until(one.worker, START_SECONDS, "there is no worker")
                yield one
            finally:
                worker = one.worker() if process.poll() is None else None
                process.terminate()
                process.wait(30)
                one.store.close()
                assert worker is None or not Path(f"/proc/{worker}").exists()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def stage(served: Served, caller: Caller) -> Stage:
    return served.store.contacts_of(caller.sid)[-1].stage


def test_the_agent_is_rung_and_the_caller_taken_to_them_also_after_the_worker_was_killed(served: Served) -> None:
    an: Phone = served.twilio.phone(AN)
    caller = served.ring()
    until(lambda: an.calls and an.speaks_with == ["+32470123456"], SOON, "the two do not speak")
    assert stage(served, caller) is Stage.TALKING
    caller.hangs_up()
    until(lambda: stage(served, caller) is Stage.ANSWERED, SOON, "it does not end")

    killed = served.worker()
    assert killed
    os.kill(killed, signal.SIGKILL)
    until(lambda: served.worker() not in (None, killed), SOON, "no new worker")
    another = served.ring()
    until(lambda: an.speaks_with == ["+32470123456"], SOON * 2, "the two do not speak")
    another.hangs_up()


def test_a_server_that_is_killed_takes_its_worker_along(served: Served) -> None:
    worker = served.worker()
    served.process.kill()
    served.process.wait()
    until(lambda: not Path(f"/proc/{worker}").exists(), SOON, "the worker goes on alone")
