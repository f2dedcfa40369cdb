"""`voice health`: what holds this line's understanding back, most costly first."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from voice.cli import app
from voice.cli.opening import open_line, open_store
from voice.cli.options import JsonOption, LineOption
from voice.cli.understand import trained

CALLS_OF = timedelta(days=30)


@app.command()
def health(
    most: Annotated[int, typer.Option("--most", min=1, help="How many, the most costly first.")] = 15,
    as_json: JsonOption = False,
    line: LineOption = None,
) -> None:
    """What holds this line's understanding back, what to do, and what it would bring."""
    from voice.service.operators.health import LEAST_CALLS, called
    from voice.service.operators.health import health as examined
    from voice.store.inbox import heard

    loaded = open_line(line)
    known = called(heard(open_store(line).engine, datetime.now(UTC) - CALLS_OF))
    found = examined(loaded, trained(loaded), known)[:most]
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False))
        return
    console = Console(highlight=False)
    if not found:
        console.print("[green]Nothing holds it back that the files or the calls tell.[/green]")
    table = Table("callers", "what, and what to do", box=None, pad_edge=False)
    for one in found:
        table.add_row(f"{one.cost:.1%}" if one.cost else "", f"{one.what}\n[dim]{one.mend}[/dim]")
    if found:
        console.print(table)
    if (calls := sum(known.topics.values())) < LEAST_CALLS:
        console.print(
            f"Looked at the files; of calls there are {LEAST_CALLS} needed, and {calls} in {CALLS_OF.days} days."
        )
