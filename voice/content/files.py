"""YAML with the line number of everything in it.

The text is composed rather than loaded: nodes know where they stand, so that a fault found later, by pydantic or by the
templates' parser, can still be told with its line. PyYAML's C parser does it: 1.6 ms for a file of 500 phrases where
ruamel.yaml takes 270, and a saved change has to be live within two seconds. What a plain word means is decided here,
by YAML 1.2: to YAML 1.1, and so to PyYAML, `no` is false and `12:30` is 750.
"""

import difflib
import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from voice.content.yaml_indents import indent_slip
from voice.content.yaml_slips import DEEPEST, PLAIN, layout_slip, opens_single, quote_slip, run_on, slip_of
from voice.errors import ContentError, Problem

Place = tuple[str | int, ...]
"""The keys and indexes that lead to a value."""

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
INTEGER = re.compile(r"-?[0-9]+")
FRACTION = re.compile(r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]+)?")
"""The core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#1032-tag-resolution), as far as these files need it.
But +32… is a telephone number."""

REACH = 6
"""Lines above a fault in which its cause is looked for."""

MOST_LISTED = 12
"""Names in one message."""

TOO_DEEP = ("There are dozens of brackets inside one another.", "Delete those that belong to no text.")

LONGEST_NUMBER = 18
"""Signs. What is longer counts nothing here, and Python itself refuses to read one of thousands: it stays text."""

LARGEST_FILE = 1_000_000
"""Bytes of a YAML file: thirty thousand phrases, where the largest of the shipped line has three."""

LARGEST_TABLE = 4 * LARGEST_FILE
"""Bytes of a file of labelled lines: eighty thousand."""


@dataclass(frozen=True)
class Document:
    """A file's data (mappings, lists, strings, numbers, booleans, None) and the line of each place in it."""

    path: str
    data: Any
    lines: dict[Place, int]

    def line(self, place: Iterable[str | int]) -> int:
        """The line of a place or, where it is missing, of the nearest place above it; counts from 1."""
        at = tuple(place)
        while at and at not in self.lines:
            at = at[:-1]
        return self.lines.get(at, 1)

    def problem(self, place: Iterable[str | int], what: str, mend: str = "", *, warning: bool = False) -> Problem:
        return Problem(self.path, self.line(place), what, mend, "warning" if warning else "error")


def read_yaml(path: Path, shown_as: str) -> Document:
    """Read one file. Raises `ContentError` for a file that is missing, is not UTF-8, or is no YAML."""
    text = _text(path, shown_as)
    if slip := slip_of(text):
        raise ContentError((Problem(shown_as, *slip),))
    try:
        node = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        line, what, mend = _explain(error, text.splitlines())
        raise ContentError((Problem(shown_as, line, what, mend),)) from None
    except RecursionError:
        raise ContentError((Problem(shown_as, 0, *TOO_DEEP),)) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1 if isinstance(error.position, int) else 0
        what = "There is a character here that no text file may hold."
        raise ContentError((Problem(shown_as, line, what, "Delete the line and type it again."),)) from None
    lines: dict[Place, int] = {}
    problems: list[Problem] = []
    data = _build(node, (), lines, problems, shown_as) if node is not None else None
    if problems:
        # A dash or a name that stands too far in is read as more of the text above it.
        if slip := indent_slip(text.splitlines(), max(problem.line for problem in problems)):
            problems = [*(one for one in problems if abs(one.line - slip[0]) > 1), Problem(shown_as, *slip)]
        raise ContentError(tuple(problems))
    return Document(shown_as, data, lines)


