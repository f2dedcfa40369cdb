"""`voice agents`: who answers."""

import getpass
import json as json_module
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from voice.cli import app
from voice.cli.opening import open_line, open_store
from voice.cli.options import JsonOption, LineOption
from voice.cli.plain import plain
from voice.errors import SettingsError, StoreError

if TYPE_CHECKING:
    from voice.content import Line
    from voice.store import Agent

agents = typer.Typer(help="Who answers: add, list, update, remove, sign in and out.", no_args_is_help=True)
app.add_typer(agents, name="agents")

NAME = r"[^\W\d_].*\S|[^\W\d_]"
"""Neither a telephone number, by which agents are known too, nor what stands for a call centre."""

Name = Annotated[str, typer.Argument(help="The agent's name.")]


@agents.command()
def add(
    name: Name,
    endpoint: str = typer.Argument(help="A telephone number (+32…), a SIP address, or client:name."),
    queue: list[str] = typer.Option([], "--queue", "-q", help="A queue to answer; again for more. None: all."),
    language: list[str] = typer.Option([], "--language", "-l", help="A language spoken; again for more. None: all."),
    pin: str | None = typer.Option(None, help="To sign in by telephone: 4 to 12 digits."),
    line: LineOption = None,
) -> None:
    """Add an agent, signed out."""
    from voice.content import load_line
    from voice.service.calls.pins import hash_pin
    from voice.service.runtime.settings import load

    settings = load(line=line)
    content = load_line(settings.line, lenient=True)
    for given, known, what in ((queue, content.plan.queues, "queue"), (language, content.languages, "language")):
        for one in given:
            if one not in known:
                raise SettingsError(f"There is no {what} “{one}”.", f"There are: {', '.join(known)}.")
    if not re.fullmatch(NAME, name):
        raise SettingsError(f"“{name}” is no name of an agent.", "Begin with a letter, as in An or “Jan Claes”.")
    reached = _endpoint(endpoint, content)
    if reached is None:
        raise SettingsError(f"“{endpoint}” cannot be rung.", "Write +32470000001, sip:an@example.com or client:an.")
    hashed = hash_pin(pin) if pin is not None else None
    queues, languages = list(dict.fromkeys(queue)), list(dict.fromkeys(language))
    agents = open_store(line).agents
    agents.add(name, reached, queues or list(content.plan.queues), languages or list(content.languages), hashed)
    typer.echo(f"{name} is added. Sign in: voice agents sign-in {name}")


@agents.command("list")
def list_(json: JsonOption = False, line: LineOption = None) -> None:
    """List the agents."""
    from rich.console import Console
    from rich.table import Table

    store = open_store(line)
    if json:
        for agent in store.agents.all():
            typer.echo(json_module.dumps(_plain(agent), ensure_ascii=False))
        return
    table = Table("name", "rung at", "queues", "languages", "now", box=None)
    for agent in store.agents.all():
        now = _doing(agent)
        shown = (agent.name, agent.endpoint, " ".join(agent.queues), " ".join(agent.languages), now)
        table.add_row(*map(plain, shown))
    Console().print(table)


@agents.command()
def remove(name: Name, line: LineOption = None) -> None:
    """Remove an agent who is on no call."""
    open_store(line).agents.remove(name)
    typer.echo(f"{name} is removed.")


@agents.command()
def update(
    name: Name,
    queue: list[str] = typer.Option([], "--queue", "-q", help="A queue to answer; again for more. None: as before."),
    language: list[str] = typer.Option([], "--language", "-l", help="A language spoken; again for more."),
    line: LineOption = None,
) -> None:
    """Change which queues and languages an agent answers, from now on."""
    from voice.service.console.team import work

    store = open_store(line)
    agent = store.agents.find(name)
    if agent is None:
        raise StoreError(f"There is no agent “{name}”.", "See: voice agents list.")
    queues, languages = queue or agent.queues, language or agent.languages
    content = open_line(line)
    work(content, store, agent.name, queues, languages, getpass.getuser(), datetime.now(UTC))
    typer.echo(f"{agent.name} answers {', '.join(queues)} in {', '.join(languages)}.")


@agents.command()
def pause(
    name: Name, reason: str = typer.Argument(help="One of not_ready: in line.yaml."), line: LineOption = None
) -> None:
    """Not ready: this agent stays signed in and is not rung; a call under way goes on."""
    from voice.service.console.desk import pause as not_ready

    not_ready(open_line(line), open_store(line), name, reason, datetime.now(UTC))
    typer.echo(f"{name} is not ready: {reason}.")


@agents.command()
def ready(name: Name, line: LineOption = None) -> None:
    """Ready again, or before wrap-up ends."""
    open_store(line).agents.ready(name, datetime.now(UTC))
    typer.echo(f"{name} is ready.")


@agents.command("sign-in")
def sign_in(name: Name, line: LineOption = None) -> None:
    """From now on this agent is rung."""
    open_store(line).agents.sign_in(name, datetime.now(UTC))
    typer.echo(f"{name} is signed in.")


@agents.command("sign-out")
def sign_out(name: Name, line: LineOption = None) -> None:
    """From now on this agent is not rung; a call under way goes on."""
    open_store(line).agents.sign_out(name)
    typer.echo(f"{name} is signed out.")


def _doing(agent: "Agent") -> str:
    if agent.contact:
        return f"busy with {agent.contact}" + ("" if agent.signed_in else ", then signed out")
    if agent.signed_in and agent.not_ready:
        return f"not ready: {agent.not_ready}"
    return "signed in" if agent.signed_in else "signed out"


def _plain(agent: "Agent") -> dict[str, object]:
    names = ("name", "endpoint", "queues", "languages", "signed_in", "contact", "missed")
    return {name: getattr(agent, name) for name in names}


def _endpoint(written: str, line: "Line") -> str | None:
    """As Twilio rings it, and as it says who rings; None for what cannot be rung."""
    from voice.service.calls.phone_numbers import full_number

    if re.fullmatch(r"sips?:[^\s@]+@\S+|client:[A-Za-z0-9_]{1,121}", written):
        return written
    return full_number(written, line)
