"""The bytes of files, each kept once under the SHA-256 of its content: in a folder of this machine, or in S3.

Bytes are put before any row names them and removed after no row does: a process that is killed leaves at most a file
that nobody uses.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from engine.errors import Reason, Refused, Text
from storage.database import Database

if TYPE_CHECKING:
    from obstore import GetResult
    from obstore.store import ClientConfig, RetryConfig

DIGEST = re.compile(r"[0-9a-f]{64}")
PIECE = 1024 * 1024
"""Bytes of a file that are in memory at once."""

REMOTE = "s3://"
MEGABYTE = 1024 * 1024
LIMIT = 50 * MEGABYTE
"""Bytes of the largest file, where the settings say nothing else."""

ANSWERS: ClientConfig = {
    "allow_http": True,  # where the operator's endpoint says so; else it is TLS
    "connect_timeout": timedelta(seconds=3),
    "read_timeout": timedelta(seconds=20),
    "timeout": timedelta(hours=1),
}
"""How long S3 may be silent. A whole file may take an hour: whoever saves it reads as slowly as their line is."""

TRIES: RetryConfig = {"max_retries": 3, "retry_timeout": timedelta(seconds=10)}
"""Somebody waits before a page: better told soon that S3 is away than answered late."""

LONGEST_PROBLEM = 600


class TooLarge(Refused):
    """More bytes than a file may have."""

    def __init__(self, limit: int) -> None:
        megabytes = f"{limit / MEGABYTE:g}"
        super().__init__(
            Reason.INVALID_DATA,
            f"文件应不超过 {megabytes} MB;没有保存任何部分",
            f"expected a file of at most {megabytes} MB; nothing of it was kept",
        )


class FilesAway(Exception):
    """Where bytes are kept does not answer, or does not let us in; `problem` is for whoever looks after it."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.text = Text(
            "存放文件的地方暂时无法访问,请稍后再试",
            "expected to reach the place where files are kept, but it does not answer as it should: try again later",
        )


class FilesStay(FilesAway):
    """Bytes that were to go with what an entry erased are still there, since nobody could reach them."""

    def __init__(self, away: FilesAway, count: int) -> None:
        super().__init__(away.problem)
        self.text = Text(
            f"删除已记入日志,但存放文件的地方暂时无法访问:{count} 个文件的内容还在,满一周的由后台每小时清除",
            f"what was erased is on record, but the bytes of {count} files could not be reached: they go with the "
            "hourly sweep, once they are a week old",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """Bytes that came in, in a file of this machine that goes when they are dealt with."""

    path: Path
    digest: str
    size: int


class Files:
    """The bytes of the files of one database. Whatever is asked of them raises FilesAway when they cannot be reached."""

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
        with self._reached() as store:
            obstore.put(store, place, received.path, chunk_size=5 * MEGABYTE)
        if self.folder is not None:
            _settle(self.folder / place)

    def size(self, digest: str) -> int | None:
        """How many bytes there are; None when they are not kept."""
        if not DIGEST.fullmatch(digest) or not self._is_there():
            return None
        with self._reached() as store, suppress(FileNotFoundError), self._proven_missing(store):
            return obstore.head(store, _place(digest))["size"]
        return None

    def read(self, digest: str) -> Iterator[bytes]:
        """The bytes, piece by piece. Raises FileNotFoundError when they are not kept."""
        if not DIGEST.fullmatch(digest) or not self._is_there():
            raise FileNotFoundError(digest)
        with self._reached() as store, self._proven_missing(store):
            found = obstore.get(store, _place(digest))
        return self._pieces(found)

    def remove(self, digest: str) -> bool:
        """Remove bytes; says whether there were any."""
        if self.size(digest) is None:
            return False
        self.remove_all([digest])
        return True

    def remove_all(self, digests: Sequence[str]) -> None:
        """Remove bytes, on S3 in one request for all; those that are not there are no error."""
        places = [_place(digest) for digest in digests]
        with self._reached() as store:
            if self.folder is None and places:
                obstore.delete(store, places)
                return
            for place in places:
                with suppress(FileNotFoundError):
                    obstore.delete(store, place)

    def all(self) -> Iterator[tuple[str, datetime]]:
        """Every digest that bytes are kept under, and since when."""
        if not self._is_there():
            return
        with self._reached() as store:
            for page in obstore.list(store):
                for found in page:
                    name = found["path"].rpartition("/")[2]
                    if DIGEST.fullmatch(name) and found["path"] == _place(name):
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

    def _pieces(self, found: GetResult) -> Iterator[bytes]:
        with self._reached():
            for piece in found.stream(min_chunk_size=PIECE):
                yield bytes(piece)

    @contextmanager
    def _reached(self) -> Iterator[LocalStore | S3Store]:
        """Where bytes are kept; what goes wrong there is told as FilesAway, and what is not there as FileNotFoundError."""
        try:
            yield self._opened()
        except BaseError as error:
            raise FilesAway(f"{self.place}: {_first_line(error)}") from error

    @contextmanager
    def _proven_missing(self, store: LocalStore | S3Store) -> Iterator[None]:
        """To whoever asks for one thing in it, a bucket that is not there answers as one without that thing."""
        try:
            yield
        except FileNotFoundError:
            if self.folder is None:
                next(iter(obstore.list(store, prefix="none")), None)
            raise

    def _opened(self) -> LocalStore | S3Store:
        if self._store is None:
            if self.folder is not None:
                self._store = LocalStore(self.folder.absolute(), mkdir=True)
            else:
                bucket, _, prefix = self.place.removeprefix(REMOTE).partition("/")
                self._store = S3Store(bucket, prefix=prefix or None, client_options=ANSWERS, retry_config=TRIES)
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


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:LONGEST_PROBLEM].strip()


def _settle(path: Path) -> None:
    """On the disk, with its name; the library leaves that to the system."""
    for one in (path, path.parent, path.parent.parent):
        found = os.open(one, os.O_RDONLY)
        try:
            os.fsync(found)
        finally:
            os.close(found)
