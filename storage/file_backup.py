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
    """Copy the bytes that a database names; returns how many files. What is missing or altered is for the proof to tell."""
    return sum(_copied(files, to, digest) for digest, _used in _named(database))


def lacking(copy: Path) -> list[str]:
    """The files that a copied database uses and that are not beside it: it cannot be brought back without them."""
    copied = beside(copy)
    return [digest for digest, used in _named(copy) if used and copied.size(digest) is None]


def copy_back(database: Path, copied: Files, to: Files, *, incomplete: bool = False) -> list[str]:
    """Bring back the bytes that a copied database names; returns the used files that were lost.

    Raises Refused when there are some, unless the copy may be incomplete: what is lost is then told by every proof.
    """
    lost = []
    for digest, used in _named(database):
        there = to.size(digest) is not None or (_copied if incomplete else _copy)(copied, to, digest)
        if used and not there:
            lost.append(digest)
    if lost and not incomplete:
        raise Refused(
            Reason.INVALID_DATA,
            f"备份不完整:缺少 {len(lost)} 个文件,如 {lost[0][:16]}…(应在 {copied.place});仍要恢复请加 --incomplete",
            f"expected a whole backup, but file {lost[0][:16]}… is not in {copied.place} ({len(lost)} are missing); "
            "--incomplete brings back the rest",
        )
    return lost


def _copied(source: Files, target: Files, digest: str) -> bool:
    """Copy one file; False when its bytes are missing or are not what they should be."""
    try:
        return _copy(source, target, digest)
    except Refused:
        return False


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
