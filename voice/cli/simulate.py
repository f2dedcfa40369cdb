"""`voice simulate`: a day at the line, before it comes."""

import json as json_module
import time
from collections.abc import Callable, Collection
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from voice.cli import app
from voice.cli.options import JsonOption, LineOption
from voice.cli.understand import LanguageOption, known_language, trained
from voice.content.files import nearest
from voice.content.times import length
from voice.errors import SettingsError

if TYPE_CHECKING:
    from voice.cli.simulation.day import Rehearsal
    from voice.cli.simulation.report import DayReport, TierWaits
    from voice.content import Line


@app.command()
def simulate(
    line: LineOption = None,
    calls: int = typer.Option(2000, min=1, max=50_000, help="How many ring that day."),
    agents: int = typer.Option(12, min=1, max=500, help="How many answer; and at each call centre that is dialled."),
    patience: str = typer.Option("8 min", help="How long callers wait on the line, on average."),
    offer_after: str | None = typer.Option(None, help="The wait from which a callback is offered; else the line's."),
    seed: int = typer.Option(1, help="Another seed is another day with the same habits."),
    tiers: str = typer.Option("", help="What share of callers is of which tier: gold=0.1,silver=0.2."),
    into: str = typer.Option("", metavar="DATABASE", help="Keep the day in this new database: a file, or a URL."),
    answers: float = typer.Option(0.0, min=0, max=1, help="What share of callers asks what needs no person."),
    outage: str = typer.Option(
        "", metavar="TOPIC=SHARE", help="What share rings about one topic between ten and one, and hears a notice."
    ),
    again: float = typer.Option(0.0, min=0, max=1, help="What share of who gave up waiting rings again."),
    unsolved: float = typer.Option(
        0.0, min=0, max=1, help="What share of whom a person answered rings about it again."
    ),
    seniors: int | None = typer.Option(None, min=1, help="How many agents serve the levels above; else all do."),
    compare: bool = typer.Option(
        False, help="Play the same callers on a line without answers, notices, memory and levels too."
    ),
    plot: Path | None = typer.Option(None, help="Draw the day into this file (.png, .svg or .pdf)."),
    learning: bool = typer.Option(False, "--learning", help="Show instead how many go straight as the line learns."),
    said: Path | None = typer.Option(
        None, exists=True, dir_okay=False, help="With --learning: labelled lines that its callers say."
    ),
    language: LanguageOption = None,
    json: JsonOption = False,
) -> None:
    """Play a day with a driven clock, through the real dialogue and dispatcher, and say what came of everybody."""
    if learning:
        _first_calls(line, calls, seed, said, language, as_json=json)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

    from voice.cli.simulation.day import Wishes, play
    from voice.cli.simulation.report import report
    from voice.content import load_line
    from voice.service.runtime.logs import set_up
    from voice.service.runtime.settings import load

    waits = _length("--patience", patience)
    if not waits:
        raise SettingsError("--patience is how long callers wait, and more than nothing.", "Write 20 s, 3 min or 1 h.")
    offered = _length("--offer-after", offer_after) if offer_after else None
    content = load_line(load(line=line).line)
    shares, news = _shares(tiers, content.plan.tiers), _outage(outage, content.plan.topics)
    wishes = Wishes(calls, agents, waits, offered, seed, shares, answers, news, again, unsolved, seniors)
    if seniors and not content.plan.has_levels:
        raise SettingsError("No queue has a level above.", "Write escalates_to: under a queue in line.yaml.")
    rehearsal = _rehearsal(content, into) if into else None
    if plot:
        from voice.cli.simulation.picture import check

        check(plot)
    set_up("error")
    began = time.monotonic()
    columns = ("[progress.description]{task.description}", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("A day at the line", total=calls)
        outcome = play(content, wishes, lambda number: bar.update(task, completed=number), rehearsal)
        found = report(outcome, time.monotonic() - began)
        before = None
        if compare:
            began, bare = time.monotonic(), replace(wishes, knows=False)
            before = report(play(content, bare, lambda number: bar.update(task, completed=number)), 0.0)
            before = replace(before, wall_seconds=round(time.monotonic() - began, 1))
    if plot:
        from voice.cli.simulation.picture import draw

        draw(outcome, plot)
    if json:
        told = asdict(found) | ({"before": asdict(before)} if before else {})
        typer.echo(json_module.dumps(told))
    else:
        _show(found)
        if before:
            _compare(before, found)
    if into and not json:
        url = into if "://" in into else f"sqlite:///{into}"
        typer.echo("These callers said what the line has learnt from: of real ones it understands fewer.")
        typer.echo(f"The day is kept in {into}. Look at it with voice report, voice inbox, voice health, after:")
        typer.echo(f"  export VOICE_DATABASE_URL={url}")


def _first_calls(
    line: Path | None, calls: int, seed: int, said: Path | None, language: str | None, *, as_json: bool
) -> None:
    """The share of callers who go straight, hundred by hundred."""
    from rich.console import Console
    from rich.table import Table

    from voice.cli.simulation.first_calls import held_out, of_lines, play_first_calls
    from voice.content import load_line
    from voice.service.runtime.settings import load
    from voice.understanding.loading import labelled_file

    loaded = load_line(load(line=line).line)
    code = known_language(loaded, language)
    understanding = trained(loaded)
    if said:
        rows = labelled_file(said, said.parent, loaded.intents)
        callers = of_lines(understanding, code, [row for row in rows if "+" not in row[0]])
    else:
        callers = held_out(understanding, code)
    if not callers:
        raise SettingsError(
            f"Nobody knows what callers say in “{code}”: there are no labelled lines.",
            "Write a file of label, tab, text, and add: --said FILE.",
        )
    found = play_first_calls(understanding, code, loaded.risk, callers, calls, seed)
    if as_json:
        typer.echo(json_module.dumps([asdict(row) for row in found]))
        return
    columns = ("calls", "straight, of those with a topic", "wrongly, of all", "price of a wrong queue", "lessons")
    table = Table(*columns, title=f"The first {calls} calls in {code}", title_justify="left", box=None)
    for row in found:
        told = f"{row.direct:.0%}", f"{row.wrong:.1%}", f"{row.price:.0f}", f"{row.lessons:.0f}"
        table.add_row(str(row.calls), *told)
    Console().print(table)


def _rehearsal(line: "Line", into: str) -> "Rehearsal":
    """A day of callers who ring the line's first number, and say the labelled lines of its language, into a database
    that holds nothing."""
    from voice.cli.simulation.day import Rehearsal
    from voice.content import load_grammar
    from voice.core.interpretation import Command
    from voice.store import Store
    from voice.understanding import load_understanding
    from voice.understanding.loading import labelled_lines

    url = into if "://" in into else f"sqlite:///{into}"
    store = Store(url, patient=True)
    store.migrate()
    if store.contacts.newest(limit=1) or store.agents.all():
        raise SettingsError(f"{into} holds calls or agents already.", "Name a new one, as trial.sqlite3.")
    language = next(iter(line.plan.numbers.values()))
    grammar = load_grammar(line.folder, language, line.intents)
    known = line.plan.destinations
    said = [(label, text) for label, text in labelled_lines(line, language) if label in known]
    said = said or [(phrase.intent, phrase.text) for phrase in grammar.phrases if phrase.intent in known]
    words = {phrase.intent: phrase.text for phrase in reversed(grammar.phrases)}
    return Rehearsal(store, load_understanding(line), said, words[Command.YES], words[Command.NO])


def _shares(written: str, known: Collection[str]) -> dict[str, float]:
    shares = {}
    for part in filter(None, (each.strip() for each in written.split(","))):
        name, _, share = part.partition("=")
        if name not in known:
            raise SettingsError(f"There is no tier “{name}”.", nearest(name, known) or "Add tiers: to line.yaml.")
        try:
            shares[name] = float(share)
        except ValueError:
            raise SettingsError(f"“{part}” is no share.", "Write gold=0.1 for one in ten.") from None
    if not all(0 <= share <= 1 for share in shares.values()) or sum(shares.values()) > 1:
        raise SettingsError("The shares of the tiers are between 0 and 1, and all together at most 1.")
    return shares


def _outage(written: str, known: Collection[str]) -> tuple[str, float] | None:
    if not written:
        return None
    topic, _, share = written.partition("=")
    if topic not in known:
        raise SettingsError(f"There is no topic “{topic}”.", nearest(topic, known))
    try:
        found = float(share)
    except ValueError:
        found = -1.0
    if not 0 < found <= 1:
        raise SettingsError(f"“{written}” is no share of callers.", f"Write {topic}=0.3 for three in ten.")
    return topic, found


def _length(option: str, written: str) -> timedelta:
    try:
        return length(written)
    except ValueError as error:
        raise SettingsError(f"{option}: {error}.") from None


def _show(found: "DayReport") -> None:
    from rich.console import Console
    from rich.table import Table

    def share(count: int) -> str:
        return f"{count}  ({count / found.calls:.1%})"

    table = Table(title=f"A day with {found.calls} calls", title_justify="left", show_header=False, box=None)
    rows = [
        ("answered on the line", share(found.answered)),
        ("called back", share(found.called_back)),
        ("needed no person (the line's answer)", share(found.informed)),
        ("withdrawn by the caller", share(found.withdrawn)),
        ("abandoned (hung up while waiting)", share(found.abandoned)),
        ("unreached (called back in vain)", share(found.unreached)),
        ("lost", str(found.lost)),
        ("wait on the line, half / nine of ten", f"{_clock(found.wait_p50)} / {_clock(found.wait_p90)}"),
        ("until the callback, half", _clock(found.callback_p50)),
        ("rang again, not solved (first, second, … time)", ", ".join(map(str, found.repeats)) or "0"),
        ("  and went to the level above", str(found.not_solved)),
        ("announced waits that held", f"{found.announced_ok:.0%}"),
        ("agents occupied", f"{found.occupancy:.0%}"),
        ("served out of turn", str(found.order_violations)),
        ("played in", f"{found.wall_seconds:.0f} s"),
    ]
    for name, value in rows:
        table.add_row(f"[dim]{name}[/dim]", value)
    Console().print(table)
    if found.tiers:
        by_tier = Table("tier", "answered", "wait, half / nine of ten", "longest wait", "in target", box=None)
        for name, waits in found.tiers.items():
            target = "" if waits.in_target is None else f"{waits.in_target:.0%}"
            half = f"{_clock(waits.wait_p50)} / {_clock(waits.wait_p90)}"
            by_tier.add_row(name, str(waits.answered), half, _clock(waits.longest), target)
        Console().print(by_tier)


def _compare(before: "DayReport", after: "DayReport") -> None:
    """The same callers on a line that knows nothing, and on this one."""
    from rich.console import Console
    from rich.table import Table

    table = Table("the same callers", "without answers, notices, memory, levels", "with", box=None)

    def row(name: str, told: Callable[["DayReport"], str]) -> None:
        table.add_row(name, told(before), told(after))

    def waits(day: "DayReport | TierWaits") -> str:
        return f"{_clock(day.wait_p50)} / {_clock(day.wait_p90)}"

    row("calls", lambda day: str(day.calls))
    row("needed no person", lambda day: f"{day.no_person:.1%}")
    row("abandoned", lambda day: f"{day.abandoned / day.calls:.1%}")
    row("called back", lambda day: f"{day.called_back / day.calls:.1%}")
    if before.repeats or after.repeats:
        row(
            "rang again, not solved",
            lambda day: f"{sum(day.repeats)} ({sum(day.repeats[1:])} of them not for the first time)",
        )
    row("wait, half / nine of ten", waits)
    for tier in after.tiers:
        table.add_row(f"  {tier}", waits(before.tiers[tier]), waits(after.tiers[tier]))
    Console().print(table)


def _clock(seconds: float) -> str:
    return f"{int(seconds // 60)}:{int(seconds % 60):02}"
