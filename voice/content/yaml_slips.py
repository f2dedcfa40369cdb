"""Slips of whoever writes a YAML file by hand, found in its lines before or after the parser stumbles over them.

A parser names the place where it gave up, in its own words. A writer wants the line of the slip, and its mend.
"""

import re
from collections.abc import Sequence

Slip = tuple[int, str, str]
"""The line (from 1), what is wrong there, and the mend."""

MERGE = re.compile(r"^(<{7}|={7}|>{7})( |$)")
NO_SPACE_BEHIND_DASH = ("There is no space behind the dash.", "Write a dash, a space, and the text.")
NO_COLON = ("There is no colon behind the name in this line.", "Write the name, a colon, and its text.")
SPREADSHEET = (
    "The words stand between semicolons, as a spreadsheet writes them.",
    "Write a name, a colon and the text, as in the other files.",
)
DEEPEST = 40
"""Brackets inside one another. No template needs ten."""

OTHER_FILES = {"<": "a web page", "{\\rtf": "a document of a word processor"}
"""How texts begin that are no files of a line, and what they are."""

PLAIN = "Write it in an editor for plain text, or save it as plain text (.txt) there and rename it."
GARBLED = re.compile(r"Ã[\u0080-\u00bf]|â€|Â[\u00a0-\u00bf]|\ufffd")
"""What UTF-8 looks like to whoever takes it for something else: é as Ã©, a quote as â€œ."""

BULLET = re.compile(r"^\s+([*•·▪◦–—]|\d{1,3}[.)])\s+\S")
MARKED = re.compile(r"^\s*(?:-\s+|[\w.\-]+:\s+)(&|!)[^\s\"']+\s+[^\s\[{]")
KEY = re.compile(r"^\s*(- )?[\w.\-]+\s*:(\s|$)")
ITEM = re.compile(r"^\s*-(\s|$)")
OPENS_SINGLE = re.compile(r"^\s*(?:- |[\w.\-]+: )?'[^']*$")
FLOW_KEY = re.compile(r"[\"'\w\]}]\s+([\w\-]+):\s")
QUOTED = re.compile(r"^\s*[\"']")
BARE_NAME = re.compile(r"^(\s*)([\w.\-]+)\s*:\s*$")
NO_BREAK = re.compile("\\s*\u00a0|\\s*-\u00a0|[^\"'#]*:\u00a0")
NO_SPACE = re.compile(r"^(\s*[\w.]+):([^\s:/].*)$")


def slip_of(text: str) -> Slip | None:
    """What no file may hold, whatever its parser makes of it."""
    lines = text.splitlines()
    if slip := merged(lines) or garbled(lines):
        return slip
    for begins, kind in OTHER_FILES.items():
        if text.lstrip().startswith(begins):
            return 1, f"This is {kind}, and no plain text.", PLAIN
    for number, line in enumerate(lines, 1):
        if number > 1 and line.rstrip() == "---":
            return number, "A line of --- begins another document, and one is read.", "Delete that line."
        if line.rstrip() == "...":
            return number, "A line of ... ends the document here.", "Delete that line."
        if (bullet := BULLET.match(line)) and _begins_list(lines, number - 1):
            what = f"“{bullet[1]}” begins this line, where a plain dash belongs."
            return number, what, "Begin each line of the list with a dash and a space."
        if marked := MARKED.match(line):
            what = f"A text that begins with {marked[1]} is taken for a mark of YAML, and its first word is not read."
            return number, what, "Put the whole text between quotes."
        if "\u00a0" in line and NO_BREAK.match(line):
            return (
                number,
                "There is a no-break space here, which YAML takes for a letter.",
                "Type a plain space instead.",
            )
        if len(line) > DEEPEST and max(map(line.count, "[{(")) > DEEPEST:
            opened = max(_depth(line, *pair) for pair in ("[]", "{}", "()"))
            if opened > DEEPEST:
                return (
                    number,
                    f"There are {opened} brackets inside one another.",
                    "Delete those that belong to no text.",
                )
    return None


def _begins_list(lines: Sequence[str], at: int) -> bool:
    """Does the line (from 0) stand straight under a name?"""
    before = _neighbour(lines, at, -1)
    return before is not None and bool(BARE_NAME.match(before))


def merged(lines: Sequence[str]) -> Slip | None:
    """Marks that a merge of two versions leaves where it cannot choose."""
    for number, line in enumerate(lines, 1):
        if MERGE.match(line):
            what = "Two versions of this file were put together here, and nobody has chosen."
            return number, what, "Keep the lines that are right, and delete the lines of <, = and >."
    return None


def garbled(lines: Sequence[str]) -> Slip | None:
    """Letters that a program has read in another encoding than they were written in, and saved so."""
    for number, line in enumerate(lines, 1):
        if found := GARBLED.search(line):
            what = f"Letters of this line are garbled (“{found[0]}”): it was read in another encoding than its own."
            return number, what, "Write them again, and save the file as UTF-8."
    return None


