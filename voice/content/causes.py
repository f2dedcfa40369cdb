"""One cause is one finding, in however many lines and files it shows."""

import re
from collections.abc import Iterable
from dataclasses import replace

from voice.content.files import listed
from voice.content.linefile import LINE_FILE, Outline
from voice.errors import Problem

MOST_ALIKE = 5
"""Findings that differ in a name or a number alone and are told one by one; of more the lines are named."""

DIFFERS = re.compile(r"“[^”]*”|\{[^}]*\}|<\w+>|[\w/]+\.(?:yaml|tsv):\d+|\d[\d,]*")
GONE = re.compile(
    r"^(?:Nothing uses this file: |There is no topic |There is no prompt |(?=“[^”]+” is not known here))"
    r"“(?:topic\.|short\.)?([^”]+)”"
)
MADE = re.compile(r"^“([^”]+)” has no phrases: the file is missing\.|^The prompt “topic\.([^”]+)” is missing\.")


def strays(problems: Iterable[Problem], outline: Outline, topics_at: int) -> list[Problem]:
    """A topic that other files have and line.yaml has not: one finding, at line.yaml, whatever names it. So is one
    that line.yaml writes in other letters. `topics_at` is the line of its topics."""
    found = list(problems)
    by_name: dict[str, list[Problem]] = {}
    for problem in found:
        if problem.severity == "error" and (gone := GONE.match(problem.what)) and gone[1] not in outline.topics:
            by_name.setdefault(gone[1], []).append(problem)
    for name, told in by_name.items():
        paths = sorted({problem.path for problem in told} - {LINE_FILE})
        if len(paths) < 2 or not any("Nothing uses this file" in problem.what for problem in told):
            continue
        other = next((topic for topic in outline.topics if name.casefold() in topic.casefold()), None)
        made = [problem for problem in found if other in _made(problem)] if other else []
        found = [problem for problem in found if problem not in told and problem not in made]
        what = f"“{name}” is no topic here, and {listed(paths)} have words for it."
        mend = f"Add “{name}: QUEUE” under topics:, or take it out of these files."
        if made:
            mend = f"Write “{name}” in the place of “{other}”: a name is written alike everywhere."
        found.append(Problem(LINE_FILE, _line(told) or topics_at, what, mend))
    return found


def _made(problem: Problem) -> tuple[str, ...]:
    """The topic that has no phrases or no name yet."""
    made = MADE.match(problem.what)
    return tuple(filter(None, made.groups())) if made else ()


def _line(told: Iterable[Problem]) -> int:
    return next((problem.line for problem in told if problem.path == LINE_FILE), 0)


def cause(problem: Problem) -> tuple[str, str, str]:
    """What findings have in common that are of one cause."""
    return problem.path, problem.severity, DIFFERS.sub("…", problem.what)


def one_each(problems: Iterable[Problem]) -> list[Problem]:
    """In order; what stands in many lines of a file is told once, with those lines."""
    alike: dict[tuple[str, str, str], list[Problem]] = {}
    renamed = {problem.mend for problem in problems}
    for problem in sorted(problems):
        if f"Rename {problem.path} to it." not in renamed:
            alike.setdefault(cause(problem), []).append(problem)
    told: list[Problem] = []
    for same in alike.values():
        if len(same) <= MOST_ALIKE:
            told += same
        else:
            lines = ", ".join(str(problem.line) for problem in same[1 : MOST_ALIKE + 1])
            more = f"{same[0].what} So it is in {len(same) - 1} more lines: {lines}{' …' if len(same) > 6 else ''}."
            told.append(replace(same[0], what=more))
    return sorted(told)
