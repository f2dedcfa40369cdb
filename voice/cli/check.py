"""`voice check`: everything that is wrong with a line, at once."""

import json
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.markup import escape

from voice.cli import app
from voice.cli.options import JsonOption, LineOption
from voice.errors import Problem

if TYPE_CHECKING:
    from voice.service.check import Report


@app.command()
def check(line: LineOption = None, as_json: JsonOption = False) -> None:
    """Check grammars/ and prompts/: every fault at once, with its place and how to mend it.

    Ends with 1 if there are errors, with 0 if there are only warnings or nothing at all.
    """
    from voice.service.check import check_line
    from voice.service.settings import load

    report = check_line(load(line=line).line)
    if as_json:
        typer.echo(json.dumps(_as_dict(report), ensure_ascii=False))
    else:
        _print(report)
    if report.errors:
        raise typer.Exit(1)


def _as_dict(report: "Report") -> dict[str, object]:
    return {
        "problems": [
            {
                "path": problem.path,
                "line": problem.line,
                "what": problem.what,
                "mend": problem.mend,
                "severity": problem.severity,
            }
            for problem in report.problems
        ],
        "errors": report.errors,
        "warnings": report.warnings,
        "notes": list(report.notes),
    }


def _print(report: "Report") -> None:
    console = Console(highlight=False, soft_wrap=True)
    for problem in report.problems:
        _print_problem(console, problem)
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
