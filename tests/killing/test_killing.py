"""SIGKILL, at random moments, of the processes that answer webhooks and of those that ring: nobody is lost, nobody is
rung twice for one attempt, and the ledger is whole.

VOICE_KILL_CALLS says how many live calls and how many callbacks; a full proof is 300.
"""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.store.conftest import migrated_postgresql, url  # noqa: F401  (each database in turn)
from voice.core.contact.state import OVER, Kind, Stage
from voice.localtwilio import LocalTwilio, Pace, Party, RealClock, Standing
from voice.store import Store

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the processes in /proc"),
]

CALLS = int(os.environ.get("VOICE_KILL_CALLS", "12"))
TOKEN = "the-token-of-the-tests"
PROJECT = Path(__file__).parent.parent.parent
LONGEST = 150 + CALLS * 1.5
"""Seconds after which whoever is still under way counts as lost."""


class Processes:
    """Webhooks under gunicorn, and two workers; a killed one is replaced, as a supervisor does."""

    def __init__(self, environment: dict[str, str], port: int) -> None:
        self.environment = environment
        self.chance = random.Random(7)
        bind = ["--bind", f"127.0.0.1:{port}", "--workers", "3", "--threads", "4", "--preload", "--log-level", "error"]
        self.master = self._start("-m", "gunicorn", *bind, "tests.killing.app:application")
        self.workers = [self._start("-m", "tests.killing.app") for _ in range(2)]
        self.killed = 0

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, *arguments], cwd=PROJECT, env=self.environment, stderr=subprocess.DEVNULL
        )

    def children(self) -> list[str]:
        return Path(f"/proc/{self.master.pid}/task/{self.master.pid}/children").read_text().split()

    def kill_one(self) -> None:
        children = self.children()
        if self.chance.random() < 0.5 and len(children) > 2:
            os.kill(int(self.chance.choice(children)), signal.SIGKILL)
        else:
            place = self.chance.randrange(len(self.workers))
            self.workers[place].kill()
            self.workers[place].wait()
            self.workers[place] = self._start("-m", "tests.killing.app")
        self.killed += 1

    def end(self) -> None:
        for process in (self.master, *self.workers):
            process.terminate()
        for process in (self.master, *self.workers):
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def open_for_business(url: str) -> Iterator[tuple[LocalTwilio, Processes, str]]:  # noqa: F811
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    public = f"http://127.0.0.1:{port}"
    pace = Pace(line=0, person=0, pause=0, play=1.0, endpointing=False)
    twilio = LocalTwilio(auth_token=TOKEN, clock=RealClock(), strict=False, pace=pace, calls_per_second=0)
    environment = os.environ | {
        "VOICE_DATABASE_URL": url,
        "VOICE_PUBLIC_URL": public,
        "VOICE_TWILIO_API_URL": twilio.serve_rest(),
        "TWILIO_ACCOUNT_SID": twilio.world.account_sid,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "VOICE_LOG_LEVEL": "error",
    }
    processes = Processes(environment, port)
    try:
        assert _wait_until(lambda: _listens(port), 60), "the webhooks did not start"
        with twilio.run():
            yield twilio, processes, public
    finally:
        processes.end()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait_until(condition, seconds: float, meanwhile=lambda: None) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        meanwhile()
        time.sleep(0.2)
    return condition()


def agent(me: Party) -> None:
    match me.standing:
        case Standing.LISTENED_TO:
            me.presses("1", wait=False)
        case Standing.CONNECTED:
            me.after(0.2, me.hangs_up)


def customer(me: Party) -> None:
    match me.standing:
        case Standing.LISTENED_TO:
            me.presses("1", wait=False)
        case Standing.CONNECTED:
            me.after(0.1, me.hangs_up)


def caller(first: str):
    """Says what it is about and says yes to every question."""

    def act(me: Party) -> None:
        if me.standing is Standing.LISTENED_TO and not me.in_queue:
            if len(me.heard) == 1:
                me.says(first, wait=False)
            else:
                me.presses("1", wait=False)

    return act


