"""`voice labels`: labelled lines and prompts, to a spreadsheet and back; `voice schema`: for editors."""

import json
import shutil
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from voice.cli import app
from voice.cli.opening import open_line
from voice.cli.options import LineOption
from voice.errors import SettingsError

labels = typer.Typer(help="Labelled lines and prompts, to a spreadsheet (.xlsx) and back.")
app.add_typer(labels, name="labels", no_args_is_help=True)
console = Console(highlight=False, soft_wrap=True)


@labels.command()
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", dir_okay=False)],
    line: LineOption = None,
) -> None:
    """Write every labelled line, test line and prompt into a spreadsheet."""
    from voice.service.operators.labels import export as written

    if file.suffix != ".xlsx":
        raise SettingsError(f"{file} does not end in .xlsx.", "Excel and LibreOffice read .xlsx.")
    rows = written(open_line(line), file)
    console.print(f"[green]{rows} rows[/green] in {escape(str(file))}.")


@labels.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say which files would change, and change none.")] = False,
    line: LineOption = None,
) -> None:
    """Read a spreadsheet back, check what it says, and write the files that changed."""
    from voice.content.check import check_files
    from voice.service.live.published import Published
    from voice.service.operators.labels_back import read_back, write

    loaded = open_line(line)
    read = read_back(loaded, file)
    changed = read.changed
    copied, _ = Published(loaded.folder).copy()
    try:
        before = set(check_files(copied).problems)
        for name, text in changed.items():
            (copied / name).write_text(text, encoding="utf-8")
        new = [one for one in check_files(copied).problems if one not in before and one.severity == "error"]
    finally:
        shutil.rmtree(copied, ignore_errors=True)
    if new:
        console.print("[red]Nothing was changed:[/red] the line would be faulty.")
        for problem in new:
            console.print(f"  {escape(str(problem))}")
        for note in read.notes:
            console.print(f"[yellow]{escape(note)}[/yellow]")
        raise typer.Exit(1)
    if not dry_run:
        write(loaded, changed)
    for note in read.notes:
        console.print(f"[yellow]{escape(note)}[/yellow]")
    for name in changed:
        console.print(f"[green]{'would change' if dry_run else 'changed'}[/green] {escape(name)}")
    if not changed:
        console.print("Nothing to change.")


@app.command()
def schema(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", file_okay=False, help="Where to write them.")],
) -> None:
    """Write JSON schemas of the line's files, so that your editor completes and marks them."""
    from voice.content.editor_schema import schemas

    folder.mkdir(parents=True, exist_ok=True)
    console.print("Let the first line of each file name its schema:")
    for name, written in schemas().items():
        path = folder / f"{name}.schema.json"
        path.write_text(json.dumps(written, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        console.print(f"\n[green]{escape(written['title'])}[/green]")
        console.print(f"# yaml-language-server: $schema={escape(path.resolve().as_posix())}")
