"""`voice diagram`: the call flow, drawn from the transition table itself."""

from pathlib import Path

import typer

from voice.cli import app
from voice.errors import SettingsError


@app.command()
def diagram(
    into: Path | None = typer.Option(
        None,
        help="Draw anew what this Markdown file has between <!-- diagram --> and <!-- end -->, and the tables.",
    ),
) -> None:
    """Draw the dialogue as a Mermaid state diagram, from its transition table."""
    from voice.core.call.diagram import BLOCK, mermaid, redraw

    if into is None:
        typer.echo(mermaid(), nl=False)
        return
    if not into.is_file() or not BLOCK.search(text := into.read_text(encoding="utf-8")):
        what = f"{into} has no place for a drawing."
        raise SettingsError(what, "Put two lines where it is to stand: <!-- diagram --> and <!-- end -->.")
    into.write_text(redraw(text), encoding="utf-8")
