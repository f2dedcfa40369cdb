"""A tale: one whole call, written down as it is heard, and held to what `docs/why.md` shows of it.

After a change of what the line says: `WHY=write pytest tests/complaints` writes the page anew.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.conftest import PROJECT, Agent, Ringing, Telvia

PAGE = PROJECT / "docs" / "why.md"


@dataclass
class Tale:
    """The people of one complaint. What is said between them is kept in `lines`."""

    telvia: Telvia
    lines: list[str] = field(default_factory=list)

    def rings(self) -> Ringing:
        """The greeting is the same in every tale, and not told."""
        return self.telvia.ring()

    def says(self, caller: Ringing, words: str) -> Ringing:
        self.lines.append(f"caller  {words}")
        return self._heard(caller.says(words))

    def presses(self, caller: Ringing, key: str) -> Ringing:
        self.lines.append(f"caller  (presses {key})")
        return self._heard(caller.presses(key))

    def is_silent(self, caller: Ringing) -> Ringing:
        return self._heard(caller.stays_silent())

    def accepts(self, agent: Agent) -> Agent:
        """The agent's telephone rings, and they take it; what they hear first is the story."""
        agent.accepts()
        self.lines.append(f"agent   (hears) {agent.hears}")
        return agent

    def texts(self) -> list[str]:
        self.telvia.passes(3)
        found = [message.body for message in self.telvia.twilio.world.messages.values()]
        known = [line for line in self.lines if line.startswith("text")]
        self.lines += [f"text    {body}" for body in found[len(known) :]]
        return found

    def notes(self, what: str) -> None:
        """What happens, and nobody says."""
        self.lines.append(f"        ({what})")

    def _heard(self, caller: Ringing) -> Ringing:
        if caller.hears:
            self.lines.append(f"line    {caller.hears}")
        return caller


@pytest.fixture
def tale(telvia: Telvia, request: pytest.FixtureRequest) -> Iterator[Tale]:
    tale = Tale(telvia)
    yield tale
    name = request.node.name.removeprefix("test_").split("[")[0]
    told = "\n".join(tale.lines)
    page = PAGE.read_text(encoding="utf-8")
    block = re.compile(rf"(<!-- {name} -->\n```\n).*?(\n```)", re.DOTALL)
    shown = block.search(page)
    assert shown, f"docs/why.md has no block <!-- {name} -->"
    if os.environ.get("WHY") == "write":
        PAGE.write_text(block.sub(lambda found: found[1] + told + found[2], page), encoding="utf-8")
    elif request.node.stash.get(PASSED, False):
        assert shown[0] == f"<!-- {name} -->\n```\n{told}\n```", "run: WHY=write pytest tests/complaints"


PASSED = pytest.StashKey[bool]()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    outcome = yield
    if call.when == "call":
        item.stash[PASSED] = outcome.get_result().passed  # type: ignore[attr-defined]
