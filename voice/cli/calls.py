"""`voice calls`: who waits, what became of whom, and what is done about it."""

import getpass
import json as json_module
from dataclasses import asdict
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Annotated

import typer

from voice.cli import app
from voice.cli.opening import line_zone, open_line, open_store
from voice.cli.options import JsonOption, LineOption
from voice.cli.plain import plain
from voice.errors import StoreError

if TYPE_CHECKING:
    from voice.core.contact.state import Contact
    from voice.store import Store

calls = typer.Typer(help="Contacts: who waits, and what became of whom.", no_args_is_help=True)
app.add_typer(calls, name="calls")

Which = Annotated[str, typer.Argument(metavar="CALL", help="A contact's reference, or a CallSid.")]


@calls.command("list")
def list_(
    text: str = typer.Argument("", help="Part of the number or of the words, or the reference's beginning."),
    queue: str = typer.Option("", help="Only of this queue."),
    since: str = typer.Option("", help="Who rang from then on: 2026-12-24, 2026-12-24 15:00, or 15:00 of today."),
    until: str = typer.Option("", help="Who rang until the end of that day or minute."),
    open_only: bool = typer.Option(False, "--open", help="Only those that have not ended."),
    limit: int = typer.Option(50, min=1, help="How many, the newest first."),
    json: JsonOption = False,
    line: LineOption = None,
) -> None:
    """List contacts, the newest first; those that are asked for, if something is."""
    from rich.console import Console
    from rich.table import Table

    from voice.service.console.found import Asked, find

    zone = line_zone(line)
    found = find(open_store(line), Asked(text, queue, since, until, open_only), zone, datetime.now(UTC), limit)
    if json:
        for contact in found:
            typer.echo(json_module.dumps(asdict(contact), default=str, ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False)
    for name in ("reference", "arrived", "queue", "kind", "stage", "number", "words"):
        table.add_column(name, no_wrap=name in ("reference", "arrived", "number"), overflow="fold")
    for contact in found:
        arrived = contact.arrived.astimezone(zone).strftime("%d-%m %H:%M")
        kind = f"{contact.kind}, late" if contact.late else contact.kind.value
        words = " … ".join(contact.words)[:50]
        shown = (contact.reference, arrived, contact.queue, kind, contact.stage, contact.number or "", words)
        table.add_row(*map(plain, shown))
    Console().print(table)


@calls.command()
def show(call: Which, json: JsonOption = False, line: LineOption = None) -> None:
    """The story of one: what it is about, in whose words, earlier calls, what was promised and what happened."""
    from rich.console import Console
    from rich.table import Table

    store = open_store(line)
    zone = line_zone(line)
    story = _story(store, _find(store, call), zone)
    if json:
        typer.echo(json_module.dumps(story, default=str, ensure_ascii=False))
        return
    console = Console(highlight=False)
    facts = Table(box=None, show_header=False)
    for name, given in story.items():
        value = given.astimezone(zone).strftime("%d-%m-%Y %H:%M:%S") if isinstance(given, datetime) else given
        value = " … ".join(map(str, value)) if isinstance(value, tuple) else value
        if name not in ("ledger", "earlier") and value not in (None, "", False, 0):
            facts.add_row(f"[dim]{name.replace('_', ' ')}[/dim]", plain(value))
    for earlier in story["earlier"]:  # type: ignore[attr-defined]
        facts.add_row("[dim]earlier[/dim]", plain(earlier))
    console.print(facts)
    console.print()
    ledger = Table(box=None, show_header=False, pad_edge=False)
    for entry in story["ledger"]:  # type: ignore[attr-defined]
        detail = ", ".join(plain(f"{k} {v}") for k, v in entry["detail"].items())
        at = f"{entry['at'].astimezone(zone):%d-%m %H:%M:%S}"
        ledger.add_row(f"[dim]{at}[/dim]", plain(entry["what"]), f"[dim]{detail}[/dim]")
    console.print(ledger)


@calls.command()
def agreed(
    call: Which,
    text: Annotated[str, typer.Argument(help="What was agreed, as the caller reads it.")],
    by: Annotated[str, typer.Option(help="By when: 2026-12-24 15:00, or 2 h.")],
    line: LineOption = None,
) -> None:
    """Write down what agent and caller agreed: texted to the caller, who is reminded the day before."""
    from voice.service.operators.agreements import agree, seen_to_from

    content, store = open_line(line), open_store(line)
    contact = _find(store, call)
    made = agree(content, store, contact.reference, text, by, getpass.getuser(), datetime.now(UTC))
    texted = "texted" if contact.number else "no number, so no text"
    zone = content.plan.timezone
    typer.echo(f"Agreement {made.id}, due {made.due.astimezone(zone):%d-%m %H:%M}: {texted}.")
    if (opens := seen_to_from(content, made.queue, made.due)) != made.due:
        opening = f"{opens.astimezone(zone):%d-%m %H:%M}"
        typer.echo(f"{made.queue} is closed then: until {opening} nobody of it can see to it, or counts it overdue.")


@calls.command()
def agreements(line: LineOption = None) -> None:
    """List what was agreed and not done yet, what is overdue first. Exits with 1 where something is."""
    from rich.console import Console
    from rich.table import Table

    from voice.service.operators.agreements import is_overdue

    content = open_line(line)
    zone = content.plan.timezone
    now, found = datetime.now(UTC), open_store(line).agreements.open()
    table = Table("", "due", "", "call", "by", "agreed", box=None)
    for one in found:
        late = "overdue" if is_overdue(content, one, now) else ""
        due = f"{one.due.astimezone(zone):%d-%m %H:%M}"
        table.add_row(*map(plain, (str(one.id), due, late, one.reference, one.by, one.text)))
    Console().print(table)
    if any(is_overdue(content, one, now) for one in found):
        raise typer.Exit(1)


@calls.command()
def kept(number: Annotated[int, typer.Argument(help="See: voice calls agreements.")], line: LineOption = None) -> None:
    """Say that what was agreed is done."""
    from voice.service.operators.agreements import kept as keep

    keep(open_store(line), number, getpass.getuser(), datetime.now(UTC))
    typer.echo(f"Agreement {number} is kept.")


@calls.command()
def up(call: Which, line: LineOption = None) -> None:
    """Pass a caller who is with an agent up, to the level above (`escalates_to`), with their place and story."""
    from voice.service.calls.transfer import escalate

    store = open_store(line)
    sent = escalate(open_line(line), store, _find(store, call).reference, datetime.now(UTC))
    typer.echo(f"{sent.reference} goes up to {sent.queue}.")


@calls.command()
def transfer(call: Which, queue: str = typer.Argument(help="Where to."), line: LineOption = None) -> None:
    """Send a caller who is with an agent to another queue, with their place and their story.

    Where nobody can answer, it becomes a callback.
    """
    from voice.content import load_line
    from voice.service.calls.transfer import transfer as send_on
    from voice.service.runtime.settings import load

    settings = load(line=line)
    store = open_store(line)
    contact = _find(store, call)
    send_on(load_line(settings.line, lenient=True), store, contact.reference, queue, datetime.now(UTC))
    typer.echo(f"{contact.reference} goes to {queue}.")


@calls.command()
def callback(
    call: Which,
    agent: str | None = typer.Option(None, help="The agent who is rung first, at once; else whose turn it is."),
    line: LineOption = None,
) -> None:
    """Call back somebody whose request is over: an agent is rung first, and then they."""
    from voice.service.console.desk import ring_now

    store = open_store(line)
    contact = _find(store, call)
    content = open_line(line)
    fresh = ring_now(content, store, contact.reference, agent, datetime.now(UTC))
    store.audit.write(getpass.getuser(), "callback", datetime.now(UTC), contact.reference)
    typer.echo(f"{contact.reference} is called back as {fresh.reference}.")


@calls.command()
def note(
    call: Which,
    text: str = typer.Argument(help="What whoever speaks with them next should know."),
    line: LineOption = None,
) -> None:
    """Leave a note on a request."""
    from voice.service.console.desk import take_note

    store = open_store(line)
    contact = _find(store, call)
    take_note(store, getpass.getuser(), contact.reference, text, datetime.now(UTC))
    typer.echo(f"The note stands on {contact.reference}.")


def _story(store: "Store", contact: "Contact", zone: tzinfo) -> dict[str, object]:
    from voice.service.calls.agent_leg import LATELY

    ended = contact.served or contact.ended or datetime.now(UTC)
    earlier = store.contacts.earlier(contact, contact.arrived - LATELY)
    return {
        **asdict(contact),
        "waited_seconds": round((ended - contact.arrived).total_seconds()),
        "earlier": [
            f"{one.arrived.astimezone(zone):%d-%m %H:%M} {one.queue}: {' … '.join(one.words)} ({one.stage})"
            for one in earlier
        ],
        "ledger": [
            {"at": e["at"], "what": e["what"], "detail": e["detail"]}
            for e in store.contacts.ledger_of(contact.reference)
        ],
    }


def _find(store: "Store", call: str) -> "Contact":
    contact = store.contacts.contact(call.upper()) or store.contacts.of_leg(call)
    if contact is None:
        raise StoreError(f"There is no contact “{call}”.", "See: voice calls list.")
    return contact
