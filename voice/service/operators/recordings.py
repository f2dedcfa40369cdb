"""Recordings → files for the telephone (`voice.content.recordings` says where they stand and when they are played)."""

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from voice.content import Line
from voice.content.recordings import AUDIO, BUILT, MANIFEST, MUSIC, Recording, read_manifest, sources, texts_of
from voice.recognition.errors import AudioError
from voice.recognition.files import read_audio, write_wave
from voice.recognition.mastering import master, master_music

KEPT_SECONDS = 24 * 3600
"""How long a file stays that nothing names any more: a call that began with it may still play it."""


@dataclass(frozen=True)
class Built:
    """What became of one source. `language` is empty for the music; `fault` says why it could not be used."""

    language: str
    name: str
    source: Path
    recording: Recording | None = None
    fresh: bool = False
    fault: str = ""


def build(line: Line, languages: tuple[str, ...], *, anew: bool = False) -> Iterator[Built]:
    """Build what is new or has changed (`anew`: everything), and say of each recording what became of it. The list of
    what can be played is written at the end, in one step; the music goes along."""
    folder = line.folder
    manifest: dict[str, dict[str, Recording]] = read_manifest(folder)
    for language in (*languages, ""):
        texts = texts_of(line.prompts[language]) if language else {MUSIC: ""}
        before, manifest[language] = manifest.get(language, {}) if not anew else {}, {}
        for name, paths in sources(folder, language).items():
            done = _build_one(folder, language, name, paths, texts, before.get(name))
            if done.recording:
                manifest[language][name] = done.recording
            yield done
    _write(folder, {language: entries for language, entries in manifest.items() if entries})


def _build_one(
    folder: Path, language: str, name: str, paths: list[Path], texts: dict[str, str], before: Recording | None
) -> Built:
    source = paths[0]
    if name not in texts:
        return Built(language, name, source, fault="No prompt has this name. `voice prompts list` shows them.")
    if len(paths) > 1:
        others = " and ".join(path.name for path in paths)
        return Built(language, name, source, fault=f"There are several: {others}. Keep one.")
    source_hash = _hash(source.read_bytes())
    if before and before.source_hash == source_hash and (folder / BUILT / before.file).is_file():
        # It says what the prompt said when it was recorded, whatever that says now.
        return Built(language, name, source, before)
    try:
        recording = _make(folder, language, name, source, texts[name], source_hash)
    except AudioError as error:
        return Built(language, name, source, fault=str(error))
    return Built(language, name, source, recording, fresh=True)


def _make(folder: Path, language: str, name: str, source: Path, text: str, source_hash: str) -> Recording:
    audio, measures = (master if language else master_music)(read_audio(source))
    # Written beside its place and then put there in one step: a caller never hears half a file.
    half = folder / BUILT / language / f".{name}.half"
    half.parent.mkdir(parents=True, exist_ok=True)
    write_wave(half, audio)
    built = half.with_name(f"{name}.{_hash(half.read_bytes())}.wav")
    half.replace(built)
    file = built.relative_to(folder / BUILT).as_posix()
    rounded = {key: round(value, 2) for key, value in asdict(measures).items()}
    return Recording(file, text, source.relative_to(folder / AUDIO).as_posix(), source_hash, **rounded)


def _write(folder: Path, manifest: dict[str, dict[str, Recording]]) -> None:
    if not manifest and not (folder / MANIFEST).exists():
        return
    entries = {
        language: {name: asdict(recording) for name, recording in sorted(recordings.items())}
        for language, recordings in sorted(manifest.items())
    }
    half = (folder / MANIFEST).with_suffix(".half")
    half.parent.mkdir(parents=True, exist_ok=True)
    half.write_text(json.dumps(entries, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    half.replace(folder / MANIFEST)
    named = {recording.file for recordings in manifest.values() for recording in recordings.values()}
    for path in (folder / BUILT).rglob("*.wav"):
        old = time.time() - path.stat().st_mtime > KEPT_SECONDS
        if path.relative_to(folder / BUILT).as_posix() not in named and old:
            path.unlink()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]
