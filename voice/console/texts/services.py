"""What a service says, in the user's language: what it refuses, and what it tells of a sentence.

A service says it in English, for a shell as well; `services.yaml` has each of these sentences in each language, found
by the words around what is filled in.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

HOLE = re.compile(r"\{(\w+)\}")


def in_words_of(language: str, sentence: str) -> str:
    """The sentence as a page says it in this language; as it is, where nobody has written it down."""
    for said, texts in _known().items():
        if found := said.fullmatch(sentence):
            return HOLE.sub(lambda hole: found[hole[1]], texts[language]) if language in texts else sentence
    return sentence


@cache
def _known() -> dict[re.Pattern[str], Mapping[str, str]]:
    written = yaml.safe_load((Path(__file__).parent / "services.yaml").read_text(encoding="utf-8"))
    return {re.compile(_pattern(said), re.DOTALL): texts for said, texts in written.items()}


def _pattern(said: str) -> str:
    words = HOLE.split(said)
    return "".join(f"(?P<{part}>.*?)" if n % 2 else re.escape(part) for n, part in enumerate(words))
