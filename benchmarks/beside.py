"""What an open console costs a webhook: `python -m benchmarks.beside [PAGES] [ROUNDS]`.

The same calls are made of `voice serve`, in turn with a console on its database that keeps so many boards up to date,
and without one. Counted is the processor time of the served processes a turn, which a busy machine changes little, and
how long a caller waits for an answer, which it does.
"""

import os
import subprocess
import sys
import tempfile
import threading
from statistics import median

from benchmarks.console import NAME, PASSWORD, PORT, watching
from benchmarks.webhooks import PROJECT, Served, utterances
from voice.service.console.accounts import Accounts
from voice.store import Store

CALLS, SECONDS, PAUSE = 20, 15.0, 1.0
WARM_UP = 45.0
"""Seconds: a line that starts may still be learning its statistics."""
SERVE = ["voice", "serve", "--port", "{port}", "--workers", "2"]


def main(pages: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        served = Served("real", SERVE, PROJECT, f"sqlite:///{folder}/calls.sqlite3").start()
        store = Store(served.database)
        Accounts(store).add(NAME, PASSWORD, ["supervisor"])
        phrases = utterances()
        served.turns(phrases, CALLS, WARM_UP, PAUSE)
        found: dict[str, list[tuple[float, float, float]]] = {"without": [], "with": []}
        try:
            for _ in range(rounds):
                found["without"].append(served.turns(phrases, CALLS, SECONDS, PAUSE))
                console = _console(served)
                try:
                    found["with"].append(_beside(served, phrases, pages))
                finally:
                    console.terminate()
                    console.wait()
            _print(found)
        finally:
            served.stop()


def _print(found: dict[str, list[tuple[float, float, float]]]) -> None:
    for name, rows in found.items():
        cpu, p50, p99 = (median(column) for column in zip(*rows, strict=True))
        each = ", ".join(f"{row[0]:.2f}" for row in rows)
        print(f"{name:8} {cpu:5.2f} ms of CPU a turn ({each})  p50 {p50:.0f} ms  p99 {p99:.0f} ms")


def _console(served: Served) -> subprocess.Popen[bytes]:
    environment = os.environ | {"VOICE_DATABASE_URL": served.database, "VOICE_LOG_LEVEL": "error"}
    return subprocess.Popen([sys.executable, "-m", "voice", "console", "--port", str(PORT)], env=environment)


def _beside(served: Served, phrases: list[str], pages: int) -> tuple[float, float, float]:
    selector, over = watching(pages), threading.Event()

    def read() -> None:
        while not over.is_set():
            for key, _ in selector.select(0.2):
                key.fileobj.recv(1 << 18)  # type: ignore[union-attr]

    reader = threading.Thread(target=read)
    reader.start()
    try:
        return served.turns(phrases, CALLS, SECONDS, PAUSE)
    finally:
        over.set()
        reader.join()
        for key in list(selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*given, *(50, 3)[len(given) :])
