"""A line at work on one's own computer, to look at in the console."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from voice.cli.demo.cast import PASSWORD, USERS

pytestmark = pytest.mark.long


def test_people_ring_and_agents_answer_until_it_is_ended_and_nothing_is_left(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "voice", "console", "demo", "--port", "0", "--no-browser"]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    demo = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert demo.stdout
        told = demo.stdout.readline()
        address = re.match(r"http://\S+", told)
        assert address, told
        assert all(user in told for user in USERS)
        with httpx.Client(base_url=address[0], follow_redirects=True, timeout=30) as browser:
            browser.post("/sign-in", data={"name": "sofie", "password": PASSWORD}).raise_for_status()
            until = time.monotonic() + 120
            while "/calls/" not in browser.get("/calls").text:
                assert time.monotonic() < until, "nobody has rung"
                assert demo.poll() is None
                time.sleep(0.2)
    finally:
        demo.send_signal(signal.SIGINT)
        code = demo.wait(60)
    assert code == 0
    assert list(tmp_path.iterdir()) == []