def closest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known word that was most likely meant."""
    return _closest(word, tuple(sorted(known)), cutoff)


@functools.lru_cache(maxsize=1024)
def _closest(word: str, names: tuple[str, ...], cutoff: float) -> str | None:
    """Kept: one slip may stand in thousands of lines."""
    close = difflib.get_close_matches(word, names, n=1, cutoff=cutoff)
    return next(iter(close or [name for name in names if name.casefold() == word.casefold()]), None)


def nearest(word: str, known: Iterable[str]) -> str:
    """A mend that names the known word most like `word`, or lists what is known."""
    names = sorted(known)
    if close := closest(word, names):
        return f"Did you mean “{close}”?"
    more = f" and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else ""
    return f"Known here: {', '.join(names[:MOST_LISTED])}{more}." if names else ""


def listed(names: Iterable[str]) -> str:
    """“one”, “two” and 3 more: what a finding names of many."""
    all_ = list(names)
    more = f" and {len(all_) - MOST_LISTED} more" if len(all_) > MOST_LISTED else ""
    return ", ".join(f"“{name}”" for name in all_[:MOST_LISTED]) + more


def refuse(problems: Iterable[Problem]) -> None:
    """Raises `ContentError` with all of the problems where one of them is an error; warnings alone let a line stand."""
    found = tuple(sorted(set(problems)))
    if any(problem.severity == "error" for problem in found):
        raise ContentError(found)


class NoTextError(ValueError):
    """At which line, and what an operator is told: what is wrong, and how to mend it."""

    def __init__(self, line: int, what: str, mend: str = "Save it as UTF-8 in your editor.") -> None:
        super().__init__(what)
        self.line = line
        self.told = what, mend


def read_text(path: Path, largest: int) -> str:
    """A file of UTF-8, with or without its mark. Raises `NoTextError`, with what it is instead, and `OSError`."""
    if (size := path.stat().st_size) > largest:
        what = f"The file has {size / 1e6:.1f} MB, and {largest / 1e6:g} are the most: no line has so much to say."
        raise NoTextError(0, what, "Keep the few thousand lines that tell most, or look whether it is the right file.")
    written = path.read_bytes()
    if written.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise NoTextError(1, "This is a spreadsheet or a document of a word processor, and no plain text.", PLAIN)
    if written.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in written[:2]:
        raise NoTextError(1, "The file is not UTF-8, but UTF-16, which spreadsheets call Unicode text.")
    try:
        return written.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        odd = written[error.start : error.start + 1].decode("cp1252", "replace")
        what = f"The file is not UTF-8: “{odd}” stands here as older programs write it."
        raise NoTextError(written[: error.start].count(b"\n") + 1, what) from None


def named_alike(path: Path, shown_as: str) -> str | None:
    """The file that was meant: in other letters, with another ending, or with a space in its name."""

    def bare(name: str) -> str:
        return re.sub(r"[\s_]", "", name.partition(".")[0]).casefold()

    beside = sorted(path.parent.iterdir()) if path.parent.is_dir() else []
    alike = [each.name for each in beside if bare(each.name) == bare(path.name) and each.is_file()]
    return f"{shown_as.rpartition('/')[0]}/{alike[0]}" if alike else None


def _text(path: Path, shown_as: str) -> str:
    try:
        return read_text(path, LARGEST_FILE)
    except FileNotFoundError:
        mend = f"Rename {like} to it." if (like := named_alike(path, shown_as)) else "Make it, or restore it."
        raise ContentError((Problem(shown_as, 0, "The file is missing.", mend),)) from None
    except NoTextError as error:
        raise ContentError((Problem(shown_as, error.line, *error.told),)) from None
    except OSError as error:
        raise ContentError((Problem(shown_as, 0, f"The file cannot be read: {error.strerror}."),)) from None


def _explain(error: yaml.MarkedYAMLError, lines: list[str]) -> tuple[int, str, str]:
    """The line (from 1), what is wrong there, and the mend that most often helps."""
    what = "This line cannot be read."
    quoting = error.context == "while scanning a quoted scalar" and error.context_mark
    mark = quoting or error.problem_mark
    if mark is None:
        return 0, what, "Check the quotes and the indents."
    # A quote that is left open ends at the next one, lines further down: that is where the parser stumbles.
    near = range(min(mark.line, len(lines) - 1), max(-1, mark.line - REACH), -1)
    unpaired = next((n for n in near if lines[n].replace(r"\"", "").count('"') % 2), None)
    if unpaired is not None:
        return unpaired + 1, "The quotes of this line do not pair.", "Each text has one before it and one behind it."
    line = mark.line + 1
    written = lines[mark.line] if mark.line < len(lines) else ""
    single = next((n for n in near if opens_single(lines[n])), None)
    if single is not None:
        what, mend = "A quote is opened here and closed nowhere.", "Put the same quote behind the text."
        return single + 1, what, mend
    if slip := layout_slip(lines, mark.line, flow=bool(error.context and "flow" in error.context)):
        return slip
    if quoting:
        return line, "A quote is opened here and closed nowhere.", "Put the same quote behind the text."
    if any("\t" in near[: len(near) - len(near.lstrip())] for near in lines[max(0, line - 2) : line]):
        return line, "There is a tab at the beginning of the line.", "Use spaces."
    if slip := indent_slip(lines, line):
        return slip
    if re.search(r"(^|[-:]\s+)[@`%&*!]", written):
        return line, what, "Put text that begins with a sign between quotes."
    if re.search(r":\s+[^\"'\[{|>#\s][^\"']*:\s", written):
        return line, what, "Put text with a colon in it between quotes."
    if re.search(r"[:-]\s+(\".*\"|'.*'|\{.*\}|\[.*\])\s*[^\s#]", written):
        return line, what, "Put quotes around the whole text, and none inside it."
    return line, what, "Check the quotes there, and that the line is indented as its neighbours are."


def _build(node: Node, place: Place, lines: dict[Place, int], problems: list[Problem], path: str) -> Any:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, ScalarNode):
        if not node.style and node.end_mark.line > node.start_mark.line and node.value:
            problems.append(Problem(path, *run_on(str(node.value), node.start_mark.line + 1)))
        elif not node.style and (slip := quote_slip(str(node.value))):
            problems.append(Problem(path, node.start_mark.line + 1, *slip))
        return _scalar(node)
    if len(place) > DEEPEST:
        problems.append(Problem(path, node.start_mark.line + 1, *TOO_DEEP))
        return None
    # An anchor's node comes again with each alias. Read once and then taken out, it cannot unfold without end.
    children, node.value = node.value, None
    if children is None:
        what = "Anchors and aliases (& and *) are not read here."
        problems.append(Problem(path, node.start_mark.line + 1, what, "Write the values out in each place."))
        return None
    if isinstance(node, SequenceNode):
        return [_build(item, (*place, n), lines, problems, path) for n, item in enumerate(children)]
    assert isinstance(node, MappingNode)
    built: dict[str, Any] = {}
    for key_node, value_node in children:
        if not isinstance(key_node, ScalarNode):
            what = "A name here is itself a list or a group."
            problems.append(Problem(path, key_node.start_mark.line + 1, what, "Write one word before the colon."))
            continue
        key = str(key_node.value)
        at = (*place, key)
        if key in built:
            mend = f"It already stands at line {lines[at]}; keep one."
            problems.append(Problem(path, key_node.start_mark.line + 1, f"“{key}” stands here twice.", mend))
            continue
        lines[at] = key_node.start_mark.line + 1
        built[key] = _build(value_node, at, lines, problems, path)
    return built


def _scalar(node: ScalarNode) -> str | int | float | bool | None:
    text = str(node.value)
    # A plain word has no style: None of the Python parser, empty of the C one.
    if node.style:
        return text
    if text in WORDS:
        return WORDS[text]
    if INTEGER.fullmatch(text) and len(text) <= LONGEST_NUMBER:
        return int(text)
    return float(text) if FRACTION.fullmatch(text) else text
