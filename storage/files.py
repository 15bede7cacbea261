"""The bytes of files, each kept once under the SHA-256 of its content: in a folder of this machine, or in S3.

Bytes are put before any row names them and removed after no row does: a process that is killed leaves at most a file
that nobody uses.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import obstore
from obstore.store import LocalStore, S3Store

from engine.errors import Reason, Refused
from storage.database import Database

DIGEST = re.compile(r"[0-9a-f]{64}")
PIECE = 1024 * 1024
"""Bytes of a file that are in memory at once."""

REMOTE = "s3://"
MEGABYTE = 1024 * 1024
LIMIT = 50 * MEGABYTE
"""Bytes of the largest file, where the settings say nothing else."""


class TooLarge(Refused):
    """More bytes than a file may have."""

    def __init__(self, limit: int) -> None:
        megabytes = f"{limit / MEGABYTE:g}"
        super().__init__(
            Reason.INVALID_DATA,
            f"文件应不超过 {megabytes} MB;没有保存任何部分",
            f"expected a file of at most {megabytes} MB; nothing of it was kept",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """Bytes that came in, in a file of this machine that goes when they are dealt with."""

    path: Path
    digest: str
    size: int


class Files:
    """The bytes of the files of one database."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.folder = None if place.startswith(REMOTE) else Path(place)
        self._store: LocalStore | S3Store | None = None

    @classmethod
    def beside(cls, database: Database) -> Files:
        """In a folder named after the database: next to its file, or for PostgreSQL in `var`.

        Not one folder for several databases: each removes what it does not know.
        """
        path = database.url.database or "zhixing"
        return cls(str(Path(path).with_suffix(".files") if database.is_sqlite else Path("var", f"{path}.files")))

    def keep(self, received: Received) -> None:
        """Keep bytes, on the disk when this returns; nothing happens when they are there already."""
        if self.size(received.digest) == received.size:
            return
        place = _place(received.digest)
        obstore.put(self._opened(), place, received.path, chunk_size=5 * MEGABYTE)
        if self.folder is not None:
            _settle(self.folder / place)

    def size(self, digest: str) -> int | None:
        """How many bytes there are; None when they are not kept."""
        if not DIGEST.fullmatch(digest) or not self._is_there():
            return None
        with suppress(FileNotFoundError):
            return obstore.head(self._opened(), _place(digest))["size"]
        return None

    def read(self, digest: str) -> Iterator[bytes]:
        """The bytes, piece by piece. Raises FileNotFoundError when they are not kept."""
        if not DIGEST.fullmatch(digest) or not self._is_there():
            raise FileNotFoundError(digest)
        found = obstore.get(self._opened(), _place(digest))
        return (bytes(piece) for piece in found.stream(min_chunk_size=PIECE))

    def remove(self, digest: str) -> bool:
        """Remove bytes; says whether there were any."""
        if self.size(digest) is None:
            return False
        with suppress(FileNotFoundError):
            obstore.delete(self._opened(), _place(digest))
        return True

    def all(self) -> Iterator[tuple[str, datetime]]:
        """Every digest that bytes are kept under, and since when."""
        if not self._is_there():
            return
        for page in obstore.list(self._opened()):
            for found in page:
                name = found["path"].rpartition("/")[2]
                if DIGEST.fullmatch(name):
                    yield name, found["last_modified"]

    def tidy(self, before: datetime) -> int:
        """Remove what a killed process left half written; S3 does so by a rule of the bucket."""
        if self.folder is None or not self.folder.is_dir():
            return 0
        stale = [path for path in self.folder.rglob("*#*") if path.stat().st_mtime < before.timestamp()]
        for path in stale:
            path.unlink(missing_ok=True)
        return len(stale)

    def _is_there(self) -> bool:
        return self.folder is None or self.folder.is_dir()

    def _opened(self) -> LocalStore | S3Store:
        if self._store is None:
            if self.folder is not None:
                self._store = LocalStore(self.folder.absolute(), mkdir=True)
            else:
                bucket, _, prefix = self.place.removeprefix(REMOTE).partition("/")
                self._store = S3Store(bucket, prefix=prefix or None)
        return self._store


@contextmanager
def received(pieces: Iterable[bytes], limit: int = LIMIT) -> Iterator[Received]:
    """Bytes as they come in, counted and digested on their way to the disk. Raises TooLarge at the first byte too many."""
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(prefix="zhixing-") as file:
        for piece in pieces:
            size += len(piece)
            if size > limit:
                raise TooLarge(limit)
            digest.update(piece)
            file.write(piece)
        file.flush()
        yield Received(path=Path(file.name), digest=digest.hexdigest(), size=size)


def pieces_of(path: Path) -> Iterator[bytes]:
    """The bytes of a file of this machine, piece by piece."""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _place(digest: str) -> str:
    return f"{digest[:2]}/{digest}"


def _settle(path: Path) -> None:
    """On the disk, with its name; the library leaves that to the system."""
    for one in (path, path.parent, path.parent.parent):
        found = os.open(one, os.O_RDONLY)
        try:
            os.fsync(found)
        finally:
            os.close(found)
