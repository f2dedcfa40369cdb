"""Built models, kept by what they were built from.

A file's name is a hash of all that went into it, so it is never out of date; it is written under another name first and
then put in place, so that none reads half a file; and of several processes that want it, one builds it. Only for the
user's own eyes, and read without pickle: a file from elsewhere cannot run anything.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import platformdirs
import sklearn
from filelock import FileLock, Timeout

from voice.content.grammar import ROOMS
from voice.content.moment_words import FILE as MOMENTS
from voice.content.wishes import FILE as WISHES
from voice.understanding.encoder import Encoder

MODEL_VERSION = 18
"""Counted up with every change of what training makes of the same files."""

UNLEARNT = (WISHES, MOMENTS)
"""Files that no model learns from."""

LONGEST_BUILD = 600
"""Seconds."""

KEPT = 12
"""Files that stay: some versions of a line in four languages."""


def folder() -> Path:
    """`VOICE_CACHE`, or the user's own cache."""
    given = os.environ.get("VOICE_CACHE")
    return Path(given) if given else platformdirs.user_cache_path("rechtdoor")


def name(line: Path, language: str, extra: str, encoder: Encoder | None) -> str:
    """The file's name: a hash of the language's files, of `extra`, and of the code that reads them."""
    code = f"{MODEL_VERSION} {sklearn.__version__} {encoder.name if encoder else ''} {extra}"
    digest = hashlib.sha256(code.encode())
    base = line / "grammars" / language
    for path in sorted((*base.iterdir(), *(path for room in ROOMS for path in (base / room).glob("*")))):
        if path.suffix in (".yaml", ".tsv") and path.name not in UNLEARNT:
            digest.update(path.relative_to(base).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{language}-{digest.hexdigest()[:32]}.npz"


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """While one builds what belongs there, others wait for it; but not for ever, nor where no lock can be kept."""
    lock = FileLock(path.with_suffix(".lock"))
    with suppress(OSError, Timeout):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock.acquire(timeout=LONGEST_BUILD)
    try:
        yield
    finally:
        if lock.is_locked:
            lock.release()
            with suppress(OSError):
                path.with_suffix(".lock").unlink(missing_ok=True)


def write(path: Path, content: bytes) -> None:
    """Put a file in place whole, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _forget_oldest(path.parent)


def _forget_oldest(cache: Path) -> None:
    files = sorted(cache.glob("*.npz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[KEPT:]:
        path.unlink(missing_ok=True)
