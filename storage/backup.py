"""Copies of a SQLite database: taken while it is in use, brought back only when asked twice."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url

from engine.errors import Reason, Refused
from storage.database import Database


def backup(database: Database, target: Path) -> int:
    """Copy the database as of one moment; returns the bytes written. Raises Refused for PostgreSQL and an existing file."""
    source = _file(str(database.url))
    if target.exists():
        raise Refused(Reason.WRONG_STATE, f"{target} 已存在", f"expected a new file, but {target} exists")
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(source)) as connection, closing(sqlite3.connect(target)) as copy:
        connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    return target.stat().st_size


def restore(url: str, source: Path, *, replace: bool) -> Path:
    """Bring a copy back. Raises Refused when it is no whole database, or one is there and `replace` is not given."""
    target = _file(url)
    with closing(sqlite3.connect(source)) as connection:
        try:
            whole = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        except sqlite3.DatabaseError:
            whole, tables = False, set()
    if not whole or "entry" not in tables:
        raise Refused(Reason.INVALID_DATA, f"{source} 不是完整的备份", f"expected a whole backup, but {source} is none")
    if target.exists():
        if not replace:
            raise Refused(
                Reason.WRONG_STATE, f"{target} 已存在,替换请加 --replace", f"{target} exists; --replace replaces it"
            )
        backup(Database(url), target.with_suffix(f".before-{target.stat().st_mtime_ns}"))
    target.parent.mkdir(parents=True, exist_ok=True)
    for ending in ("-wal", "-shm"):
        Path(f"{target}{ending}").unlink(missing_ok=True)
    shutil.copyfile(source, target)
    return target


def _file(url: str) -> Path:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise Refused(
            Reason.WRONG_STATE,
            "PostgreSQL 请用 pg_dump、pg_restore",
            "expected a SQLite database: use pg_dump and pg_restore for PostgreSQL",
        )
    return Path(parsed.database)
