"""Unpacking a model's zip file, which came over the network and is not trusted.

Nothing is written outside the given folder, no link is made, and neither the number of files nor their
size can fill the disk. `zipfile` alone bounds none of this.
"""

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from voice.recognition.errors import DownloadError

LARGEST_BYTES = 8 * 1024**3
"""Unpacked. The largest model in Vosk's catalogue takes some 4 GB."""
MOST_FILES = 2000
_CHUNK = 1 << 20


class BadArchiveError(DownloadError):
    """The file is no sound zip archive; another download may help."""


class HostileArchiveError(DownloadError):
    """The archive holds what no model holds; another download will not help."""


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack into `folder` (empty, existing) and return the one folder that the archive holds."""
    try:
        with zipfile.ZipFile(archive) as file:
            members = file.infolist()
            top = _checked_top(members)
            for member in members:
                _write(file, member, folder)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        # RuntimeError: encrypted. NotImplementedError: a compression that zipfile does not know.
        raise BadArchiveError(
            f"The archive {archive.name} is damaged ({error}).", "Run the same command again to fetch it anew."
        ) from error
    return folder / top


def _checked_top(members: list[zipfile.ZipInfo]) -> str:
    """The name of the single top folder. Raises before anything is written."""
    if len(members) > MOST_FILES or sum(member.file_size for member in members) > LARGEST_BYTES:
        raise _hostile("is far larger than any model")
    tops: set[str] = set()
    seen: set[str] = set()
    for member in members:
        path = PurePosixPath(member.filename)
        kind = stat.S_IFMT(member.external_attr >> 16)
        # A backslash or a colon would be a separator or a drive on Windows.
        if path.is_absolute() or ".." in path.parts or any(mark in member.filename for mark in "\\:\0"):
            raise _hostile(f"wants to write outside its folder ({member.filename!r})")
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise _hostile(f"holds a link or device ({member.filename!r})")
        if not path.parts or str(path).lower() in seen:
            raise _hostile(f"holds one name twice ({member.filename!r})")
        seen.add(str(path).lower())
        tops.add(path.parts[0])
    if len(tops) != 1:
        raise _hostile("does not hold exactly one folder")
    return tops.pop()


def _write(file: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path) -> None:
    target = folder.joinpath(*PurePosixPath(member.filename).parts)
    if member.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    left = member.file_size  # what was added up above; no more than that is written
    with file.open(member) as source, target.open("xb") as sink:
        while data := source.read(_CHUNK):
            left -= len(data)
            if left < 0:
                raise _hostile(f"holds a file larger than it says ({member.filename!r})")
            sink.write(data)


def _hostile(what: str) -> HostileArchiveError:
    return HostileArchiveError(
        f"The archive {what}; nothing of it is used.",
        "Do not use this source; fetch from https://alphacephei.com/vosk/models (unset VOICE_MODELS_URL).",
    )
