"""`voice migrate`: the database brought to this version."""

import typer

from voice.cli import app
from voice.cli.options import LineOption


@app.command()
def migrate(line: LineOption = None) -> None:
    """Bring the database to this version of the program; where it is, nothing changes.

    Make a backup first. Processes of the version before go on meanwhile; on SQLite every command does it by itself.
    """
    from voice.service.runtime.settings import load
    from voice.store import Store

    store = Store(load(line=line).database_url, patient=True)
    store.migrate()
    store.close()
    typer.echo("The database is of this version.")
