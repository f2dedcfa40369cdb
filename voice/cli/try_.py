"""`voice try`: what would happen to a caller who says this, and why; and the test phrases, run on every save."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from voice.cli import app
from voice.cli.options import JsonOption, LineOption
from voice.errors import ContentError, SettingsError

if TYPE_CHECKING:
    from voice.content import Line
    from voice.service.operators.try_utterance import Trial, UtteranceTrial

SHOWN = 3
LEAST = 0.01
console = Console(highlight=False, soft_wrap=True)


@app.command("try")
def try_(
    said: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TEXT…]", help="What a caller says; asked for if it is not given. With --wav: files."),
    ] = None,
    line: LineOption = None,
    language: Annotated[str, typer.Option("--language", "-l", help="The caller's language.")] = "",
    mic: Annotated[bool, typer.Option("--mic", help="Speak; what is typed counts beside it.")] = False,
    wav: Annotated[bool, typer.Option("--wav", help="Hear audio files, each one utterance.")] = False,
    phone: Annotated[bool, typer.Option("--phone", help="Hear them through a telephone line.")] = False,
    model: Annotated[str, typer.Option(metavar="PATH", help="The speech model's folder or name.")] = "",
    watch: Annotated[bool, typer.Option("--watch", help="Run the line's test phrases now and on every save.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show what would happen to a caller who says this at the first question, and why.

    Without a text it asks for one after another; “/fr” changes the language, and a saved change counts at once.
    """
    from voice.content import load_line
    from voice.service.runtime.settings import load

    if (wav and not said) or (mic and said):
        mend = "Say: voice try TEXT…, voice try --mic, or voice try --wav FILE…."
        raise SettingsError("With --wav there are files to be heard, with --mic there are none.", mend)
    folder = load(line=line).line
    content = load_line(folder)
    code = language or content.plan.default_language
    if code not in content.plan.languages:
        raise SettingsError(f"The line does not speak “{code}”.", f"It speaks {', '.join(content.plan.languages)}.")
    if watch:
        _watch(folder)
    elif mic or wav:
        files = tuple(Path(each) for each in said or ())
        _converse(content, code, _heard(files, code, phone=phone, model=model), as_json=as_json)
    elif said:
        _show(_tryer(content).try_out(" ".join(said), code, datetime.now(UTC)), as_json=as_json)
    else:
        _converse(content, code, _typed, as_json=as_json)


def _tryer(content: "Line") -> "UtteranceTrial":
    from voice.service.operators.try_utterance import UtteranceTrial
    from voice.understanding import load_understanding

    with Console(stderr=True).status("Reading the line…"):
        return UtteranceTrial(content, load_understanding(content))


def _converse(content: "Line", language: str, utterance: Callable[[str], str | None], *, as_json: bool) -> None:
    tryer = _tryer(content)
    while (text := utterance(language)) is not None:
        if text.startswith("/") and text[1:] in tryer.line.plan.languages:
            language = text[1:]
        elif text:
            tryer = _renewed(tryer)
            _show(tryer.try_out(text, language, datetime.now(UTC)), as_json=as_json)


def _typed(language: str) -> str | None:
    """What is typed; empty for nothing, None at the end."""
    try:
        return input(f"{language} > " if sys.stdin.isatty() else "").strip()
    except EOFError:
        return None


def _heard(files: tuple[Path, ...], language: str, *, phone: bool, model: str) -> Callable[[str], str | None]:
    """What is spoken: into the microphone, or in one file after another. It is shown, for it may be misheard."""
    from voice.cli.phone.display import TerminalShow
    from voice.cli.phone.turns import ListeningMoment, TurnKind
    from voice.cli.phone.ways import Wish, choose
    from voice.core.call.actions import Listen

    show = TerminalShow()
    turns = choose(Wish(files=files, mic=not files, phone=phone, model=model), language, show).turns

    def utterance(language: str) -> str | None:
        turn = turns.next(ListeningMoment(language, Listen.OPEN))
        if turn.text:
            Console(stderr=True, highlight=False, soft_wrap=True).print(f"[green]“{escape(turn.text)}”[/green]")
        return None if turn.kind is TurnKind.END else turn.text

    return utterance


