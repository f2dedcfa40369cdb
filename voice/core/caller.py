"""A caller whom the operator knows by number: from a directory, or from a service of theirs.

A number can be forged: what is kept here decides where a caller stands and what an agent is told. It is never said to
the caller.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class KnownCaller:
    """`queue` takes whatever they ring about, `agent` is tried first. `area` is where they live, for notices."""

    name: str | None = None
    language: str | None = None
    tier: str | None = None
    account: str | None = None
    queue: str | None = None
    agent: str | None = None
    area: str | None = None
