"""The console's own words: one YAML file a language, every key in each. `en` stands in for a language that has none.

Each file is a tree of texts, looked up as `board.title`; `{name}` is filled in. What a service says is put into the
user's words by `services`.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = ("nl", "fr", "de", "en")


@cache
def texts(language: str) -> Mapping[str, str]:
    written = yaml.safe_load((Path(__file__).parent / f"{language}.yaml").read_text(encoding="utf-8"))
    return dict(_flat(written))


def _flat(tree: Mapping[str, Any], above: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in tree.items():
        key = f"{above}{name}"
        found += _flat(value, f"{key}.") if isinstance(value, dict) else [(key, str(value))]
    return found


def text_or(language: str, key: str, otherwise: str) -> str:
    return texts(language).get(key, otherwise)


def text(language: str, key: str, /, **values: object) -> str:
    """Raises `KeyError` for a key that is none: a test looks for every key in every language."""
    return texts(language)[key].format(**values) if values else texts(language)[key]
