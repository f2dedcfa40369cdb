"""`voice understand`: what the line makes of a sentence, and why. `voice thresholds`: at what it decides, and how
honestly."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from voice.cli import app
from voice.cli.options import JsonOption, LineOption
from voice.errors import SettingsError

if TYPE_CHECKING:
    from voice.content import Grammar, Line, Phrase
    from voice.core.interpretation import Interpretation
    from voice.understanding import Trained
    from voice.understanding.evaluation.calibration import Calibration
    from voice.understanding.evaluation.reliability import Bin

NEAREST = 5
LanguageOption = Annotated[str | None, typer.Option("--language", "-l", help="The line's own language by default.")]


@app.command()
def understand(
    text: Annotated[str, typer.Argument(help="What the caller says.")],
    language: LanguageOption = None,
    as_json: JsonOption = False,
    line: LineOption = None,
) -> None:
    """Show what the line makes of a sentence: probabilities, the decision, and the phrases nearest to it."""
    from voice.content import load_grammar, load_line
    from voice.service.runtime.settings import load

    loaded = load_line(load(line=line).line)
    code = known_language(loaded, language)
    meaning = trained(loaded).understand(text, code)
    near = nearest(load_grammar(loaded.folder, code, loaded.intents), text)
    if as_json:
        typer.echo(json.dumps(_as_dict(meaning, near), ensure_ascii=False))
    else:
        _show(meaning, near)


@app.command()
def thresholds(language: LanguageOption = None, as_json: JsonOption = False, line: LineOption = None) -> None:
    """Show at what probability callers are sent on without being asked, and how honest the probabilities are."""
    from voice.content import load_line
    from voice.service.runtime.settings import load
    from voice.understanding.evaluation.calibration import calibration

    loaded = load_line(load(line=line).line)
    codes = [known_language(loaded, language)] if language else list(loaded.languages)
    understanding = trained(loaded)
    found = {code: calibration(understanding, code, loaded.risk) for code in codes}
    if as_json:
        typer.echo(json.dumps({code: each.as_dict() for code, each in found.items()}))
        return
    console = Console(highlight=False)
    for code, each in found.items():
        console.print(_calibration_table(code, each, loaded.risk))


def known_language(line: "Line", language: str | None) -> str:
    if language is None:
        return line.plan.default_language
    if language not in line.languages:
        raise SettingsError(f"The line does not speak “{language}”.", f"It speaks {', '.join(line.languages)}.")
    return language


def trained(line: "Line") -> "Trained":
    """The line's understanding; a building that takes seconds is told."""
    from voice.understanding import load_understanding

    console = Console(stderr=True, highlight=False)
    with console.status("Reading the grammars …"):
        return load_understanding(line)


def nearest(grammar: "Grammar", text: str) -> "list[tuple[float, Phrase]]":
    """The phrases that share most of their words' letters with the text (Dice's coefficient, of letter triples)."""
    wanted = _triples(text, grammar.language)
    scored = []
    for phrase in grammar.expanded(1):
        own = _triples(phrase.text, grammar.language)
        scored.append((2 * len(wanted & own) / max(len(wanted) + len(own), 1), phrase))
    return sorted(scored, key=lambda pair: -pair[0])[:NEAREST]


def _triples(text: str, language: str) -> set[str]:
    from voice.understanding.normalise import spoken

    plain = f" {' '.join(spoken(text, language))} "
    return {plain[at : at + 3] for at in range(len(plain) - 2)}


def _as_dict(meaning: "Interpretation", near: "Sequence[tuple[float, Phrase]]") -> dict[str, object]:
    return {
        "decision": meaning.decision,
        "topics": meaning.topics,
        "both": meaning.both,
        "command": meaning.command,
        "ask": meaning.ask,
        "safety": meaning.safety,
        "language": meaning.language,
        "choice": meaning.choice,
        "digits": meaning.digits,
        "because": meaning.because,
        "probabilities": {intent: round(probability, 4) for intent, probability in meaning.probabilities},
        "nearest": [
            {"text": p.text, "intent": p.intent, "place": f"{p.path}:{p.line}", "likeness": round(likeness, 2)}
            for likeness, p in near
        ],
    }


def _show(meaning: "Interpretation", near: "Sequence[tuple[float, Phrase]]") -> None:
    console = Console(highlight=False)
    topics = " or ".join(meaning.topics)
    console.print(f"[bold]{meaning.decision}[/bold] {topics}{' (both)' if meaning.both else ''}", soft_wrap=True)
    for name in ("command", "ask", "safety", "language", "choice", "digits"):
        if value := getattr(meaning, name):
            console.print(f"{name} [bold]{value}[/bold]")
    console.print(f"[dim]because {meaning.because}[/dim]\n", soft_wrap=True)
    table = Table(box=None, show_header=False)
    for intent, probability in meaning.probabilities[:6]:
        table.add_row(intent, f"{probability:6.1%}", f"[cyan]{'█' * round(30 * probability)}[/cyan]")
    console.print(table)
    console.print("\n[dim]nearest phrases[/dim]")
    for likeness, phrase in near:
        console.print(
            f"{likeness:4.0%} {phrase.intent:10} {phrase.text} [dim]{phrase.path}:{phrase.line}[/dim]", soft_wrap=True
        )


def _calibration_table(language: str, found: "Calibration", risk: float) -> Table:
    title = (
        f"{language}: sent on without a question from {found.route:.1%} ({found.direct:.0%} of callers with a topic): "
        f"a wrong queue costs as much as {found.price:.0f} questions; "
        f"wrongly {found.wrong:.2%} of {found.utterances} (at most {found.bound:.2%}; accepted {risk:.2%}). "
        f"Expected calibration error {found.error:.1%}.\n{_evidence(found)}"
    )
    return reliability_table(title, found.rows)


def _evidence(found: "Calibration") -> str:
    """How much is known, and what knowing more would bring."""
    if not found.utterances:
        return "No labelled utterances: what is known of other lines decides. Each one that you label counts."
    more = ", ".join(f"{direct:.0%} with {many:,}" for many, direct in found.more)
    return (
        f"The line's own {found.utterances:,} labelled utterances count for {found.evidence:.0%} in that, and what is "
        f"known of other lines for the rest; with more, as right as these, straight on would go: {more}."
    )


def reliability_table(title: str, rows: "Sequence[Bin]") -> Table:
    table = Table("probability", "utterances", "mean", "right", "(95 %)", title=title, title_justify="left", box=None)
    for row in rows:
        between, right = f"{row.low:.1%} to {row.high:.1%}", f"{row.least:.1%} to {row.most:.1%}"
        table.add_row(between, str(row.utterances), f"{row.mean:.1%}", f"{row.right:.1%}", right)
    return table
