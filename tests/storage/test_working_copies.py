"""Drafts of procedures: as typed, by several people, each of whom knows what they overwrite."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.errors import Reason, Refused
from engine.value import Person
from storage import working_copies
from storage.database import Database
from storage.migrations import upgrade
from storage.working_copies import LONGEST, Overtaken

NOW = datetime(2026, 11, 24, tzinfo=UTC)
ANN, BEN, EVE = Person("1.1.1"), Person("1.2.1"), Person("1.3.1")
KEY, BASE = "leave", "a" * 64


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path}/zhixing.db")
    upgrade(made)
    working_copies.begin(made, KEY, BASE, ANN, NOW)
    yield made
    made.close()


def _now(database: Database) -> working_copies.WorkingCopy:
    with database.read() as connection:
        found = working_copies.of(connection, KEY)
    assert found is not None
    return found


def _publish(database: Database, mark: int, base: str, person: Person) -> None:
    with database.write() as connection:
        working_copies.publish(connection, KEY, mark, base, frozenset({person.id}))


def test_a_procedure_has_one_draft(database: Database) -> None:
    assert not working_copies.begin(database, KEY, "b" * 64, BEN, NOW)
    assert (_now(database).base, _now(database).opened_by) == (BASE, ANN.id)


def test_what_was_saved_stands_over_the_files_of_the_version(database: Database) -> None:
    working_copies.save(database, KEY, {"a": (b"new", 0), "b": (None, 0), "d": (b"more", 0)}, ANN, NOW)
    assert _now(database).files({"a": b"old", "b": b"gone", "c": b"kept"}) == {"a": b"new", "c": b"kept", "d": b"more"}


def test_whoever_is_slower_is_told_and_overwrites_nothing(database: Database) -> None:
    assert working_copies.save(database, KEY, {"a": (b"ann", 0)}, ANN, NOW) == {"a": 1}
    with pytest.raises(Overtaken) as told:
        working_copies.save(database, KEY, {"b": (b"ben", 0), "a": (b"ben", 0)}, BEN, NOW)
    assert (told.value.now.by, told.value.now.content, told.value.now.revision) == (ANN.id, b"ann", 1)
    assert _now(database).files({}) == {"a": b"ann"}
    assert _now(database).authors == {ANN.id}
    assert working_copies.save(database, KEY, {"a": (b"ben", 1)}, BEN, NOW) == {"a": 2}
    assert _now(database).authors == {ANN.id, BEN.id}


def test_a_file_is_bounded(database: Database) -> None:
    with pytest.raises(Refused) as refused:
        working_copies.save(database, KEY, {"a": (b" " * (LONGEST + 1), 0)}, ANN, NOW)
    assert refused.value.reason is Reason.INVALID_DATA
    assert _now(database).mark == 0


def test_only_somebody_else_publishes_what_they_have_seen_from_the_version_in_force(database: Database) -> None:
    working_copies.save(database, KEY, {"a": (b"ann", 0)}, ANN, NOW)
    for mark, base, person, reason in (
        (1, BASE, ANN, Reason.SEPARATION_OF_DUTIES),
        (0, BASE, EVE, Reason.WRONG_STATE),
        (1, "c" * 64, EVE, Reason.WRONG_STATE),
    ):
        with pytest.raises(Refused) as refused:
            _publish(database, mark, base, person)
        assert refused.value.reason is reason
    _publish(database, 1, BASE, EVE)
    with database.read() as connection:
        assert working_copies.of(connection, KEY) is None
    with pytest.raises(Refused) as gone:
        working_copies.save(database, KEY, {"a": (b"late", 1)}, ANN, NOW)
    assert gone.value.reason is Reason.NOT_FOUND


def test_who_acts_for_an_author_counts_as_the_author(database: Database) -> None:
    working_copies.save(database, KEY, {"a": (b"ann", 0)}, ANN, NOW)
    with pytest.raises(Refused) as refused, database.write() as connection:
        working_copies.publish(connection, KEY, 1, BASE, frozenset({EVE.id, ANN.id}))
    assert refused.value.reason is Reason.SEPARATION_OF_DUTIES


def test_a_draft_that_changed_since_is_not_given_up(database: Database) -> None:
    working_copies.save(database, KEY, {"a": (b"ann", 0)}, ANN, NOW)
    assert not working_copies.discard(database, KEY, 0)
    assert working_copies.discard(database, KEY, 1)
    assert working_copies.begin(database, KEY, BASE, BEN, NOW)
    assert _now(database).changed == {}