def layout_slip(lines: Sequence[str], at: int, *, flow: bool) -> Slip | None:
    """The slip near the line `at` (from 0) where the parser gave up; `flow` says that it was inside [ or {."""
    if flow and at < len(lines) and (found := FLOW_KEY.search(lines[at].split(" #")[0])):
        return at + 1, f"There is no comma before “{found[1]}”.", "Put one there."
    if flow or at >= len(lines):
        for number in range(min(at, len(lines) - 1), -1, -1):
            line = lines[number].split(" #")[0]
            for opens, closes in (("[", "]"), ("{", "}")):
                if _depth(line, opens, closes) > 0 and line.count(opens) > line.count(closes):
                    return (
                        number + 1,
                        f"A bracket {opens} is opened here and closed nowhere.",
                        f"Put {closes} behind it.",
                    )
    for number in range(min(at, len(lines) - 1), max(-1, at - 3), -1):
        line = lines[number]
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        before, after = _neighbour(lines, number, -1), _neighbour(lines, number, 1)
        if slip := _item_slip(line):
            return number + 1, *slip
        if re.match(r"^\s*-[^\s-]", line):
            return number + 1, *NO_SPACE_BEHIND_DASH
        if line.count("}") > line.count("{") or (line.count("]") > line.count("[")):
            sign = "}" if line.count("}") > line.count("{") else "]"
            opens = {"}": "{", "]": "["}[sign]
            what = f"A bracket {sign} closes here what is opened nowhere."
            return number + 1, what, f"Put {opens} before what belongs together, or take {sign} out."
        if re.fullmatch(r"[\w.]+", bare) and after is not None and (ITEM.match(after) or KEY.match(after)):
            return number + 1, *NO_COLON
        listed = [near for near in (before, after) if near is not None and ITEM.match(near)]
        if listed and not ITEM.match(line) and not KEY.match(line) and (listed[0] is before or QUOTED.match(line)):
            return (
                number + 1,
                "There is no dash before this text.",
                "Begin the line as its neighbours, with a dash and a space.",
            )
        if QUOTED.match(line) and before is not None and (name := BARE_NAME.match(before)):
            what = f"This text stands under “{name[2]}:”, and no further in than it."
            return number + 1, what, "Write it behind the colon."
        if found := NO_SPACE.match(line):
            return number + 1, f"There is no space behind “{found[1].strip()}:”.", "Put one there."
        if ";" in line and ":" not in line and not ITEM.match(line):
            return number + 1, *SPREADSHEET
        named = re.match(r"^\s*[\w.]+\s+[\"']", line) or (before is not None and KEY.match(before))
        if named and not ITEM.match(line) and not KEY.match(line):
            return number + 1, *NO_COLON
    for number in range(min(at, len(lines) - 1), -1, -1):
        if re.fullmatch(r"[a-z]+\s*", lines[number]):
            return number + 1, *NO_COLON
    return None


def _item_slip(line: str) -> tuple[str, str] | None:
    """Of one item of a list."""
    if re.match(r"^\s*-\t", line):
        return "There is a tab behind the dash.", "Put a space there instead."
    if re.match(r"^\s*(--|-\s+-)", line):
        return "There are two dashes before this text.", "Take one out."
    if ITEM.match(line) and re.search(r"[\"']\s*,\s*$", line):
        return "There is a comma behind this text.", "Take it out."
    if re.match(r"^\s*-\s+([\"']).*\1\s+-\s+[\"']", line):
        return "Two texts stand on this line.", "Give each a line of its own."
    return None


def opens_single(line: str) -> bool:
    """Does a text begin here with a single quote that its line does not close?"""
    return bool(OPENS_SINGLE.match(line))


def quote_slip(text: str) -> tuple[str, str] | None:
    """Of a text without quotes around it: one at its end alone was meant to stand at both."""
    if text.endswith('"') and text.count('"') == 1:
        return "There is a quote behind this text and none before it.", "Put one before it, or take this one out."
    return None


def run_on(text: str, line: int) -> Slip:
    """Of a text without quotes that begins on this line (from 1) and goes on in the next: nobody means that."""
    if re.match(r"-\S", text):
        return line, *NO_SPACE_BEHIND_DASH
    if ";" in text:
        return line, *SPREADSHEET
    mend = "Begin it with a dash or a name of its own, or put the whole text between quotes."
    return line + 1, f"This line runs on from line {line}, as if the two were one text.", mend


def _depth(line: str, opens: str, closes: str) -> int:
    deepest = depth = 0
    for sign in line:
        depth += (sign == opens) - (sign == closes)
        deepest = max(deepest, depth)
    return deepest


def _neighbour(lines: Sequence[str], at: int, step: int) -> str | None:
    """The nearest line with something in it."""
    number = at + step
    while 0 <= number < len(lines):
        if lines[number].strip() and not lines[number].strip().startswith("#"):
            return lines[number]
        number += step
    return None
