"""`voice callers`: everything that is kept of one number, and taking it out."""

import json as json_module
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voice.cli import app
from voice.cli.opening import open_line, open_store
from voice.cli.options import JsonOption, LineOption
from voice.core.cleaning import clean
from voice.errors import SettingsError

if TYPE_CHECKING:
    from voice.store import Store

callers = typer.Typer(help="What is kept of one number: shown, and taken out.", no_args_is_help=True)
app.add_typer(callers, name="callers")

MOST_TOLD = 15
"""Lines of one cause that are told one by one."""

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="As it is written: +32470000001, or as at home.")]


@callers.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", exists=True, dir_okay=False, help="Your directory.")],
    line: LineOption = None,
) -> None:
    """Take in who is known by number, in the place of what was; what is wrong in the file is told by line and left out.

    The columns' names stand in grammars/line.yaml, under callers: columns.
    """
    from voice.content.causes import cause
    from voice.service.operators.directory import read_directory

    read = read_directory(open_line(line), file)
    told = Counter(map(cause, read.problems))
    left = dict.fromkeys(told, MOST_TOLD)
    for problem in read.problems:
        kind = cause(problem)
        left[kind] -= 1
        if left[kind] >= 0:
            typer.echo(f"{problem.path}:{problem.line}: {clean(problem.what, 200)} {problem.mend}", err=True)
        elif left[kind] == -1:
            typer.echo(f"{problem.path}: So it is in {told[kind] - MOST_TOLD} more lines.", err=True)
    open_store(line).directory.replace(read.callers)
    faults = f"; {len(read.problems)} faults left out" if read.problems else ""
    typer.echo(f"{read.people} people, {len(read.callers)} numbers{faults}.")
    if read.problems:
        raise typer.Exit(1)


@callers.command()
def export(number: Number, json: JsonOption = False, line: LineOption = None) -> None:
    """Show everything that is kept of a number; with --json as it is kept."""
    from voice.store.callers import everything

    store, full = _open(number, line)
    kept = everything(store.source, full)
    if json:
        typer.echo(json_module.dumps(kept, default=str, ensure_ascii=False, indent=2))
        return
    for contact in kept["contacts"]:
        words = " … ".join(json_module.loads(contact["words"]))
        typer.echo(
            f"{contact['arrived']:%Y-%m-%d %H:%M}  {contact['reference']}  {contact['stage']}  {clean(words, 500)}"
        )
    typer.echo(", ".join(f"{name} {len(rows)}" for name, rows in kept.items()))


@callers.command()
def erase(
    number: Number,
    yes: bool = typer.Option(False, "--yes", help="Do not ask first."),
    json: JsonOption = False,
    line: LineOption = None,
) -> None:
    """Take out a number, its words and notes for good; that somebody rang, when and for which queue, stays."""
    from voice.store.callers import erase as take_out

    store, full = _open(number, line)
    if not yes:
        typer.confirm(f"Take out all that is kept of {full}?", abort=True, err=True)
    many = take_out(store.source, full, datetime.now(UTC))
    typer.echo(json_module.dumps({"erased": many}) if json else f"Erased from {many} contacts and calls.")


def _open(number: str, line: Path | None) -> "tuple[Store, str]":
    """The store, and the number as it is kept."""
    from voice.service.calls.phone_numbers import full_number

    full = full_number(number, open_line(line))
    if full is None:
        raise SettingsError(f"“{number}” is no telephone number.", "Write it as +32470000001.")
    return open_store(line), full
