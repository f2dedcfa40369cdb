"""Turns a second and latency of the real app with its store, against a bare Flask app, both under gunicorn.

    python -m benchmarks.webhooks [--seconds 10] [--rounds 3] [--calls 200]

The two are measured in turn, round by round, so that a machine whose speed drifts treats them alike. Each call is what
Twilio posts of one: ring, one utterance, the silence that lets the announcement through, a look at the queue, the end.
The utterances are the line's own example phrases. Everything runs on this machine, the load as well, on loopback.
"""

import argparse
import asyncio
import base64
import hashlib
import hmac
import itertools
import os
import random
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from voice.content import load_grammar, load_line

PROJECT = Path(__file__).parent.parent
TOKEN = secrets.token_hex(16)


def utterances() -> list[str]:
    line = load_line(PROJECT)
    grammar = load_grammar(PROJECT, "nl", line.intents)
    return random.Random(1).sample(
        [phrase.text for phrase in grammar.phrases if phrase.intent in line.plan.topics], 500
    )


def webhooks(said: str) -> Iterator[tuple[str, dict[str, str]]]:
    sid = "CA" + secrets.token_hex(16)
    base = {"CallSid": sid, "AccountSid": "AC" + "0" * 32, "From": "+32470123456", "To": "+3212345670"}
    yield "/twilio/voice", base | {"CallStatus": "ringing"}
    yield "/twilio/turn?n=1", base | {"CallStatus": "in-progress", "SpeechResult": said, "Confidence": "0.9"}
    yield "/twilio/turn?n=2", base | {"CallStatus": "in-progress"}
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


async def one_caller(port: int, said: Iterator[str], until: float, took: list[float], faults: list[str]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while time.perf_counter() < until:
            for path, form in webhooks(next(said)):
                message = request_bytes(port, path, form)
                began = time.perf_counter()
                writer.write(message)
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
                body = await reader.readexactly(length)
                took.append(time.perf_counter() - began)
                if b" 200 " not in head.split(b"\r\n")[0] or b"Excuseer, er ging" in body:
                    faults.append(head.split(b"\r\n")[0].decode())
    finally:
        writer.close()


async def load(port: int, calls: int, seconds: float, phrases: list[str]) -> tuple[float, list[float], list[str]]:
    said = itertools.cycle(phrases)
    took: list[float] = []
    faults: list[str] = []
    began = time.perf_counter()
    await asyncio.gather(*(one_caller(port, said, began + seconds, took, faults) for _ in range(calls)))
    return len(took) / (time.perf_counter() - began), took, faults


def start(command: list[str], port: int, database: Path) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "TWILIO_AUTH_TOKEN": TOKEN,
        "VOICE_DATABASE_URL": os.environ.get("VOICE_DATABASE_URL", f"sqlite:///{database}"),
        "VOICE_LOG_LEVEL": "warning",
    }
    process = subprocess.Popen(command, env=environment, cwd=PROJECT, stdout=subprocess.DEVNULL)
    for _ in range(600):
        try:
            asyncio.run(_probe(port))
        except OSError:
            time.sleep(0.1)
        else:
            return process
    process.kill()
    raise SystemExit(f"{command[0]} did not start")


async def _probe(port: int) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


def percentile(took: list[float], share: float) -> float:
    return sorted(took)[min(len(took) - 1, int(len(took) * share))] * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10, help="length of one measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--calls", type=int, default=200, help="calls at once")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    phrases = utterances()
    folder = Path(tempfile.mkdtemp(prefix="rechtdoor-benchmark-"))
    python = sys.executable
    gunicorn = [python, "-m", "gunicorn", "--workers", str(options.workers), "--worker-class", "gthread"]
    commands = {
        "bare": [*gunicorn, "--threads", "4", "--keep-alive", "30", "--bind", "127.0.0.1:8091", "benchmarks.bare:app"],
        "real": [str(Path(python).parent / "voice"), "serve", "--port", "8092", "--workers", str(options.workers)],
    }
    ports = {"bare": 8091, "real": 8092}
    processes = [start(command, ports[name], folder / "calls.sqlite3") for name, command in commands.items()]
    rates: dict[str, list[float]] = {name: [] for name in ports}
    try:
        for name in ports:
            asyncio.run(load(ports[name], 20, 2, phrases))
        for number in range(options.rounds):
            for name, port in ports.items():
                rate, took, faults = asyncio.run(load(port, options.calls, options.seconds, phrases))
                rates[name].append(rate)
                print(
                    f"round {number + 1} {name}: {rate:7.0f} turns/s  p50 {percentile(took, 0.5):6.1f} ms  "
                    f"p99 {percentile(took, 0.99):6.1f} ms  {len(faults)} faults",
                    flush=True,
                )
        ratios = [real / bare for real, bare in zip(rates["real"], rates["bare"], strict=True)]
        print(f"real/bare: median {statistics.median(ratios):.2f}, {min(ratios):.2f} to {max(ratios):.2f}")
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(20)


if __name__ == "__main__":
    main()
