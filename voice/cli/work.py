"""`voice work`: the dispatcher and the outbox."""

import typer

from voice.cli import app
from voice.cli.options import LineOption


@app.command()
def work(
    line: LineOption = None,
    beside: int = typer.Option(0, hidden=True, help="End when this process, the parent, is gone."),
) -> None:
    """Ring agents and customers: give waiting callers to free agents, and send what is owed.

    Several may run at once on PostgreSQL. On SQLite `voice serve` starts one by itself.
    """
    from voice.service.dispatch.working import work as do_work
    from voice.service.runtime.logs import set_up
    from voice.service.runtime.settings import load

    settings = load(line=line)
    set_up(settings.log_level)
    do_work(settings, beside)
