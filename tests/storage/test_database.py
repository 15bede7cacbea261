"""What a database says when something goes wrong: the statement, and nothing of what people typed."""

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

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
