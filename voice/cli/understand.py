"""`voice understand`: what the line makes of a sentence, and why. `voice thresholds`: at what it decides, and how
honestly."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from voice.cli import app
from voice.cli.opening import learnt_days, line_zone, open_line
from voice.cli.options import JsonOption, LineOption
from voice.errors import SettingsError

if TYPE_CHECKING:
    from datetime import tzinfo

    from voice.content import Grammar, Line, Phrase
    from voice.core.interpretation import Interpretation
    from voice.understanding import Trained
    from voice.understanding.evaluation.calibration import Calibration
    from voice.understanding.evaluation.reliability import Bin
    from voice.understanding.learning import PriceStep

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
    from voice.content import load_grammar
    from voice.understanding.loading import taught

    loaded = open_line(line)
    code = known_language(loaded, language)
    meaning = taught(trained(loaded), loaded.risk, learnt_days(line)).understand(text, code)
    near = nearest(load_grammar(loaded.folder, code, loaded.intents), text)
    if as_json:
        typer.echo(json.dumps(_as_dict(meaning, near), ensure_ascii=False))
    else:
        _show(meaning, near)


@app.command()
def thresholds(
    language: LanguageOption = None,
    history: Annotated[bool, typer.Option("--history", help="What callers have taught, day by day.")] = False,
    as_json: JsonOption = False,
    line: LineOption = None,
) -> None:
    """Show at what probability callers are sent on without being asked, and how honest the probabilities are."""
    from voice.understanding.evaluation.calibration import calibration
    from voice.understanding.learning import learnt
    from voice.understanding.loading import taught
    from voice.understanding.policy import judged

    loaded = open_line(line)
    codes = [known_language(loaded, language)] if language else list(loaded.languages)
    days = learnt_days(line)
    alone = trained(loaded)
    understanding = taught(alone, loaded.risk, days)
    found = {code: calibration(understanding, code, loaded.risk) for code in codes}
    models = {code: alone.models[code] for code in codes}
    steps = {
        code: learnt(judged(model, alone.head(model)), days.get(code, ()), loaded.risk)
        for code, model in models.items()
    }
    if as_json:
        told = {code: each.as_dict() | {"history": [_step_as_dict(step) for step in steps[code]]}
                for code, each in found.items()}  # fmt: skip
        typer.echo(json.dumps(told))
        return
    console = Console(highlight=False)
    for code, each in found.items():
        if history:
            console.print(_history_table(code, steps[code], line_zone(line)))
        else:
            console.print(_calibration_table(code, each, loaded.risk))
            console.print(_taught(steps[code]), soft_wrap=True)


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
    table = Table(box=None, show_header=False, pad_edge=False)
    for likeness, phrase in near:
        place = f"[dim]{escape(phrase.path)}:{phrase.line}[/dim]"
        table.add_row(f"{likeness:4.0%}", phrase.intent, f"{escape(phrase.text)}\n{place}")
    console.print(table)


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


def _taught(steps: "Sequence[PriceStep]") -> str:
    """What callers have moved."""
    first, last = steps[0], steps[-1]
    if last.day is None:
        return "[dim]Callers have taught it nothing yet: yes, no, a choice, an agent who sends somebody on.[/dim]\n"
    lessons = sum(step.day.lessons for step in steps if step.day)
    right = sum(sum(step.day.right) for step in steps if step.day) / max(lessons, 1e-9)
    return (
        f"Callers have taught it on {len(steps) - 1} days, {lessons:,.0f} lessons, {right:.1%} of them right: "
        f"the price went from {first.price:.0f} to {last.price:.0f}, and stays between {last.least:.0f} and "
        f"{last.most:.0f}. Day by day: voice thresholds --history\n"
    )


def _history_table(language: str, steps: "Sequence[PriceStep]", zone: "tzinfo") -> Table:
    bounds = f"between {steps[-1].least:.0f} and {steps[-1].most:.0f}"
    title = f"{language}: what a wrong queue costs, in questions ({bounds}), as callers moved it"
    table = Table("until", "callers", "right", "wrong", "aside", "price", "sent on from", title=title, box=None,
                  title_justify="left")  # fmt: skip
    for step in steps:
        day, sure = step.day, f"{step.policy.route:.1%}"
        if day is None:
            table.add_row("[dim]the files alone[/dim]", "", "", "", "", f"{step.price:.0f}", sure)
        else:
            told = f"{sum(day.right):.0f}", f"{sum(day.wrong):.0f}", str(day.aside)
            at = f"{day.at.astimezone(zone):%Y-%m-%d %H:%M}"
            table.add_row(at, str(day.callers), *told, f"{step.price:.0f}", sure)
    return table


def _step_as_dict(step: "PriceStep") -> dict[str, object]:
    day = step.day
    told = {"until": day.at.isoformat(), "callers": day.callers, "right": sum(day.right), "wrong": sum(day.wrong),
            "aside": day.aside} if day else {"until": None}  # fmt: skip
    return {**told, "price": step.price, "least": step.least, "most": step.most}


def reliability_table(title: str, rows: "Sequence[Bin]") -> Table:
    table = Table("probability", "utterances", "mean", "right", "(95 %)", title=title, title_justify="left", box=None)
    for row in rows:
        between, right = f"{row.low:.1%} to {row.high:.1%}", f"{row.least:.1%} to {row.most:.1%}"
        table.add_row(between, str(row.utterances), f"{row.mean:.1%}", f"{row.right:.1%}", right)
    return table
