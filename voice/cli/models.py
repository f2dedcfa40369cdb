"""`voice models`: the speech models of this computer, and what they can hear of a line's grammar files."""

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.table import Table

from voice.cli import app
from voice.cli.options import JsonOption, LineOption
from voice.content.grammar import load_grammar
from voice.content.line import load_line
from voice.recognition.engine import load_model
from voice.recognition.models.catalogue import CATALOGUE, short
from voice.recognition.models.installed import ModelFolder, cache_folder, find_model, get_model, installed_models

models = typer.Typer(name="models", help="Speech models: list, fetch, find, check.", no_args_is_help=True)
app.add_typer(models)

WantedArgument = Annotated[str, typer.Argument(metavar="LANGUAGE", help="nl, fr, de, en …, or a model's own name.")]
ModelOption = Annotated[str, typer.Option("--model", metavar="PATH", help="A model's folder, or its name.")]


@models.command("list")
def list_models(as_json: JsonOption = False) -> None:
    """What there is on this computer, and what can be fetched."""
    here = installed_models()
    rows = [_row(found) for found in here]
    names = {found.name for found in here}
    rows += [
        {"language": entry.language, "name": entry.name, "megabytes": round(entry.size / 1e6), "licence": entry.licence}
        for entry in CATALOGUE
        if entry.name not in names
    ]
    rows.sort(key=lambda row: (str(row["language"]), "path" not in row))
    if as_json:
        typer.echo(json.dumps({"cache": str(cache_folder()), "models": rows}, ensure_ascii=False))
        return
    table = Table("", "model", "", "licence", box=None, pad_edge=False)
    table.columns[1].no_wrap = table.columns[2].no_wrap = True
    for row in rows:
        size = f"{row['megabytes']} MB to fetch" if row.get("megabytes") else "to fetch"
        state = "[green]here[/green]" if "path" in row else f"[dim]{size}[/dim]"
        table.add_row(row["language"], row["name"], state, row.get("licence", ""))
    console = Console(highlight=False)
    console.print(table)
    console.print(f"[dim]Fetched models are kept in {cache_folder()}.[/dim]", soft_wrap=True)


@models.command("get")
def get(wanted: WantedArgument, as_json: JsonOption = False) -> None:
    """Fetch a model, or go on with a fetch that broke off. What is whole already is left as it is."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), disable=as_json, transient=True) as progress:
        task = progress.add_task(wanted, total=None)

        def show(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total or None)

        found = get_model(wanted, show)
    if as_json:
        typer.echo(json.dumps(_row(found), ensure_ascii=False))
    else:
        licence = _row(found).get("licence")
        typer.echo(f"{found.name} is at {found.path}" + (f" ({licence})." if licence else "."))


@models.command("path")
def path(wanted: WantedArgument, as_json: JsonOption = False) -> None:
    """Print the folder of the model that would be used."""
    found = _find(wanted)
    typer.echo(json.dumps(_row(found), ensure_ascii=False) if as_json else str(found.path))


@models.command("check")
def check(
    language: Annotated[str, typer.Argument(metavar="LANGUAGE", help="The language of the line to check.")],
    line: LineOption = None,
    model: ModelOption = "",
    as_json: JsonOption = False,
) -> None:
    """Name the words of the grammar files that the model does not know. A phrase that holds one is not
    listened for in a phrase list, and is hard to hear in free speech. Ends with 1 if there are any."""
    from voice.service.operators.check import unheard
    from voice.service.runtime.settings import load

    folder = load(line=line).line
    grammar = load_grammar(folder, short(language), load_line(folder).intents)
    shared = load_model(find_model(language, model))
    problems = list(unheard(grammar, shared.knows, shared.folder.name))
    if as_json:
        typer.echo(json.dumps({"model": shared.folder.name, "unknown": [asdict(one) for one in problems]}))
    else:
        for problem in problems:
            typer.echo(str(problem))
        typer.echo(f"{len(problems)} words of the grammar files are unknown to {shared.folder.name}.")
    if problems:
        raise typer.Exit(1)


def _find(wanted: str) -> ModelFolder:
    """A model by language, or by its own name."""
    named = next((found for found in installed_models() if found.name == wanted), None)
    return named or find_model(wanted)


def _row(found: ModelFolder) -> dict[str, Any]:
    entry = next((entry for entry in CATALOGUE if entry.name == found.name), None)
    return {
        "language": found.language,
        "name": found.name,
        "path": str(found.path),
        "rate": found.rate,
        "phrase_lists": found.dynamic,
        **({"licence": entry.licence} if entry else {}),
    }
