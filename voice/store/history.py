"""Versions of the line: every file of each, and which of them was made live, when, and by whom.

A file that is the same in two versions is kept once: a version is a list of paths and of hashes of what stood there.
"""

import hashlib
import json
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite

from voice.store.database import Source, reading, writing
from voice.store.tables import file_texts, line_versions, publications

BY_LENGTH = 64

Files = Mapping[str, bytes]
"""Path from the line's folder, with slashes → what stands in the file."""


class Republished(Exception):
    """Somebody else has made something live meanwhile."""


_LATEST = select(publications).order_by(publications.c.number.desc())
_ALONE = text("LOCK TABLE publications IN SHARE ROW EXCLUSIVE MODE")
"""Until the transaction ends nobody else publishes. On SQLite a writing transaction is alone anyway."""


@dataclass(frozen=True)
class Publication:
    """`how`: saved, where a save is live at once; published by command; or back, an older version anew. `changed` are
    the paths of the files that differ from the publication before."""

    number: int
    version: str
    at: datetime
    by: str
    how: str
    changed: tuple[str, ...]


def hash_of(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


class History:
    """Publications are added, never changed: the newest is the one that is live."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def newest(self) -> Publication | None:
        return next(iter(self.latest(1)), None)

    def latest(self, limit: int = 20) -> list[Publication]:
        """The newest first."""
        with reading(self.source) as connection:
            rows = connection.execute(_LATEST.limit(limit)).mappings()
            return [Publication(**{**row, "changed": tuple(json.loads(row["changed"]))}) for row in rows]

    def publish(
        self, version: str, files: Files, now: datetime, by: str, how: str, *, over: str | None = None
    ) -> Publication:
        """From now on this version is live; where it is already, as two machines that start at once find, nothing is
        done. Raises `Republished` where that which is live before it is not `over`."""
        with writing(self.source) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(_ALONE)
            before = connection.execute(_LATEST.limit(1)).mappings().first()
            if over is not None and over != (before["version"] if before else ""):
                raise Republished
            if before is not None and before["version"] == version:
                return Publication(**{**before, "changed": tuple(json.loads(before["changed"]))})
            written = self._keep(connection, version, files, now)
            old = self._digests(connection, before["version"]) if before else {}
            changed = sorted(path for path in {*old, *written} if old.get(path) != written.get(path)) if before else []
            row = {"version": version, "at": now, "by": by[:BY_LENGTH], "how": how, "changed": json.dumps(changed)}
            key = connection.execute(insert(publications), row).inserted_primary_key
            assert key is not None
        return Publication(int(key[0]), version, now, by[:BY_LENGTH], how, tuple(changed))

    def keep(self, version: str, files: Files, now: datetime) -> None:
        """Without making it live: a draft that would be lost otherwise."""
        with writing(self.source) as connection:
            self._keep(connection, version, files, now)

    def aside(self, limit: int) -> list[tuple[str, datetime]]:
        """Those that are kept and were never live, and since when; the newest first."""
        live = select(publications.c.version)
        query = select(line_versions.c.version, line_versions.c.at).where(line_versions.c.version.not_in(live))
        with reading(self.source) as connection:
            rows = connection.execute(query.order_by(line_versions.c.at.desc()).limit(limit))
            return [(version, at) for version, at in rows]

    def was_live(self, version: str) -> bool:
        query = select(publications.c.number).where(publications.c.version == version).limit(1)
        with reading(self.source) as connection:
            return connection.execute(query).first() is not None

    def digests(self, versions: Collection[str]) -> dict[str, Mapping[str, str]]:
        """Of each of these, path → a hash of what stands in the file."""
        query = select(line_versions.c.version, line_versions.c.files).where(line_versions.c.version.in_(versions))
        with reading(self.source) as connection:
            return {version: json.loads(files) for version, files in connection.execute(query)}

    def versions(self, beginning: str = "") -> list[str]:
        """All that are kept and begin like this, the newest first."""
        query = select(line_versions.c.version).order_by(line_versions.c.at.desc())
        query = query.where(line_versions.c.version.startswith(beginning, autoescape=True))
        with reading(self.source) as connection:
            return list(connection.execute(query).scalars())

    def files(self, version: str) -> dict[str, bytes]:
        """Empty for a version that is not kept."""
        with reading(self.source) as connection:
            digests = self._digests(connection, version)
            query = select(file_texts).where(file_texts.c.digest.in_(set(digests.values())))
            texts = {digest: zlib.decompress(text) for digest, text in connection.execute(query)}
        return {path: texts[digest] for path, digest in digests.items()}

    def _digests(self, connection: Connection, version: str) -> dict[str, str]:
        query = select(line_versions.c.files).where(line_versions.c.version == version)
        found = connection.execute(query).scalar()
        return dict(json.loads(found)) if found else {}

    def _keep(self, connection: Connection, version: str, files: Files, now: datetime) -> dict[str, str]:
        digests = {path: hash_of(text) for path, text in files.items()}
        if self._digests(connection, version):
            return digests
        # Of two who keep the same at once, the second finds it there.
        add = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        texts = {digests[path]: text for path, text in files.items()}
        known = select(file_texts.c.digest).where(file_texts.c.digest.in_(texts))
        for digest in connection.execute(known).scalars().all():
            del texts[digest]
        if texts:
            rows = [{"digest": digest, "text": zlib.compress(text)} for digest, text in sorted(texts.items())]
            connection.execute(add(file_texts).on_conflict_do_nothing(), rows)
        row = {"version": version, "at": now, "files": json.dumps(digests)}
        connection.execute(add(line_versions).on_conflict_do_nothing(), row)
        return digests
