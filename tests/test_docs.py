"""What the docs show is what the code does."""

from pathlib import Path

from voice.core.call.diagram import BLOCK, DRAWN, redraw

PROJECT = Path(__file__).parent.parent


def test_the_tables_and_the_diagram_in_the_docs_are_drawn_from_the_code() -> None:
    page = (PROJECT / "docs" / "dialogue.md").read_text(encoding="utf-8")
    assert len(BLOCK.findall(page)) == len(DRAWN)
    assert redraw(page) == page, "run: voice diagram --into docs/dialogue.md"
