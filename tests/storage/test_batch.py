"""What the driver is sent at once: in order, in one transaction, with SQLAlchemy's errors."""

from __future__ import annotations

import pytest
from sqlalchemy import bindparam, delete, event, insert, select, text
from sqlalchemy.exc import IntegrityError

from storage import schema
from storage.batch import Batch, Prepared, Values, find
from storage.database import Database

KEEP = Prepared(insert(schema.attempt), "key", "span", "count")
FORGET = Prepared(delete(schema.attempt).where(schema.attempt.c.key == bindparam("gone")))
COUNT = Prepared(text("SELECT count(*) FROM attempt WHERE span = :span"))
ONE = Prepared(text('SELECT "count" FROM attempt WHERE "key" = :key'))


def row(key: str, count: int) -> dict[str, object]:
    return {"key": key, "span": 7, "count": count}


def keys(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(select(schema.attempt.c.key).order_by("key")).scalars())


def write(database: Database, *rows: dict[str, object]) -> None:
    with database.write() as connection:
        batch = Batch(connection)
        batch.add(KEEP, *rows)
        batch.send()


def test_statements_are_done_in_the_order_in_which_they_were_added(database: Database) -> None:
    with database.write() as connection:
        batch = Batch(connection)
        batch.add(KEEP, row("a", 1), row("b", 2))
        batch.add(FORGET, {"gone": "a"})
        batch.add(KEEP, row("a", 3))
        batch.add(FORGET)
        assert find(connection, (COUNT, {"span": 7})) == (0,)
        batch.send()
        batch.send()
        assert find(connection, (COUNT, {"span": 7}), (ONE, {"key": "a"})) == (3,)
        assert find(connection, (ONE, {"key": "c"})) is None
    assert keys(database) == ["a", "b"]


def test_what_breaks_a_rule_is_told_as_sqlalchemy_tells_it_and_leaves_nothing(database: Database) -> None:
    with pytest.raises(IntegrityError):
        write(database, row("a", 1), row("a", 2), row("b", 3))
    assert keys(database) == []


def test_whoever_listens_to_statements_hears_these_too(database: Database) -> None:
    heard: list[str] = []
    event.listen(database.writer, "before_cursor_execute", lambda *args: heard.append(args[2]))
    with database.write() as connection:
        batch = Batch(connection)
        batch.add(KEEP, row("a", 1), row("b", 2))
        batch.add(FORGET, {"gone": "b"})
        batch.send()
    said = [one.split()[0] for one in heard if not one.startswith("BEGIN")]
    assert said == ["INSERT", "DELETE"]


def write_last(database: Database, *groups: list[Values]) -> list[str]:
    """Write these in a transaction of their own; what others see before it ends."""
    with database.write() as connection:
        batch = Batch(connection)
        for rows in groups:
            batch.add(KEEP, *rows)
        batch.send(is_last=True)
        return keys(database)


def test_the_last_of_a_transaction_commits_it_or_leaves_nothing(database: Database) -> None:
    with pytest.raises(IntegrityError):
        write_last(database, [row("a", 1), row("b", 2)], [row("a", 3)])
    assert keys(database) == []
    seen = write_last(database, [row("a", 1)], [row("b", 2)])
    assert seen == ([] if database.is_sqlite else ["a", "b"])
    assert keys(database) == ["a", "b"]
