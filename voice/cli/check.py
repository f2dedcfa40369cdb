"""`voice check`: everything that is wrong with a line, at once."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from voice.cli import app
from voice.cli.options import JsonOption, LineOption
from voice.errors import Problem

if TYPE_CHECKING:
    from voice.service.operators.check import CheckReport


@app.command()
def check(
    line: LineOption = None,
    phrases: Annotated[
        bool, typer.Option("--phrases", help="Run the test phrases, too: grammars/*/tests/*.tsv.")
    ] = False,
    files: Annotated[bool, typer.Option("--files", help="Only what the files tell, at once: no models.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Check grammars/ and prompts/: every fault at once, with its place and how to mend it.

    Ends with 1 if there are errors, with 0 if there are only warnings or nothing at all.
    """
    from voice.service.operators.check import check_line
    from voice.service.runtime.settings import load

    folder = load(line=line).line
    with Console(stderr=True).status("Reading and listening…"):
        report = check_line(folder, model=not files, phrases=phrases)
    if as_json:
        typer.echo(json.dumps(_as_dict(report), ensure_ascii=False))
    else:
        _print(report)
    if report.errors:
        raise typer.Exit(1)


def _as_dict(report: "CheckReport") -> dict[str, object]:
    return {
        "problems": [asdict(problem) for problem in report.problems],
        "errors": report.errors,
        "warnings": report.warnings,
        "notes": list(report.notes),
        "phrases": [asdict(score) for score in report.scores],
    }


def _print(report: "CheckReport") -> None:
    console = Console(highlight=False, soft_wrap=True)
    for problem in report.problems:
        _print_problem(console, problem)
    for score in report.scores:
        share = f"{score.right / score.phrases:.0%}"
        colour = "green" if score.right >= score.needed else "red"
        console.print(
            f"{score.language}: [{colour}]{score.right} of {score.phrases}[/{colour}] test phrases go right ({share})."
        )
    for note in report.notes:
        console.print(f"[dim]{escape(note)}[/dim]")
    if not report.problems:
        console.print("[green]Nothing is wrong.[/green]")
        return
    colour = "red" if report.errors else "yellow"
    console.print(f"[{colour}]{_count(report.errors, 'error')}, {_count(report.warnings, 'warning')}.[/{colour}]")


def _print_problem(console: Console, problem: Problem) -> None:
    colour = "red" if problem.severity == "error" else "yellow"
    place = f"{problem.path}:{problem.line}" if problem.line else problem.path
    console.print(f"[bold]{escape(place)}[/bold]  [{colour}]{problem.severity}[/{colour}]")
    console.print(f"    {escape(problem.what)}")
    if problem.mend:
        console.print(f"    [green]{escape(problem.mend)}[/green]")


def _count(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"
