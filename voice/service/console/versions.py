"""What each version of the line changed, word by word, as an operator reads it in a browser; and the way back."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Literal

from voice.content.line import version_of
from voice.errors import SettingsError
from voice.service.live.published import Published
from voice.service.live.publishing import back, publish
from voice.store import Publication, Store

LATEST = 50
MOST_ROWS = 400
"""Rows of one file's change that a page shows; more is another file altogether."""

Kind = Literal["same", "gone", "new"]
Span = tuple[Kind, str]

WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True)
class ChangedLine:
    """One line that changed: where it stood, where it stands, and its words. None: it stood, or stands, nowhere."""

    old: int | None
    new: int | None
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class FileChange:
    path: str
    rows: tuple[ChangedLine, ...]
    more: int = 0


@dataclass(frozen=True)
class KeptVersions:
    """`draft`: the files as they stand are none of these, and not live."""

    latest: tuple[Publication, ...]
    draft: bool


def versions(shelf: Published, store: Store) -> KeptVersions:
    latest = tuple(store.history.latest(LATEST))
    return KeptVersions(latest, bool(latest) and version_of(shelf.line) != latest[0].version)


def changes(store: Store, number: int) -> tuple[Publication, tuple[FileChange, ...]]:
    """What a publication changed of the one before it. Raises `SettingsError` for one that is not among the latest."""
    latest = store.history.latest(LATEST + 1)
    at = next((n for n, one in enumerate(latest) if one.number == number), None)
    if at is None:
        raise SettingsError(f"There is no version number {number} among the latest {LATEST}.", "Choose one of those.")
    found = latest[at]
    if at + 1 == len(latest):
        return found, ()
    old, new = store.history.files(latest[at + 1].version), store.history.files(found.version)
    return found, tuple(_file(path, old.get(path, b""), new.get(path, b"")) for path in found.changed)


def go_back(shelf: Published, store: Store, version: str, by: str, now: datetime) -> Publication:
    return back(shelf, store, version, now, by=by)[0]


def make_live(shelf: Published, store: Store, by: str, now: datetime) -> Publication | None:
    return publish(shelf, store, now, by=by, anyway=True)


def _file(path: str, old: bytes, new: bytes) -> FileChange:
    rows = list(changed_lines(*(text.decode("utf-8", "replace").splitlines() for text in (old, new))))
    return FileChange(path, tuple(rows[:MOST_ROWS]), max(0, len(rows) - MOST_ROWS))


def changed_lines(old: Sequence[str], new: Sequence[str]) -> Iterator[ChangedLine]:
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        paired = min(b - a, d - c)
        for n in range(paired):
            yield ChangedLine(a + n + 1, c + n + 1, tuple(changed_words(old[a + n], new[c + n])))
        for n in range(a + paired, b):
            yield ChangedLine(n + 1, None, (("gone", old[n]),))
        for n in range(c + paired, d):
            yield ChangedLine(None, n + 1, (("new", new[n]),))


def changed_words(old: str, new: str) -> Iterator[Span]:
    was, now = WORDS.findall(old), WORDS.findall(new)
    for what, a, b, c, d in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if what == "equal":
            yield "same", "".join(was[a:b])
            continue
        if a < b:
            yield "gone", "".join(was[a:b])
        if c < d:
            yield "new", "".join(now[c:d])
