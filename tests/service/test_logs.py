"""Every line of the log is one JSON object, whoever wrote it."""

import json
import subprocess
import sys

WRITES = """
import logging
from voice.service.runtime.logs import log, set_up
set_up("info")
log.info("hung up", caller="+32470123456")
logging.getLogger("gunicorn.error").info("Booting worker with pid: %s", 12)
logging.getLogger("voice.understanding.loading").warning("the model of +32470123456 cannot be kept: %s", "full")
logging.getLogger("httpx").info("not told")
try:
    raise ValueError("a fault")
except ValueError:
    logging.getLogger("gunicorn.error").exception("Exception in worker process")
"""


def test_the_lines_of_gunicorn_and_of_libraries_are_json_with_numbers_masked() -> None:
    done = subprocess.run([sys.executable, "-c", WRITES], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines] == [
        "hung up",
        "Booting worker with pid: 12",
        "the model of …56 cannot be kept: full",
        "Exception in worker process",
    ]
    assert [line["level"] for line in lines] == ["info", "info", "warning", "error"]
    assert "+32470123456" not in done.stderr
    assert lines[-1]["exception"].startswith("ValueError")
