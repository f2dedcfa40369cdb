"""Drafts, publications, and the way back: what `voice publish` and `voice back` do, and with what a start begins.

The store has every version that was live (`voice.store.history`), so that each machine has the same one: the newest.
Operator's files that are not that one are a draft, which is told and changes nothing: so is each save with
`publish: by-hand`, and so are older files on a second machine. One database is one line's.
"""

import getpass
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from voice.content import Line, load_line
from voice.content.check import sound_line
from voice.content.files import listed, refuse
from voice.content.line import version_of
from voice.errors import SettingsError
from voice.service.live.published import Published, files_of, put
from voice.service.live.waiting import in_the_way
from voice.store import History, Publication, Store

SHORTEST = 4
"""Characters of a version that stand for it."""


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


def publish(shelf: Published, store: Store, now: datetime, by: str = "", *, anyway: bool = False) -> Publication | None:
    """Make the files live as they stand, by whoever works in the folder unless it is said who; None where they are
    already. Raises `ContentError` for errors in them and, but for `anyway`, `SettingsError` where a file is as it was
    before somebody's last change of it: on a second machine that is mostly one that did not get the change."""
    copied, _ = shelf.copy()
    try:
        line = sound_line(copied)
        newest = store.history.newest()
        if newest is not None and newest.version == line.version:
            return None
        files = files_of(copied)
        if not anyway:
            _must_not_take_back(store, files)
        refuse(in_the_way(line, store))
        return store.history.publish(line.version, files, now, by or author(shelf.line), "published")
    finally:
        shutil.rmtree(copied, ignore_errors=True)


def _must_not_take_back(store: Store, files: Mapping[str, bytes]) -> None:
    latest = store.history.latest()
    live = store.history.files(latest[0].version) if latest else {}
    seen: set[str] = set()
    for one, before in pairwise(latest):
        last = [path for path in one.changed if path not in seen and files.get(path) != live.get(path)]
        old = store.history.files(before.version) if last else {}
        if back := [path for path in last if files.get(path) == old.get(path)]:
            are = "stands here as it was" if len(back) == 1 else "stand here as they were"
            what = f"{listed(back)} {are} before {one.by} changed it ({one.version[:8]}): that would be taken back."
            mend = f"Take the live files up with voice back {latest[0].version[:8]}, or publish with --anyway."
            raise SettingsError(what, mend)
        seen |= {*one.changed}


def back(shelf: Published, store: Store, version: str, now: datetime, by: str = "") -> tuple[Publication, str]:
    """Make an older version live, and put its files in place of those that stand there; with it, under which version
    what stood there is kept, where it was never live. `version` is one of them, or how it begins.

    Raises `SettingsError` for one that is not kept, `ContentError` where callers wait for what it has not.
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
    if own not in store.history.versions(own):
        store.history.keep(own, standing, now)
        kept = own
    newest = store.history.newest()
    if newest is not None and newest.version == found[0]:
        done = newest
    else:
        # Made live first: whoever watches the files sees in them what is live already.
        done = store.history.publish(found[0], files, now, by or author(shelf.line), "back")
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
