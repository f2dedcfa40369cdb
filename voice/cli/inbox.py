"""`voice inbox`: what callers said that went wrong, and what is made of it."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from voice.cli import app
from voice.cli.opening import open_line, open_store
from voice.cli.options import JsonOption, LineOption
from voice.cli.plain import plain

if TYPE_CHECKING:
    from voice.service.operators.inbox import Inbox
    from voice.service.operators.taught import Taught

inbox = typer.Typer(help="What callers said that was not understood, corrected by them, or passed on by an agent.")
app.add_typer(inbox, name="inbox")

MOST_TEXTS = 3
Number = Annotated[int, typer.Argument(metavar="N", help="The number that voice inbox shows.")]
console = Console(highlight=False, soft_wrap=True)


@inbox.callback(invoke_without_command=True)
def show(
    context: typer.Context,
    line: LineOption = None,
    most: Annotated[int, typer.Option("--most", min=1, help="How many entries, the most frequent first.")] = 30,
    as_json: JsonOption = False,
) -> None:
    """Show it, the most frequent first, each with the likeliest topic."""
    if context.invoked_subcommand is not None:
        return
    opened = _open(line)
    groups = opened.with_likeliest(opened.groups(datetime.now(UTC))[:most])
    if as_json:
        typer.echo(json.dumps([asdict(group) for group in groups], ensure_ascii=False))
        return
    if not groups:
        console.print("[green]The inbox is empty.[/green]")
        return
    table = Table("N", "times", "", "what callers said", "why", "likely", box=None, pad_edge=False)
    table.columns[0].no_wrap = True
    for group in groups:
        texts = [f"“{plain(text)}”" for text in group.texts[:MOST_TEXTS]]
        more = len(group.texts) - MOST_TEXTS
        said = "\n".join([*texts, f"[dim]and {more} more[/dim]"] if more > 0 else texts)
        why = ", ".join(group.why)
        table.add_row(str(group.number), str(group.count), group.language, said, why, group.likely or "?")
    Console(highlight=False).print(table)
    first = groups[0]
    example = f"voice inbox accept {first.number} --intent {first.likely or 'TOPIC'}"
    console.print(f"\n[dim]Teach it:[/dim]      {example}")
    console.print(f"[dim]Not worth it:[/dim]  voice inbox dismiss {first.number}")
    console.print("[dim]As before:[/dim]     voice inbox undo")


@inbox.command()
def accept(
    number: Number,
    intent: Annotated[str, typer.Option("--intent", help="The topic or command that it is a phrase of.")],
    text: Annotated[str, typer.Option("--text", help="The phrase, if it should be written otherwise.")] = "",
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Even if it takes from others, or the line is sure of another.")
    ] = False,
    line: LineOption = None,
) -> None:
    """Write it into the topic's file, after checking that it takes nothing from other topics."""
    opened = _open(line)
    with Console(stderr=True).status("Training on it, to see what it would take from others…"):
        path = opened.accept(number, intent, datetime.now(UTC), text, anyway=anyway)
    console.print(f"[green]Written[/green] into {escape(str(path))}.")


@inbox.command()
def dismiss(number: Number, line: LineOption = None) -> None:
    """Take it out of the inbox; nothing is learnt from it."""
    group = _open(line).dismiss(number, datetime.now(UTC))
    console.print(f"Dismissed: “{escape(group.texts[0])}”.")


@inbox.command()
def told(
    line: LineOption = None,
    most: Annotated[int, typer.Option("--most", min=1, help="How many, where the line erred first.")] = 30,
    as_json: JsonOption = False,
) -> None:
    """Show what callers labelled themselves: by a yes or a no, a choice, an objection, an agent who sent them on, or
    being helped. Each may become a labelled line."""
    found = _told(line).lines(datetime.now(UTC))[:most]
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False))
        return
    if not found:
        console.print("[green]Callers have labelled nothing that the files do not know.[/green]")
        return
    table = Table("N", "times", "", "what callers said", "about", "taken for", "by", box=None, pad_edge=False)
    table.columns[0].no_wrap = True
    for one in found:
        erred = one.taken_for if one.taken_for != one.label else "[dim]the same[/dim]"
        table.add_row(str(one.number), str(one.count), one.language, f"“{plain(one.text)}”", one.label, erred, one.how)
    Console(highlight=False).print(table)
    console.print(f"\n[dim]Make it a labelled line:[/dim]  voice inbox keep {found[0].number}")
    console.print(f"[dim]Not worth it:[/dim]             voice inbox drop {found[0].number}")


@inbox.command()
def keep(
    number: Number,
    intent: Annotated[str | None, typer.Option("--intent", help="If it was about something else.")] = None,
    line: LineOption = None,
) -> None:
    """Make a labelled line of what a caller said."""
    path = _told(line).keep(number, datetime.now(UTC), intent)
    console.print(f"[green]Written[/green] into {escape(str(path))}.")


@inbox.command()
def drop(number: Number, line: LineOption = None) -> None:
    """Take it out of what callers labelled; no labelled line is made of it."""
    one = _told(line).drop(number, datetime.now(UTC))
    console.print(f"Dropped: “{plain(one.text)}”.")


@inbox.command()
def undo(line: LineOption = None) -> None:
    """Take the last accept, keep, dismiss or drop back: what was written goes out of its file, and is offered again."""
    how, text, file = _open(line).undo()
    console.print(f"Back in the inbox: “{plain(text)}”, which was {how}.")
    if file is not None:
        console.print(f"[green]Taken out of[/green] {escape(str(file))}.")


def _told(line: Path | None) -> "Taught":
    from voice.content import load_line
    from voice.service.operators.taught import Taught
    from voice.service.runtime.settings import load

    return Taught(load_line(load(line=line).line, lenient=True), open_store(line))


def _open(line: Path | None) -> "Inbox":
    from voice.service.operators.inbox import Inbox

    return Inbox(open_line(line), open_store(line))
