"""`voice reload` and `voice status`: what is live, and what was refused."""

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from voice.cli import app
from voice.cli.opening import line_zone, open_shelf
from voice.cli.options import JsonOption, LineOption
from voice.cli.plain import plain
from voice.errors import SettingsError

if TYPE_CHECKING:
    from voice.service.live.published import Published, PublishedState
    from voice.store.processes import Serving

ANSWERED_WITHIN = 30.0
TRAINED_WITHIN = 600.0
"""Seconds that a change is waited for; training a rich line in four languages takes minutes on a slow machine."""

SLOW = 0.05


@app.command()
def reload(line: LineOption = None, as_json: JsonOption = False) -> None:
    """Take up the line's files now, in every process of this machine that serves them.

    A saved change is taken up by itself within two seconds; this one waits until it is, and says what is wrong if it is
    refused. Ends with 1 then.
    """
    shelf = open_shelf(line)
    if not shelf.processes():
        raise SettingsError(f"Nobody serves {shelf.line} on this machine.", "Start it: voice serve.")
    started = time.monotonic()
    token = secrets.token_hex(8)
    shelf.wish(token)
    console = Console(highlight=False, soft_wrap=True, quiet=as_json)
    with console.status("Reading the line…") as status:
        _until(lambda: shelf.state().granted == token, ANSWERED_WITHIN)
        state = shelf.state()
        if not state.refused and state.draft:
            console.print(f"[yellow]A draft:[/yellow] {state.draft}.")
        elif not state.refused and state.coming in ("", state.version):
            _until(lambda: _all_have(shelf, state.version, trained=False), ANSWERED_WITHIN)
            console.print(f"[green]Live[/green] as {state.version} after {time.monotonic() - started:.1f} s.")
        if not state.refused and state.coming:
            status.update("The statistics are trained on it…")
            _until(lambda: _all_have(shelf, state.coming, trained=True), TRAINED_WITHIN)
            console.print(f"The statistics know it after {time.monotonic() - started:.0f} s.")
    _tell(shelf, line_zone(line), as_json=as_json)


@app.command()
def status(line: LineOption = None, as_json: JsonOption = False) -> None:
    """Who serves the line on every machine, with which version, and which change was refused. Ends with 1 then."""
    _tell(open_shelf(line), line_zone(line), as_json=as_json)


def _all_have(shelf: "Published", version: str, *, trained: bool) -> bool:
    """Or something else has come over it: a newer change, or training that failed."""
    state = shelf.state()
    overtaken = version not in (state.version, state.coming)
    return overtaken or all(one.version == version and (one.trained or not trained) for one in shelf.processes())


def _until(done: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not done():
        if time.monotonic() > until:
            raise SettingsError("The line's processes do not answer.", "Look into the log of voice serve.")
        time.sleep(SLOW)


def _processes(shelf: "Published", url: str) -> "list[Serving]":
    """Of every machine, as the store knows them; none where it does not answer."""
    from sqlalchemy.exc import SQLAlchemyError

    from voice.store import Store

    if url.startswith("sqlite") and not shelf.processes():
        return []
    store = Store(url)
    try:
        return store.processes.all(datetime.now(UTC))
    except SQLAlchemyError as error:
        typer.echo(f"The database does not answer: {type(error).__name__}.", err=True)
        return []
    finally:
        store.close()


def _was_live(url: str, version: str) -> bool:
    from sqlalchemy.exc import SQLAlchemyError

    from voice.store import Store

    store = Store(url)
    try:
        return store.history.was_live(version)
    except SQLAlchemyError:
        return False
    finally:
        store.close()


def _tell(shelf: "Published", zone: tzinfo, *, as_json: bool) -> None:
    from voice.service.runtime.settings import load

    url = load().database_url
    state, processes = shelf.state(), _processes(shelf, url)
    if as_json:
        written = {
            "line": str(shelf.line),
            "live": state.model_dump(mode="json", exclude={"added", "granted"}),
            "processes": [asdict(one) for one in processes],
        }
        typer.echo(json.dumps(written, ensure_ascii=False, default=str))
    else:
        _print(state, processes, zone, older=bool(processes and state.draft) and _was_live(url, state.draft))
    if state.refused:
        raise typer.Exit(1)


def _print(state: "PublishedState", processes: "list[Serving]", zone: tzinfo, *, older: bool) -> None:
    console = Console(highlight=False, soft_wrap=True)
    if not processes:
        console.print("Nobody serves this line. Start it: [bold]voice serve[/bold]")
    else:
        table = Table("machine", "process", "does", "version", "since", "last look", box=None, pad_edge=False)
        for one in processes:
            note = "" if one.trained else " [yellow](new phrases to the letter)[/yellow]"
            looked = _clock(one.ticked.timestamp(), zone) if one.ticked else ""
            row = (str(one.pid), one.what, one.version + note, _clock(one.since.timestamp(), zone), looked)
            table.add_row(plain(one.machine), *row)
        Console(highlight=False).print(table)
    if state.draft and not state.refused and older:
        console.print(
            f"The files are older than what is live. Take that up: [bold]voice back {state.version[:8]}[/bold]"
        )
    elif state.draft and not state.refused:
        console.print(f"The files as they stand are a draft, {state.draft}. Make it live: [bold]voice publish[/bold]")
    if state.refused:
        console.print(
            f"[red]The files as they stand were refused at {_clock(state.refused.at, zone)}; no call hears them:[/red]"
        )
        for problem in state.refused.problems:
            place = f"{problem.path}:{problem.line}" if problem.line else problem.path
            console.print(
                f"  [bold]{escape(place)}[/bold]  {escape(problem.what)} [green]{escape(problem.mend)}[/green]"
            )


def _clock(seconds: float, zone: tzinfo) -> str:
    return datetime.fromtimestamp(seconds, zone).strftime("%d %b %H:%M:%S")
