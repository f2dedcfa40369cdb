"""Turns a second and latency of the real app with its store, against a bare Flask app, both under gunicorn.

    python -m benchmarks.webhooks [--seconds 10] [--rounds 3] [--calls 200] [--pause 2] [--words]
        [--postgres URL] [--before FOLDER]

They are measured in turn, round by round, so that a machine whose speed drifts treats them alike, and in two ways:
*full*, each of the calls posting its next webhook as soon as it has the answer, which shows what the machine can carry;
and *paced*, each taking `--pause` seconds between two webhooks (a caller speaks, listens, waits), which shows how long
a caller waits for an answer. `--before` is a checkout of an older version, measured beside this one; `--words` leaves
the sentence encoder away; `--postgres` is a server in which each app gets a database of its own, for the time of the
measurement. On a busy machine only the ratios and the processor time mean anything.

Each call is what Twilio posts of one: ring, one utterance, the silence that lets the announcement through, a look at
the queue, the end. The utterances are the line's own example phrases. Everything runs on this machine, the load as
well, on loopback; the processor time is that of the served processes alone.
"""

import argparse
import asyncio
import base64
import contextlib
import hashlib
import hmac
import itertools
import os
import random
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from voice.content import load_grammar, load_line
from voice.store import Store

PROJECT = Path(__file__).parent.parent
TOKEN = secrets.token_hex(16)
STARTS = 600
"""Seconds. An older version may have to train the line's models first."""

SETTLES = 60
"""Seconds that a start may go on beside the first calls."""

IDLE = 0.1
"""Seconds of processor time in one second: less is taken for nothing."""


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def utterances() -> list[str]:
    line = load_line(PROJECT)
    grammar = load_grammar(PROJECT, "nl", line.intents)
    return random.Random(1).sample(
        [phrase.text for phrase in grammar.phrases if phrase.intent in line.plan.topics], 500
    )


def webhooks(said: str) -> Iterator[tuple[str, dict[str, str]]]:
    sid = "CA" + secrets.token_hex(16)
    own = f"+32470{secrets.randbelow(10**6):06}"
    base = {"CallSid": sid, "AccountSid": "AC" + "0" * 32, "From": own, "To": "+3212345670"}
    yield "/twilio/voice", base | {"CallStatus": "ringing"}
    yield "/twilio/turn?turn=1", base | {"CallStatus": "in-progress", "SpeechResult": said, "Confidence": "0.9"}
    yield "/twilio/turn?turn=2", base | {"CallStatus": "in-progress"}
    yield "/twilio/hold", base | {"CallStatus": "in-progress", "QueuePosition": "1", "QueueTime": "0"}
    yield "/twilio/status", base | {"CallStatus": "completed"}


