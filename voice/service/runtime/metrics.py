"""Counters for Prometheus: nothing is counted unless `begin` was called, before the process is forked.

Each process writes into one folder of its machine (`PROMETHEUS_MULTIPROC_DIR`), and whichever is asked adds them up.
Labels are names of ours alone: a path of the routes, a decision, a kind of refusal; never a number or a word of a
caller.
"""

import os
import tempfile
from functools import cache
from typing import Any

from voice.errors import SettingsError

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15)

_counting = False


def begin() -> None:
    """Count from now on. Raises `SettingsError` where prometheus-client is not installed."""
    global _counting
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="rechtdoor-metrics-")
    os.makedirs(os.environ[FOLDER], exist_ok=True)
    try:
        _metrics()
    except ImportError:
        raise SettingsError(
            "VOICE_METRICS needs prometheus-client, which is not installed.", "Run: pip install 'rechtdoor[metrics]'."
        ) from None
    _counting = True


def answered(webhook: str, status: int, seconds: float) -> None:
    if _counting:
        _metrics()["webhooks"].labels(webhook, str(status)).inc()
        _metrics()["seconds"].labels(webhook).observe(seconds)


def understood(decision: str) -> None:
    if _counting:
        _metrics()["decisions"].labels(decision).inc()


def refused(job: str, kind: str) -> None:
    """Twilio did not do what was asked by REST."""
    if _counting:
        _metrics()["refusals"].labels(job, kind).inc()


@cache
def _metrics() -> dict[str, Any]:
    # Imported once the folder is named: the library looks for it as it is read.
    from prometheus_client import Counter, Histogram

    return {
        "webhooks": Counter("voice_webhooks", "Webhooks answered.", ("webhook", "status")),
        "seconds": Histogram("voice_webhook_seconds", "Until a webhook was answered.", ("webhook",), buckets=SECONDS),
        "decisions": Counter("voice_understood", "What was made of an utterance.", ("decision",)),
        "refusals": Counter("voice_rest_errors", "Orders that Twilio did not carry out.", ("job", "kind")),
    }
