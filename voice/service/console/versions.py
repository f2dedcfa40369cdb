"""What each version of the line changed, word by word, as an operator reads it in a browser; and the way back."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Literal

from voice.content import load_line
from voice.content.line import version_of
from voice.errors import SettingsError
from voice.service.live.published import Published, files_of
from voice.service.live.publishing import Seen, TakenBack, back, behind, must_not_take_back, publish, taken_back
from voice.store import Publication, Store
from voice.store.history import Files

LATEST = 50
MOST_ROWS = 400
"""Rows of one file's change that a page shows; more is another file altogether."""

LONG = 2000
"""Lines, or words of one line."""

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
    """`draft`: the files as they stand are not what is live; `older`: they were live before. `aside` are drafts that a
    version took the place of, and since when they are kept."""

    latest: tuple[Publication, ...]
    draft: bool
    older: bool
    aside: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True)
class Proposal:
    """What would become live, or stand in the files, in place of what does, and what that changes. `lost`: the files
    as they stand are a draft, which would be kept aside; `takes_back` is what would be undone of somebody else's;
    `aside`: it was never live itself."""

    version: str
    seen: Seen
    files: tuple[FileChange, ...]
    lost: bool = False
    takes_back: TakenBack | None = None
    aside: bool = False

    @property
    def is_live(self) -> bool:
        return self.version == self.seen.live


def versions(shelf: Published, store: Store) -> KeptVersions:
    latest, own = tuple(store.history.latest(LATEST)), version_of(shelf.line)
    draft = bool(latest) and own != latest[0].version
    older = draft and store.history.was_live(own)
    return KeptVersions(latest, draft, older, tuple(store.history.aside(LATEST)))


def changes(store: Store, number: int) -> tuple[Publication, tuple[FileChange, ...]]:
    """What a publication changed of the one before it. Raises `SettingsError` for one that is not among the latest."""
    latest = store.history.latest(LATEST + 1)
    at = next((n for n, one in enumerate(latest) if one.number == number), None)
    if at is None:
        raise SettingsError(f"There is no version number {number} among the latest {LATEST}.", "Choose one of those.")
    found = latest[at]
    if at + 1 == len(latest):
        return found, ()
    return found, _between(store.history.files(latest[at + 1].version), store.history.files(found.version))


def draft(shelf: Published, store: Store) -> Proposal:
    """The files as they stand, to be made live."""
    files, seen = files_of(shelf.line), _seen(shelf, store)
    changed = _between(store.history.files(seen.live), files) if seen.live else ()
    return Proposal(seen.version, seen, changed, takes_back=taken_back(store.history, files))


def earlier(shelf: Published, store: Store, version: str) -> Proposal:
    """A version that is kept, to be made live again; what is live, to be taken up into the files. Raises
    `SettingsError` for one that is not kept."""
    wanted, seen = store.history.files(version), _seen(shelf, store)
    if not wanted:
        raise SettingsError(f"No version begins with “{version}”.", "Choose one of those.")
    before = files_of(shelf.line) if version == seen.live else store.history.files(seen.live)
    lost = seen.version not in (seen.live, version) and not store.history.files(seen.version)
    undone = _of_aside(store, version, wanted)
    return Proposal(version, seen, _between(before, wanted), lost, undone, aside=not store.history.was_live(version))


def never_got(store: Store, path: str, text: str) -> TakenBack | None:
    """Whose change of a file is not in it, where it stands as it did before that."""
    newest = store.history.newest()
    live = store.history.files(newest.version) if newest else {}
    return taken_back(store.history, live | {path: text.encode()})


def waits(shelf: Published, store: Store) -> bool:
    """Is what is saved here a draft, which callers hear when somebody makes it live?"""
    by_hand = load_line(shelf.line, lenient=True).by_hand
    return by_hand or behind(shelf, store.history, files_of(shelf.line))


def _of_aside(store: Store, version: str, files: Files) -> TakenBack | None:
    """A draft that was set aside may lack others' changes as any draft; an older version lacks all after it."""
    return None if store.history.was_live(version) else taken_back(store.history, files)


def go_back(
    shelf: Published, store: Store, version: str, seen: Seen, by: str, now: datetime, *, anyway: bool
) -> Publication:
    """Raises `SettingsError` as `publish` does."""
    undone = None if anyway else _of_aside(store, version, store.history.files(version))
    if undone is not None:
        raise must_not_take_back(undone, seen.live)
    return back(shelf, store, version, now, by=by, seen=seen)[0]


def make_live(
    shelf: Published, store: Store, seen: Seen, by: str, now: datetime, *, anyway: bool
) -> Publication | None:
    return publish(shelf, store, now, by=by, anyway=anyway, seen=seen)


def _seen(shelf: Published, store: Store) -> Seen:
    newest = store.history.newest()
    return Seen(version_of(shelf.line), newest.version if newest else "")


def _between(old: Files, new: Files) -> tuple[FileChange, ...]:
    paths = sorted(path for path in {*old, *new} if old.get(path) != new.get(path))
    return tuple(_file(path, old.get(path, b""), new.get(path, b"")) for path in paths)


def _file(path: str, old: bytes, new: bytes) -> FileChange:
    rows = list(changed_lines(*(text.decode("utf-8", "replace").splitlines() for text in (old, new))))
    return FileChange(path, tuple(rows[:MOST_ROWS]), max(0, len(rows) - MOST_ROWS))


def changed_lines(old: Sequence[str], new: Sequence[str]) -> Iterator[ChangedLine]:
    for what, a, b, c, d in _opcodes(old, new):
        if what == "equal":
            continue
        paired = min(b - a, d - c)
        for n in range(paired):
            if old[a + n] != new[c + n]:
                yield ChangedLine(a + n + 1, c + n + 1, tuple(changed_words(old[a + n], new[c + n])))
        for n in range(a + paired, b):
            yield ChangedLine(n + 1, None, (("gone", old[n]),))
        for n in range(c + paired, d):
            yield ChangedLine(None, n + 1, (("new", new[n]),))


def changed_words(old: str, new: str) -> Iterator[Span]:
    was, now = WORDS.findall(old), WORDS.findall(new)
    for what, a, b, c, d in _opcodes(was, now):
        if what == "equal":
            yield "same", "".join(was[a:b])
            continue
        if a < b:
            yield "gone", "".join(was[a:b])
        if c < d:
            yield "new", "".join(now[c:d])


def _opcodes(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """Of what is long, what stands there again and again is left out: it takes time that grows with its square."""
    shorter = min(len(old), len(new))
    start = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    end = next((n for n in range(shorter - start) if old[-1 - n] != new[-1 - n]), shorter - start)
    was, now = old[start : len(old) - end], new[start : len(new) - end]
    if start:
        yield "equal", 0, start, 0, start
    for what, a, b, c, d in SequenceMatcher(None, was, now, autojunk=len(now) > LONG).get_opcodes():
        yield what, a + start, b + start, c + start, d + start
    if end:
        yield "equal", len(old) - end, len(old), len(new) - end, len(new)
