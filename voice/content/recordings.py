"""Recordings: what is played instead of being spoken by synthesis.

An operator puts `prompts/audio/<lang>/<name>.*` there, in any format; `voice prompts build` makes of each a file for
the telephone, in `prompts/audio/built/`, and writes down in `recordings.json` which words it says. What is built stands
beside its sources, so that a line can be carried to another machine as a folder and plays there without a build.

A prompt with placeholders is recorded in parts, `confirm.1`, `confirm.2`, around what fills them: the names of topics
and queues, which are prompts themselves, and digits. It is played only if every part is recorded, and only while the
words are those that were recorded: never half and half in one sentence, and never words that are no longer there.
"""

import itertools
import json
import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from voice.content.prompt_keys import TEXT
from voice.content.prompts import Forms, Prompts
from voice.content.spoken import spoken_number
from voice.core.call.actions import Prompt, Value

AUDIO = "prompts/audio"
BUILT = f"{AUDIO}/built"
MANIFEST = f"{BUILT}/recordings.json"
MUSIC = "hold"
OWN_MUSIC = Path(__file__).parent / "audio"
"""What is played on hold by a line that brings no music of its own: made by `voice.recognition.music`."""

SERVED = re.compile(r"([a-z]{2,3}/)?[\w.-]+\.[0-9a-f]{12}\.wav")
"""A built file: its language, its name, and the hash of what is in it, so that it may be kept for ever."""

NAMES: Mapping[str, str] = {"topic": "topic", "first": "topic", "second": "topic", "queue": "queue"}
"""Placeholders that are filled with a prompt, and its group."""
DIGITS = frozenset({"digit", "number"})
UNSPOKEN = ("sms.", "when.", "clock.", "number.", "hours.")
"""Read, or put together from too many words to be recorded."""


@dataclass(frozen=True)
class Recording:
    """A built file. `text` is what it says, `source` and `source_hash` what it was made of; levels are dBFS."""

    file: str
    text: str
    source: str
    source_hash: str
    seconds: float
    level: float
    peak: float
    noise: float
    clipped: int
    trimmed: float


@dataclass(frozen=True)
class Recordings:
    """One language's, those that say what the prompts say now."""

    prompts: Prompts
    files: Mapping[str, str] = field(default_factory=dict)

    def play(self, prompt: Prompt) -> tuple[str, ...] | None:
        """The files that say this prompt, one after the other; None where it has to be spoken."""
        found: list[str | None] = []
        for part in parts(prompt.key, self.prompts.form(prompt), self.prompts.texts[prompt.key]):
            filled = prompt.values.get(part.placeholder, "")
            names = [part.name] if part.name else self._names_for(prompt.key, part.placeholder, filled)
            found += [self.files.get(name) for name in names]
        files = tuple(file for file in found if file)
        return files if files and len(files) == len(found) else None

    def _names_for(self, key: str, placeholder: str, value: Value) -> list[str]:
        """The recordings that say what fills a placeholder; one that there never is, for what has to be spoken."""
        if NAMES.get(placeholder) == "topic":
            return [self.prompts.topic(key, str(value))]
        if placeholder in NAMES:
            return [f"{NAMES[placeholder]}.{value}"]
        said = spoken_number(str(value), self.prompts.country) if placeholder == "number" else str(value)
        digits = re.sub(r"[ ./()-]", "", said)
        return [f"digit.{digit}" for digit in digits] if placeholder in DIGITS and digits.isdecimal() else ["?"]


def words_played(recordings: Mapping[str, Recordings], url: str) -> str:
    """What is said where this is played; empty for music, and for what is not the line's."""
    for each in recordings.values():
        for name, file in each.files.items():
            if url.endswith(f"/{file}"):
                return texts_of(each.prompts)[name]
    return ""


def load_recordings(folder: Path, prompts: Mapping[str, Prompts]) -> dict[str, Recordings]:
    """What can be played, by language. Recordings of other words than the prompts' are left out."""
    written = read_manifest(folder)
    found = {}
    for language, spoken in prompts.items():
        texts = texts_of(spoken)
        files = {
            name: recording.file
            for name, recording in written.get(language, {}).items()
            if texts.get(name) == recording.text and (folder / BUILT / recording.file).is_file()
        }
        found[language] = Recordings(spoken, files)
    return found


def read_manifest(folder: Path) -> dict[str, dict[str, Recording]]:
    """What was built, by language and name; the music is under no language. A damaged list is an empty one: the line
    then speaks by synthesis, and `voice check` says so."""
    try:
        written = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return {
            language: {name: Recording(**entry) for name, entry in entries.items() if SERVED.fullmatch(entry["file"])}
            for language, entries in written.items()
        }
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}


def music(folder: Path) -> str:
    """The file that is played on hold."""
    own = read_manifest(folder).get("", {}).get(MUSIC)
    if own and (folder / BUILT / own.file).is_file():
        return own.file
    return next(path.name for path in OWN_MUSIC.glob(f"{MUSIC}.*.wav"))


def sources(folder: Path, language: str) -> dict[str, list[Path]]:
    """The recordings that an operator has put there, by name; more than one of a name is a slip. No language: the
    music."""
    found: dict[str, list[Path]] = {}
    for path in sorted((folder / AUDIO / language).glob("*")):
        if path.is_file() and not path.name.startswith(".") and path.suffix and (language or path.stem == MUSIC):
            found.setdefault(path.stem, []).append(path)
    return found


@dataclass(frozen=True)
class Part:
    """Of a prompt: words, with the name of their recording, or a placeholder. `before` and `after` say whether
    something else is said there in the same breath."""

    name: str = ""
    text: str = ""
    placeholder: str = ""
    before: bool = False
    after: bool = False


def parts(key: str, form: str, forms: Forms) -> list[Part]:
    """The parts of one form of a prompt, in order. Signs alone are no part: nobody reads them."""
    divided: list[Part] = []
    for literal, placeholder, _, _ in string.Formatter().parse(forms[form]):
        if any(sign.isalnum() for sign in literal):
            # What ends the sentence before is not read; what ends this one is how it is read.
            divided.append(Part(text=literal.strip().lstrip(".,;:?!… ")))
        if placeholder is not None:
            divided.append(Part(placeholder=placeholder))
    base = key if len(forms) == 1 else f"{key}.{form}"
    if len(divided) == 1 and divided[0].text:
        return [replace(divided[0], name=base)]
    numbers = itertools.count(1)
    return [
        replace(part, before=place > 0, after=place < len(divided) - 1, name=f"{base}.{next(numbers)}")
        if part.text
        else part
        for place, part in enumerate(divided)
    ]


def scripts(prompts: Prompts) -> Iterator[Part]:
    """Everything that can be recorded in a language."""
    used: set[str] = set()
    for key, forms in prompts.texts.items():
        if key.startswith(UNSPOKEN) or key.endswith(TEXT):
            continue
        for form in forms:
            divided = parts(key, form, forms)
            placeholders = {part.placeholder for part in divided if part.placeholder}
            if placeholders <= {*NAMES, *DIGITS}:
                used |= placeholders
                yield from (part for part in divided if part.text)
    if used & DIGITS:
        yield from (Part(name=f"digit.{digit}", text=digit, before=True, after=True) for digit in string.digits)


def texts_of(prompts: Prompts) -> dict[str, str]:
    """What each recording has to say, by its name."""
    return {part.name: part.text for part in scripts(prompts)}