def request_bytes(port: int, path: str, form: dict[str, str]) -> bytes:
    url = f"http://127.0.0.1:{port}{path}"
    signed = url + "".join(name + form[name] for name in sorted(form))
    signature = base64.b64encode(hmac.new(TOKEN.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    body = urlencode(form).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Twilio-Signature: {signature}\r\n"
        f"I-Twilio-Idempotency-Token: {secrets.token_hex(16)}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@dataclass
class Load:
    """`calls` at once on a port for some seconds, `pause` seconds between two webhooks of one call."""

    port: int
    phrases: list[str]
    calls: int
    seconds: float
    pause: float = 0.0
    took: list[float] = field(default_factory=list)
    faults: int = 0

    async def carry(self) -> "Load":
        said = itertools.cycle(self.phrases)
        until = time.perf_counter() + self.seconds
        await asyncio.gather(*(self._one_caller(said, until) for _ in range(self.calls)))
        return self

    async def _one_caller(self, said: Iterator[str], until: float) -> None:
        await asyncio.sleep(random.uniform(0, self.pause))
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            while time.perf_counter() < until:
                for path, form in webhooks(next(said)):
                    await self._post(reader, writer, request_bytes(self.port, path, form))
                    await asyncio.sleep(self.pause)
        finally:
            writer.close()

    async def _post(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, message: bytes) -> None:
        began = time.perf_counter()
        writer.write(message)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        body = await reader.readexactly(length)
        self.took.append(time.perf_counter() - began)
        self.faults += b" 200 " not in head.split(b"\r\n")[0] or b"Excuseer, er ging" in body


@dataclass
class Served:
    """One app under gunicorn on a port of its own, and what was measured of it."""

    name: str
    command: list[str]
    folder: Path
    database: str
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def start(self) -> "Served":
        settings = {"TWILIO_AUTH_TOKEN": TOKEN, "VOICE_DATABASE_URL": self.database, "VOICE_LOG_LEVEL": "warning"}
        environment = os.environ | settings | self.environment
        command = [sys.executable, "-m", *(word.format(port=self.port) for word in self.command)]
        with tempfile.NamedTemporaryFile("w+", encoding="utf-8") as said:
            self.process = subprocess.Popen(command, env=environment, cwd=self.folder, stdout=said, stderr=said)
            until = time.monotonic() + STARTS
            while time.monotonic() < until and self.process.poll() is None:
                try:
                    socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                except OSError:
                    time.sleep(0.1)
                else:
                    return self
            self.process.kill()
            said.seek(0)
            raise SystemExit(f"{self.name} did not start:\n{said.read()[-2000:]}")

    def settle(self) -> None:
        """A start checks the line's files beside the first calls: what is measured begins when that is over."""
        before, until = cpu_seconds(self.process.pid), time.monotonic() + SETTLES
        while time.monotonic() < until:
            time.sleep(1)
            now = cpu_seconds(self.process.pid)
            if now - before < IDLE:
                return
            before = now

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)

    def full(self, phrases: list[str], calls: int, seconds: float) -> str:
        before, began = cpu_seconds(self.process.pid), time.perf_counter()
        load = asyncio.run(Load(self.port, phrases, calls, seconds).carry())
        self.rates.append(len(load.took) / (time.perf_counter() - began))
        self.costs.append(1000 * (cpu_seconds(self.process.pid) - before) / len(load.took))
        return f"{self.rates[-1]:6.0f} turns/s  {self.costs[-1]:5.2f} ms of CPU a turn  {load.faults} faults"

    def turns(self, phrases: list[str], calls: int, seconds: float, pause: float) -> tuple[float, float, float]:
        """Milliseconds of CPU a turn, and the time until an answer: half, and all but one in a hundred, at most."""
        before = cpu_seconds(self.process.pid)
        load = asyncio.run(Load(self.port, phrases, calls, seconds, pause).carry())
        spent = 1000 * (cpu_seconds(self.process.pid) - before) / len(load.took)
        return spent, percentile(load.took, 0.5), percentile(load.took, 0.99)

    def paced(self, phrases: list[str], calls: int, seconds: float, pause: float) -> str:
        load = asyncio.run(Load(self.port, phrases, calls, seconds, pause).carry())
        self.waits.append(percentile(load.took, 0.99))
        return f"p50 {percentile(load.took, 0.5):6.1f} ms  p99 {self.waits[-1]:6.1f} ms  {load.faults} faults"


def cpu_seconds(root: int) -> float:
    """Of a process and all its descendants, as Linux counts them in /proc; 0 where there is no such count."""
    parents: dict[int, int] = {}
    spent: dict[int, float] = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            rest = place.read_text().rpartition(")")[2].split()
            process = int(place.parent.name)
            parents[process] = int(rest[1])
            spent[process] = (int(rest[11]) + int(rest[12])) / os.sysconf("SC_CLK_TCK")
    family = {root}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(spent.get(process, 0.0) for process in family)


def percentile(took: list[float], share: float) -> float:
    return sorted(took)[min(len(took) - 1, int(len(took) * share))] * 1000


def apps(options: argparse.Namespace, folder: Path, databases: Iterator[str]) -> list[Served]:
    workers = str(options.workers)
    bare = ["gunicorn", "--workers", workers, "--worker-class", "gthread", "--threads", "4", "--keep-alive", "30"]
    bare += ["--bind", "127.0.0.1:{port}", "benchmarks.bare:app"]
    real = ["voice", "serve", "--port", "{port}", "--workers", workers]
    words = without_encoder(folder) if options.words else {}
    found = [Served("bare", bare, PROJECT, ""), Served("real", real, PROJECT, next(databases), words)]
    if options.before:
        found.append(Served("before", real, options.before.resolve(), next(databases), words))
    return found


def without_encoder(folder: Path) -> dict[str, str]:
    """An environment in which the encoder's package stands in the way and cannot be loaded."""
    (folder / "rechtdoor_encoder.py").write_text("raise ImportError('left away')\n", encoding="utf-8")
    return {"PYTHONPATH": str(folder)}


@contextlib.contextmanager
def sqlite_files(folder: Path) -> Iterator[Iterator[str]]:
    yield (f"sqlite:///{folder}/{number}.sqlite3" for number in itertools.count())


@contextlib.contextmanager
def postgres_databases(server: str) -> Iterator[Iterator[str]]:
    """Each migrated by this version."""
    import psycopg

    made: list[str] = []

    def make() -> Iterator[str]:
        for number in itertools.count():
            name = f"rechtdoor_webhooks_{secrets.token_hex(4)}_{number}"
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            made.append(name)
            url = server.rpartition("/")[0] + f"/{name}"
            store = Store(url)
            store.migrate()
            store.close()
            yield url

    try:
        yield make()
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            for name in made:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def compare(bare: Served, other: Served) -> str:
    ratios = [mine / yours for mine, yours in zip(other.rates, bare.rates, strict=True)]
    return (
        f"{other.name}/bare: median {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}) of the "
        f"turns, {statistics.median(other.costs) / statistics.median(bare.costs):.1f} times the CPU, "
        f"p99 {statistics.median(other.waits):.0f} ms against {statistics.median(bare.waits):.0f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10, help="length of one measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--calls", type=int, default=200, help="calls at once")
    parser.add_argument("--pause", type=float, default=2, help="seconds between two webhooks of a call, when paced")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--words", action="store_true", help="without the sentence encoder")
    parser.add_argument("--postgres", metavar="URL", help="a server to make databases in, by the URL of one it has")
    parser.add_argument("--before", type=Path, help="a checkout of an older version")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rechtdoor-benchmark-") as name:
        folder = Path(name)
        with postgres_databases(options.postgres) if options.postgres else sqlite_files(folder) as databases:
            measure(options, apps(options, folder, databases))


def measure(options: argparse.Namespace, found: list[Served]) -> None:
    phrases, served = utterances(), []
    try:
        for app in found:
            served.append(app.start())
            asyncio.run(Load(app.port, phrases, 20, 2).carry())
        for app in served:
            app.settle()
        for number in range(1, options.rounds + 1):
            for app in served:
                told = app.full(phrases, options.calls, options.seconds)
                print(f"round {number} {app.name:6} full:  {told}", flush=True)
            for app in served:
                told = app.paced(phrases, options.calls, options.seconds, options.pause)
                print(f"round {number} {app.name:6} paced: {told}", flush=True)
        for app in served[1:]:
            print(compare(served[0], app))
    finally:
        for app in served:
            app.stop()


if __name__ == "__main__":
    main()
