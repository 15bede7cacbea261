"""Keys of requests: one request each, taken by one process at a time, forgotten with their person; on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from engine.value import Person
from storage import accounts, request_keys
from storage.database import Database
from storage.request_keys import Asked

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
LI, WANG = Person("1.1.1"), Person("1.2.1")


def _found(database: Database, person: Person, key: str = "k") -> Asked | None:
    with database.read() as connection:
        return request_keys.find(connection, person, key)


def test_what_is_claimed_is_done_by_one_and_answered_for_all(database: Database) -> None:
    assert request_keys.claim(database, LI, "k", "one", NOW)
    assert not request_keys.claim(database, LI, "k", "one", NOW)
    assert request_keys.claim(database, WANG, "k", "one", NOW)
    request_keys.answered(database, LI, "k", 204, "")
    assert _found(database, LI) == Asked(fingerprint="one", status=204, answer="")
    assert not request_keys.claim(database, LI, "k", "one", NOW + timedelta(hours=1))


def test_what_a_killed_process_left_is_taken_again_by_the_same_request_only(database: Database) -> None:
    later = NOW + request_keys.GIVEN_UP + timedelta(seconds=1)
    assert request_keys.claim(database, LI, "k", "one", NOW)
    assert not request_keys.claim(database, LI, "k", "other", later)
    assert request_keys.claim(database, LI, "k", "one", later)
    assert not request_keys.claim(database, LI, "k", "one", later)


def test_what_was_not_done_leaves_its_key(database: Database) -> None:
    assert request_keys.claim(database, LI, "k", "one", NOW)
    request_keys.give_back(database, LI, "k")
    assert _found(database, LI) is None
    assert request_keys.claim(database, LI, "k", "other", NOW)
    request_keys.answered(database, LI, "k", 200, "{}")
    request_keys.give_back(database, LI, "k")
    assert _found(database, LI) == Asked(fingerprint="other", status=200, answer="{}")


def test_the_first_request_stays_until_it_is_forgotten(database: Database) -> None:
    with database.write() as connection:
        request_keys.keep(connection, LI, "k", "one", NOW)
        request_keys.keep(connection, LI, "k", "other", NOW)
    assert _found(database, LI) == Asked(fingerprint="one", status=0, answer="")
    with database.write() as connection:
        request_keys.keep(connection, WANG, "w", "one", NOW + request_keys.KEPT + timedelta(seconds=1))
    assert _found(database, LI) is None


def test_whoever_is_erased_leaves_no_key(database: Database) -> None:
    assert request_keys.claim(database, LI, "k", "one", NOW)
    assert request_keys.claim(database, WANG, "k", "one", NOW)
    with database.write() as connection:
        accounts.forget(connection, LI)
    assert _found(database, LI) is None
    assert _found(database, WANG) is not None
