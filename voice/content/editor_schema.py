"""JSON schemas of the operator's YAML files, so that an editor completes and marks them (https://json-schema.org).

The language servers of most editors read a schema named in a file's first lines
(https://github.com/redhat-developer/yaml-language-server#using-inlined-schema).
"""

from typing import Any

from voice.content.prompt_keys import EXTRA, KEYS
from voice.content.schema import LineFile

DRAFT = "https://json-schema.org/draft/2020-12/schema"
TEXT = {"type": "string", "minLength": 1}
FORMS = {"type": "object", "properties": {"other": TEXT}, "required": ["other"], "additionalProperties": TEXT}
TEXTS = {"type": "array", "items": TEXT}
LENGTHS = ("offer_after", "ring", "wrap_up", "spacing", "window")
"""Written as `3 min`; pydantic would have a duration of ISO 8601."""


def schemas() -> dict[str, dict[str, Any]]:
    """By the kind of file: `line`, `grammar`, `prompts`."""
    return {"line": _line(), "grammar": _grammar(), "prompts": _prompts()}


def _line() -> dict[str, Any]:
    schema = LineFile.model_json_schema()
    _written_lengths(schema)
    return {"$schema": DRAFT, "title": "grammars/line.yaml", **{k: v for k, v in schema.items() if k != "title"}}


def _written_lengths(node: Any) -> None:
    if isinstance(node, dict):
        for name, value in (node.get("properties") or {}).items():
            if name in LENGTHS and isinstance(value, dict):
                node["properties"][name] = {"type": "string", "pattern": r"^\d+\s*(s|sec|min|h|d)$"}
        for value in node.values():
            _written_lengths(value)
    elif isinstance(node, list):
        for value in node:
            _written_lengths(value)


def _grammar() -> dict[str, Any]:
    properties = {"templates": TEXTS, "phrases": TEXTS}
    form = {"type": "object", "properties": properties, "additionalProperties": False}
    return {"$schema": DRAFT, "title": "grammars/LANGUAGE/TOPIC.yaml", **form}


def _prompts() -> dict[str, Any]:
    said = {"anyOf": [TEXT, FORMS]}
    keys = dict.fromkeys((*KEYS, *EXTRA), said)
    groups = {name: {"type": "object", "additionalProperties": TEXT} for name in ("topic", "queue")}
    return {"$schema": DRAFT, "title": "prompts/LANGUAGE.yaml", "type": "object", "properties": {**keys, **groups}}
