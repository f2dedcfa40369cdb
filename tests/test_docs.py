"""What the docs show is what the code does."""

import importlib
import re
from pathlib import Path

import pytest

from voice.core.call.diagram import BLOCK, DRAWN, redraw
from voice.core.call.signals import Signal
from voice.core.call.state import Outcome, State
from voice.core.contact.state import Stage

PROJECT = Path(__file__).parent.parent


def test_the_tables_and_the_diagram_in_the_docs_are_drawn_from_the_code() -> None:
    page = (PROJECT / "docs" / "dialogue.md").read_text(encoding="utf-8")
    assert len(BLOCK.findall(page)) == len(DRAWN)
    assert redraw(page) == page, "run: voice diagram --into docs/dialogue.md"


def test_the_glossary_has_every_state_stage_signal_and_outcome() -> None:
    words = set(re.findall(r"`([^`\n]+)`", (PROJECT / "docs" / "glossary.md").read_text(encoding="utf-8")))
    for names in (State, Stage, Signal, Outcome):
        assert {name.value for name in names} <= words, f"{names.__name__}: add it to docs/glossary.md"


@pytest.mark.parametrize("page", ["docs/architecture.md", "docs/glossary.md", "CONTRIBUTING.md"])
def test_code_that_a_page_names_is_there(page: str) -> None:
    text = (PROJECT / page).read_text(encoding="utf-8")
    for dotted in set(re.findall(r"`(voice(?:\.\w+)+)`", text)):
        assert found(dotted), f"{page} names {dotted}"
    for path in set(re.findall(r"`((?:voice|tests|docs|grammars|prompts)/[\w/.]+)`", text)):
        assert (PROJECT / path).exists(), f"{page} names {path}"


def found(dotted: str) -> bool:
    """A module, or something in one."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            thing: object = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for name in parts[length:]:
            if not hasattr(thing, name):
                return False
            thing = getattr(thing, name)
        return True
    return False


def test_the_layers_are_printed_alike() -> None:
    chain = "errors ← core ← content ← understanding · twilio · recognition · store ← service ← web · console ← cli"
    for page in ("docs/architecture.md", "voice/__init__.py"):
        assert chain in (PROJECT / page).read_text(encoding="utf-8"), page
