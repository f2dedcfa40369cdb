"""A small complete line to begin with: three topics, one queue, open all day.

Its topics are written for it (`template/<lang>.yaml`). What any line has, whatever its business, is taken from the
project's own line and so stands in one place only: the prompts, the commands, and the rules and lists that these use.
"""

import json
import re
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from string import Template as Pattern
from typing import Any

import holidays
import phonenumbers
import phonenumbers.timezone
from babel.core import get_global
from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from voice.content.editor_schema import FOLDER, named_in, schemas
from voice.content.files import read_yaml
from voice.content.linefile import LINE_FILE
from voice.content.moment_words import FILE as MOMENTS
from voice.content.prompt_keys import ANSWER
from voice.content.shared import SHARED, VALUES, read_shared
from voice.content.templates import parse, references
from voice.content.wishes import FILE as WISHES
from voice.core.interpretation import Command
from voice.errors import SettingsError

TEMPLATES = Path(__file__).parent / "template"
QUEUE = "helpdesk"
COUNTRIES = {*holidays.list_supported_countries(include_aliases=False)} & phonenumbers.SUPPORTED_REGIONS
GRAMMAR = named_in("grammar", 2)
COMMANDS = tuple(command.value for command in Command)
LABELLED_A_COMMAND = 8
"""With those of the topics and of `none` over a hundred: from fewer the understanding learns no thresholds."""


def start_line(folder: Path, source: Path, languages: tuple[str, ...], name: str, country: str = "BE") -> None:
    """Write the line into `folder`, which is empty or not there yet. `source` is the project's own line.

    Raises `SettingsError` for a folder that holds something, a language that is not ready-made, and what is no country.
    """
    known = [path.stem for path in sorted(TEMPLATES.glob("*.yaml")) if path.stem != "line"]
    for language in languages:
        if language not in known:
            mend = f"There is: {', '.join(known)}. How to add one is in docs/operators.md."
            raise SettingsError(f"There is no ready-made line in “{language}”.", mend)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SettingsError(f"{folder} is there already, and not empty.", "Give the name of a new folder.")
    spoken = spoken_name(name)
    if not spoken:
        raise SettingsError(f"“{name}” is no name that can be spoken.", "Write it with letters.")
    if country not in COUNTRIES:
        raise SettingsError(f"“{country}” is no country whose holidays are known.", "Write two capitals, as BE.")
    files = {LINE_FILE: _line_file(source, languages, " ".join(name.split()), country)}
    for language in languages:
        files |= _language_files(source, language, languages, spoken)
    files |= {f"{FOLDER}/{kind}.schema.json": json.dumps(form, indent=2) + "\n" for kind, form in schemas().items()}
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def spoken_name(name: str) -> str:
    """A company's name as it is said: without the signs that nobody speaks, and that YAML reads as its own."""
    return " ".join(re.sub(r"[^\w\s.,'’&+-]|_", " ", name).split())


def _line_file(source: Path, languages: tuple[str, ...], name: str, country: str) -> str:
    own = (source / LINE_FILE).read_text(encoding="utf-8").splitlines()
    entries = [line for language in languages for line in own if line.startswith(f"  {language}: {{")]
    number = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.FIXED_LINE)
    assert number, country
    begins = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[:-1]
    entries = [re.sub(r'"\+\d+(\d)"', rf'"{begins}\1"', entry) for entry in entries]
    zones = get_global("territory_zones").get(country, ())
    pattern = Pattern((TEMPLATES / "line.yaml").read_text(encoding="utf-8"))
    return pattern.substitute(
        name=_quoted(name),
        first=languages[0],
        languages="\n".join(entries),
        country=country,
        timezone=zones[0] if len(zones) == 1 else phonenumbers.timezone.time_zones_for_number(number)[-1],
    )


