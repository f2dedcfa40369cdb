"""Drafts, publications, and the way back: what `voice publish` and `voice back` do, and with what a start begins.

The store has every version that was live (`voice.store.history`), so that each machine has the same one: the newest.
Operator's files that are not that one are a draft, which is told and changes nothing: so is each save with
`publish: by-hand`, and so are older files on a second machine. One database is one line's.
"""

import getpass
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from voice.content import Line, load_line
from voice.content.check import sound_line
from voice.content.files import listed, refuse
from voice.content.line import version_of
from voice.errors import SettingsError
from voice.service.live.published import Published, files_of, put
from voice.service.live.waiting import in_the_way
from voice.store import History, Publication, Store
from voice.store.history import Files, Republished, hash_of

SHORTEST = 4
"""Characters of a version that stand for it."""

LOOKED_BACK = 200
"""Publications among which a file that is not what is live is looked for as it was before a change."""


def author(folder: Path) -> str:
    """As Git knows who works in this folder, else as the system does."""
    try:
        asked = subprocess.run(
            ["git", "config", "user.name"], cwd=folder, capture_output=True, text=True, timeout=5, check=False
        )
        known = asked.stdout.strip()
    except (OSError, subprocess.SubprocessError):
        known = ""
    if not known:
        with suppress(OSError, KeyError):
            known = getpass.getuser()
    return known or "unknown"


def is_draft(own: Line, live: Line, *, stale: bool) -> bool:
    """Are the operator's files, which are not what is live, to wait? `stale`: they were live before, and nobody has
    just saved them. A database that served another line before says nothing of this one."""
    return own.by_hand or live.by_hand or (stale and own.name == live.name)


@dataclass(frozen=True)
class Seen:
    """What somebody looked at before they decided: the files, and what was live in their place."""

    version: str
    live: str


@dataclass(frozen=True)
class TakenBack:
    """A change of another's that files would undo, standing as they did before it."""

    paths: tuple[str, ...]
    by: str
    version: str
    within: bool = False
    """Lines alone, of files that have other changes."""

    def __str__(self) -> str:
        if self.within:
            return f"{listed(self.paths)} lacks what {self.by} changed ({self.version[:8]}): that would be taken back."
        are = "stands here as it was" if len(self.paths) == 1 else "stand here as they were"
        return f"{listed(self.paths)} {are} before {self.by} changed it ({self.version[:8]}): that would be taken back."


def publish(
    shelf: Published,
    store: Store,
    now: datetime,
    by: str = "",
    *,
    anyway: bool = False,
    seen: Seen | None = None,
) -> Publication | None:
    """Make the files live as they stand, by whoever works in the folder unless it is said who; None where they are
    already. Raises `ContentError` for errors in them and, but for `anyway`, `SettingsError` where a file is as it was
    before somebody's last change of it: on a second machine that is mostly one that did not get the change. So it does
    where the files, or what is live, are not what was `seen`."""
    copied, _ = shelf.copy()
    try:
        line = sound_line(copied)
        newest = store.history.newest()
        if newest is not None and newest.version == line.version:
            return None
        files, live = files_of(copied), newest.version if newest else ""
        if seen not in (None, Seen(line.version, live)):
            raise _overtaken()
        if not anyway and (back := taken_back(store.history, files)):
            raise must_not_take_back(back, live)
        refuse(in_the_way(line, store))
        return _publish(store, line.version, files, now, by or author(shelf.line), "published", over=live)
    finally:
        shutil.rmtree(copied, ignore_errors=True)


def taken_back(history: History, files: Files) -> TakenBack | None:
    """The newest change that these files would undo, where they are not what is live."""
    latest = history.latest(LOOKED_BACK)
    if not latest:
        return None
    kept = history.digests({one.version for one in latest})
    own, live = {path: hash_of(text) for path, text in files.items()}, kept[latest[0].version]
    other = {path for path in {*own, *live} if own.get(path) != live.get(path)}
    for n, one in enumerate(latest):
        before = [kept[older.version] for older in latest[n + 1 :]]
        last = [path for path in one.changed if path in other]
        if back := [path for path in last if any(own.get(path) == old.get(path) for old in before)]:
            return TakenBack(tuple(back), one.by, one.version)
        if last and before:
            old_files, new_files = history.files(latest[n + 1].version), history.files(one.version)
            if back := [each for each in last if _undone(files.get(each), old_files.get(each), new_files.get(each))]:
                return TakenBack(tuple(back), one.by, one.version, within=True)
        other.difference_update(last)
    return None


