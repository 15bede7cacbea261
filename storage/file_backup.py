"""Bytes of files copied with their database: out beside its copy, and back before it takes its place."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from engine.errors import Reason, Refused
from storage.files import Files, received

NO_LIMIT = 2**62


def beside(copy: Path) -> Files:
    """Where the bytes of a copy lie: as those of any SQLite database."""
    return Files(str(copy.with_suffix(".files")))


def copy_out(database: Path, files: Files, to: Files) -> int:
    """Copy the bytes that a database names; returns how many files. What is missing is for the proof to tell."""
    return sum(_copy(files, to, digest) for digest, _used in _named(database))


def lacking(copy: Path) -> list[str]:
    """The files that a copied database uses and that are not beside it: it cannot be brought back without them."""
    copied = beside(copy)
    return [digest for digest, used in _named(copy) if used and copied.size(digest) is None]


def copy_back(database: Path, copied: Files, to: Files) -> int:
    """Bring back the bytes that a copied database names. Raises Refused when one that is used is missing or altered."""
    count = 0
    for digest, used in _named(database):
        if to.size(digest) is None and not _copy(copied, to, digest) and used:
            raise Refused(
                Reason.INVALID_DATA,
                f"备份不完整:缺少文件 {digest[:16]}…(应在 {copied.place})",
                f"expected a whole backup, but file {digest[:16]}… is not in {copied.place}",
            )
        count += 1
    return count


def _copy(source: Files, target: Files, digest: str) -> bool:
    """Copy one file, unless its bytes are not there. Raises Refused when they are not what they should be."""
    if target.size(digest) is not None:
        return True
    try:
        pieces = source.read(digest)
    except FileNotFoundError:
        return False
    with received(pieces, NO_LIMIT) as came:
        if came.digest != digest:
            raise Refused(
                Reason.INVALID_DATA,
                f"文件 {digest[:16]}… 的内容被改动,没有复制",
                f"expected the bytes of file {digest[:16]}… in {source.place}, but they were altered",
            )
        target.keep(came)
    return True


def _named(database: Path) -> Iterator[tuple[str, bool]]:
    """The files that a database names, and whether an entry uses them; none before there were any."""
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        tables = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'upload'").fetchall()
        query = "SELECT digest, MAX(used) FROM upload GROUP BY digest ORDER BY digest"
        found = connection.execute(query).fetchall() if tables else []
    yield from ((str(digest), bool(used)) for digest, used in found)
