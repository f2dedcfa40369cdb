"""`voice simulate`: a day at the line, before it comes."""

import json as json_module
import time
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from voice.cli import app
from voice.cli.options import JsonOption, LineOption
from voice.content.schema import length
from voice.errors import SettingsError

if TYPE_CHECKING:
    from voice.cli.simulation.report import DayReport


@app.command()
def simulate(
    line: LineOption = None,
    calls: int = typer.Option(2000, min=1, max=50_000, help="How many ring that day."),
    agents: int = typer.Option(12, min=1, max=500, help="How many answer; and at each call centre that is dialled."),
    patience: str = typer.Option("8 min", help="How long callers wait on the line, on average."),
    offer_after: str | None = typer.Option(None, help="The wait from which a callback is offered; else the line's."),
    seed: int = typer.Option(1, help="Another seed is another day with the same habits."),
    plot: Path | None = typer.Option(None, help="Draw the day into this file (.png, .svg or .pdf)."),
    json: JsonOption = False,
) -> None:
    """Play a day with a driven clock, through the real dialogue and dispatcher, and say what came of everybody."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

    from voice.cli.simulation.day import Wishes, play
    from voice.cli.simulation.report import report
    from voice.content import load_line
    from voice.service.runtime.logs import set_up
    from voice.service.runtime.settings import load

    waits = _length("--patience", patience)
    if not waits:
        raise SettingsError("--patience is how long callers wait, and more than nothing.", "Write 20 s, 3 min or 1 h.")
    offered = _length("--offer-after", offer_after) if offer_after else None
    wishes = Wishes(calls, agents, waits, offered, seed)
    if plot:
        from voice.cli.simulation.picture import check

        check(plot)
    set_up("error")
    content = load_line(load(line=line).line)
    began = time.monotonic()
    columns = ("[progress.description]{task.description}", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("A day at the line", total=calls)
        outcome = play(content, wishes, lambda number: bar.update(task, completed=number))
    found = report(outcome, time.monotonic() - began)
    if plot:
        from voice.cli.simulation.picture import draw

        draw(outcome, plot)
    if json:
        typer.echo(json_module.dumps(asdict(found)))
    else:
        _show(found)


def _length(option: str, written: str) -> timedelta:
    try:
        return length(written)
    except ValueError as error:
        raise SettingsError(f"{option}: {error}.") from None


def _show(found: "DayReport") -> None:
    from rich.console import Console
    from rich.table import Table

    def share(count: int) -> str:
        return f"{count}  ({count / found.calls:.1%})"

    table = Table(title=f"A day with {found.calls} calls", title_justify="left", show_header=False, box=None)
    rows = [
        ("answered on the line", share(found.answered)),
        ("called back", share(found.called_back)),
        ("withdrawn by the caller", share(found.withdrawn)),
        ("abandoned (hung up while waiting)", share(found.abandoned)),
        ("unreached (called back in vain)", share(found.unreached)),
        ("lost", str(found.lost)),
        ("wait on the line, half / nine of ten", f"{_clock(found.wait_p50)} / {_clock(found.wait_p90)}"),
        ("until the callback, half", _clock(found.callback_p50)),
        ("announced waits that held", f"{found.announced_ok:.0%}"),
        ("agents occupied", f"{found.occupancy:.0%}"),
        ("served out of turn", str(found.order_violations)),
        ("played in", f"{found.wall_seconds:.0f} s"),
    ]
    for name, value in rows:
        table.add_row(f"[dim]{name}[/dim]", value)
    Console().print(table)


def _clock(seconds: float) -> str:
    return f"{int(seconds // 60)}:{int(seconds % 60):02}"
