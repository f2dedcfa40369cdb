"""`voice evaluate`: labelled utterances, each played through the very dialogue that the webhooks run."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from voice.cli import app
from voice.cli.opening import open_line
from voice.cli.options import JsonOption, LineOption
from voice.cli.understand import LanguageOption, known_language, nearest, reliability_table, trained

if TYPE_CHECKING:
    from voice.understanding.evaluation.figures import Evaluation, Figures

WHOLE = frozenset({"lines", "mean_questions", "mean_words_spoken", "ms_per_utterance"})
"""Figures that are no shares."""

SEED = 7


@app.command()
def evaluate(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Lines of label, tab, text.")],
    language: LanguageOption = None,
    noise: Annotated[float, typer.Option(min=0, max=1, help="Share of words that are misheard.")] = 0.0,
    mistakes: Annotated[bool, typer.Option("--mistakes", help="Also list every line that is misjudged.")] = False,
    as_json: JsonOption = False,
    line: LineOption = None,
) -> None:
    """Play labelled utterances through the dialogue, with a truthful caller, and measure where they come out."""
    from voice.content import load_grammar
    from voice.understanding.evaluation.callers import Answers, Caller
    from voice.understanding.evaluation.figures import Evaluation, taken_for
    from voice.understanding.loading import labelled_file
    from voice.understanding.normalise import spoken
    from voice.understanding.sounds import Mishearing

    loaded = open_line(line)
    code = known_language(loaded, language)
    rows = labelled_file(file, file.parent, loaded.intents)
    grammar = load_grammar(loaded.folder, code, loaded.intents)
    if noise:
        hear = Mishearing((word for phrase in grammar.phrases for word in spoken(phrase.text, code)), code).hear
        rows = [(label, hear(text, noise, SEED)) for label, text in rows]
    caller = Caller(loaded, trained(loaded), code, Answers.of(grammar))
    console = Console(stderr=True, highlight=False)
    calls = [caller.rings(*row) for row in track(rows, "Ringing …", console=console, transient=True, disable=as_json)]
    found = Evaluation(loaded.plan, calls)
    if as_json:
        typer.echo(json.dumps(_as_dict(found), ensure_ascii=False))
        return
    console = Console(highlight=False)
    console.print(_figures(found))
    console.print(_confusion(found))
    honest = found.reliability()
    title = f"The best queue's probability: expected calibration error {honest.error:.1%} of {honest.utterances}"
    console.print(reliability_table(title, honest.rows))
    for call in found.misjudged() if mistakes else ():
        wrong = "sent on wrongly" if call in found.mistakes() else "asked"
        [(likeness, phrase), *_] = nearest(grammar, call.text)
        console.print(f"[red]{call.label} → {taken_for(call)}[/red] ({wrong}) {escape(call.text)}", soft_wrap=True)
        place = f"{phrase.path}:{phrase.line}"
        near = f"{likeness:.0%} like “{escape(phrase.text)}” of {phrase.intent}, {place}"
        console.print(f"  [dim]{escape(call.first.because)}; {near}[/dim]", soft_wrap=True)


def _as_dict(found: "Evaluation") -> dict[str, object]:
    """The figures overall by their names, and the same for each label."""

    def rounded(figures: "Figures") -> dict[str, float | None]:
        return {name: None if value is None else round(value, 4) for name, value in figures.items()}

    labels = {label: rounded(figures) for label, figures in found.by_label().items()}
    honest = asdict(found.reliability())
    return {**rounded(found.overall()), "reliability": honest, "labels": labels, "confusion": found.confusion()}


def _figures(found: "Evaluation") -> Table:
    overall, labels = found.overall(), found.by_label()
    table = Table("", "all", *labels, title="Calls", title_justify="left", box=None)
    for name in overall:
        cells = (_cell(name, figures[name]) for figures in (overall, *labels.values()))
        table.add_row(name.replace("_", " "), *cells)
    return table


def _cell(name: str, value: float | None) -> str:
    if value is None:
        return "[dim]·[/dim]"
    if name == "lines":
        return f"{value:.0f}"
    return f"{value:.2f}" if name in WHOLE else f"{value:.1%}"


def _confusion(found: "Evaluation") -> Table:
    confusion = found.confusion()
    taken = sorted({name for counts in confusion.values() for name in counts})
    table = Table("label", *taken, title="Taken for, at the first words", title_justify="left", box=None)
    for label, counts in confusion.items():
        cells = (f"[bold]{counts[name]}[/bold]" if name == label else str(counts[name]) for name in taken)
        table.add_row(label, *(cell if cell != "0" else "[dim]·[/dim]" for cell in cells))
    return table
