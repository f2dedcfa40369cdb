"""`voice queue`: open or close a queue by hand, until a moment."""

import getpass
from datetime import UTC, datetime
from typing import Annotated

import typer

from voice.cli import app
from voice.cli.opening import open_line, open_store
from voice.cli.options import LineOption
from voice.cli.plain import plain

queue = typer.Typer(help="Queues: open or close one by hand, until a moment.", no_args_is_help=True)
app.add_typer(queue, name="queue")

Queue = Annotated[str, typer.Argument(help="The queue.")]
Until = Annotated[str, typer.Option(help="15:00, 2 h, or 2026-12-24 15:00.")]
Why = Annotated[str, typer.Option(help="In a few words, for whoever comes after you.")]


@queue.command()
def close(name: Queue, until: Until, why: Why, line: LineOption = None) -> None:
    """Close it, calls under way included; who waits in it already is still answered."""
    _force(line, name, until, why, opens=False)


@queue.command("open")
def open_(name: Queue, until: Until, why: Why, line: LineOption = None) -> None:
    """Open it out of its hours."""
    _force(line, name, until, why, opens=True)


@queue.command()
def back(name: Queue, line: LineOption = None) -> None:
    """Back to its own hours."""
    from voice.service.console.queues import take_back

    was = take_back(open_line(line), open_store(line), name, datetime.now(UTC))
    typer.echo(f"{name} keeps its own hours" + (" again." if was else ", as it did."))


@queue.command("list")
def list_(line: LineOption = None) -> None:
    """List the queues: open or closed, until when, and by whom."""
    from rich.console import Console
    from rich.table import Table

    from voice.service.live.in_force import lay_over

    now, content = datetime.now(UTC), open_line(line)
    holding = open_store(line).overrides.holding(now)
    plan = lay_over(content, holding).plan
    table = Table("queue", "now", "by hand until", "by", "why", box=None)
    for name in plan.queues:
        one = next((each for each in reversed(holding) if each.queue == name), None)
        state = "open" if plan.is_open(name, now) else "closed"
        until = one.until.astimezone(plan.timezone).strftime("%d-%m %H:%M") if one else ""
        table.add_row(*map(plain, (name, state, until, one.by if one else "", one.why if one else "")))
    Console().print(table)


def _force(folder: LineOption, name: str, until: str, why: str, *, opens: bool) -> None:
    from voice.service.console.queues import force, moment

    now, content = datetime.now(UTC), open_line(folder)
    end = moment(until, content, now)
    force(content, open_store(folder), name, opens=opens, until=end, by=getpass.getuser(), why=why, now=now)
    local = end.astimezone(content.plan.timezone)
    typer.echo(f"{name} is {'open' if opens else 'closed'} until {local:%d-%m %H:%M}.")
