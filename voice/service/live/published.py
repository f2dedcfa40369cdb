"""What the processes of one machine tell one another about a line: plain files, each written whole or not at all.

    <cache>/lines/<line>/versions/<version>/   a copy of the operator's files as they were checked, never changed again
                         state.json            what is live, what was refused, which wish was granted
                         wishes/wish           written by `voice reload`
                         editor.lock           held by the process that keeps the editor running
                         processes/<pid>.json  who serves the line, and which version

Files rather than the database: they are there while the database is away, cost nothing to look at ten times a second,
and the operator's files are on this machine too. Where several machines serve a line, each watches its own copy of it.
"""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import platformdirs
from filelock import FileLock
from pydantic import BaseModel, ConfigDict, ValidationError

from voice.content import Line, load_line
from voice.content.recordings import BUILT
from voice.errors import Problem

READ = (".yaml", ".tsv", ".json")
"""What the operator's files end with, recordings aside: their list is one of these."""

KEPT_VERSIONS = 20
SIGNED_FOR = 60.0
"""Seconds in which a save that somebody signed is taken up, or was not taken at all."""

GONE_AFTER = 15.0
"""Seconds after which a process that says nothing is not there any more."""

Fingerprint = frozenset[tuple[str, int, int, int]]
"""(path, when changed in ns, bytes, inode) of each file."""


