"""Triggers that forbid UPDATE and DELETE; `received`, `position` and the rest of the journal only grow."""

from __future__ import annotations

from collections.abc import Iterator

DISPOSED = "EXISTS (SELECT 1 FROM disposed WHERE stream_no = OLD.stream_no)"
"""The one exception: the entries of a stream whose retention is over."""


def protect(table: str, dialect: str) -> Iterator[str]:
    """The statements that protect a table."""
    return _sqlite(table) if dialect == "sqlite" else _postgresql(table)


def _sqlite(table: str) -> Iterator[str]:
    for act in ("UPDATE", "DELETE"):
        unless = f"WHEN NOT {DISPOSED} " if (table, act) == ("entry", "DELETE") else ""
        yield (
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} {unless}"
            f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are added, never changed'); END"
        )


def _postgresql(table: str) -> Iterator[str]:
    unless = f"IF TG_OP = 'DELETE' AND {DISPOSED} THEN RETURN OLD; END IF; " if table == "entry" else ""
    yield (
        f"CREATE FUNCTION {table}_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {unless}RAISE EXCEPTION 'rows of {table} are added, never changed'; END $$"
    )
    yield (
        f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_is_kept()"
    )
    yield (
        f"CREATE FUNCTION {table}_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION 'rows of {table} are added, never changed'; END $$"
    )
    yield (
        f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_not_emptied()"
    )