def test_nobody_is_lost_and_nobody_is_rung_twice(url: str) -> None:  # noqa: F811
    store = Store(url)
    store.migrate()
    with open_for_business(url) as (twilio, processes, public):
        _hire(store, twilio)
        callers = []
        for number in range(2 * CALLS):
            back = number % 2 == 1
            from_ = f"+32470{number:06d}"
            twilio.person(from_, answers_after=0.05, behaviour=customer)
            callers.append(_ring(twilio, public, from_, "bel me terug" if back else "iets met betalen"))
            time.sleep(0.03)
            if number % 6 == 5:
                processes.kill_one()

        def all_ended() -> bool:
            still = store.contacts.newest(open_only=True, limit=1)
            return not still and all(one.ended for one in callers)

        kills = iter(range(3))
        ended = _wait_until(all_ended, LONGEST, lambda: processes.kill_one() if next(kills, None) is not None else None)
        assert ended, _waited_for(store, callers, processes)
        assert processes.killed > 3
        _nobody_is_lost(store, callers)
        _nobody_is_rung_twice(twilio)
        _the_ledger_is_whole(store)
    store.close()


def _waited_for(store: Store, callers: list, processes: Processes) -> str:
    """Who is still under way, with what was last written of them, what is owed to them, and who does not work."""
    stages = Counter(str(one.stage) for one in store.contacts.newest(limit=10_000))
    told = [f"not over after {LONGEST:.0f} s and {processes.killed} kills: {dict(stages)}"]
    for contact in store.contacts.newest(open_only=True, limit=20):
        owed = [f"{o['job']} {o['state']} due {o['due']:%T}" for o in store.outbox.owed_to(contact.reference)[-3:]]
        written = [f"{e['at']:%T} {e['what']} {e['detail']}" for e in store.contacts.ledger_of(contact.reference)[-4:]]
        told += [f"{contact}", *(f"    {one}" for one in (*written, *owed))]
    for one in [one for one in callers if not one.ended][:20]:
        last = [f"    {e.status} {e.url} {e.answer[:120]}" for e in one.log[-2:]]
        told += [f"{one.sid} in {one.in_queue or 'no queue'}: {one.leg.status}, {store.call(one.sid)}", *last]
    told += [f"{one}" for one in store.agents.all()]
    gone = [process.args for process in (processes.master, *processes.workers) if process.poll() is not None]
    told.append(f"children of gunicorn: {processes.children()}; ended: {gone}")
    return "\n".join(told)


def _hire(store: Store, twilio: LocalTwilio) -> None:
    from datetime import UTC, datetime

    from tests.killing.quick import LINE

    for n in range(8):
        number = f"+3247900{n:04d}"
        store.agents.add(f"agent {n}", number, list(LINE.plan.queues), list(LINE.languages))
        store.agents.sign_in(f"agent {n}", datetime.now(UTC))
        twilio.person(number, answers_after=0.05, behaviour=agent)


def _ring(twilio: LocalTwilio, public: str, from_: str, first: str):
    return twilio.ring(
        "+3212345670",
        from_,
        voice_url=f"{public}/twilio/voice",
        fallback_url=f"{public}/twilio/fallback",
        status_callback=f"{public}/twilio/status",
        behaviour=caller(first),
        wait=False,
    )


def _nobody_is_lost(store: Store, callers: list) -> None:
    """Who was put into a queue or promised a callback has a contact, and it has ended; a promise was kept. A call whose
    webhook died before the caller had asked for anything is told by Twilio, and has none."""
    contacts = store.contacts.newest(limit=10_000)
    assert {one.stage for one in contacts} <= OVER
    by_call = {one.call_sid: one for one in contacts}
    for one in callers:
        heard = [exchange for exchange in one.log if exchange.status == 200]
        if any("/hold" in e.url for e in heard):
            assert one.sid in by_call
        if any("Genoteerd" in exchange.answer for exchange in heard):
            assert by_call[one.sid].kind is Kind.CALLBACK
            assert by_call[one.sid].stage is Stage.ANSWERED
    assert len(contacts) > len(callers) / 2


def _nobody_is_rung_twice(twilio: LocalTwilio) -> None:
    """Whoever picks up asks a URL that names the contact and the attempt."""
    rung = Counter()
    for leg in twilio.calls:
        if leg.direction == "outbound-api" and leg.log:
            asked = urlsplit(leg.log[0].url)
            query = parse_qs(asked.query)
            rung[(asked.path, query["contact"][0], query["attempt"][0])] += 1
    assert rung
    assert [attempt for attempt, times in rung.items() if times > 1] == []


def _the_ledger_is_whole(store: Store) -> None:
    """Each line goes on from where the one before it ended, and the last is what the contact is."""
    for contact in store.contacts.newest(limit=10_000):
        moves = [e["detail"] for e in store.contacts.ledger_of(contact.reference) if "to" in e["detail"]]
        assert "from" not in moves[0]
        for before, after in pairwise(moves):
            assert before["to"] == after["from"]
        assert moves[-1]["to"] == contact.stage
