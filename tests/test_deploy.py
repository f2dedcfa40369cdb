"""What an operator runs it with holds together, as far as that can be told without running it."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.conftest import needs
from voice.service.runtime.settings import Settings
from voice.store.gauges import GAUGES

PROJECT = Path(__file__).parent.parent
DEPLOY = PROJECT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
ALERTS = DEPLOY / "alerts.yaml"
SYSTEM = f"{os.environ['PATH']}:/usr/sbin"
KNOWN = {field.alias for field in Settings.model_fields.values()} | {"VOICE_CACHE"}


def test_the_lock_has_whatever_the_project_asks_for() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *(one for some in project["optional-dependencies"].values() for one in some)]
    names = {re.sub(r"[-_.]", "-", re.split(r"[\[<>=;! ]", one)[0].lower()) for one in asked} - {project["name"]}
    locked = set(re.findall(r"^([\w.-]+)==", (PROJECT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE))
    assert names <= locked, "run: uv pip compile pyproject.toml --extra dev --generate-hashes --universal"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8")
        (tmp_path / unit.name).write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.MULTILINE))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, tmp_path.iterdir())], capture_output=True, text=True
    )
    ours = [line for line in done.stderr.splitlines() if "rechtdoor" in line]
    assert not ours, done.stderr


@pytest.mark.skipif(not shutil.which("hadolint"), reason="hadolint is not here")
def test_hadolint_takes_the_dockerfile() -> None:
    subprocess.run(["hadolint", PROJECT / "Dockerfile"], check=True)


def takes(call: list[str | Path], cwd: Path, **environment: str) -> None:
    done = subprocess.run(call, cwd=cwd, env=os.environ | environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_caddy_takes_its_example() -> None:
    caddy = shutil.which("caddy")
    needs("caddy", caddy is not None)
    takes([str(caddy), "validate", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile"], DEPLOY)


def test_nginx_takes_its_example(tmp_path: Path) -> None:
    """As it stands, with a certificate of the moment."""
    nginx, openssl = shutil.which("nginx", path=SYSTEM), shutil.which("openssl")
    needs("nginx and openssl", nginx is not None and openssl is not None)
    made = ["-nodes", "-subj", "/CN=voice.example.org", "-keyout", "privkey.pem", "-out", "fullchain.pem"]
    takes([str(openssl), "req", "-x509", "-newkey", "rsa:2048", *made], tmp_path)
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8").replace("/etc/ssl/rechtdoor", str(tmp_path))
    whole = f"pid {tmp_path}/pid; error_log stderr; events {{}}\nhttp {{ access_log off;\n{site}\n}}\n"
    (tmp_path / "nginx.conf").write_text(whole, encoding="utf-8")
    takes([str(nginx), "-t", "-p", tmp_path, "-c", tmp_path / "nginx.conf", "-e", "stderr"], tmp_path)


def test_compose_takes_the_composition(tmp_path: Path) -> None:
    """By the program of before, which knows no name of a composition, where the other is not here."""
    text = (PROJECT / "compose.yaml").read_text(encoding="utf-8")
    call = ["docker", "compose"]
    if not (shutil.which("docker") and subprocess.run([*call, "version"], capture_output=True).returncode == 0):
        call, text = ["docker-compose"], re.sub(r"^name:.*\n", "", text, flags=re.MULTILINE)
    if not shutil.which(call[0]):
        pytest.skip("docker compose is not here")
    (tmp_path / "compose.yaml").write_text(text, encoding="utf-8")
    given = {"VOICE_HOST": "voice.example.org", "CONSOLE_HOST": "console.example.org", "TWILIO_ACCOUNT_SID": "AC0"}
    takes([*call, "--file", tmp_path / "compose.yaml", "config", "--quiet"], tmp_path, **given)


def test_prometheus_takes_the_alerts() -> None:
    promtool = shutil.which("promtool")
    needs("promtool", promtool is not None)
    takes([str(promtool), "check", "rules", ALERTS], DEPLOY)


def test_the_alerts_ask_for_metrics_that_there_are() -> None:
    counted = (PROJECT / "voice" / "service" / "runtime" / "metrics.py").read_text(encoding="utf-8")
    known = {*GAUGES, "voice_database_up"} | set(re.findall(r'"(voice_\w+)"', counted))
    named = set(re.findall(r"\bvoice_\w+", ALERTS.read_text(encoding="utf-8")))
    assert {re.sub(r"_(total|bucket)$", "", name) for name in named} <= known


FIRING = """
rule_files: [{rules}]
evaluation_interval: 10s
tests:
  - interval: 10s
    input_series:
      - {{series: 'voice_waiting{{queue="billing"}}', values: '2x12'}}
      - {{series: 'voice_agents{{state="ready"}}', values: '{agents}x12'}}
      - {{series: voice_dispatcher_seconds, values: '{ago}x12'}}
    alert_rule_test:
      - {{eval_time: 100s, alertname: NoDispatcher, exp_alerts: [{no_dispatcher}]}}
      - {{eval_time: 100s, alertname: NobodySignedIn, exp_alerts: [{nobody}]}}
"""


@pytest.mark.parametrize(("agents", "ago"), [(0, 1), (3, 45), (3, 1)])
def test_the_alerts_of_a_line_that_serves_nobody_fire(tmp_path: Path, agents: int, ago: int) -> None:
    promtool = shutil.which("promtool")
    needs("promtool", promtool is not None)
    rules = YAML(typ="safe").load(ALERTS)["groups"][0]["rules"]
    summary = {rule["alert"]: rule["annotations"]["summary"] for rule in rules}
    fires = {name: f'{{exp_annotations: {{summary: "{text}"}}}}' for name, text in summary.items()}
    written = FIRING.format(
        rules=ALERTS,
        agents=agents,
        ago=ago,
        no_dispatcher=fires["NoDispatcher"] if ago > 30 else "",
        nobody="" if agents else fires["NobodySignedIn"],
    )
    (tmp_path / "test.yaml").write_text(written, encoding="utf-8")
    takes([str(promtool), "test", "rules", "test.yaml"], tmp_path)


def test_the_settings_that_the_examples_name_are_read() -> None:
    for path in (PROJECT / "Dockerfile", PROJECT / "compose.yaml", DEPLOY / "environment.example", *UNITS):
        named = set(re.findall(r"\b((?:VOICE|TWILIO)_[A-Z_]+?)(?:_FILE)?(?:=|: )", path.read_text(encoding="utf-8")))
        assert named <= KNOWN | {"VOICE_HOST"}, path.name


def test_the_composition_runs_commands_that_there_are() -> None:
    services = YAML(typ="safe").load(PROJECT / "compose.yaml")["services"]
    ran = {service["command"][1] for service in services.values() if "command" in service}
    started = {re.search(r"voice (\w+)", unit.read_text(encoding="utf-8"))[1] for unit in UNITS}  # type: ignore[index]
    assert ran == {"serve", "work", "console", "migrate"}
    assert started == ran - {"migrate"}
    for name in ran:
        assert (PROJECT / "voice" / "cli" / f"{name}.py").exists()
