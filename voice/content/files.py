"""YAML with the line number of everything in it.

The text is composed (https://yaml.dev/doc/ruamel.yaml/) rather than loaded: nodes know where they stand, so that a
fault found later, by pydantic or by the templates' parser, can still be told with its line.
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from voice.errors import ContentError, Problem

Place = tuple[str | int, ...]
"""The keys and indexes that lead to a value."""

LARGEST_FILE = 4_000_000
"""Bytes. A grammar of ten thousand phrases is under one."""


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
    try:
        node = YAML().compose(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        what = f"This is not YAML: {error.problem or error.context}."
        raise ContentError((Problem(shown_as, line, what, _mend(text, line)),)) from None
    except YAMLError as error:
        raise ContentError((Problem(shown_as, 0, f"This is not YAML: {error}."),)) from None
    lines: dict[Place, int] = {}
    problems: list[Problem] = []
    data = _build(node, (), lines, problems, shown_as) if node is not None else None
    if problems:
        raise ContentError(tuple(problems))
    return Document(shown_as, data, lines)


def nearest(word: str, known: Iterable[str]) -> str:
    """A mend that names the known word most like `word`, or lists what is known."""
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean “{close[0]}”?"
    return f"Known here: {', '.join(names)}." if names else ""


def _text(path: Path, shown_as: str) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ContentError((Problem(shown_as, 0, "The file is larger than 4 MB.", "Split it."),))
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ContentError((Problem(shown_as, 0, "The file is missing.", "Make it, or restore it."),)) from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        mend = "Save it as UTF-8 in your editor."
        raise ContentError((Problem(shown_as, line, "The file is not UTF-8.", mend),)) from None
    except OSError as error:
        raise ContentError((Problem(shown_as, 0, f"The file cannot be read: {error.strerror}."),)) from None


def _mend(text: str, line: int) -> str:
    lines = text.splitlines()
    around = lines[max(0, line - 2) : line]
    if any("\t" in written for written in around):
        return "There is a tab: use spaces."
    if any(re.search(r":\s+[^\"'\[{|>#][^\"']*:\s", written) for written in around):
        return "Put text with a colon in it between quotes."
    return "Check the quotes and the indents there."


def _build(node: Node, place: Place, lines: dict[Place, int], problems: list[Problem], path: str) -> Any:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, MappingNode):
        built: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            at = (*place, key)
            if key in built:
                mend = f"It already stands at line {lines[at]}; keep one."
                problems.append(Problem(path, key_node.start_mark.line + 1, f"“{key}” stands here twice.", mend))
                continue
            lines[at] = key_node.start_mark.line + 1
            built[key] = _build(value_node, at, lines, problems, path)
        return built
    if isinstance(node, SequenceNode):
        return [_build(item, (*place, n), lines, problems, path) for n, item in enumerate(node.value)]
    assert isinstance(node, ScalarNode)
    return _scalar(node)


def _scalar(node: ScalarNode) -> str | int | float | bool | None:
    kind = str(node.tag).rsplit(":", 1)[-1]
    text = str(node.value)
    if node.style in ('"', "'") or kind == "str":
        return text
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() in ("true", "yes", "on")
    try:
        return int(text.replace("_", ""), 10) if kind == "int" else float(text) if kind == "float" else text
    except ValueError:
        return text
