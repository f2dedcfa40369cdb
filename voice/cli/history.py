"""`voice publish`, `voice history` and `voice back`: which version of the line is live, since when, and by whom."""

import json as json_module
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from voice.cli import app
from voice.cli.opening import line_zone, open_shelf, open_store
from voice.cli.options import JsonOption, LineOption
from voice.cli.plain import plain
from voice.errors import ContentError

if TYPE_CHECKING:
    from voice.store import Publication

MOST_NAMED = 2
"""Files of a publication that the table names; --json has them all."""

console = Console(highlight=False, soft_wrap=True)


@app.command()
def publish(
    line: LineOption = None,
    anyway: Annotated[bool, typer.Option("--anyway", help="Though it takes another's change back.")] = False,
) -> None:
    """Make the files live as they stand: where line.yaml says `publish: by-hand`, a save alone is a draft."""
    from voice.service.live.publishing import publish as make_live

    try:
        done = make_live(open_shelf(line), open_store(line), datetime.now(UTC), anyway=anyway)
    except ContentError as error:
        _refused(error)
    if done is None:
        console.print("Nothing to publish: the files are what is live.")
    else:
        console.print(f"[green]Published[/green] {done.version} by {plain(done.by)}: {_changed(done, most=9)}.")


@app.command()
def history(
    line: LineOption = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest first.")] = 20,
    json: JsonOption = False,
) -> None:
    """Which versions were live, since when, by whom, and which files they changed; the first is live now."""
    from voice.content.line import version_of

    shelf = open_shelf(line)
    found = open_store(line).history.latest(limit)
    if json:
        for one in found:
            typer.echo(json_module.dumps(one.__dict__, default=str, ensure_ascii=False))
        return
    if not found:
        console.print("Nothing was live yet. The first is what [bold]voice serve[/bold] starts with.")
        return
    zone = line_zone(line)
    table = Table("version", "since", "by", "how", "changed", box=None, pad_edge=False)
    for column in table.columns[:2]:
        column.no_wrap = True
    for one in found:
        since = one.at.astimezone(zone).strftime("%d %b %Y %H:%M")
        table.add_row(one.version, since, plain(one.by), one.how, _changed(one))
    Console(highlight=False).print(table)
    if (own := version_of(shelf.line)) == found[0].version:
        return
    if open_store(line).history.versions(own):
        live = found[0].version[:8]
        console.print(f"Your files are older than what is live: {own}. Take that up: [bold]voice back {live}[/bold]")
    else:
        console.print(f"Your files are a draft: {own}. Make it live: [bold]voice publish[/bold]")


@app.command()
def back(
    version: Annotated[str, typer.Argument(metavar="VERSION", help="Of voice history; its first signs are enough.")],
    line: LineOption = None,
) -> None:
    """Make an older version live again, and put its files in place of yours; what stood there is kept as a version."""
    from voice.service.live.publishing import back as go_back

    now = datetime.now(UTC)
    try:
        done, kept = go_back(open_shelf(line), open_store(line), version, now)
    except ContentError as error:
        _refused(error)
    files = "with its files in your folder"
    if done.at == now:
        console.print(f"[green]Live again:[/green] {done.version}, {files}: {_changed(done, most=9)}.")
    else:
        console.print(f"[green]Live, as before:[/green] {done.version}, now {files}.")
    if kept:
        console.print(f"What stood there was never live; it is kept: [bold]voice back {kept[:8]}[/bold]")


def _changed(one: "Publication", most: int = MOST_NAMED) -> str:
    if not one.changed:
        return "the first" if one.number == 1 else "no file"
    more = f" and {len(one.changed) - most} more" if len(one.changed) > most else ""
    return escape(", ".join(path.removeprefix("grammars/") for path in one.changed[:most])) + more


def _refused(error: ContentError) -> None:
    console.print("[red]Nothing was changed:[/red] this version cannot be live.")
    for problem in error.problems:
        console.print(f"  {escape(str(problem))}")
    raise typer.Exit(1)
