"""Speech models by name: language, size, licence, checksum.

Names, sizes and licences are those of https://alphacephei.com/vosk/models; the checksums were compared
in several public manifests that agree with one another. What is not written down here is asked of the
server's own `model-list.json`, which states size and MD5. The checksums here are better than that list:
they also hold for a mirror, and the list comes from the same server as the file it vouches for.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

APACHE = "Apache-2.0"
DUTCH_BIG = "CC BY-NC-SA 4.0: not for commercial use"
UNSTATED = "see https://alphacephei.com/vosk/models"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_LANGUAGE = re.compile(r"vosk[-_]model(?:[-_]small)?[-_]([a-z]{2,3})(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True)
class CatalogueEntry:
    """A model that can be fetched. `size` is the archive's in bytes, 0 if unknown; `digest` is `sha256:…`,
    `md5:…`, or empty where nobody states one."""

    name: str
    language: str
    size: int = 0
    digest: str = ""
    licence: str = UNSTATED
    note: str = ""


CATALOGUE = (
    CatalogueEntry(
        "vosk-model-small-nl-0.22",
        "nl",
        40_441_176,
        "sha256:039811c3b829de64e4f123a9f684a53784005b212a346ac0b899dc7efce2ed0a",
        APACHE,
        "the default for Dutch",
    ),
    CatalogueEntry(
        "vosk-model-small-fr-0.22",
        "fr",
        42_233_323,
        "sha256:cabf6180e177eb9b3a9a9d43a437bd5e549f3a7d09525e5d69a3fed787be12ad",
        APACHE,
        "the default for French",
    ),
    CatalogueEntry(
        "vosk-model-small-de-0.15",
        "de",
        46_499_967,
        "sha256:b7e53c90b1f0a38456f4cd62b366ecd58803cd97cd42b06438e2c131713d5e43",
        APACHE,
        "the default for German",
    ),
    CatalogueEntry(
        "vosk-model-small-en-us-0.15",
        "en",
        41_205_931,
        "sha256:30f26242c4eb449f948e42cb302dd7a686cb29a3423a8367f99ff41780942498",
        APACHE,
        "the default for English",
    ),
    CatalogueEntry(
        "vosk-model-nl-spraakherkenning-0.6-lgraph",
        "nl",
        105_951_663,
        "md5:50c025bca2ebeb1dba54b3687632d92f",
        DUTCH_BIG,
        "larger; takes a phrase list",
    ),
    CatalogueEntry(
        "vosk-model-nl-spraakherkenning-0.6",
        "nl",
        licence=DUTCH_BIG,
        note="860 MB; takes no phrase list",
    ),
)
"""The first entry of a language is its default: small, fast, free to use, and with a dynamic graph."""


def is_name(text: str) -> bool:
    """Whether this may be a model's name: one word that can be a file's name and nothing else."""
    return bool(_NAME.fullmatch(text)) and ".." not in text


def language_of(name: str) -> str:
    """The language in a model's or package's name (`vosk-model-small-en-us-0.15` → `en`), or empty."""
    found = _LANGUAGE.match(name)
    return found.group(1).lower() if found else ""


def short(language: str) -> str:
    """`nl-BE` → `nl`: models are by language, not by country."""
    return re.split(r"[-_]", language.lower(), maxsplit=1)[0]


def in_catalogue(wanted: str) -> CatalogueEntry | None:
    """The entry of this name, or the default of this language."""
    exact = next((entry for entry in CATALOGUE if entry.name == wanted), None)
    return exact or next((entry for entry in CATALOGUE if entry.language == short(wanted)), None)


def read_model_list(text: str) -> list[CatalogueEntry]:
    """The entries of a server's `model-list.json`: speech models not marked obsolete. Raises `ValueError`
    when it is no such list. The licence is not in it."""
    rows: Any = json.loads(text)
    if not isinstance(rows, list):
        raise ValueError("not a list of models")
    return [entry for row in rows if isinstance(row, dict) and (entry := _entry(row))]


def in_model_list(wanted: str, entries: list[CatalogueEntry]) -> CatalogueEntry | None:
    """By name, else the small model of this language."""
    exact = next((entry for entry in entries if entry.name == wanted), None)
    small = (entry for entry in entries if entry.language == short(wanted) and "-small-" in entry.name)
    return exact or next(small, None)


def _entry(row: dict[str, Any]) -> CatalogueEntry | None:
    name, size, md5 = str(row.get("name", "")), row.get("size"), str(row.get("md5", "")).lower()
    if not is_name(name) or not language_of(name) or str(row.get("obsolete", "")).lower() == "true":
        return None
    return CatalogueEntry(
        name,
        language_of(name),
        size if isinstance(size, int) and size > 0 else 0,
        f"md5:{md5}" if re.fullmatch(r"[0-9a-f]{32}", md5) else "",
    )
