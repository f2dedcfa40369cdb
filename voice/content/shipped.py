"""The project's own words, which stand in where a line has none.

A new version of the program may say or listen for what no line has words for yet. So that it starts with any line that
the version before had, its own words are used until the operator has taken them in (`voice prompts add`) and made them
theirs.
"""

import sysconfig
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from voice.content.files import read_yaml
from voice.content.prompt_keys import KEYS
from voice.content.prompts import Forms, flat

CHECKOUT = Path(__file__).parents[2]
INSTALLED = Path(sysconfig.get_path("data")) / "share" / "rechtdoor"
PROJECT = CHECKOUT if (CHECKOUT / "grammars").is_dir() else INSTALLED
"""Where the project's own grammars/ and prompts/ stand: in a checkout, or where the wheel's data files go."""

ELSE = "en"
"""What a language is spoken in that the project has no words of."""

OWN = frozenset({"welcome", "again", "again.silence"})
"""These name the company and its topics: the project's own would be wrong on any other line."""


def is_shipped(language: str) -> bool:
    return (PROJECT / "prompts" / f"{language}.yaml").is_file()


@cache
def shipped_prompts(language: str) -> Mapping[str, Forms]:
    """Every prompt that may stand in for a line's own, in this language, or else in English."""
    name = f"prompts/{language if is_shipped(language) else ELSE}.yaml"
    texts = dict(flat(read_yaml(PROJECT / name, name).data).values())
    return {key: texts[key] for key in KEYS if key not in OWN}


@cache
def shipped_phrases(language: str, command: str) -> tuple[str, ...]:
    """What callers say for a command, where the project knows the language."""
    name = f"grammars/{language}/{command}.yaml"
    if not (PROJECT / name).is_file():
        return ()
    return tuple(map(str, read_yaml(PROJECT / name, name).data.get("phrases", ())))
