"""What is wrong with the recordings, from their names, their words and what was measured when they were built.

All of it is a warning: where nothing can be played the line speaks, and a stray file must not keep a change out.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from voice.content.files import nearest
from voice.content.prompts import Prompts
from voice.content.recordings import AUDIO, BUILT, MANIFEST, MUSIC, Recording, parts, read_manifest, sources, texts_of
from voice.errors import Problem

LONGEST_SECONDS = 8.0
"""What is heard once and lasts longer is not remembered."""
LOUDEST_NOISE = -50.0
SOFTEST_SPEECH = -45.0
"""dBFS. Beyond these a recording is heard to be one."""
SOUND = frozenset({".wav", ".mp3", ".m4a", ".ogg", ".flac", ".aac", ".opus"})
BUILD = "Run `voice prompts build`."


def check_recordings(folder: Path, prompts: Mapping[str, Prompts]) -> Iterator[Problem]:
    built = read_manifest(folder)
    if not built and (folder / MANIFEST).exists() and not _is_empty(folder / MANIFEST):
        yield Problem(MANIFEST, 0, "The list of recordings is damaged: nothing recorded is played.", BUILD, "warning")
    for language in (*prompts, ""):
        texts = texts_of(prompts[language]) if language else {MUSIC: ""}
        entries = built.get(language, {})
        there = sources(folder, language)
        for name, paths in there.items():
            shown_as = paths[0].relative_to(folder).as_posix()
            if name not in texts:
                yield Problem(shown_as, 0, f"No prompt has the name “{name}”.", nearest(name, texts), "warning")
            elif len(paths) > 1:
                others = " and ".join(path.name for path in paths)
                what = f"There are several recordings of “{name}”: {others}."
                yield Problem(shown_as, 0, what, "Keep one.", "warning")
            else:
                yield from _check_one(folder, paths[0], shown_as, texts[name], entries.get(name))
        if language:
            yield from _check_parts(prompts[language], {*there} | {*entries})
    yield from _elsewhere(folder, prompts)


def _elsewhere(folder: Path, languages: Iterable[str]) -> Iterator[Problem]:
    """Recordings beside the folders from which they are built."""
    read = {folder / AUDIO / language for language in languages}
    for path in sorted((folder / "prompts").rglob("*.*")):
        if path.suffix.lower() not in SOUND or path.parent in read or BUILT in path.as_posix():
            continue
        if path.parent != folder / AUDIO or path.stem != MUSIC:
            what, where = (
                "No recording is read from here.",
                f"Put it into {AUDIO}/{next(iter(languages), 'LANGUAGE')}/.",
            )
            yield Problem(path.relative_to(folder).as_posix(), 0, what, where, "warning")


def remarks(recording: Recording) -> Iterator[tuple[str, str]]:
    """(what is not as it should be, how to mend it)"""
    if recording.clipped:
        yield f"{recording.clipped} samples are clipped", "Record it again, further from the microphone"
    if recording.level < SOFTEST_SPEECH and recording.text:
        yield f"the voice is very soft ({recording.level:.0f} dBFS)", "Record it again, nearer to the microphone"
    if recording.noise > LOUDEST_NOISE:
        yield f"the pauses are noisy ({recording.noise:.0f} dBFS)", "Record it again in a quieter room"
    if recording.seconds > LONGEST_SECONDS and recording.text:
        yield f"it lasts {recording.seconds:.1f} s; the ear holds {LONGEST_SECONDS:.0f} s", "Say it shorter"


def _check_one(folder: Path, source: Path, shown_as: str, text: str, built: Recording | None) -> Iterator[Problem]:
    whole = built and (folder / BUILT / built.file).is_file()
    if built is None or not whole or built.source_hash != hashlib.sha256(source.read_bytes()).hexdigest()[:12]:
        yield Problem(shown_as, 0, "This recording is not built yet, so it is not played.", BUILD, "warning")
        return
    if built.text != text:
        what = f"It says “{built.text}”, but the prompt is now “{text}”, so it is not played."
        mend = "Record it again, or run `voice prompts build --anew` if it says the same."
        yield Problem(shown_as, 0, what, mend, "warning")
    for what, mend in remarks(built):
        yield Problem(shown_as, 0, f"{what[0].upper()}{what[1:]}.", f"{mend}.", "warning")


def _check_parts(prompts: Prompts, recorded: set[str]) -> Iterator[Problem]:
    """A prompt of which some parts are recorded and others are not is spoken as a whole."""
    for key, forms in prompts.texts.items():
        for form in forms:
            names = [part.name for part in parts(key, form, forms) if part.name]
            missing = [name for name in names if name not in recorded]
            if missing and len(missing) < len(names):
                what = f"“{key}” is recorded in part only, so it is not played: {', '.join(missing)} is missing."
                yield Problem(f"{AUDIO}/{prompts.language}/", 0, what, "Record the rest, too.", "warning")


def _is_empty(path: Path) -> bool:
    try:
        return bool(json.loads(path.read_text(encoding="utf-8")) == {})
    except (OSError, ValueError):
        return False
