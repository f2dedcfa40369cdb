"""JSON schemas of the operator's YAML files, so that an editor completes and marks them (https://json-schema.org).

The language servers of most editors read a schema named in a file's first lines
(https://github.com/redhat-developer/yaml-language-server#using-inlined-schema).
"""

import re
from typing import Any

from voice.content.grammar import SECTIONS
from voice.content.moment_words import AM, FILLED, LISTED, PM, TIME
from voice.content.prompt_keys import EXTRA, KEYS
from voice.content.schema import LineFile
from voice.content.shared import VALUES
from voice.content.time_mends import DAYS
from voice.content.wishes import DENIED, LISTS

FOLDER = ".schemas"
"""Where the schemas of a line stand, that its files name in their first lines."""

DRAFT = "https://json-schema.org/draft/2020-12/schema"
TEXT = {"type": "string", "minLength": 1}
FORMS = {"type": "object", "properties": {"other": TEXT}, "required": ["other"], "additionalProperties": TEXT}
TEXTS = {"type": "array", "items": TEXT}
WORDS = {"anyOf": [TEXT, TEXTS]}
LENGTH = {"type": "string", "pattern": r"^\d+\s*(s|sec|min|h|d)$"}
"""Written as `3 min`; pydantic would have a duration of ISO 8601."""

MEANINGS: dict[str, dict[str, Any]] = {
    **{key: {"type": "integer"} for key in ("numbers", "days", "weeks")},
    "weekdays": {"enum": list(DAYS)},
    "months": {"type": "integer", "minimum": 1, "maximum": 12},
    "parts": {"type": "string", "pattern": r"^\d{1,2}:\d{2}\s*-\s*\d{1,2}:\d{2}$"},
    "clock": {"anyOf": [{"type": "integer"}, {"enum": [AM, PM]}]},
    "lengths": LENGTH,
    "holidays": {"type": "string", "pattern": r"^(\d{2}-\d{2}|easter([+-]\d{1,3})?)$"},
    "coming": {"type": "integer"},
    "of_month": {"type": "string", "pattern": r"^\d{1,2}\s*-\s*\d{1,2}$"},
}
"""What a phrase of `_moments.yaml` may mean, by its section."""


def schemas() -> dict[str, dict[str, Any]]:
    """By the kind of file: `line`, `grammar`, `shared`, `wishes`, `moments`, `prompts`."""
    kinds = (_line, _grammar, _shared, _wishes, _moments, _prompts)
    return {kind.__name__[1:]: kind() for kind in kinds}


def named_in(kind: str, folders: int) -> str:
    """The line that names the schema of a kind, for a file so many folders deep in a line."""
    return f"# yaml-language-server: $schema={'../' * folders}{FOLDER}/{kind}.schema.json\n"


def _form(title: str, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"$schema": DRAFT, "title": title, "type": "object", "properties": properties, **more}


def _each(meaning: dict[str, Any]) -> dict[str, Any]:
    """Names of the writer's own, each with such a value."""
    return {"type": "object", "additionalProperties": meaning}


def _line() -> dict[str, Any]:
    schema = _written_lengths(LineFile.model_json_schema())
    return {"$schema": DRAFT, **schema, "title": "grammars/line.yaml"}


def _written_lengths(node: Any) -> Any:
    if isinstance(node, list):
        return [_written_lengths(value) for value in node]
    if not isinstance(node, dict):
        return node
    if node.get("format") == "duration":
        return LENGTH
    return {name: _written_lengths(value) for name, value in node.items()}


def _grammar() -> dict[str, Any]:
    return _form("grammars/LANGUAGE/TOPIC.yaml", dict.fromkeys(SECTIONS, TEXTS), additionalProperties=False)


def _shared() -> dict[str, Any]:
    known = {name: {**_each(WORDS), "required": list(needed)} for name, needed in VALUES.items()}
    lists = {
        "type": "object",
        "properties": known,
        "required": list(known),
        "additionalProperties": {"anyOf": [TEXTS, _each(WORDS)]},
    }
    properties = {"rules": _each(TEXT), "lists": lists}
    return _form("grammars/LANGUAGE/_shared.yaml", properties, required=["lists"], additionalProperties=False)


def _wishes() -> dict[str, Any]:
    properties = {**dict.fromkeys(LISTS, TEXTS), DENIED: _each(TEXTS)}
    return _form("grammars/LANGUAGE/_wishes.yaml", properties, additionalProperties=False)


def _moments() -> dict[str, Any]:
    properties = {name: _each(meaning) for name, meaning in MEANINGS.items()}
    properties |= {
        name: {"type": "array", "items": {"type": "string", "pattern": _phrase(name, times)}}
        for name, times in LISTED.items()
    }
    return _form("grammars/LANGUAGE/_moments.yaml", properties, additionalProperties=False)


def _phrase(section: str, times: int) -> str:
    """{time} so often, and nothing else that is filled in but what belongs to the section."""
    if times:
        return rf"^[^{{]*({re.escape(TIME)}[^{{]*){{{times}}}$"
    known = "|".join(re.escape(sign) for sign in FILLED[section] if sign != TIME)
    return rf"^([^{{]|{known})*$" if known else r"^[^{]*$"


def _prompts() -> dict[str, Any]:
    said = {"anyOf": [TEXT, FORMS]}
    keys = dict.fromkeys((*KEYS, *EXTRA), said)
    groups = {name: _each(TEXT) for name in ("topic", "queue")}
    return _form("prompts/LANGUAGE.yaml", {**keys, **groups})
