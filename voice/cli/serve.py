"""`voice serve`: the webhook app."""

import os

import typer

from voice.cli import app
from voice.cli.options import LineOption


@app.command()
def serve(
    line: LineOption = None,
    host: str = typer.Option("127.0.0.1", help="Where to listen; 0.0.0.0 is everywhere, and needs TWILIO_AUTH_TOKEN."),
    port: int = typer.Option(8080, min=1, max=65535, help="The port."),
    workers: int = typer.Option(0, min=0, help="Processes; 0 is one a processor and one more."),
    debug: bool = typer.Option(False, "--debug", help="Flask's own server, for developing."),
) -> None:
    """Serve the webhooks that Twilio calls."""
    from voice.service.runtime.logs import set_up
    from voice.service.runtime.settings import load
    from voice.web import server

    settings = load(line=line)
    set_up(settings.log_level)
    server.serve(settings, host, port, workers or (os.cpu_count() or 1) + 1, debug=debug)
