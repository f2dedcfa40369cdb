"""`voice call`: ring the line on this computer, through the very webhooks that Twilio calls."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import typer

from voice.cli import app
from voice.cli.options import JsonOption, LineOption
from voice.errors import SettingsError

FROM = "+32470123456"
"""Who rings when nothing else is said."""


@app.command()
def call(
    line: LineOption = None,
    language: str | None = typer.Option(None, "--language", "-l", help="Ring the number of this language."),
    to: str | None = typer.Option(None, help="The number to ring, as +32…"),
    from_: str = typer.Option(FROM, "--from", help="The number you ring from; “anonymous” hides it."),
    at: str | None = typer.Option(None, help='Ring at this moment of the line\'s time zone: "2026-12-25 10:00".'),
    json: JsonOption = False,
) -> None:
    """Ring the line.

    Type what you would say. 1 to 9, *, # and 0 alone are keys; an empty line is silence; Ctrl-D hangs up.
    Without a terminal each line of standard input is one turn.
    """
    from voice.cli.conversation import converse
    from voice.cli.scene import Scene
    from voice.cli.shows import JsonShow, TerminalShow
    from voice.content import load_line
    from voice.service.logs import set_up
    from voice.service.settings import load

    settings = load(line=line)
    set_up("error")
    content = load_line(settings.line)
    dialled = to or _number(content.plan.numbers, language)
    moment = _moment(at, content.plan.timezone)
    show = JsonShow() if json else TerminalShow()
    with Scene(settings, moment, show.starting) as scene:
        converse(scene, dialled, from_, show)


def _number(numbers: object, language: str | None) -> str:
    assert isinstance(numbers, dict)
    by_language = {code: number for number, code in numbers.items()}
    if language is None:
        return str(next(iter(numbers)))
    if language not in by_language:
        known = ", ".join(by_language)
        raise SettingsError(f"No number of this line is for “{language}”.", f"Languages with one: {known}.")
    return str(by_language[language])


def _moment(written: str | None, timezone: ZoneInfo) -> datetime:
    if written is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise SettingsError(f"“{written}” is no moment.", 'Write it as --at "2026-12-25 10:00".') from None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone)
