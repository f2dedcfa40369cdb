"""`voice init`: a small complete line of one's own."""

import shlex
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from voice.cli import app


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new folder.")],
    languages: Annotated[
        str, typer.Option(help="Of nl, fr, de and en, with commas between; the first answers.")
    ] = "nl",
    name: Annotated[str, typer.Option(help="What the line calls your company.")] = "Rechtdoor",
    country: Annotated[str, typer.Option(help="Where it stands: its holidays, clock and telephone numbers.")] = "BE",
) -> None:
    """Lay down a small complete line of your own: three topics, one queue, open all day."""
    from voice.content.shipped import PROJECT
    from voice.content.starter import start_line

    chosen = tuple(dict.fromkeys(part.strip() for part in languages.split(",") if part.strip()))
    start_line(folder, PROJECT, chosen or ("nl",), name, country.upper())
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"[green]Your line stands in {escape(str(folder))}.[/green] Now:")
    for what, command in (
        ("ring it", f"voice call --line {shlex.quote(str(folder))}"),
        ("check it after each change", f"voice check --line {shlex.quote(str(folder))}"),
        ("give it your hours, numbers and queues", f"{folder}/grammars/line.yaml"),
        ("change what it says", f"{folder}/prompts/{chosen[0]}.yaml"),
        ("tell it how your callers speak", f"{folder}/grammars/{chosen[0]}/billing.yaml"),
    ):
        console.print(f"  {what:<40} [bold]{escape(command)}[/bold]")