def _renewed(tryer: "UtteranceTrial") -> "UtteranceTrial":
    """With the files as they are saved now; as they were, while they are faulty."""
    from voice.content import load_line

    try:
        line = load_line(tryer.line.folder)
        return tryer if line.version == tryer.line.version else _tryer(line)
    except ContentError as error:
        _faults(error)
        return tryer


def _show(trial: "Trial", *, as_json: bool) -> None:
    meaning = trial.meaning
    if as_json:
        written = {
            "text": trial.text,
            "language": trial.language,
            "signal": trial.signal,
            "topic": trial.topic,
            "queue": trial.queue,
            "happens": trial.happens,
            "says": trial.says,
            "because": meaning.because,
            "probabilities": dict(meaning.probabilities),
            "nearest": [
                {
                    "text": phrase.text,
                    "intent": phrase.intent,
                    "place": f"{phrase.path}:{phrase.line}",
                    "likeness": near,
                }
                for phrase, near in trial.nearest
            ],
        }
        typer.echo(json.dumps(written, ensure_ascii=False))
        return
    console.print(f"[bold]{escape(trial.happens)}[/bold]")
    if trial.says:
        console.print(f"  [cyan]“{escape(trial.says)}”[/cyan]")
    console.print(
        f"  [dim]read as[/dim] {trial.signal}[dim], because of {escape(meaning.because or 'the words')}[/dim]"
    )
    likely = [f"{intent} {share:.0%}" for intent, share in meaning.probabilities[:SHOWN] if share >= LEAST]
    if likely:
        console.print(f"  [dim]likely[/dim]  {', '.join(likely)}")
    for phrase, near in trial.nearest:
        place = f"{phrase.path}:{phrase.line}"
        console.print(
            f"  [dim]{near:4.0%} like[/dim] {phrase.intent}: “{escape(phrase.text)}” [dim]{escape(place)}[/dim]"
        )


def _watch(folder: Path) -> None:
    """Until it is interrupted. What is saved while the phrases run is seen afterwards, within a second."""
    from watchfiles import watch

    from voice.service.live.published import Fingerprint, fingerprint

    seen: Fingerprint = frozenset()
    roots = (folder / "grammars", folder / "prompts")
    for _ in chain([set()], watch(*roots, step=100, debounce=500, rust_timeout=1000, yield_on_timeout=True)):
        before, seen = seen, fingerprint(folder)
        if seen != before:
            if before:
                console.rule(datetime.now().strftime("%H:%M:%S"))
            _run(folder)


def _run(folder: Path) -> None:
    from voice.content import load_line
    from voice.service.operators.check import Score, run_phrases
    from voice.understanding import load_understanding

    scores: list[Score] = []
    notes: list[str] = []
    try:
        with Console(stderr=True).status("Running the test phrases…"):
            line = load_line(folder)
            wrong = list(run_phrases(line, load_understanding(line), scores, notes))
    except ContentError as error:
        _faults(error)
        return
    for problem in wrong:
        console.print(f"[bold]{escape(problem.path)}:{problem.line}[/bold]  {escape(problem.what)}")
    for score in scores:
        colour = "green" if score.right >= score.needed else "red"
        console.print(f"{score.language}: [{colour}]{score.right} of {score.phrases}[/{colour}] test phrases go right.")
    for note in notes:
        console.print(f"[dim]{escape(note)}[/dim]")


def _faults(error: ContentError) -> None:
    for problem in error.problems:
        console.print(
            f"[red]{escape(problem.path)}:{problem.line}[/red]  {escape(problem.what)} {escape(problem.mend)}"
        )
