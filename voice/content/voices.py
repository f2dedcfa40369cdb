"""The voices and languages of a line, held against a list of what Twilio publishes (`voices.yaml`, with the day it was
read and its source)."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from voice.content.files import Document, nearest, read_yaml
from voice.content.schema import LanguageEntry
from voice.errors import Problem

LIST = Path(__file__).parent / "voices.yaml"
KINDS: Mapping[str, str] = {"standard": "", "neural": "-Neural", "generative": "-Generative"}
"""How a kind is written behind the name of one of Amazon's voices."""


@lru_cache
def published() -> Mapping[str, Any]:
    data: Mapping[str, Any] = read_yaml(LIST, LIST.name).data
    return data


def polly(language: str) -> dict[str, str]:
    """Voice as Twilio writes it → its kind, for a language."""
    voices = published()["speaks"].get(language, {}).get("polly", {})
    return {f"Polly.{name}{KINDS[kind]}": kind for name, kinds in voices.items() for kind in kinds}


def check_voices(document: Document, languages: Mapping[str, LanguageEntry]) -> Iterator[Problem]:
    """Warnings: the list ages, and a voice that is not in it may be new."""
    known, read = published(), published()["read"]
    for code, entry in languages.items():
        place = ("languages", code)

        def warn(name: str, what: str, mend: str, place: tuple[str, str] = place) -> Problem:
            return document.problem((*place, name), what, mend, warning=True)

        for name, tongue in (("hear", entry.hear), ("say", entry.say)):
            if tongue.partition("-")[0] != code:
                fits = [one for one in known["hears" if name == "hear" else "speaks"] if one.startswith(f"{code}-")]
                fits.sort(key=lambda one: one not in (entry.say, entry.hear))
                what = f"“{tongue}” is not the language “{code}” that it stands at."
                yield warn(name, what, f"Take {fits[0]}." if fits else f"Write it as {code}-XX.")
        if entry.hear not in known["hears"]:
            old = entry.hear in known["hears_perhaps"]
            what = f"Twilio {'no longer lists' if old else 'lists no'} recognition in “{entry.hear}” (read {read})."
            yield warn("hear", what, nearest(entry.hear, known["hears"]))
        if entry.say not in known["speaks"]:
            yield warn(
                "say", f"The list of {read} has no voice for “{entry.say}”.", nearest(entry.say, known["speaks"])
            )
        elif entry.voice is None:
            yield warn("say", "No voice is named, so Twilio takes its oldest.", f"Add voice: {_best(entry.say)}.")
        elif entry.voice.startswith("Polly."):
            yield from _check_polly(entry.voice, entry.say, warn)
        elif not _is_google(entry.voice, entry.say):
            what = f"“{entry.voice}” is no voice for “{entry.say}” (list of {read})."
            yield warn("voice", what, f"Take {_best(entry.say)}.")


def _check_polly(voice: str, language: str, warn: Any) -> Iterator[Problem]:
    kinds = polly(language)
    if voice not in kinds:
        what = f"“{voice}” does not speak “{language}” (list of {published()['read']})."
        yield warn("voice", what, nearest(voice, kinds) or f"Take {_best(language)}.")
    elif kinds[voice] == "standard" and "neural" in kinds.values():
        yield warn("voice", f"“{voice}” is of the oldest kind.", f"Take {_best(language)}.")


def _is_google(voice: str, language: str) -> bool:
    kinds = published()["speaks"][language].get("google", ())
    return any(voice.startswith(f"Google.{language}-{kind}-") for kind in kinds)


def _best(language: str) -> str:
    """A voice that needs nothing switched on: a neural one where there is one."""
    kinds = polly(language)
    neural = [voice for voice, kind in kinds.items() if kind == "neural"]
    return (neural or list(kinds) or [f"a voice of {language}"])[0]
