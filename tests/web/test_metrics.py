"""What Prometheus is told."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Telvia, needs
from voice.store import Store

pytestmark = pytest.mark.slow

COUNTS = """
import sys, time
from datetime import datetime
from flask import Flask, request
from voice.service.runtime import metrics
from voice.store import Store
from voice.web.metrics import serve_metrics
from voice.web.slots import DatabaseSlots
metrics.begin()
metrics.understood("route")
metrics.refused("ring agent", "again")
app = Flask("counted")
app.add_url_rule("/twilio/turn", "turn", lambda: "well")
app.before_request(lambda: (time.sleep(0.3), ("refused", 403))[1] if request.args.get("forged") else None)
serve_metrics(app, Store(sys.argv[1]), lambda: datetime.fromisoformat(sys.argv[2]), DatabaseSlots())
client = app.test_client()
client.get("/twilio/turn?number=32470123456")
client.get("/+32470123456")
client.get("/twilio/turn?forged=1")
sys.stdout.write(client.get("/metrics").text)
"""


def told(store: Store, now: str, folder: Path) -> str:
    """By a process of its own: the library decides how it counts when it is first imported."""
    needs("prometheus-client", importlib.util.find_spec("prometheus_client") is not None)
    url = store.engine.url.render_as_string(hide_password=False)
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(folder / "counted")}
    call = [sys.executable, "-c", COUNTS, url, now]
    return subprocess.run(call, env=environment, capture_output=True, text=True, check=True).stdout


def test_the_line_is_told_in_numbers_and_no_caller_is(telvia: Telvia, tmp_path: Path) -> None:
    telvia.store.agents.add("An", "+32470000001", ["technical"], ["nl"])
    telvia.store.agents.sign_in("An", telvia.worker.clock())
    telvia.store.agents.not_ready("An", "lunch", telvia.worker.clock())
    telvia.ring().says("mijn internet ligt plat").stays_silent()
    page = told(telvia.store, telvia.worker.clock().isoformat(), tmp_path)
    for line in (
        'voice_waiting{queue="technical"} 1.0',
        'voice_agents{state="not ready"} 1.0',
        "voice_orders_owed 0.0",
        "voice_database_up 1.0",
        'voice_webhooks_total{status="200",webhook="/twilio/turn"} 1.0',
        'voice_webhooks_total{status="404",webhook="none"} 1.0',
        'voice_understood_total{decision="route"} 1.0',
        'voice_rest_errors_total{job="ring agent",kind="again"} 1.0',
    ):
        assert line in page.splitlines()
    assert 'voice_webhook_seconds_bucket{le="15.0",webhook="/twilio/turn"} 2.0' in page
    assert 'voice_webhook_seconds_bucket{le="0.2",webhook="/twilio/turn"} 1.0' in page, (
        "what is refused takes time, too"
    )
    assert "voice_dispatcher_seconds +Inf" in page, "none has ever looked"
    assert "32470" not in page
    assert "internet" not in page


def test_a_database_that_is_away_is_a_number_too(tmp_path: Path) -> None:
    page = told(Store(f"sqlite:///{tmp_path}/nowhere/calls.sqlite3"), "2026-11-24T09:00:00+00:00", tmp_path)
    assert "voice_database_up 0.0" in page.splitlines()


def test_nothing_is_told_unless_it_is_asked_for(telvia: Telvia) -> None:
    assert telvia.app.test_client().get("/metrics").status_code == 404