def _undone(own: bytes | None, old: bytes | None, new: bytes | None) -> bool:
    """Does a file that was changed otherwise still have the lines that a change took out, and none that it put in?"""
    mine, before, after = ({line for line in (text or b"").splitlines() if line.strip()} for text in (own, old, new))
    return own is not None and before != after and before - after <= mine and not (after - before) & mine


def behind(shelf: Published, history: History, files: Files) -> bool:
    """Were the files behind what is live before they were saved, and would they still take another's change back?
    Who undoes a change where it was made is not behind."""
    return bool(shelf.state().draft) and taken_back(history, files) is not None


def _publish(store: Store, version: str, files: Files, now: datetime, by: str, how: str, *, over: str) -> Publication:
    try:
        return store.history.publish(version, files, now, by, how, over=over)
    except Republished:
        raise _overtaken() from None


def must_not_take_back(undone: TakenBack, live: str) -> SettingsError:
    mend = f"Take the live files up with voice back {live[:8]}, or publish with --anyway."
    return SettingsError(str(undone), mend)


def _overtaken() -> SettingsError:
    return SettingsError("The files, or what is live, have changed since you looked.", "Look at what would change now.")


def back(
    shelf: Published, store: Store, version: str, now: datetime, by: str = "", *, seen: Seen | None = None
) -> tuple[Publication, str]:
    """Make an older version live, and put its files in place of those that stand there; with it, under which version
    what stood there is kept, where it was never live. `version` is one of them, or how it begins.

    Raises `SettingsError` for one that is not kept, or where the files, or what is live, are not what was `seen`;
    `ContentError` where callers wait for what it has not.
    """
    found = store.history.versions(version) if len(version) >= SHORTEST else []
    if len(found) != 1:
        what = f"No version begins with “{version}”." if not found else f"{len(found)} versions begin with “{version}”."
        raise SettingsError(what, "Write one of those that voice history shows.")
    files = store.history.files(found[0])
    copied = shelf.unpack(files)
    try:
        refuse(in_the_way(sound_line(copied), store))
    finally:
        shutil.rmtree(copied, ignore_errors=True)
    standing, own, kept = files_of(shelf.line), version_of(shelf.line), ""
    newest = store.history.newest()
    live = newest.version if newest else ""
    if newest is not None and found[0] == own == live:
        return newest, ""
    if seen not in (None, Seen(own, live)):
        raise _overtaken()
    if own not in store.history.versions(own):
        store.history.keep(own, standing, now)
        kept = own
    if newest is not None and live == found[0]:
        done = newest
    else:
        # Made live first: whoever watches the files sees in them what is live already.
        done = _publish(store, found[0], files, now, by or author(shelf.line), "back", over=live)
    for path, text in files.items():
        if standing.get(path) != text:
            (shelf.line / path).parent.mkdir(parents=True, exist_ok=True)
            put(shelf.line / path, text.decode("utf-8"))
    for path in standing.keys() - files.keys():
        (shelf.line / path).unlink(missing_ok=True)
    return done, kept


def line_to_serve(folder: Path, store: Store) -> Line:
    """With what a process begins: the files as they stand, or what is live in the store where they are only a draft.
    Raises `ContentError` for files that would have to be served and cannot be."""
    newest = store.history.newest()
    if newest is None:
        return load_line(folder, lenient=True)
    live = fetched(Published(folder), store.history, newest.version)
    if live.by_hand:
        return live
    own = load_line(folder, lenient=True)
    waits = own.version != live.version and is_draft(own, live, stale=bool(store.history.versions(own.version)))
    return live if waits else own


def fetched(shelf: Published, history: History, version: str) -> Line:
    """A version that the store keeps; its folder is a copy on this machine. Raises `ContentError`."""
    line = shelf.load(version)
    if line is None:
        shelf.keep(shelf.unpack(history.files(version)), version)
        line = shelf.load(version)
    assert line is not None
    return line
