"""`voice topic`: topics added, renamed, split, merged and removed, in every file and language at once."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from voice.cli import app
from voice.cli.opening import open_store
from voice.cli.options import LineOption
from voice.errors import ContentError

if TYPE_CHECKING:
    from voice.service.operators.topics import Change

topic = typer.Typer(help="Add, rename, split, merge or remove a topic: line, phrases, labels, prompts, tests and menu.")
app.add_typer(topic, name="topic", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="TOPIC")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say which files would change, and change none.")]
Spoken = Annotated[
    list[str] | None,
    typer.Option("--name", metavar="LANGUAGE=TEXT", help="Its spoken name, as en='a parking permit'."),
]
console = Console(highlight=False, soft_wrap=True)


@topic.command()
def add(
    name: Name,
    queue: Annotated[str, typer.Option("--queue", help="The queue that answers; else that of `person:`.")] = "",
    spoken: Spoken = None,
    dry_run: DryRun = False,
    line: LineOption = None,
) -> None:
    """A new topic, with its spoken name as its first phrase."""
    from voice.content import load_line
    from voice.service.operators.topics import add as change

    folder = _apply(change(name, queue, _names(spoken)), line, dry_run)
    if not dry_run and name not in load_line(folder).plan.menu:
        console.print(f"The keypad is full: {name} is not on it. Say which topics are with menu: in line.yaml.")


@topic.command()
def rename(
    name: Name,
    new: Annotated[str, typer.Argument(metavar="NEW")],
    dry_run: DryRun = False,
    line: LineOption = None,
) -> None:
    """Another name, for you: callers hear what stands in the prompts."""
    from voice.service.operators.topics import rename as change

    _apply(change(name, new), line, dry_run)


@topic.command()
def split(
    name: Name,
    new: Annotated[str, typer.Argument(metavar="NEW")],
    holding: Annotated[str, typer.Option("--holding", help="Words of the phrases that go, with | between.")],
    queue: Annotated[str, typer.Option("--queue", help="The queue that answers; else that of the old one.")] = "",
    spoken: Spoken = None,
    dry_run: DryRun = False,
    line: LineOption = None,
) -> None:
    """The phrases and labelled lines that hold some words become a topic of their own."""
    from voice.service.operators.topics import split as change

    _apply(change(name, new, holding, queue, _names(spoken)), line, dry_run)


@topic.command()
def merge(
    name: Name,
    into: Annotated[str, typer.Argument(metavar="INTO")],
    dry_run: DryRun = False,
    line: LineOption = None,
) -> None:
    """Everything of one topic becomes another's."""
    from voice.service.operators.topics import merge as change

    _apply(change(name, into), line, dry_run)


@topic.command()
def remove(
    names: Annotated[list[str], typer.Argument(metavar="TOPIC…")], dry_run: DryRun = False, line: LineOption = None
) -> None:
    """Topics go, with their phrases and labelled lines."""
    from voice.service.operators.topics import remove as change

    _apply(change(*names), line, dry_run)


def _names(spoken: list[str] | None) -> dict[str, str]:
    pairs = [one.partition("=") for one in spoken or ()]
    if wrong := [one for one, equals, text in pairs if not (equals and text.strip())]:
        raise typer.BadParameter(f"“{wrong[0]}” is no LANGUAGE=TEXT; write it as en='a parking permit'.")
    return {language: text.strip() for language, _, text in pairs}


def _apply(change: "Change", line: Path | None, dry_run: bool) -> Path:
    """The line's folder."""
    from voice.service.operators.topics import apply
    from voice.service.runtime.settings import load

    folder = load(line=line).line
    try:
        changed = apply(folder, change, open_store(line), dry_run=dry_run)
    except ContentError as error:
        console.print("[red]Nothing was changed.[/red] What stands in the way:")
        for problem in error.problems:
            console.print(f"  {escape(str(problem))}")
        raise typer.Exit(1) from None
    for name in changed:
        console.print(f"[green]{'would change' if dry_run else 'changed'}[/green] {escape(name)}")
    if not changed:
        console.print("Nothing to change.")
    return folder
