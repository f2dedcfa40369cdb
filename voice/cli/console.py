"""`voice console`: the pages for agents, supervisors and operators, and who may use them."""

import json as json_module
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from voice.cli import app
from voice.cli.opening import open_store
from voice.cli.options import JsonOption, LineOption
from voice.cli.plain import plain

if TYPE_CHECKING:
    from voice.service.console.accounts import Accounts

console = typer.Typer(help="The desk, the board and the words, in a browser.", invoke_without_command=True)
user = typer.Typer(help="Who may use the console.", no_args_is_help=True)
app.add_typer(console, name="console")
console.add_typer(user, name="user")

Name = Annotated[str, typer.Argument(help="The user's name.")]
Roles = Annotated[
    list[str], typer.Option("--role", "-r", help="agent, supervisor, operator or administrator; again for more.")
]
AgentName = Annotated[str | None, typer.Option("--agent", help="The agent they are (voice agents list).")]


@console.callback()
def serve(
    context: typer.Context,
    line: LineOption = None,
    host: str = typer.Option("127.0.0.1", help="Where to listen; anywhere but here, put TLS in front of it."),
    port: int = typer.Option(8090, min=1, max=65535, help="The port."),
) -> None:
    """Serve the console, in a process of its own."""
    if context.invoked_subcommand is not None:
        return
    from voice.console import server
    from voice.service.runtime.logs import set_up
    from voice.service.runtime.settings import load

    settings = load(line=line)
    set_up(settings.log_level)
    server.serve(settings, host, port)


@console.command()
def demo(
    line: LineOption = None,
    port: int = typer.Option(8090, min=0, max=65535, help="The console's port; 0 is any that is free."),
    browser: bool = typer.Option(True, help="Open the page in the browser."),
) -> None:
    """A line at work on this computer, to look at: people ring, agents answer, and you may be one of either.

    No account, no network; nothing of it is kept, and what you change of the words is a copy's.
    """
    import webbrowser

    from voice.cli.demo.cast import PASSWORD, USERS
    from voice.cli.demo.stage import DemoStage, until_interrupted
    from voice.service.runtime.logs import set_up
    from voice.service.runtime.settings import load

    set_up("error")
    with until_interrupted(), DemoStage(load(line=line).line, port, lambda told: typer.echo(told, err=True)) as stage:
        typer.echo(f"{stage.address}   sign in as {', '.join(USERS)}; password: {PASSWORD}")
        typer.echo(f"{stage.telephone}   ring the line yourself, by microphone or by typing")
        typer.echo("Ctrl-C ends it.", err=True)
        if browser and sys.stdout.isatty():
            webbrowser.open(stage.address)
        stage.play()


@user.command()
def add(name: Name, role: Roles, agent: AgentName = None, line: LineOption = None) -> None:
    """Add a user; the password is asked for, or read from standard input."""
    _accounts(line).add(name, _password(), role, agent)
    typer.echo(f"{name} may sign in.")


@user.command("list")
def list_(json: JsonOption = False, line: LineOption = None) -> None:
    """List the users."""
    from rich.console import Console
    from rich.table import Table

    users = open_store(line).users.all()
    if json:
        for each in users:
            typer.echo(json_module.dumps({"name": each.name, "roles": each.roles, "agent": each.agent}))
        return
    table = Table("name", "roles", "agent", box=None)
    for each in users:
        table.add_row(*map(plain, (each.name, " ".join(each.roles), each.agent or "")))
    Console().print(table)


@user.command()
def change(name: Name, role: Roles, agent: AgentName = None, line: LineOption = None) -> None:
    """Give a user these roles, and tie them to this agent or to none."""
    _accounts(line).change(name, role, agent)
    typer.echo(f"{name} is changed.")


@user.command()
def password(name: Name, line: LineOption = None) -> None:
    """Set a new password, which signs the user out everywhere."""
    _accounts(line).set_password(name, _password())
    typer.echo(f"{name} has a new password.")


@user.command()
def remove(name: Name, line: LineOption = None) -> None:
    """Remove a user, and sign them out everywhere."""
    open_store(line).users.remove(name)
    typer.echo(f"{name} is removed.")


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")


def _accounts(line: LineOption) -> "Accounts":
    from voice.service.console.accounts import Accounts

    return Accounts(open_store(line))
