"""Faults of the program, told without what they quote: an exception's message may hold a caller's words, a number or a
PIN's hash (a database names the row that it refuses), so that only the project's own errors are told in words."""

import traceback
from collections.abc import Iterator

from voice.errors import VoiceError


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
    return f"{name}: {error}" if isinstance(error, VoiceError) else name


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and one not in seen:
        seen.append(one)
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return reversed(seen)
