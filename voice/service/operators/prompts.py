"""Prompts that a line has no words for yet, written into its files in the project's own."""

import json
from pathlib import Path

from voice.content.files import read_yaml
from voice.content.prompts import Forms, flat
from voice.content.shipped import shipped_prompts
from voice.service.live.published import put


def add_missing(folder: Path, language: str) -> dict[str, str]:
    """What was added at the end of the language's file, which otherwise stays as it is: the texts by their keys."""
    name = f"prompts/{language}.yaml"
    there = dict(flat(read_yaml(folder / name, name).data).values())
    lent = {key: forms for key, forms in shipped_prompts(language).items() if key not in there}
    if lent:
        written = (folder / name).read_text(encoding="utf-8-sig").rstrip("\n")
        put(folder / name, "\n".join((written, *(_lines(key, forms) for key, forms in lent.items()), "")))
    return {key: forms["other"] for key, forms in lent.items()}


def _lines(key: str, forms: Forms) -> str:
    if len(forms) == 1:
        return f"{key}: {_quoted(forms['other'])}"
    return "\n".join((f"{key}:", *(f"  {form}: {_quoted(text)}" for form, text in forms.items())))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
