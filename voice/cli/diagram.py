"""`voice diagram`: the call flow, drawn from the transition table itself."""

import re
from pathlib import Path

import typer

from voice.cli import app
from voice.errors import SettingsError

BLOCK = re.compile(r"```mermaid\n.*?```", re.DOTALL)


@app.command()
def diagram(
    into: Path | None = typer.Option(None, help="Put it into this Markdown file, in place of its mermaid block."),
) -> None:
    """Draw the dialogue as a Mermaid state diagram, from its transition table."""
    from voice.core.call.diagram import mermaid

    if into is None:
        typer.echo(mermaid(), nl=False)
        return
    if not into.is_file() or not BLOCK.search(text := into.read_text(encoding="utf-8")):
        raise SettingsError(f"{into} has no mermaid block.", "Put one where the diagram is to stand: ```mermaid … ```.")
    into.write_text(BLOCK.sub(lambda _: f"```mermaid\n{mermaid()}```", text), encoding="utf-8")
