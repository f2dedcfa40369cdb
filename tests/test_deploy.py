"""What an operator runs it with holds together, as far as that can be told without running it."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from voice.service.runtime.settings import Settings

PROJECT = Path(__file__).parent.parent
DEPLOY = PROJECT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
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