class Written(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class RefusedSave(Written):
    """A change that was not taken. `at` is seconds since 1970."""

    at: float
    problems: tuple[Problem, ...]


class PublishedState(Written):
    """`version` is live since `at` (seconds since 1970); empty while none was taken yet. Until its model is `trained`,
    `added` are the new phrases by language, as the editor writes them, with their topics: those are understood to
    the letter. `coming` is the version that is being trained, `draft` that of the operator's files where they are not
    what is live."""

    version: str = ""
    at: float = 0.0
    trained: bool = False
    added: Mapping[str, Mapping[str, str]] = {}
    refused: RefusedSave | None = None
    granted: str = ""
    coming: str = ""
    draft: str = ""


class Process(Written):
    """A process that serves the line with `version`, `since` then. `what` is its work: serve, work."""

    pid: int
    what: str
    version: str
    trained: bool
    since: float
    seen: float


class Published:
    """The folder of one line. Everything in it can be lost, and is made again."""

    def __init__(self, line: Path) -> None:
        self.line = line.resolve()
        given = os.environ.get("VOICE_CACHE")
        cache = Path(given) if given else platformdirs.user_cache_path("rechtdoor")
        self.folder = cache / "lines" / hashlib.sha256(str(self.line).encode()).hexdigest()[:16]
        self.lock = self.folder / "editor.lock"
        self.wishes = self.folder / "wishes"
        self._state = self.folder / "state.json"
        self.make()

    def make(self) -> None:
        """Its folders, anew if somebody has cleared the cache."""
        for name in ("versions", "processes", "wishes"):
            (self.folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)

    # ── Versions ────────────────────────────────────────────────────────────────────────────────

    def copy(self) -> tuple[Path, Fingerprint]:
        """The operator's files as they stand now, copied: what is checked and trained on cannot change meanwhile.

        Recordings are linked where they can be: a built one has its hash in its name and is never written again.
        """
        copied = self._new()
        before = fingerprint(self.line)
        for path, *_ in before:
            target = copied / path
            target.parent.mkdir(parents=True, exist_ok=True)
            with suppress(OSError):  # gone or locked by now: what is missing is told by the check
                shutil.copyfile(self.line / path, target)
        self._link_recordings(copied)
        return copied, before

    def unpack(self, files: Mapping[str, bytes]) -> Path:
        """A copy as well, of what the store keeps of a version; recordings are those that this machine has."""
        copied = self._new()
        for path, text in files.items():
            target = copied / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text)
        self._link_recordings(copied)
        return copied

    def _new(self) -> Path:
        self.make()
        return Path(tempfile.mkdtemp(prefix="new-", dir=self.folder))

    def _link_recordings(self, copied: Path) -> None:
        for recording in (self.line / BUILT).rglob("*.wav"):
            target = copied / recording.relative_to(self.line)
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(recording, target)
            except OSError:
                shutil.copyfile(recording, target)

    def keep(self, copied: Path, version: str) -> None:
        """Put a checked copy among the versions; the oldest go."""
        target = self._version(version)
        if target.exists():
            shutil.rmtree(copied)
            os.utime(target)
        else:
            copied.rename(target)
        versions = sorted((self.folder / "versions").iterdir(), key=_age)
        for old in versions[:-KEPT_VERSIONS]:
            shutil.rmtree(old, ignore_errors=True)

    def load(self, version: str) -> Line | None:
        """A version as it was checked; its folder is the copy. None when it is not kept any more."""
        if not version or not self._version(version).is_dir():
            return None
        return load_line(self._version(version), lenient=True)

    def _version(self, version: str) -> Path:
        return self.folder / "versions" / version

    # ── What is live, and what is wished ────────────────────────────────────────────────────────

    def state(self) -> PublishedState:
        try:
            return PublishedState.model_validate_json(self._state.read_bytes())
        except (OSError, ValidationError):
            return PublishedState()

    def publish(self, state: PublishedState) -> None:
        put(self._state, state.model_dump_json())

    def mark(self) -> tuple[int, int]:
        """Another one means that the state was written again."""
        try:
            written = self._state.stat()
        except OSError:
            return (0, 0)
        return written.st_mtime_ns, written.st_ino

    def wish(self, token: str) -> None:
        put(self.wishes / "wish", token)

    def wished(self) -> str:
        try:
            return (self.wishes / "wish").read_text(encoding="utf-8")
        except OSError:
            return ""

    def writing(self) -> FileLock:
        """Held by whoever changes the operator's files for somebody: of two, the second sees what the first wrote."""
        self.make()
        return FileLock(self.folder / "words.lock", timeout=60)

    def signed(self, by: str) -> None:
        """Who has just saved, where that is not whoever Git knows: a user of the console."""
        put(self.folder / "author", by)

    def author(self) -> str:
        """Whom the last save is to be told of; empty where nobody signed it. Read once."""
        path = self.folder / "author"
        try:
            fresh = time.time() - path.stat().st_mtime < SIGNED_FOR
            by = path.read_text(encoding="utf-8")
            path.unlink()
        except OSError:
            return ""
        return by if fresh else ""

    # ── Who serves it ───────────────────────────────────────────────────────────────────────────

    def sign(self, process: Process) -> None:
        put(self.folder / "processes" / f"{process.pid}.json", process.model_dump_json())

    def sign_off(self, pid: int) -> None:
        (self.folder / "processes" / f"{pid}.json").unlink(missing_ok=True)

    def processes(self) -> list[Process]:
        """Those that are there; what the others have left behind is cleared away."""
        return sorted(self._processes(), key=lambda process: (process.what, process.pid))

    def _processes(self) -> Iterator[Process]:
        for path in (self.folder / "processes").glob("*.json"):
            try:
                process = Process.model_validate_json(path.read_bytes())
            except (OSError, ValidationError):
                continue
            if time.time() - process.seen < GONE_AFTER:
                yield process
            else:
                path.unlink(missing_ok=True)


def fingerprint(line: Path) -> Fingerprint:
    """What can be told of the operator's files without opening them. Never raises for what comes and goes."""
    found = set()
    for top in ("grammars", "prompts"):
        for folder, _, names in os.walk(line / top):
            for name in names:
                if name.endswith(READ) and not name.startswith("."):
                    path = Path(folder, name)
                    with suppress(OSError):
                        seen = path.stat()
                        shown = path.relative_to(line).as_posix()
                        found.add((shown, seen.st_mtime_ns, seen.st_size, seen.st_ino))
    return frozenset(found)


def files_of(folder: Path) -> dict[str, bytes]:
    """What makes a version: path → what stands in it; recordings aside. Raises `OSError`."""
    return {path: (folder / path).read_bytes() for path in sorted(path for path, *_ in fingerprint(folder))}


def put(path: Path, text: str) -> None:
    """Write a file whole, or not at all: whoever reads it meanwhile reads the one before."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
