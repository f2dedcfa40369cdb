"""`voice twilio`: what the account at Twilio is set to, held against the line."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import typer

from voice.cli import app
from voice.cli.options import LineOption
from voice.cli.plain import plain

if TYPE_CHECKING:
    from pathlib import Path

    from voice.errors import Problem
    from voice.twilio.account import Misset
    from voice.twilio.rest import Rest

twilio = typer.Typer(help="The account at Twilio: is it set as the line wants it?", no_args_is_help=True)
app.add_typer(twilio, name="twilio")


@twilio.command()
def check(line: LineOption = None) -> None:
    """Say where the account is not set as the line wants it, and change nothing. Ends with 1 then.

    Looked at: where each number of the line leads, by which method, and whether an application or a trunk takes its
    calls instead; the countries that are called; whether calls are held back; voices and languages.
    """
    raise typer.Exit(1 if _compared(line).show() else 0)


@twilio.command()
def apply(line: LineOption = None, yes: bool = typer.Option(False, "--yes", help="Do not ask.")) -> None:
    """Set the account right, once you have seen what would change."""
    found = _compared(line)
    wrong = found.show()
    settable = [one for one in found.wrong if one.sid]
    if not settable and not found.closed:
        raise typer.Exit(1 if wrong else 0)
    if not yes:
        typer.confirm("Set these at Twilio?", abort=True)
    for sid in dict.fromkeys(one.sid for one in settable):
        found.rest.lead(sid, {one.name: one.wanted for one in settable if one.sid == sid})
    if found.closed:
        found.rest.let_ring(found.closed)
    typer.echo(f"{len(settable) + len(found.closed)} set.")


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

    loaded = load_line(load(line=line).line, lenient=True)
    answers, response = last_answers(loaded), VoiceResponse()
    for language in loaded.languages:
        said = answers.sentences[language, APOLOGY]
        response.say(said.text, language=said.language, voice=said.voice)
    dialled = next((queue.dial for queue in loaded.plan.queues.values() if queue.dial), None)
    if dialled:
        response.dial(dialled)
    typer.echo(str(response))


@dataclass(frozen=True)
class _Differences:
    """`closed` are countries that are called and may not be, with their permissions; `held_up` the seconds for which
    a call was held back today, at most; `spoken` what the list of voices and languages says of the line's."""

    rest: "Rest"
    wrong: "list[Misset]"
    closed: "dict[str, dict[str, bool]]"
    held_up: float
    rate: float
    spoken: "list[Problem]"

    def show(self) -> bool:
        """Whether there is anything to tell."""
        for one in self.wrong:
            if one.sid:
                typer.echo(f"{one.number}  {one.name}: {plain(one.found or 'nothing')} → {one.wanted or 'nothing'}")
            else:
                typer.echo(f"{one.number}  is no number of this account.")
        for country in self.closed:
            typer.echo(f"{country}  calls to it: not allowed → allowed")
        if self.held_up:
            typer.echo(
                f"VOICE_CALLS_PER_SECOND is {self.rate:g}, and Twilio held calls back for up to {self.held_up:.0f} s: "
                "the account rings fewer a second. Lower it, or let Twilio raise the account's rate."
            )
        for problem in self.spoken:
            typer.echo(str(problem))
        told = bool(self.wrong or self.closed or self.held_up or self.spoken)
        if not told:
            typer.echo("Every number of the line leads to it, and the account may ring whom it calls.")
        return told


def _compared(line: "Path | None") -> _Differences:
    from voice.content import load_line
    from voice.content.linefile import LINE_FILE
    from voice.errors import SettingsError
    from voice.service.calls.phone_numbers import countries_rung
    from voice.service.dispatch.working import build_rest
    from voice.service.runtime.clock import system_clock
    from voice.service.runtime.settings import load
    from voice.twilio.account import HELD_UP, closed, misset

    settings = load(line=line)
    rest, loaded = build_rest(settings), load_line(settings.line, lenient=True)
    if rest is None or settings.public_url is None:
        what = "Twilio cannot be asked: the account or the line's own address is not known."
        raise SettingsError(what, "Set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and VOICE_PUBLIC_URL.")
    numbers = [*loaded.plan.numbers, *([loaded.agents_number] if loaded.agents_number else [])]
    allowed = rest.may_ring(countries_rung(loaded))
    held_up = rest.held_up(system_clock() - timedelta(days=1))
    return _Differences(
        rest,
        misset(dict.fromkeys(numbers), rest.leading(), settings.public_url),
        {country: allowed[country] for country in closed(allowed)},
        held_up if held_up > HELD_UP else 0.0,
        settings.calls_per_second,
        [problem for problem in loaded.warnings if problem.path == LINE_FILE],
    )
