"""Labelled lines: what a caller says, and what it is about (`grammars/<lang>/labelled.tsv` and `tests/*.tsv`)."""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from voice.content.files import LARGEST_TABLE, NoTextError, closest, listed, nearest, read_text
from voice.content.grammar import MOST_NAMED, ROOMS
from voice.content.yaml_slips import garbled, merged
from voice.core.interpretation import Command
from voice.errors import Problem

SAFETY = "safety"
"""The folder of the phrases of danger, and of its labelled utterances."""

LONGEST_LIST = 300
MOST_TOGETHER = 2
"""Topics in one utterance: the line asks which of two comes first."""

SPREADSHEET_ERROR = re.compile(r"#[A-Z/]+[?!A]?$|=\S")
"""#NAME?, #REF!, #N/A, and a text that is taken for a formula."""

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
        written = read_text(path, LARGEST_TABLE).splitlines()
    except NoTextError as error:
        return [], [Problem(shown_as, error.line, *error.told)]
    except OSError as error:
        return [], [Problem(shown_as, 0, f"The file cannot be read: {error.strerror}.")]
    if spoilt := merged(written) or garbled(written):
        return [], [Problem(shown_as, *spoilt)]
    found: list[Labelled] = []
    unknown: dict[str, list[int]] = {}
    slips: dict[tuple[str, str], list[int]] = {}
    for number, text in enumerate(written, 1):
        label, tab, said = text.partition("\t")
        label, said = "+".join(part.strip() for part in label.split("+")), said.strip()
        if not text.strip() or (number == 1 and label == "label"):
            continue
        if slip := _slip(text, label, tab, said, intents):
            slips.setdefault(slip, []).append(number)
        elif strange := [name for name in label.split("+") if name not in intents]:
            unknown.setdefault(strange[0], []).append(number)
        else:
            found.append(Labelled(label, said, shown_as, number))
    problems = [
        Problem(shown_as, lines[0], f"{what}{_and_more(lines)}.", mend) for (what, mend), lines in slips.items()
    ]
    return found, [*problems, *_unknown(shown_as, unknown, intents)]


def _unknown(path: str, unknown: dict[str, list[int]], intents: tuple[str, ...]) -> Iterator[Problem]:
    """Labels that are no topics."""
    topics = [intent for intent in intents if intent not in set(Command)]
    if len(unknown) > MOST_NAMED:
        lines = sorted(number for some in unknown.values() for number in some)
        named = textwrap.shorten(listed(unknown), LONGEST_LIST, placeholder=" …")
        what = f"There are no topics {named}{_and_more(lines)}."
        yield Problem(path, lines[0], what, nearest(next(iter(unknown)), topics))
        return
    for label, lines in unknown.items():
        mend = nearest(label, topics)
        both = [part.strip() for part in label.split(",")]
        if len(both) == 2 and all(part in intents for part in both):
            mend = f"For two topics write {'+'.join(both)}."
        elif lines == [1] and closest(label, topics) is None:
            mend = "A heading is label, a tab, text; else " + (mend[:1].lower() + mend[1:])
        yield Problem(path, lines[0], f"There is no topic “{label}”{_and_more(lines)}.", mend)


def _slip(line: str, label: str, tab: str, said: str, intents: tuple[str, ...]) -> tuple[str, str] | None:
    """What a line has instead of a label, a tab and a text; and the mend."""
    known = (*intents, "label")
    if line.lstrip().startswith("#") and label not in known:
        return "There are no remarks in a file of labelled lines", "Delete the line."
    if not tab:
        return NO_TAB[_sign_for_tab(line, intents)]
    if not said:
        return "Nothing stands behind this label", "Write behind the tab what is said, or delete the line."
    if not label:
        return "There is no label before this text", "Write the topic before the tab."
    if label not in known and said.partition("\t")[0] in known:
        return "The label and the text have changed places", "Write: the topic, one press of Tab, what is said."
    if label == "label" and said == "text":
        return "A heading stands among the lines", "Keep it as the first line of the file alone, or nowhere."
    if fault := _together(label.split("+"), intents):
        return fault
    if "\t" in said:
        mend = "Keep two columns, the label and the text; what else there is to tell belongs into another file."
        return "There is a third column", mend
    if SPREADSHEET_ERROR.match(said):
        return f"“{said}” is what a spreadsheet makes of a text that it cannot read", "Write what is said."
    return None


def _together(labels: list[str], intents: tuple[str, ...]) -> tuple[str, str] | None:
    """Of `billing+moving`: two topics that a caller is about at once."""
    if len(labels) == 1 or not all(label in intents for label in labels):
        return None
    shown = "+".join(labels)
    if alone := [label for label in labels if label == "none" or label in set(Command)]:
        return f"“{alone[0]}” is no topic, and stands in “{shown}” with another", "Keep the one that matters."
    if len(set(labels)) != len(labels):
        return f"“{shown}” names one topic twice", "Name it once."
    return (f"“{shown}” names {len(labels)} topics", "Name two at the most.") if len(labels) > MOST_TOGETHER else None


def _sign_for_tab(line: str, intents: tuple[str, ...]) -> str:
    """What stands behind the label where the tab should: a spreadsheet's sign, or what some editors write for a tab."""
    if ";" in line:
        return ";"
    label = re.match(r"\"?([\w+\-]+)\"?(,|[ \u00a0])", line.strip())
    known = label and all(name in (*intents, "label") for name in label[1].split("+"))
    return label[2].replace("\u00a0", " ") if label and known else ""


def _and_more(lines: list[int]) -> str:
    """One cause is one finding, however many lines have it."""
    return f", here and in {len(lines) - 1} more lines" if len(lines) > 1 else ""
