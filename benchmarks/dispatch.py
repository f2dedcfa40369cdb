"""How soon an agent is rung: from the commit that makes a caller and a free agent a pair to Twilio being asked.

    python -m benchmarks.dispatch [--pairs 200] [--rate 10] [--postgres URL] [--workers 1] [--past 0]

A `voice work` of its own gives callers who wait to agents who are free, and asks a Twilio of this benchmark's, on
loopback, which answers at once. Twice: *below* the allowed rate, callers arriving at half of it; and *at* the rate, all
of them there at the start. `--past` fills the database with so many past calls before. PostgreSQL is a server in which
a database is made for the time of the measurement.
"""

import argparse
import contextlib
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import ceil
from pathlib import Path
from urllib.parse import parse_qs

from sqlalchemy import select

from benchmarks.past import fill
from benchmarks.webhooks import percentile, postgres_databases, sqlite_files
from voice.content import load_line
from voice.core.call.state import Call, State
from voice.core.contact.events import Joined, Story
from voice.core.plan import Plan
from voice.store import Store
from voice.store.tables import ledger

PROJECT = Path(__file__).parent.parent
STARTS = 120
"""Seconds that a worker may take until it looks for the first time."""


class Asked(BaseHTTPRequestHandler):
    """Twilio, as far as an agent is rung: when, in seconds, and for which endpoint."""

    rung: dict[str, float]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.rung.setdefault(form.get("To", [""])[0], time.time())
        answer = json.dumps({"sid": "CA" + secrets.token_hex(16), "status": "queued"}).encode()
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


def joins(store: Store, plan: Plan, number: int) -> None:
    """A caller comes, to a queue for which one agent more is free."""
    queue, now = next(iter(plan.queues)), datetime.now(UTC)
    name = f"agent{number}"
    with store.connected() as one:
        one.agents.add(name, f"+3247{number:07d}", [queue], ["nl"])
        one.agents.sign_in(name, now)
        call = Call(f"CF{number:032x}", "nl", "+3212345670", f"+3248{number:07d}", now, state=State.HOLD, queue=queue)
        one.save(None, call, now, event=Joined(Story(queue, "nl", None, None, ()), call.sid), plan=plan)


def paired(store: Store) -> dict[str, float]:
    """When each agent was given a caller, by name."""
    with store.engine.connect() as connection:
        rows = connection.execute(select(ledger.c.at, ledger.c.detail).where(ledger.c.what == "Assigned"))
        return {str(json.loads(detail)["agent"]): at.timestamp() for at, detail in rows}


@contextlib.contextmanager
def working(url: str, address: str, options: argparse.Namespace) -> Iterator[None]:
    environment = os.environ | {
        "VOICE_DATABASE_URL": url,
        "VOICE_LINE": str(PROJECT),
        "VOICE_TWILIO_API_URL": address,
        "VOICE_PUBLIC_URL": "https://line.example.com",
        "VOICE_CALLS_PER_SECOND": str(options.rate),
        "VOICE_LOG_LEVEL": "warning",
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
    }
    command = [sys.executable, "-m", "voice", "work"]
    processes = [subprocess.Popen(command, env=environment, cwd=PROJECT) for _ in range(options.workers)]
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(30)


def until_all(rung: dict[str, float], many: int, seconds: float) -> None:
    end = time.monotonic() + seconds
    while len(rung) < many and time.monotonic() < end:
        time.sleep(0.05)


def measure(kind: str, url: str, options: argparse.Namespace) -> None:
    line = load_line(PROJECT)
    store = Store(url, patient=True)
    store.migrate()
    if options.past:
        fill(store, options.past, 120, datetime.now(UTC), list(line.plan.queues), list(line.plan.topics))
    Asked.rung = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Asked)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    if kind == "at":
        for number in range(options.pairs):
            joins(store, line.plan, number)
    with working(url, f"http://127.0.0.1:{server.server_port}", options):
        if kind == "below":
            joins(store, line.plan, options.pairs)  # who tells that the worker is there
            until_all(Asked.rung, 1, STARTS)
            for number in range(options.pairs):
                time.sleep(2 / options.rate)
                joins(store, line.plan, number)
        until_all(Asked.rung, options.pairs, STARTS + 3 * options.pairs / options.rate)
    server.shutdown()
    if len(Asked.rung) < options.pairs:
        raise SystemExit(f"{len(Asked.rung)} of {options.pairs} were rung: the log says why.")
    told(kind, paired(store), dict(Asked.rung), options)
    store.close()


def told(kind: str, pairs: dict[str, float], rung: dict[str, float], options: argparse.Namespace) -> None:
    known = {f"+3247{int(name.removeprefix('agent')):07d}": at for name, at in pairs.items()}
    took = [rung[number] - at for number, at in known.items() if number in rung]
    if kind == "below":
        p50, p99 = percentile(took, 0.5), percentile(took, 0.99)
        print(f"below the rate: {len(took)} rung, p50 {p50:.0f} ms, p99 {p99:.0f} ms after the pair was made")
        return
    times, many = sorted(rung.values()), ceil(options.rate)
    # From each call to the one that had to wait for it.
    spans = [after - before for before, after in zip(times, times[many:], strict=False)]
    rate = many / statistics.mean(spans)
    print(
        f"at the rate: {len(times)} rung, {rate:.2f} a second of {options.rate:g} allowed ({rate / options.rate:.2f})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--rate", type=float, default=10, help="calls a second that the account allows")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--past", type=int, default=0, help="past calls")
    parser.add_argument("--postgres", metavar="URL", help="a server to make databases in, by the URL of one it has")
    options = parser.parse_args()
    with contextlib.ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="rechtdoor-benchmark-")))
        where = postgres_databases(options.postgres) if options.postgres else sqlite_files(folder)
        databases = opened.enter_context(where)
        for kind in ("below", "at"):
            measure(kind, next(databases), options)


if __name__ == "__main__":
    main()
