"""`voice call`: ring the line on this computer, through the very webhooks that Twilio calls."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from voice.cli import app
from voice.cli.options import JsonOption, LineOption
from voice.errors import SettingsError


@app.command()
def call(
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE…]", help="With --wav: the turns.")] = None,
    line: LineOption = None,
    language: str | None = typer.Option(None, "--language", "-l", help="Ring the number of this language."),
    to: str | None = typer.Option(None, help="The number to ring, as +32…"),
    from_: str = typer.Option(
        "", "--from", help="The number you ring from; “anonymous” hides it.  [default: a mobile]"
    ),
    at: str | None = typer.Option(None, help='Ring at this moment of the line\'s time zone: "2026-12-25 10:00".'),
    text: bool = typer.Option(False, "--text", help="Type, and read: no microphone, no loudspeaker."),
    mic: bool = typer.Option(False, "--mic", help="Speak. Chosen by itself in a terminal where all it needs is there."),
    wav: bool = typer.Option(False, "--wav", help="Replay audio files, each one turn."),
    phone: bool = typer.Option(False, "--phone", help="Pass the sound through a telephone line: 300-3400 Hz, 8 kHz."),
    model: str = typer.Option("", metavar="PATH", help="The speech model's folder or name; else that of the language."),
    here: bool = typer.Option(False, "--here", help="Into the served line's own database: for its inbox and report."),
    json: JsonOption = False,
) -> None:
    """Ring the line.

    Speak, or type what you would say. 1 to 9, *, # and 0 alone are keys; an empty line is silence; Ctrl-D hangs up.
    Without a terminal each line of standard input is one turn.
    """
    from voice.cli.phone.conversation import converse
    from voice.cli.phone.display import JsonShow, TerminalShow
    from voice.cli.phone.scene import Scene
    from voice.cli.phone.ways import Wish, choose
    from voice.content import load_line
    from voice.content.spoken import mobile_of
    from voice.service.runtime.logs import set_up
    from voice.service.runtime.settings import load

    if bool(files) != wav:
        raise SettingsError("Audio files are turns only with --wav, and --wav needs them.", "Say: --wav FILE…")
    settings = load(line=line)
    set_up("error")
    content = load_line(settings.line)
    if here:
        _nobody_is_rung(settings.line)
    dialled = to or _number(content.plan.numbers, language)
    moment = _moment(at, content.plan.timezone)
    show = JsonShow() if json else TerminalShow()
    wish = Wish(files=tuple(files or ()), mic=mic, text=text, phone=phone, model=model, json=json)
    how = choose(wish, content.plan.language_of(dialled), show)
    show.typed = how.typed
    with Scene(settings, moment, show.starting, how.loudspeaker, here=here) as scene:
        converse(scene, dialled, from_ or mobile_of(content.country), how.turns, show, patient=how.patient)
        how.finish()


def _nobody_is_rung(line: Path) -> None:
    """A worker would ring for real whoever is promised a callback in a rehearsal."""
    from voice.service.live.published import Published

    if any(process.what == "work" for process in Published(line).processes()):
        mend = "Stop voice work for as long as you rehearse, or ring without --here."
        raise SettingsError("A worker serves this line: it would really ring whoever is promised a callback.", mend)


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
