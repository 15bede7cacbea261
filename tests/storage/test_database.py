"""What a database says when something goes wrong: the statement, and nothing of what people typed."""

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from storage import schema
from storage.database import Database

TYPED = "110101199003071234"


def test_an_error_names_its_statement_and_none_of_the_values(database: Database) -> None:
    row = {"reference": "p1", "salt": b"", "content": TYPED.encode()}
    with database.write() as connection:
        connection.execute(insert(schema.personal), row)
    with pytest.raises(IntegrityError) as raised, database.write() as connection:
        connection.execute(insert(schema.personal), row)
    said = str(raised.value)
    assert "INSERT INTO personal" in said
    assert TYPED not in said


def test_a_glance_sees_what_was_committed_between_its_questions(database: Database) -> None:
    known = select(schema.personal.c.reference)
    with database.glance() as glance:
        before = glance.execute(known).scalars().all()
        with database.write() as connection:
            connection.execute(insert(schema.personal), {"reference": "p1", "salt": b"", "content": b""})
        assert (before, glance.execute(known).scalars().all()) == ([], ["p1"])
    with database.read() as reader:
        before = reader.execute(known).scalars().all()
        with database.write() as connection:
            connection.execute(insert(schema.personal), {"reference": "p2", "salt": b"", "content": b""})
        assert (before, reader.execute(known).scalars().all()) == (["p1"], ["p1"])


def test_a_glance_writes_nothing(database: Database) -> None:
    row = {"reference": "p1", "salt": b"", "content": b""}
    with pytest.raises(DBAPIError), database.glance() as connection:
        connection.execute(insert(schema.personal), row)
    with database.read() as connection:
        assert connection.execute(select(schema.personal.c.reference)).all() == []
