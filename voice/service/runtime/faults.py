"""Faults of the program, told without what they quote: an exception's message may hold a caller's words, a number or a
PIN's hash (a database names the row that it refuses), so that only the project's own errors are told in words."""

import traceback
from collections.abc import Iterator
from errno import EACCES, EDQUOT, EIO, EISDIR, EMFILE, ENOENT, ENOSPC, ENOTDIR, EPERM, EROFS, errorcode

from voice.errors import VoiceError

OF_THE_DATABASE = {
    "SQLITE_FULL": ("The disk that holds the database is full.", "Make room there; the line then goes on by itself."),
    "SQLITE_READONLY": ("The database's file or its folder cannot be written.", "Let this user write both."),
    "SQLITE_CANTOPEN": ("The database's file cannot be opened.", "Does its folder exist, and may this user use it?"),
    "SQLITE_IOERR": ("The disk that holds the database reports errors.", "Look at the disk, and at how full it is."),
    "SQLITE_CORRUPT": ("The database's file is damaged.", "Stop the line and restore a backup (docs/running.md)."),
    "SQLITE_NOTADB": ("The database's file is no database.", "Is VOICE_DATABASE_URL right?"),
    "SQLITE_BUSY": ("Another process holds the database's file.", "Try again; if it stays so, find that process."),
    "53100": ("The disk of the database server is full.", "Make room there; the line then goes on by itself."),
    "25006": ("The database server takes no changes now.", "Is it a replica, or has it been set to read only?"),
}
"""What a database refuses, and that quotes nobody, by SQLite's name of it and by PostgreSQL's code."""


FULL = frozenset({ENOSPC, EDQUOT})
OF_A_FILE = FULL | {EACCES, EPERM, EROFS, EIO, ENOTDIR, EISDIR, ENOENT, EMFILE}


def of_the_database(error: BaseException) -> tuple[str, str] | None:
    """What an operator can mend about the database, if that is what the fault is; and how."""
    for one in _chain(error):
        code = _code(getattr(one, "orig", None) or one)
        # SQLite has finer kinds, as SQLITE_READONLY_DIRECTORY.
        if found := next((told for name, told in OF_THE_DATABASE.items() if code.startswith(name)), None):
            return found
    return None


def of_a_file(error: BaseException) -> tuple[str, str] | None:
    """The same, of a file or folder."""
    if not isinstance(error, OSError) or error.errno not in OF_A_FILE or error.filename is None:
        return None
    mend = "Make room there." if error.errno in FULL else "Let this user use it; VOICE_CACHE names another cache."
    return f"{error.filename} cannot be used: {error.strerror}.", mend


def _code(error: BaseException) -> str:
    code = errorcode.get(error.errno or 0) if isinstance(error, OSError) else None
    return str(code or getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or "")


def told(error: BaseException) -> str:
    """The kinds of the exceptions, the first cause first, and the lines of code they came by."""
    return "\n".join(
        f"{_kind(one)}\n{''.join(traceback.format_tb(one.__traceback__))}".rstrip() for one in _chain(error)
    )


def place(error: BaseException) -> str:
    """The kind of the exception, and the last line of code of ours that it came by, in one line."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/voice/" in frame.filename] or frames
    return f"{_kind(error)} in {ours[-1].filename}:{ours[-1].lineno}" if ours else _kind(error)


def _kind(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if isinstance(error, VoiceError):
        return f"{name}: {error}"
    return f"{name} {_code(error)}".rstrip()


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and one not in seen:
        seen.append(one)
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return reversed(seen)