def _language_files(source: Path, language: str, languages: tuple[str, ...], name: str) -> dict[str, str]:
    recipe = read_yaml(TEMPLATES / f"{language}.yaml", f"{language}.yaml").data
    base = f"grammars/{language}"
    commands = {
        f"{base}/{command}.yaml": GRAMMAR + _renamed((source / base / f"{command}.yaml").read_text("utf-8"), name)
        for command in COMMANDS
    }
    topics = {f"{base}/{topic}.yaml": _phrases(entry) for topic, entry in recipe["topics"].items()}
    return {
        f"prompts/{language}.yaml": _prompts(source / f"prompts/{language}.yaml", recipe, name),
        f"{base}/{SHARED}": _shared(source, language, languages),
        **{
            f"{base}/{kept}": named_in(kind, 2) + (source / base / kept).read_text(encoding="utf-8")
            for kept, kind in ((WISHES, "wishes"), (MOMENTS, "moments"))
        },
        **topics,
        f"{base}/none.yaml": _phrases(recipe["none"]),
        **commands,
        f"{base}/labelled.tsv": _labelled(source / base / "labelled.tsv", recipe, name),
    }


def _renamed(text: str, name: str) -> str:
    return text.replace("Telvia", name).replace("telvia", name.lower())


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _phrases(entry: Mapping[str, Any]) -> str:
    sections = {key: entry[key] for key in ("templates", "phrases") if key in entry}
    return GRAMMAR + "".join(
        f"{key}:\n" + "".join(f"  - {_quoted(text)}\n" for text in texts) for key, texts in sections.items()
    )


def _prompts(source: Path, recipe: Mapping[str, Any], name: str) -> str:
    """The project's own prompts, with the words that are a company's own put in their place."""

    def change(prompts: dict[str, Any]) -> None:
        say = DoubleQuotedScalarString
        prompts["welcome"] = say(recipe["welcome"].replace("{name}", name))
        prompts["again"] = say(recipe["again"])
        del prompts["short"]
        prompts["again.silence"] = say(recipe["again.silence"])
        prompts["topic"] = {topic: say(entry["name"]) for topic, entry in recipe["topics"].items()}
        prompts["queue"] = {QUEUE: say(recipe["queue"])}
        for key in [key for key in prompts if key.startswith(ANSWER)]:
            del prompts[key]

    return named_in("prompts", 1) + _changed(source, change, name)


def _shared(source: Path, language: str, languages: tuple[str, ...]) -> str:
    """The rules and lists that the commands use, with the languages of this line."""
    rules = read_shared(source, language, []).rules
    used: set[str] = set()
    names = [name for template in _command_templates(source, language) for name in references(parse(template))]
    while names := [name for name in names if name not in used]:
        used |= set(names)
        names = [inner for name in names if name[0] == "<" for inner in references(rules[name[1:-1]])]

    def change(shared: dict[str, Any]) -> None:
        for rule in [rule for rule in shared["rules"] if f"<{rule}>" not in used]:
            del shared["rules"][rule]
        for name in [name for name in shared["lists"] if f"{{{name}}}" not in used and name not in VALUES]:
            del shared["lists"][name]
        asked = shared["lists"]["language"]
        for other in [other for other in asked if other not in languages]:
            del asked[other]

    text = _changed(source / "grammars" / language / SHARED, change, "")
    # The remarks between the rules are about the rules that went.
    return named_in("shared", 2) + re.sub(r"(?m)^ +#.*\n", "", text)


def _command_templates(source: Path, language: str) -> Iterator[str]:
    for command in COMMANDS:
        path = f"grammars/{language}/{command}.yaml"
        yield from read_yaml(source / path, path).data.get("templates", ())


def _labelled(source: Path, recipe: Mapping[str, Any], name: str) -> str:
    rows = ["label\ttext"]
    for label, entry in {**recipe["topics"], "none": recipe["none"]}.items():
        rows += [f"{label}\t{text}" for text in entry["labelled"]]
    own = _renamed(source.read_text(encoding="utf-8"), name).splitlines()
    for command in COMMANDS:
        rows += [row for row in own if row.startswith(f"{command}\t")][:LABELLED_A_COMMAND]
    return "\n".join(rows) + "\n"


def _changed(source: Path, change: Any, name: str) -> str:
    """A YAML file changed in place, its comments and order kept."""
    yaml = YAML()
    yaml.width = 10_000
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    data = yaml.load(source.read_text(encoding="utf-8"))
    change(data)
    written = StringIO()
    yaml.dump(data, written)
    return _renamed(written.getvalue(), name) if name else written.getvalue()
