"""What the docs show is what the code does."""

from pathlib import Path

from voice.core.call.diagram import mermaid

PROJECT = Path(__file__).parent.parent


def test_the_diagram_in_the_docs_is_drawn_from_the_table() -> None:
    page = (PROJECT / "docs" / "dialogue.md").read_text(encoding="utf-8")
    assert f"```mermaid\n{mermaid()}```" in page, "run: voice diagram --into docs/dialogue.md"
