"""Fetching a model's archive: resumed after a break, checked before it is used.

The bytes go into `<name>.zip.part`. A break leaves it there and the next attempt asks for the rest by
`Range`; a server that ignores `Range` sends all of it, and the file is begun anew. A file whose checksum
is wrong is thrown away and fetched once more from nothing.
"""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from voice.recognition.errors import DownloadError, ModelMissingError
from voice.recognition.models.catalogue import (
    CATALOGUE,
    CatalogueEntry,
    in_catalogue,
    in_model_list,
    is_name,
    read_model_list,
)

Progress = Callable[[int, int], None]
"""Called with the bytes there are and the bytes there will be (0: unknown)."""

ATTEMPTS = 3
PAUSE_SECONDS = 1.0
LARGEST_BYTES = 4 * 1024**3
_TIMEOUT = httpx.Timeout(20.0, connect=10.0)


def new_client() -> httpx.Client:
    """For downloads. `identity`: a zip does not shrink, and a resumed body must be the file's own bytes."""
    return httpx.Client(
        timeout=_TIMEOUT, follow_redirects=True, headers={"Accept-Encoding": "identity", "User-Agent": "rechtdoor"}
    )


def resolve(wanted: str, base_url: str, client: httpx.Client) -> CatalogueEntry:
    """A model's name or a language → what to fetch. Asks the server's list for what is not in our catalogue."""
    known = in_catalogue(wanted)
    if known and known.digest:
        return known
    try:
        reply = client.get(f"{base_url}/model-list.json")
        entries = read_model_list(reply.raise_for_status().text)
    except (httpx.HTTPError, ValueError):
        entries = []
    listed = in_model_list(known.name if known else wanted, entries)
    if known:
        # Known by name only: the list adds size and checksum where it can be reached.
        return CatalogueEntry(
            known.name,
            known.language,
            listed.size if listed else 0,
            listed.digest if listed else "",
            known.licence,
            known.note,
        )
    if listed:
        return listed
    names = ", ".join(f"{entry.language} ({entry.name})" for entry in CATALOGUE)
    where = "" if entries else f" The list of {base_url} could not be read, so only the built-in names are known."
    raise ModelMissingError(
        f"No speech model is known as {wanted!r}.{where}", f"Give a language or a model's name: {names}."
    )


def fetch(entry: CatalogueEntry, folder: Path, base_url: str, client: httpx.Client, progress: Progress) -> Path:
    """The checked archive of this model, as a file in `folder`. Raises `DownloadError`."""
    if not is_name(entry.name):
        raise DownloadError(f"{entry.name!r} is no model's name.")
    part = folder / f"{entry.name}.zip.part"
    url = f"{base_url}/{entry.name}.zip"
    for fresh in (False, True):
        if fresh:
            part.unlink(missing_ok=True)
        _fetch_all(url, part, entry, client, progress)
        if _is_whole(part, entry):
            return part
    part.unlink(missing_ok=True)
    raise DownloadError(
        f"{url} arrives whole, but it is not the file that was published (its checksum is another).",
        "A proxy or mirror may have changed it: try another network, or unset VOICE_MODELS_URL.",
    )


def _fetch_all(url: str, part: Path, entry: CatalogueEntry, client: httpx.Client, progress: Progress) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _continue(url, part, entry, client, progress)
        except (httpx.TransportError, httpx.DecodingError, _ServerBusyError) as error:
            if attempt == ATTEMPTS:
                raise _broken_off(url, part, error) from error
            time.sleep(PAUSE_SECONDS * attempt)
        except httpx.HTTPError as error:
            raise DownloadError(f"{url} cannot be fetched: {error}.", "Check VOICE_MODELS_URL.") from error
        except OSError as error:
            raise DownloadError(
                f"{part} cannot be written: {error.strerror or error}.",
                "Make room or set VOICE_MODELS to a folder with room; a model needs about three times its download.",
            ) from error
    return None


def _continue(url: str, part: Path, entry: CatalogueEntry, client: httpx.Client, progress: Progress) -> None:
    """One request: the rest of the file, or all of it."""
    have = part.stat().st_size if part.exists() else 0
    if entry.size and have == entry.size:
        return
    if entry.size and have > entry.size:
        part.unlink()
        have = 0
    with client.stream("GET", url, headers={"Range": f"bytes={have}-"} if have else {}) as reply:
        if have and reply.status_code == 416:
            # Nothing is left to send. Where the size is known we would not be here with the whole of it,
            # so the part is stale; where it is not, the check of the archive decides.
            if entry.size:
                part.unlink()
                raise _ServerBusyError("the half file here is not of this one")
            return
        _raise_for(reply, url)
        resumed = reply.status_code == 206 and reply.headers.get("Content-Range", "").startswith(f"bytes {have}-")
        if have and reply.status_code == 206 and not resumed:
            part.unlink()
            raise _ServerBusyError("the server sent another part than was asked for")
        start = have if resumed else 0
        total = entry.size or start + int(reply.headers.get("Content-Length", 0))
        _save(reply, part, start, total, progress)


def _save(reply: httpx.Response, part: Path, start: int, total: int, progress: Progress) -> None:
    done = start
    progress(done, total)
    with part.open("ab" if start else "wb") as file:
        for data in reply.iter_raw():  # as they come: what a break leaves in a buffer is lost
            done += len(data)
            if done > (total or LARGEST_BYTES):
                raise DownloadError(
                    f"{reply.url} sends more than its {total / 1e6:.0f} MB.", "Unset VOICE_MODELS_URL and try again."
                )
            file.write(data)
            progress(done, total)


def _raise_for(reply: httpx.Response, url: str) -> None:
    if reply.status_code == 404:
        raise DownloadError(f"{url} does not exist (404).", "Check the name with `voice models list`.")
    if reply.status_code >= 500 or reply.status_code == 429:
        raise _ServerBusyError(f"the server answers {reply.status_code}")
    if reply.status_code not in (200, 206):
        raise DownloadError(f"{url} is refused ({reply.status_code}).", "Check VOICE_MODELS_URL, or a proxy's login.")


def _is_whole(part: Path, entry: CatalogueEntry) -> bool:
    if entry.size and part.stat().st_size != entry.size:
        return False
    if not entry.digest:
        return True  # nothing to compare with; the archive's own CRCs are checked when it is unpacked
    method, _, expected = entry.digest.partition(":")
    with part.open("rb") as file:
        return hashlib.file_digest(file, method).hexdigest() == expected


def _broken_off(url: str, part: Path, error: Exception) -> DownloadError:
    have = part.stat().st_size / 1e6 if part.exists() else 0.0
    if have:
        return DownloadError(
            f"{url} broke off after {have:.1f} MB ({error}).", "Run the same command again: it goes on from there."
        )
    return DownloadError(
        f"{url} cannot be reached ({error}).",
        "Check the network. Without one: fetch the file elsewhere, unpack it, and give its folder with --model.",
    )


class _ServerBusyError(Exception):
    """Worth another attempt."""
