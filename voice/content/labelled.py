"""Labelled lines: what a caller says, and what it is about (`grammars/<lang>/labelled.tsv` and `tests/*.tsv`)."""

import re
from dataclasses import dataclass
from pathlib import Path

from voice.content.files import listed, nearest
from voice.content.grammar import MOST_NAMED, ROOMS
from voice.content.yaml_slips import merged
from voice.core.interpretation import Command
from voice.errors import Problem

SAFETY = "safety"
"""The folder of the phrases of danger, and of its labelled utterances."""

NO_TAB = {
    "": ("There is no tab between a label and a text", "Write: the topic, one press of Tab, what is said."),
    ";": (
        "The words stand between semicolons, as a spreadsheet writes them",
        "Save it as text with tabs (.tsv), or use voice labels import.",
    ),
    ",": (
        "A comma stands between the label and the text, as a spreadsheet writes them",
        "Save it as text with tabs (.tsv), or use voice labels import.",
    ),
    " ": (
        "Spaces stand between the label and the text",
        "Press Tab there; where your editor writes spaces for it, ask it to keep tabs in .tsv files.",
    ),
}
"""What stands where a tab should → what is told, and the mend."""


@dataclass(frozen=True)
class Labelled:
    """What a caller says, and what it is about: an intent, or two (`billing+moving`). `line` counts from 1."""

    label: str
    text: str
    path: str
    line: int


def labelled_files(folder: Path, language: str) -> list[Path]:
    base = folder / "grammars" / language
    labelled = (base / "labelled.tsv", *(base / room / "labelled.tsv" for room in ROOMS))
    return [path for path in (*labelled, *sorted((base / "tests").glob("*.tsv"))) if path.exists()]


def read_labelled(path: Path, folder: Path, intents: tuple[str, ...]) -> tuple[list[Labelled], list[Problem]]:
    """The lines `label<TAB>text` of a file, and what is wrong in it. A first line `label<TAB>text` is a heading."""
    shown_as = path.relative_to(folder).as_posix()
    try:
        written = path.read_text(encoding="utf-8-sig").splitlines()
    except (UnicodeDecodeError, OSError):
        return [], [Problem(shown_as, 0, "The file is not UTF-8.", "Save it as UTF-8 in your editor.")]
    if slip := merged(written):
        return [], [Problem(shown_as, *slip)]
    found: list[Labelled] = []
    problems: list[Problem] = []
    unknown: dict[str, list[int]] = {}
    unparted: list[int] = []
    for number, text in enumerate(written, 1):
        label, tab, said = text.partition("\t")
        if not text.strip() or (number == 1 and label == "label"):
            continue
        if not tab or not said.strip():
            unparted.append(number)
        elif strange := [name for name in label.split("+") if name not in intents]:
            unknown.setdefault(strange[0], []).append(number)
        else:
            found.append(Labelled(label, said.strip(), shown_as, number))
    topics = [intent for intent in intents if intent not in set(Command)]
    if len(unknown) > MOST_NAMED:
        lines = sorted(number for some in unknown.values() for number in some)
        what = f"There are no topics {listed(unknown)}{_and_more(lines)}."
        problems.append(Problem(shown_as, lines[0], what, nearest(next(iter(unknown)), topics)))
    else:
        for label, lines in unknown.items():
            what = f"There is no topic “{label}”{_and_more(lines)}."
            problems.append(Problem(shown_as, lines[0], what, nearest(label.strip(), topics)))
    signs: dict[str, list[int]] = {}
    for number in unparted:
        signs.setdefault(_sign_for_tab(written[number - 1], intents), []).append(number)
    for sign, lines in signs.items():
        what, mend = NO_TAB[sign]
        problems.append(Problem(shown_as, lines[0], f"{what}{_and_more(lines)}.", mend))
    return found, problems


def _sign_for_tab(line: str, intents: tuple[str, ...]) -> str:
    """What stands behind the label where the tab should: a spreadsheet's sign, or what some editors write for a tab."""
    if ";" in line:
        return ";"
    label = re.match(r"\"?([\w+\-]+)\"?(,| )", line.strip())
    return label[2] if label and all(name in (*intents, "label") for name in label[1].split("+")) else ""


def _and_more(lines: list[int]) -> str:
    """One cause is one finding, however many lines have it."""
    return f", here and in {len(lines) - 1} more lines" if len(lines) > 1 else ""
