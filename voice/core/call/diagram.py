"""The transition table, drawn as a Mermaid state diagram, so that the picture in the docs cannot lie."""

from voice.core.call.signals import Signal
from voice.core.call.state import State
from voice.core.call.table import TABLE

EVERYWHERE = frozenset(
    {
        Signal.AGENT,
        Signal.BACK,
        Signal.CALLBACK,
        Signal.GOODBYE,
        Signal.HUNG_UP,
        Signal.REPEAT,
        Signal.LANGUAGE,
    }
)
"""Understood in every state, and drawn in none: forty arrows more would hide the others."""


def mermaid() -> str:
    """The text of a `stateDiagram-v2` (https://mermaid.js.org/syntax/stateDiagram.html)."""
    lines = ["stateDiagram-v2", "    [*] --> new"]
    for state, rows in TABLE.items():
        if state is State.OVER:
            continue
        arrows: dict[State, list[str]] = {}
        for signal, row in rows.items():
            if signal in EVERYWHERE:
                continue
            for target in row.to:
                arrows.setdefault(target, []).append(signal.value)
        lines += [f"    {state} --> {target}: {', '.join(signals)}" for target, signals in arrows.items()]
    return "\n".join([*lines, "    over --> [*]", ""])
