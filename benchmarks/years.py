"""How long a line's looks take after years. Their steps and pages are held by `tests/store/test_years.py`.

    python -m benchmarks.years [--calls 100000] [--days 120] [--agents 500] [--waiting 2000] [--url URL]

Fills a database of its own with past calls, agents who are busy, and callers who wait; without `--url` a SQLite file.
A PostgreSQL database must be there, and empty. Each look is taken five times, and the least of its processor time in
this process told, which a busy machine changes little (on PostgreSQL the server's is not in it), and the median of its
time on the clock; the report is made in a process of its own, for its memory.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.past import fill
from voice.content import load_line
from voice.core.call.state import Call, State
from voice.core.contact.events import Joined, Story
from voice.core.plan import Plan
from voice.core.queue.facts import QueuesAsked
from voice.service.operators.inbox import Inbox
from voice.service.operators.report import make_report
from voice.store import Store
from voice.store.day import lives, presences
from voice.store.due import due
from voice.store.queue_status import statuses
from voice.store.running import versions_of_running_calls

PROJECT = Path(__file__).parent.parent
TIMES = 5


def waits(store: Store, plan: Plan, many: int, now: datetime) -> None:
    """Callers in line, spread over the queues."""
    queues = list(plan.queues)
    with store.connected() as one:
        for n in range(many):
            queue, arrived = queues[n % len(queues)], now - timedelta(seconds=many - n)
            call = Call(f"CF{n:032x}", "nl", "+3212345670", f"+3248{n:07d}", arrived, state=State.HOLD, queue=queue)
            one.save(None, call, arrived, event=Joined(Story(queue, "nl", None, None, ()), call.sid), plan=plan)


def hires(store: Store, plan: Plan, many: int, now: datetime) -> None:
    """Agents of every queue, all of whom have just said that they are not ready."""
    with store.connected() as one:
        for n in range(many):
            one.agents.add(f"agent{n}", f"client:agent{n}", list(plan.queues), ["nl"])
            one.agents.sign_in(f"agent{n}", now)
            one.agents.not_ready(f"agent{n}", "break", now)


def looks(plan: Plan, now: datetime) -> dict[str, Callable[[Store], object]]:
    asked = QueuesAsked(frozenset([*plan.queues][:2]), "nl", now)
    day = timedelta(days=1)
    return {
        "is there anything to do": lambda store: due(store.source, now),
        "who has strayed": lambda store: store.contacts.resettle(plan, now),
        "whose turn it is": lambda store: store.contacts.assign(plan, now),
        "what has taken too long": lambda store: store.contacts.sweep(plan, now),
        "the next order": lambda store: store.outbox.take(now, 1.0),
        "who stands behind two queues": lambda store: statuses(store.source, plan, asked, now),
        "a webhook's call": lambda store: store.look_up(f"CF{1:032x}", "hold:1", "1"),
        "what a number waits for": lambda store: store.contacts.standing("+32480000001", now),
        "calls list": lambda store: store.contacts.newest(limit=50),
        "calls under way": lambda store: versions_of_running_calls(store.engine, now - day),
        "the board's day": lambda store: lives(store.source, now - timedelta(hours=8), now),
        "the board's agents": lambda store: presences(store.source, now - timedelta(hours=8), now),
    }


def milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def taken(look: Callable[[Store], object], store: Store) -> tuple[float, float]:
    """Milliseconds of the processor, the least, and of the clock, the median."""
    spent, passed = [], []
    for _ in range(TIMES):
        began = time.thread_time()
        passed.append(milliseconds(lambda: look(store)))
        spent.append(1000 * (time.thread_time() - began))
    return min(spent), statistics.median(passed)


def alone(what: str, url: str) -> str:
    """In a process of its own, which says how long it took and how much memory it had."""
    command = [sys.executable, "-m", "benchmarks.years", "--only", what, "--url", url]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=PROJECT).stdout.strip()


def only(what: str, url: str) -> None:
    line, store, now = load_line(PROJECT), Store(url, patient=True), datetime.now(UTC)
    work = {"report": lambda: make_report(line, store, 30, now), "inbox": lambda: Inbox(line, store).groups(now)}[what]
    began = time.thread_time()
    took = milliseconds(work)
    spent, memory = time.thread_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{took / 1000:.1f} s, {spent:.1f} s of processor, {memory:.0f} MB with the program")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--days", type=float, default=120)
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--waiting", type=int, default=2000)
    parser.add_argument("--url", help="an empty PostgreSQL database")
    parser.add_argument("--only", choices=("report", "inbox"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        only(options.only, options.url)
        return
    url = options.url or f"sqlite:///{tempfile.mkdtemp(prefix='rechtdoor-years-')}/years.sqlite3"
    plan, now = load_line(PROJECT).plan, datetime.now(UTC)
    store = Store(url, patient=True)
    store.migrate()
    hires(store, plan, options.agents, now - timedelta(minutes=5))
    waits(store, plan, options.waiting, now)
    takes = [(name, look, taken(look, store)) for name, look in looks(plan, now).items()]
    print(f"{options.calls} calls filled in: {milliseconds(lambda: fill_up(store, plan, options, now)) / 1000:.0f} s")
    print(f"{'ms of processor (of the clock)':30} without a past, with it")
    for name, look, before in takes:
        after = taken(look, store)
        print(f"{name:30} {before[0]:8.2f} ({before[1]:.2f})  {after[0]:8.2f} ({after[1]:.2f})", flush=True)
    for what in ("report", "inbox"):
        print(f"{what:30} {alone(what, url)}")
    store.close()


def fill_up(store: Store, plan: Plan, options: argparse.Namespace, now: datetime) -> None:
    fill(store, options.calls, options.days, now, list(plan.queues), list(plan.topics))


if __name__ == "__main__":
    main()
