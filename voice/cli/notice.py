"""`voice notice`: say what is going on, and that it is over."""

import getpass
from datetime import UTC, datetime
from typing import Annotated

import typer

from voice.cli import app
from voice.cli.opening import open_line, open_store
from voice.cli.options import LineOption
from voice.cli.plain import plain
from voice.errors import SettingsError

notice = typer.Typer(help="Notices: what is going on, told to the callers whom it concerns.", no_args_is_help=True)
app.add_typer(notice, name="notice")

Number = Annotated[int, typer.Argument(help="The notice's number: see voice notice list.")]


@notice.command()
def add(
    text: Annotated[str, typer.Argument(help="What callers hear, in one language.")],
    topics: Annotated[str, typer.Option(help="The topics that it is about, with commas; without, all callers.")] = "",
    language: Annotated[str, typer.Option(help="The language of the text; else the line's.")] = "",
    until: Annotated[str, typer.Option(help="18:00, 2 h, or 2026-12-24 15:00; else twelve hours.")] = "",
    area: Annotated[str, typer.Option(help="Where: callers are asked, and those outside hear nothing.")] = "",
    closure: Annotated[bool, typer.Option("--closure", help="Instead of the queue; a callback is offered.")] = False,
    to: Annotated[int | None, typer.Option(help="The same notice, which stands already, in another language.")] = None,
    line: LineOption = None,
) -> None:
    """Tell callers what is going on, within a second and in every process: before they are queued, and while they wait.

    With --topics those who ring about these; without, all, before the question (at most twelve words).
    """
    from voice.service.console.queues import moment
    from voice.service.operators import notices

    now, content, store = datetime.now(UTC), open_line(line), open_store(line)
    spoken = language or content.plan.default_language
    if to is not None:
        if topics or until or area or closure:
            raise SettingsError("Another language of a notice has nothing but its words.", "Leave the rest out.")
        notices.put_into_words(content, store, to, spoken, text)
        number = to
    else:
        named = [topic.strip() for topic in topics.split(",") if topic.strip()]
        new = notices.NewNotice({spoken: text}, named, area or None, closure)
        end = moment(until, content, now) if until else None
        number = notices.add(content, store, new, end, getpass.getuser(), now)
    posted = store.notices.find(number)
    assert posted is not None
    until_ = posted.until.astimezone(content.plan.timezone)
    typer.echo(f"Notice {number} is said until {until_:%d-%m %H:%M}. When it is over: voice notice end {number}")
    for other in notices.missing(content, posted.notice.texts):
        typer.echo(
            f'Callers in “{other}” hear nothing of it. Mend: voice notice add "…" --language {other} --to {number}',
            err=True,
        )


@notice.command("list")
def list_(line: LineOption = None) -> None:
    """List notices, the newest first: what is said, until when, by whom, and who waits for a text."""
    from rich.console import Console
    from rich.table import Table

    now, content = datetime.now(UTC), open_line(line)
    table = Table("", "now", "until", "about", "area", "texts owed", "by", "words", box=None)
    for one in open_store(line).notices.latest():
        until = one.until.astimezone(content.plan.timezone).strftime("%d-%m %H:%M")
        state = "said" if one.said(now) else "ended" if one.ended else "expired"
        about = ", ".join(one.notice.topics) or one.notice.kind
        words = " / ".join(f"{language}: {text}" for language, text in one.notice.texts.items())
        shown = (str(one.notice.id), state, until, about, one.notice.area or "", str(one.waiting or ""), one.by, words)
        table.add_row(*map(plain, shown))
    Console().print(table)


@notice.command("end")
def end_(number: Number, line: LineOption = None) -> None:
    """It is over: no longer said, and everybody who asked for it is texted."""
    from voice.service.operators.notices import end

    many = end(open_line(line), open_store(line), number, getpass.getuser(), datetime.now(UTC))
    texted = f"{many} caller{'s are' if many != 1 else ' is'} texted"
    typer.echo(f"Notice {number} is over; {texted if many else 'nobody waits for a text'}.")
