"""How a conversation looks: in a terminal, and as JSON lines."""

import json
import sys

from rich.console import Console
from rich.table import Table

from voice.cli.phone.conversation import Ending
from voice.cli.plain import plain
from voice.localtwilio import Utterance


class TerminalShow:
    """`typed` says that the caller types: what they typed stands in the terminal already."""

    typed = True

    def __init__(self) -> None:
        self.console = Console(highlight=False, soft_wrap=True)

    def starting(self, what: str) -> None:
        self.console.print(what, style="dim", markup=False)

    def said(self, utterance: Utterance) -> None:
        if utterance.kind == "say":
            cut = " [dim](interrupted)[/dim]" if utterance.cut else ""
            self.console.print(f"[bold cyan]line[/bold cyan]  {utterance.text}{cut}")
        elif utterance.kind == "play":
            self.console.print("[dim]line  ♪[/dim]")

    def heard(self, text: str) -> None:
        if not (self.typed and sys.stdin.isatty()):
            self.console.print(f"[bold green]you[/bold green]   {text}")

    def pressed(self, keys: str) -> None:
        self.console.print(f"[bold green]you[/bold green]   \\[{keys}]")

    def silent(self) -> None:
        self.console.print("[dim]you   (silence)[/dim]")

    def done(self, what: str, **details: object) -> None:
        queue = details.get("queue")
        arrow = {
            "dialled": f"the call centre of {queue} is rung",
            "queued": f"in the queue {queue}",
            "agent": f"waiting for a person, in the queue {queue}",
        }
        self.console.print(f"[yellow]  →   {arrow.get(what, what)}[/yellow]")

    def fault(self, text: str) -> None:
        Console(stderr=True, soft_wrap=True).print(f"[red]{text}[/red]", highlight=False)

    def ended(self, ending: Ending) -> None:
        table = Table(title="What came of it", title_justify="left", show_header=False, box=None)
        for name, value in ending.as_dict().items():
            if value is not None:
                table.add_row(f"[dim]{name.replace('_', ' ')}[/dim]", plain(value))
        self.console.print()
        self.console.print(table)


class JsonShow:
    """One object a line for each thing said, heard and done; the last is what came of the call."""

    typed = False

    def starting(self, what: str) -> None:
        pass

    def said(self, utterance: Utterance) -> None:
        if utterance.kind == "say":
            _print(said=utterance.text, language=utterance.language, interrupted=utterance.cut)
        elif utterance.kind == "play":
            _print(played=utterance.text)

    def heard(self, text: str) -> None:
        _print(heard=text)

    def pressed(self, keys: str) -> None:
        _print(pressed=keys)

    def silent(self) -> None:
        _print(silence=True)

    def done(self, what: str, **details: object) -> None:
        _print(done=what, **details)

    def fault(self, text: str) -> None:
        print(text, file=sys.stderr)

    def ended(self, ending: Ending) -> None:
        _print(**ending.as_dict())


def _print(**values: object) -> None:
    print(json.dumps(values, ensure_ascii=False), flush=True)
