"""`voice evaluate`: labelled utterances, each played through the very dialogue that the webhooks run."""

import json
from collections.abc import Iterator, Sequence
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
from voice.cli.understand import known_language, nearest, reliability_table, trained

if TYPE_CHECKING:
    from voice.content import Grammar, Line
    from voice.understanding import Trained
    from voice.understanding.evaluation.callers import Caller, PlayedCall
    from voice.understanding.evaluation.figures import Evaluation, Figures

WHOLE = frozenset({"lines", "mean_questions", "mean_words_spoken", "ms_per_utterance"})
"""Figures that are no shares."""

SEED = 7
NAMES_WIDE, LABEL_WIDE = 36, 11
"""Columns of the terminal that the names of the figures take, and those that one label takes."""


@app.command()
def evaluate(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="Lines of label, tab, text.")],
    language: Annotated[
        str | None,
        typer.Option("--language", "-l", help="By default the one that a file is named after, or the line's."),
    ] = None,
    noise: Annotated[float, typer.Option(min=0, max=1, help="Share of words that are misheard.")] = 0.0,
    mistakes: Annotated[bool, typer.Option("--mistakes", help="Also list every line that is misjudged.")] = False,
    as_json: JsonOption = False,
    line: LineOption = None,
) -> None:
    """Play labelled utterances through the dialogue, with a truthful caller, and measure where they come out. Several
    files (nl.tsv fr.tsv) are measured together."""
    from voice.understanding.evaluation.figures import Evaluation

    loaded = open_line(line)
    codes = [known_language(loaded, _language_of(loaded, file, language)) for file in files]
    understanding, console = trained(loaded), Console(stderr=True, highlight=False)
    played: list[tuple[Grammar, PlayedCall]] = []
    for file, code in zip(files, codes, strict=True):
        caller, grammar, rows = _caller(loaded, understanding, file, code, noise)
        ringing = track(rows, f"Ringing … {code}", console=console, transient=True, disable=as_json)
        played += [(grammar, caller.rings(*row)) for row in ringing]
    found = Evaluation(loaded.plan, [call for _, call in played])
    if as_json:
        typer.echo(json.dumps(_as_dict(found), ensure_ascii=False))
        return
    console = Console(highlight=False)
    many = max(1, (console.width - NAMES_WIDE) // LABEL_WIDE)
    for table in (*_figures(found, many), *_confusion(found, many)):
        console.print(table)
    honest = found.reliability()
    title = f"The best queue's probability: expected calibration error {honest.error:.1%} of {honest.utterances}"
    console.print(reliability_table(title, honest.rows))
    if mistakes:
        console.print(_mistakes(found, played))


def _mistakes(found: "Evaluation", played: "Sequence[tuple[Grammar, PlayedCall]]") -> Table:
    """Every line that is misjudged: what it was taken for, why, and the phrase that is most like it."""
    from voice.understanding.evaluation.figures import taken_for

    table = Table("labelled", "taken for", "what was said, why, and what is like it", box=None, pad_edge=False)
    misjudged, wrongly = found.misjudged(), found.mistakes()
    for grammar, call in played:
        if call not in misjudged:
            continue
        wrong = "sent on wrongly" if call in wrongly else "asked"
        [(likeness, phrase), *_] = nearest(grammar, call.text)
        like = f"{likeness:.0%} like “{escape(phrase.text)}” of {phrase.intent}, {phrase.path}:{phrase.line}"
        why = f"[dim]{wrong}: {escape(call.first.because)}\n{like}[/dim]"
        table.add_row(call.label, f"[red]{taken_for(call)}[/red]", f"{escape(call.text)}\n{why}")
    return table


def _language_of(line: "Line", file: Path, chosen: str | None) -> str | None:
    return chosen or (file.stem if file.stem in line.languages else None)


def _caller(
    line: "Line", understanding: "Trained", file: Path, code: str, noise: float
) -> "tuple[Caller, Grammar, list[tuple[str, str]]]":
    """Who rings, and what they say: the file's lines, a share of their words misheard."""
    from voice.content import load_grammar
    from voice.understanding.evaluation.callers import Answers, Caller
    from voice.understanding.loading import labelled_file
    from voice.understanding.normalise import spoken
    from voice.understanding.sounds import Mishearing

    rows = labelled_file(file, file.parent, line.intents)
    grammar = load_grammar(line.folder, code, line.intents)
    if noise:
        hear = Mishearing((word for phrase in grammar.phrases for word in spoken(phrase.text, code)), code).hear
        rows = [(label, hear(text, noise, SEED)) for label, text in rows]
    return Caller(line, understanding, code, Answers.of(grammar)), grammar, rows


def _as_dict(found: "Evaluation") -> dict[str, object]:
    """The figures overall by their names, and the same for each label."""

    def rounded(figures: "Figures") -> dict[str, float | None]:
        return {name: None if value is None else round(value, 4) for name, value in figures.items()}

    labels = {label: rounded(figures) for label, figures in found.by_label().items()}
    honest = asdict(found.reliability())
    return {**rounded(found.overall()), "reliability": honest, "labels": labels, "confusion": found.confusion()}


def _figures(found: "Evaluation", many: int) -> Iterator[Table]:
    """So many labels side by side."""
    overall, labels = found.overall(), found.by_label()
    for some in _parts(list(labels), many):
        table = Table("", "all", *some, title="Calls", title_justify="left", box=None)
        for name in overall:
            cells = (_cell(name, figures[name]) for figures in (overall, *(labels[label] for label in some)))
            table.add_row(name.replace("_", " "), *cells)
        yield table


def _parts(names: list[str], many: int) -> Iterator[list[str]]:
    return (names[at : at + many] for at in range(0, len(names), many))


def _cell(name: str, value: float | None) -> str:
    if value is None:
        return "[dim]·[/dim]"
    if name == "lines":
        return f"{value:.0f}"
    return f"{value:.2f}" if name in WHOLE else f"{value:.1%}"


def _confusion(found: "Evaluation", many: int) -> Iterator[Table]:
    confusion = found.confusion()
    taken = sorted({name for counts in confusion.values() for name in counts})
    for some in _parts(taken, many):
        table = Table("label", *some, title="Taken for, at the first words", title_justify="left", box=None)
        for label, counts in confusion.items():
            cells = (f"[bold]{counts[name]}[/bold]" if name == label else str(counts[name]) for name in some)
            table.add_row(label, *(cell if cell != "0" else "[dim]·[/dim]" for cell in cells))
        yield table
