"""`voice models`: the speech models of this computer, and what they can hear of a line's grammar files."""

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.table import Table

from voice.cli import app
from voice.cli.options import JsonOption, LineOption
from voice.content.grammar import Grammar, load_grammar
from voice.content.line import load_line
from voice.recognition.catalogue import CATALOGUE, short
from voice.recognition.engine import load_model
from voice.recognition.models import ModelFolder, cache_folder, find_model, get_model, installed_models
from voice.recognition.vocabulary import Phrase, spelled, unknown_words

models = typer.Typer(name="models", help="Speech models: list, fetch, find, check.", no_args_is_help=True)
app.add_typer(models)

MOST_SHOWN = 3
"""Places named for one unknown word; a word in a shared rule stands in a hundred templates."""

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
    from voice.service.settings import load

    folder = load(line=line).line
    grammar = load_grammar(folder, short(language), load_line(folder).intents)
    shared = load_model(find_model(language, model))
    known: dict[str, bool] = {}

    def knows(word: str) -> bool:
        if word not in known:
            known[word] = bool(spelled(word, shared.knows))
        return known[word]

    phrases = _phrases(grammar)
    unknown = unknown_words(phrases, knows)
    blamed = set(unknown)
    lost = len({phrase.text for places in unknown.values() for phrase in places})
    summary = {"model": shared.folder.name, "phrases": len({phrase.text for phrase in phrases}), "left_out": lost}
    if as_json:
        words = {word: sorted({f"{at.path}:{at.line}" for at in places}) for word, places in unknown.items()}
        typer.echo(json.dumps({**summary, "unknown": words}, ensure_ascii=False))
    else:
        _print_unknown(unknown)
        typer.echo(
            f"{len(blamed)} words unknown to {summary['model']}; {lost} of {summary['phrases']} phrases left out."
        )
    if unknown:
        raise typer.Exit(1)


def _phrases(grammar: Grammar) -> list[Phrase]:
    """Every phrase, template sentence and list word, with its place. A word in a rule stands where it is used."""
    found = [Phrase(phrase.text, phrase.path, phrase.line) for phrase in grammar.expanded()]
    lists = f"grammars/{grammar.language}/_shared.yaml"
    return found + [
        Phrase(text, lists) for values in grammar.lists.values() for texts in values.values() for text in texts
    ]


def _print_unknown(unknown: dict[str, list[Phrase]]) -> None:
    console = Console(soft_wrap=True, highlight=False)
    for word, phrases in unknown.items():
        places = list(dict.fromkeys(f"{at.path}:{at.line}" if at.line else at.path for at in phrases))
        more = f" and {len(places) - MOST_SHOWN} more" if len(places) > MOST_SHOWN else ""
        console.print(f"[bold]{word}[/bold]  {', '.join(places[:MOST_SHOWN])}{more}", markup=True)


def _find(wanted: str) -> ModelFolder:
    """A model by language, or by its own name."""
    named = next((found for found in installed_models() if found.name == wanted), None)
    return named or find_model(wanted)


def _row(found: ModelFolder) -> dict[str, Any]:
    entry = next((entry for entry in CATALOGUE if entry.name == found.name), None)
    return {
        "language": found.language,
        "name": found.path.parent.name if found.source == "package" else found.name,
        "path": str(found.path),
        "rate": found.rate,
        "phrase_lists": found.dynamic,
        **({"licence": entry.licence} if entry else {}),
    }
