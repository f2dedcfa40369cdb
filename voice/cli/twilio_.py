"""`voice twilio`: what the account at Twilio is set to, held against the line."""

from typing import TYPE_CHECKING

import typer

from voice.cli import app
from voice.cli.options import LineOption
from voice.cli.plain import plain

if TYPE_CHECKING:
    from pathlib import Path

    from voice.twilio.account import Misset
    from voice.twilio.rest import Rest

twilio = typer.Typer(help="The account at Twilio: is it set as the line wants it?", no_args_is_help=True)
app.add_typer(twilio, name="twilio")


@twilio.command()
def check(line: LineOption = None) -> None:
    """Say where a number of the line leads elsewhere, and change nothing. Ends with 1 then."""
    _, wrong = _compared(line)
    _show(wrong)
    raise typer.Exit(1 if wrong else 0)


@twilio.command()
def apply(line: LineOption = None, yes: bool = typer.Option(False, "--yes", help="Do not ask.")) -> None:
    """Set the webhooks of the line's numbers right, once you have seen what would change."""
    rest, wrong = _compared(line)
    _show(wrong)
    settable = [one for one in wrong if one.sid]
    if not settable:
        raise typer.Exit(1 if wrong else 0)
    if not yes:
        typer.confirm("Set these at Twilio?", abort=True)
    for sid in dict.fromkeys(one.sid for one in settable):
        rest.lead(sid, {one.name: one.wanted for one in settable if one.sid == sid})
    typer.echo(f"{len(settable)} set.")


@twilio.command()
def fallback(line: LineOption = None) -> None:
    """Print the document to keep at Twilio (a TwiML Bin) for when no machine of yours answers: an apology, then over.

    Enter the bin's address as the number's fallback where the line has no second machine.
    """
    from twilio.twiml.voice_response import VoiceResponse

    from voice.content import load_line
    from voice.service.runtime.settings import load
    from voice.twilio.fallback import APOLOGY
    from voice.twilio.fallback import fallback as last_answers

    loaded = load_line(load(line=line).line)
    answers, response = last_answers(loaded), VoiceResponse()
    for language in loaded.languages:
        said = answers.sentences[language, APOLOGY]
        response.say(said.text, language=said.language, voice=said.voice)
    dialled = next((queue.dial for queue in loaded.plan.queues.values() if queue.dial), None)
    if dialled:
        response.dial(dialled)
    typer.echo(str(response))


def _compared(line: "Path | None") -> "tuple[Rest, list[Misset]]":
    from voice.content import load_line
    from voice.errors import SettingsError
    from voice.service.dispatch.worker import build_rest
    from voice.service.runtime.settings import load
    from voice.twilio.account import misset

    settings = load(line=line)
    rest, loaded = build_rest(settings), load_line(settings.line)
    if rest is None or settings.public_url is None:
        what = "Twilio cannot be asked: the account or the line's own address is not known."
        raise SettingsError(what, "Set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and VOICE_PUBLIC_URL.")
    numbers = [*loaded.plan.numbers, *([loaded.agents_number] if loaded.agents_number else [])]
    return rest, misset(dict.fromkeys(numbers), rest.leading(), settings.public_url)


def _show(wrong: "list[Misset]") -> None:
    if not wrong:
        typer.echo("Every number of the line leads to it.")
    for one in wrong:
        if one.sid:
            typer.echo(f"{one.number}  {one.name}: {plain(one.found or 'nothing')} → {one.wanted}")
        else:
            typer.echo(f"{one.number}  is no number of this account.")
