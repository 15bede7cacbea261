"""Tables: made from nothing, whole or not at all, and exactly those of the schema; on both databases."""

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, select, text

from engine.errors import Refused
from engine.words import StreamKind
from storage import schema
from storage.database import Database
from storage.migrations import is_current, upgrade
from tests.storage.company import Company


@pytest.fixture
def empty(database_url: str) -> Database:
    return Database(database_url)


def tables(database: Database) -> set[str]:
    with database.read() as connection:
        return set(inspect(connection).get_table_names())


def test_everything_is_made_from_nothing(empty: Database) -> None:
    assert not is_current(empty)
    upgrade(empty)
    assert is_current(empty)
    assert tables(empty) == schema.metadata.tables.keys() | {"alembic_version"}
    with empty.read() as connection:
        assert connection.execute(select(schema.stream.c.stream_no, schema.stream.c.kind)).all() == [
            (1, StreamKind.ORGANISATION)
        ]


def test_the_tables_of_the_steps_are_those_of_the_schema(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, schema.metadata) == []


def test_the_comparison_would_notice_a_difference(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("ALTER TABLE task ADD COLUMN forgotten INTEGER"))
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, schema.metadata)
    assert [difference[0] for difference in found] == ["remove_column"]


def described(connection: Connection) -> dict[str, object]:
    """What the database itself says about every table: columns, keys, uniqueness, indexes, references."""
    found = inspect(connection)
    return {
        name: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(name)],
            found.get_pk_constraint(name)["constrained_columns"],
            sorted(tuple(u["column_names"]) for u in found.get_unique_constraints(name)),
            sorted((str(i["name"]), tuple(i["column_names"]), i["unique"]) for i in found.get_indexes(name)),
            sorted((tuple(f["constrained_columns"]), f["referred_table"]) for f in found.get_foreign_keys(name)),
        )
        for name in sorted(schema.metadata.tables)
    }


def test_a_database_made_by_steps_is_described_like_one_made_from_the_schema(empty: Database) -> None:
    with empty.write() as connection:
        schema.metadata.create_all(connection)
        direct = described(connection)
        schema.metadata.drop_all(connection)
    upgrade(empty)
    with empty.read() as connection:
        assert described(connection) == direct


def test_every_protected_table_has_its_triggers(database: Database) -> None:
    query = (
        "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'"
        if database.is_sqlite
        else "SELECT event_object_table FROM information_schema.triggers"
    )
    with database.read() as connection:
        assert set(connection.execute(text(query)).scalars()) == set(schema.NEVER_CHANGED)


def test_upgrading_what_is_current_changes_nothing(database: Database) -> None:
    company = Company(database)
    stream = company.start()
    with database.read() as connection:
        before = [connection.execute(select(table)).all() for table in schema.metadata.sorted_tables]
    upgrade(database)
    with database.read() as connection:
        assert [connection.execute(select(table)).all() for table in schema.metadata.sorted_tables] == before
    company.complete(stream, company.task(stream, "write"), "wang")


def test_a_step_that_fails_leaves_nothing_behind(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def protect(table: str, _dialect: str) -> list[str]:
        return ["SELECT * FROM a_table_that_is_not_there"] if table == "head" else []

    monkeypatch.setattr("storage.migrations.triggers.protect", protect)
    with pytest.raises(Exception, match="a_table_that_is_not_there"):
        upgrade(empty)
    assert tables(empty) == set()
    monkeypatch.undo()
    upgrade(empty)
    assert is_current(empty)


def test_several_who_upgrade_at_once_make_the_tables_once(empty: Database) -> None:
    problems: list[Exception] = []

    def attempt() -> None:
        other = Database(empty.url.render_as_string(hide_password=False))
        try:
            upgrade(other)
        except Exception as error:
            problems.append(error)
        finally:
            other.close()

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert is_current(empty)


def test_tables_of_a_later_release_are_left_alone(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert not is_current(database)
    with pytest.raises(Refused, match="but found 9999 of a later one"):
        upgrade(database)
