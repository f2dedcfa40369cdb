"""A line that stands further in, or less far, than what it belongs to: which one, and where it should stand.

YAML's structure is its indents, and its parser tells only that one of them fits nothing. Here the lines are read as a
writer reads them: names and dashes, and what stands under what.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from voice.content.yaml_slips import Slip

NAMED = re.compile(r"((?:\"[^\"]*\"|'[^']*'|[\w.\-+]+)\s*:)(?:\s+(.*))?$")
QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'")
REMARK = re.compile(r"(^|\s)#.*$")
BLOCK = re.compile(r"[|>][+\-0-9]*$")
SHOWN = 40


@dataclass(frozen=True)
class Indented:
    """A dash, or a name. `line` counts from 1, `at` is its column; what `opens` may have lines under it."""

    line: int
    at: int
    dash: bool
    opens: bool
    shown: str


@dataclass
class Neighbours:
    """The entries of one list, or of one group of names."""

    first: Indented
    entries: int = 1

    @property
    def at(self) -> int:
        return self.first.at

    def holds(self, entry: Indented) -> bool:
        return (self.at, self.first.dash) == (entry.at, entry.dash)


def indent_slip(lines: Sequence[str], until: int) -> Slip | None:
    """The first line that stands where nothing is for it to belong to, if it comes no later than `until` (from 1)."""
    entries = list(_entries(lines))
    levels: list[Neighbours] = []
    closed: list[Neighbours] = []
    last: Indented | None = None
    for number, entry in enumerate(entries):
        if entry is None or entry.line > until:
            return None
        ended: list[Neighbours] = []
        while levels and (levels[-1].at > entry.at or _ends_list(levels, entry)):
            ended.append(levels.pop())
        if levels and levels[-1].holds(entry):
            levels[-1].entries += 1
        elif last is None or (last.opens and not ended and _may_begin(levels[-1], entry)):
            levels.append(Neighbours(entry))
        else:
            following = entries[number + 1] if number + 1 < len(entries) else None
            return _slip(entry, last, following, levels, ended, closed)
        closed, last = ended, entry
    return None


def _ends_list(levels: Sequence[Neighbours], entry: Indented) -> bool:
    """A name ends a list whose dashes stand straight under the name that it belongs to."""
    return len(levels) > 1 and levels[-1].first.dash and levels[-2].holds(entry)


def _may_begin(top: Neighbours, entry: Indented) -> bool:
    return entry.at > top.at or (entry.at == top.at and entry.dash and not top.first.dash)


def _slip(
    entry: Indented,
    last: Indented,
    following: Indented | None,
    levels: Sequence[Neighbours],
    ended: Sequence[Neighbours],
    closed: Sequence[Neighbours],
) -> Slip:
    """Which of the lines is wrong: this one, the one before it, or the first of a list whose others agree."""
    if ended and ended[-1].entries == 1 and ended[-1].first.dash == entry.dash:
        agreed = following is not None and (following.at, following.dash) == (entry.at, entry.dash)
        if agreed or entry.at == 0:
            return _told(ended[-1].first, entry)
    for level in closed:
        if level.holds(entry) and not ended and last.dash == entry.dash:
            return _told(last, level.first)
    alike = [level for level in (*ended, *levels) if level.first.dash == entry.dash]
    if alike:
        return _told(entry, min(alike, key=lambda level: (abs(level.at - entry.at), -level.at)).first)
    if entry.dash:
        what = f"This list belongs to nothing: “{last.shown}” above it has a text of its own."
        return entry.line, what, "Put a name and a colon alone on the line above the list."
    what = f"“{entry.shown}” is a name, and stands where the dashes of a list stand."
    return entry.line, what, "Put the list under a name, further in; or put a dash before this line."


def _told(wrong: Indented, right: Indented) -> Slip:
    stands = f"{wrong.at} space{'s' * (wrong.at != 1)} in" if wrong.at else "at the left margin"
    what = f"“{wrong.shown}” stands {stands}, where it belongs to nothing."
    if not right.at:
        return wrong.line, what, f"Begin it at the left margin, as line {right.line} does."
    return wrong.line, what, f"Put {right.at} space{'s' * (right.at != 1)} before it, as line {right.line} has."


def _entries(lines: Sequence[str]) -> Iterator[Indented | None]:
    """Dashes and names; None for a line that is neither. What goes on over lines is passed over."""
    block: int | None = None
    """How far the lines of a text behind | stand in: as far as its first."""
    begins = False
    brackets = 0
    quote = ""
    for number, line in enumerate(lines, 1):
        bare = line.strip()
        at = len(line) - len(line.lstrip())
        if quote:
            quote = "" if quote in bare else quote
            continue
        plain = REMARK.sub("", QUOTED.sub("", line)).rstrip()
        if begins and bare:
            block, begins = at, False
        if begins or (block is not None and (not bare or at >= block)):
            continue
        block = None
        if brackets > 0:
            brackets += _opened(plain)
            continue
        if not bare or bare.startswith("#") or (number == 1 and bare == "---"):
            continue
        if "\t" in line[:at]:
            yield None
            return
        while bare == "-" or bare.startswith("- "):
            rest = bare[1:].lstrip()
            named = bool(NAMED.match(rest)) or rest.startswith("- ")
            yield Indented(number, at, True, named or not rest or rest.startswith("#"), _shown(bare))
            at += len(bare) - len(rest)
            bare = rest
            if not named:
                break
        else:
            named = bool(found := NAMED.match(bare))
            if not found:
                yield None
                return
            rest = found[2] or ""
            yield Indented(number, at, False, not rest or rest.startswith("#"), found[1] if not rest else _shown(bare))
        if BLOCK.search(plain):
            begins = True
        elif rest[:1] in ("'", '"') and not QUOTED.match(rest):
            quote = rest[0]
        brackets = max(0, _opened(plain))


def _opened(plain: str) -> int:
    return sum((sign in "[{") - (sign in "]}") for sign in plain)


def _shown(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
