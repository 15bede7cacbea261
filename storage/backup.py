"""Copies of a SQLite database: taken while it is in use, brought back only when asked twice."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from engine.errors import Reason, Refused
from storage import file_backup
from storage.database import Database
from storage.files import Files
from storage.migrations import revisions
from storage.schema import metadata

PATIENCE = 2.0
"""Seconds that a restore waits for others to leave the database."""


def backup(database: Database, target: Path, files: Files | None = None) -> int:
    """Copy the database as of one moment, and the bytes of its files beside it; returns the bytes of the database.

    Raises Refused for PostgreSQL and an existing file.
    """
    source = _file(str(database.url))
    if target.exists():
        raise Refused(Reason.WRONG_STATE, f"{target} 已存在", f"expected a new file, but {target} exists")
    target.parent.mkdir(parents=True, exist_ok=True)
    with _beside(target) as draft:
        _copy(source, draft)
        file_backup.copy_out(draft, files or Files.beside(database), file_backup.beside(target))
        draft.replace(target)
    return target.stat().st_size


def restore(
    url: str, source: Path, *, replace: bool, files: Files | None = None, incomplete: bool = False
) -> tuple[Path, list[str]]:
    """Bring a copy back, the bytes of its files first; the database that was there is kept beside it.

    Returns where it is, and the used files that were lost, which only an `incomplete` copy may have.

    Raises Refused, and changes nothing, when the copy is not a whole database of this product and of this release or an
    earlier one, when one is there and `replace` is not given, or when somebody is using it.
    """
    target = _file(url)
    _whole(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    with _beside(target) as draft:
        _copy(source, draft)
        to = files or file_backup.beside(target)
        lost = file_backup.copy_back(draft, file_backup.beside(source), to, incomplete=incomplete)
        if target.exists():
            _put_aside(target, replace=replace)
        draft.replace(target)
    return target, lost


def _put_aside(target: Path, *, replace: bool) -> None:
    if not replace:
        raise Refused(
            Reason.WRONG_STATE, f"{target} 已存在,替换请加 --replace", f"{target} exists; --replace replaces it"
        )
    _alone(target)
    aside = target.with_name(f"{target.name}.before-{target.stat().st_mtime_ns}")
    with _beside(aside) as draft:
        try:
            _copy(target, draft)
        except sqlite3.DatabaseError:  # what is there is broken: it is put aside as it is
            shutil.copyfile(target, draft)
        draft.replace(aside)
    for ending in ("-wal", "-shm"):
        Path(f"{target}{ending}").unlink(missing_ok=True)


def _alone(target: Path) -> None:
    """Bring the log into the file, which nobody else may have open. Raises Refused."""
    try:
        with closing(sqlite3.connect(target, timeout=PATIENCE, isolation_level=None)) as connection:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise Refused(
            Reason.WRONG_STATE,
            f"{target} 正在使用:请先停止所有进程",
            f"expected a database that nobody uses, but {target} is in use: stop all processes first",
        ) from error
    except sqlite3.DatabaseError:
        return  # broken: nobody can be using it


def _whole(source: Path) -> None:
    """Raises Refused unless the file is a whole database that this release can read."""
    try:
        with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            sound = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            found = connection.execute("SELECT version_num FROM alembic_version").fetchall() if sound else []
    except sqlite3.DatabaseError:
        sound, tables, found = False, set(), []
    if not sound or not found or not {"entry", "stream", "position"} <= tables:
        raise Refused(Reason.INVALID_DATA, f"{source} 不是完整的备份", f"expected a whole backup, but {source} is none")
    newest = revisions()[0]
    if found[0][0] not in revisions() or (found[0][0] == newest and not metadata.tables.keys() <= tables):
        raise Refused(
            Reason.INVALID_DATA,
            f"{source} 的表结构 {found[0][0]} 不属于本版本",
            f"expected tables that this release knows, but {source} has {found[0][0]}",
        )


def _copy(source: Path, target: Path) -> None:
    """A copy as of one moment, on the disk when this returns."""
    with closing(sqlite3.connect(source)) as connection, closing(sqlite3.connect(target)) as copy:
        connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    with target.open("rb+") as file:
        os.fsync(file.fileno())


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A file to write and then to rename, so that the target is whole or not there; removed when that fails."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        yield draft
    finally:
        for ending in ("", "-journal", "-wal", "-shm"):
            Path(f"{draft}{ending}").unlink(missing_ok=True)


def _file(url: str) -> Path:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise Refused(
            Reason.WRONG_STATE,
            "PostgreSQL 请用 pg_dump、pg_restore",
            "expected a SQLite database: use pg_dump and pg_restore for PostgreSQL",
        )
    return Path(parsed.database)
