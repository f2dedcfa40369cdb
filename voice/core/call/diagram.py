"""The states and the transition table, drawn as Markdown, so that the picture in the docs cannot lie.

What holds in every question is drawn once, beside the picture; an arrow is drawn only where a state differs from that.
"""

import re
from collections.abc import Mapping

from voice.core.call.actions import Listen
from voice.core.call.signals import Signal
from voice.core.call.state import State
from voice.core.call.states import STATES, StateFacts, Topics
from voice.core.call.table import EVERY_QUESTION, TABLE, Row

EXPECTED: Mapping[Listen, str] = {
    Listen.OPEN: "",
    Listen.YES_NO: "yes, no (1, 2)",
    Listen.CHOICE: "the first, the second, something else (1, 2, 3)",
    Listen.MENU: "a key",
    Listen.OBJECTION: "no (2); silence goes on",
    Listen.NUMBER: "",
}
TOPICS: Mapping[Topics, str] = {Topics.ANY: "a topic", Topics.CLEAR: "a clear topic", Topics.NONE: ""}


def mermaid() -> str:
    """The text of a `stateDiagram-v2` (https://mermaid.js.org/syntax/stateDiagram.html)."""
    lines = ["stateDiagram-v2", "    [*] --> new"]
    for state, rows in TABLE.items():
        if state is State.OVER:
            continue
        arrows: dict[State, list[str]] = {}
        for signal, row in rows.items():
            if not _common(signal, row, rows):
                for target in row.to:
                    arrows.setdefault(target, []).append(signal.value)
        lines += [f"    {state} --> {target}: {', '.join(signals)}" for target, signals in arrows.items()]
    return "\n".join([*lines, "    over --> [*]", ""])


def _common(signal: Signal, row: Row, rows: Mapping[Signal, Row]) -> bool:
    """Whether it is drawn beside the picture; silence is drawn once, whether or not somebody was heard before."""
    if signal is Signal.NOBODY and row == rows.get(Signal.SILENCE):
        return True
    everywhere = EVERY_QUESTION.get(signal)
    return everywhere is not None and row.move is everywhere.move


def everywhere() -> str:
    """A table of what leads from any question to the same states."""
    rows = (
        f"| {signal.value} | {', '.join(f'`{state}`' for state in row.to) or 'the same question'} |"
        for signal, row in EVERY_QUESTION.items()
    )
    return "\n".join(("| in any question | leads to |", "| --- | --- |", *rows, ""))


def states() -> str:
    """A table of the states: what each is, what it listens for and how long."""
    rows = (f"| {' | '.join((f'`{state}`', *_columns(facts)))} |" for state, facts in STATES.items())
    head = "| state | what it is | what it listens for | counts | silence, pause |"
    return "\n".join((head, "| --- | --- | --- | --- | --- |", *rows, ""))


def _columns(facts: StateFacts) -> tuple[str, ...]:
    quiet = f"{facts.quiet.silence} s, {facts.quiet.pause} s" if facts.quiet else ""
    return facts.about, _heard(facts), "yes" if facts.counted else "", quiet


def _heard(facts: StateFacts) -> str:
    if facts.listens is None:
        return "nothing"
    heard = (
        EXPECTED[facts.listens],
        "a telephone number" if facts.number else "",
        "another moment (3)" if facts.later else "",
        TOPICS[facts.topics],
    )
    return ", ".join(filter(None, heard))


DRAWN = {
    "states": states,
    "diagram": lambda: f"```mermaid\n{mermaid()}```\n",
    "everywhere": everywhere,
}
BLOCK = re.compile(rf"<!-- ({'|'.join(DRAWN)}) -->\n.*?<!-- end -->", re.DOTALL)
"""Where a drawing stands in a page."""


def redraw(page: str) -> str:
    """The page with each drawing in it made anew."""
    return BLOCK.sub(lambda block: f"<!-- {block[1]} -->\n\n{DRAWN[block[1]]()}\n<!-- end -->", page)
