"""The command `voice`: reads options, asks the layers below, prints. Decides nothing about a call.

Exit codes: 0 as wished, 1 what was asked for was found wrong, 2 it could not be done (and how to mend that).

    phone       ringing the line on this computer
    simulation  a day at the line, on a driven clock
    demo        a line at work on this computer, to look at in the console
    options     options that several commands share
    opening     what several commands open
    plain       what others wrote, shown in a terminal

Every other module is the command of its name (`try_` is `voice try`):
agents, call, callers, calls, check, console, diagram, evaluate, expand, health, hear, inbox, init, labels, migrate,
models, notice, prompts, queue, reload, report, serve, simulate, topic, try_, twilio_, understand, work. `history` is
also publish and back.
"""

import sys
from io import TextIOWrapper
from typing import NoReturn

import typer
from rich.console import Console
from typer import Typer

from voice import __version__
from voice.errors import VoiceError

app = Typer(
    name="voice",
    help="Rechtdoor: one spoken question instead of a menu tree.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"voice {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: bool = typer.Option(False, "--version", help="Print the version.", callback=_version, is_eager=True),
) -> None:
    """Rechtdoor: one spoken question instead of a menu tree."""


def main() -> None:
    """Run the command; whatever is wrong is told in words, never as a traceback."""
    import voice.cli.agents
    import voice.cli.call
    import voice.cli.callers
    import voice.cli.calls
    import voice.cli.check
    import voice.cli.console
    import voice.cli.diagram
    import voice.cli.evaluate
    import voice.cli.expand
    import voice.cli.health
    import voice.cli.hear
    import voice.cli.history
    import voice.cli.inbox
    import voice.cli.init
    import voice.cli.labels
    import voice.cli.migrate
    import voice.cli.models
    import voice.cli.notice
    import voice.cli.prompts
    import voice.cli.queue
    import voice.cli.reload
    import voice.cli.report
    import voice.cli.serve
    import voice.cli.simulate
    import voice.cli.topic
    import voice.cli.try_
    import voice.cli.twilio_
    import voice.cli.understand
    import voice.cli.work  # noqa: F401  (the commands hang themselves into `app`)

    for stream in (sys.stdout, sys.stderr):
        # Windows' cp1252 has no arrow: what a terminal cannot show is replaced, and breaks nothing.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app()
    except VoiceError as error:
        _tell(error.message, error.mend)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        from voice.service.runtime.faults import of_a_file, of_the_database, place

        if found := of_the_database(error) or of_a_file(error):
            _tell(*found)
        sys.stderr.write(f"Rechtdoor itself is at fault: {place(error)}. Please report this line; it quotes nobody.\n")
        sys.exit(2)


def _tell(what: str, mend: str) -> NoReturn:
    console = Console(stderr=True, highlight=False)
    # As it is written: a template's [brackets] are no markup.
    console.print(what, style="red", markup=False, soft_wrap=True)
    if mend:
        console.print(mend, markup=False, soft_wrap=True)
    sys.exit(2)
