"""`voice report`: how the line did, in the terminal, as JSON, or as a page."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.bar import Bar
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from voice.cli import app
from voice.cli.opening import open_line, open_store
from voice.cli.options import JsonOption, LineOption

if TYPE_CHECKING:
    from voice.service.operators.report import LineReport

WIDTH = 30
SHARES = {
    "understood at once": "at_once",
    "after one question": "after_one",
    "after more": "after_more",
    "with a person, no topic": "person",
    "answered without a person": "informed",
    "of those, rang again": "again",
    "left before": "left",
    "took back what was said": "corrected",
    "passed on by an agent": "misrouted",
}


@app.command()
def report(
    line: LineOption = None,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="So many days, today included.")] = 7,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a page with pictures.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show how the line did: understood at once, after a question, sent wrong, waits and callbacks; by topic and
    language."""
    from voice.service.operators.report import make_report
    from voice.service.operators.report_page import page

    made = make_report(open_line(line), open_store(line), days, datetime.now(UTC))
    if html is not None:
        html.write_text(page(made), encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(made.as_dict(), ensure_ascii=False))
    elif html is not None:
        Console(highlight=False, soft_wrap=True).print(f"Written to {escape(str(html))}.")
    else:
        _print(made)


def _print(made: "LineReport") -> None:
    from voice.service.operators.report_page import clock

    console = Console(highlight=False)
    overall = made.overall
    console.print(f"[bold]{escape(made.line)}[/bold], {made.since:%d %b} to {made.until:%d %b}: {overall.calls} calls")
    if not overall.calls:
        return
    shares = Table(show_header=False, box=None, pad_edge=False)
    for name, field in SHARES.items():
        count = getattr(overall, field)
        shares.add_row(name, f"{count / overall.calls:4.0%}", Bar(overall.calls, 0, count, width=WIDTH), str(count))
    console.print(shares)
    console.print(f"[dim]wait[/dim]       {_wait(overall.wait, overall.wait_of_nine_in_ten)}")
    callbacks = f"{overall.callbacks}: {overall.kept} in time, {overall.late} late, {overall.unreached} unreached"
    until = _wait(overall.until_call, overall.until_call_of_nine_in_ten)
    console.print(f"[dim]callbacks[/dim]  {callbacks}; the time until then: {until}")
    for title, groups in (("topic", made.topics), ("language", made.languages)):
        table = Table(
            title, "calls", "", "at once", "one more", "took back", "passed on", "half / 9 in 10 wait", box=None
        )
        for name, figures in groups.items():
            parts = (figures.at_once, figures.after_one, figures.corrected, figures.misrouted)
            row = [f"{part / figures.calls:.0%}" for part in parts]
            bar = Bar(overall.calls, 0, figures.calls, width=WIDTH // 5)
            waits = "–" if figures.wait is None else f"{clock(figures.wait)} / {clock(figures.wait_of_nine_in_ten)}"
            table.add_row(name, str(figures.calls), bar, *row, waits)
        console.print(table)
    if made.answers:
        table = Table("answer", "needed no more", "rang again", box=None)
        for name, (informed, again) in made.answers.items():
            table.add_row(name, str(informed), str(again))
        console.print(table)
    if made.not_solved:
        table = Table("not solved the first time", "calls", box=None)
        for name, many in made.not_solved.items():
            table.add_row(name, str(many))
        console.print(table)
    if made.notices:
        table = Table("notice", "told", "stayed", "content", "texts", box=None)
        for number, told in made.notices.items():
            table.add_row(number, *map(str, (told.told, told.stayed, told.content, told.texts)))
        console.print(table)
    daily = Table("day", "calls", "", box=None)
    most = max(made.days.values())
    for day, count in made.days.items():
        daily.add_row(day, str(count), Bar(most, 0, count, width=WIDTH))
    console.print(daily)


def _wait(half: float | None, of_nine_in_ten: float | None) -> str:
    from voice.service.operators.report_page import clock

    return "–" if half is None else f"{clock(half)}, nine in ten under {clock(of_nine_in_ten)}"
