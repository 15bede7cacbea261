"""Tokens of programs: told once, found by their digest, good until they end, are revoked, or the account closes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from engine.errors import Reason, Refused
from engine.value import Person
from storage import accounts, schema, tokens
from storage.database import Database
from storage.tokens import MOST, Failing, Scope

NOW = datetime(2026, 11, 24, tzinfo=UTC)
ANN, BEN = Person("1.1.1"), Person("1.2.1")


@pytest.fixture(autouse=True)
def account(database: Database) -> None:
    accounts.set_password(database, ANN, "hash", NOW, one_time=False)


def _found(database: Database, text: str, now: datetime = NOW) -> tokens.Token | None:
    with database.read() as connection:
        return tokens.find(connection, text, now)


def test_a_token_is_found_by_its_text_of_which_only_the_digest_is_kept(database: Database) -> None:
    text, made = tokens.make(database, ANN, " reports ", Scope.READ, NOW, 30)
    assert _found(database, text) == made
    assert (made.name, made.scope, made.ends) == ("reports", Scope.READ, NOW + timedelta(days=30))
    with database.read() as connection:
        kept = connection.execute(select(schema.token)).one()
    assert text not in str(tuple(kept))
    assert _found(database, text[:-1]) is None


def test_it_ends_by_itself_and_when_it_is_revoked_by_its_person_alone(database: Database) -> None:
    text, made = tokens.make(database, ANN, "reports", Scope.WORK, NOW, 1)
    assert _found(database, text, NOW + timedelta(days=1)) is None
    with pytest.raises(Refused) as refused:
        tokens.revoke(database, BEN, made.key)
    assert refused.value.reason is Reason.NOT_FOUND
    tokens.revoke(database, ANN, made.key)
    assert _found(database, text) is None
    for wrong in ("", "%" * 16, made.key[:8]):
        with pytest.raises(Refused):
            tokens.revoke(database, ANN, wrong)


@pytest.mark.parametrize("closed", ["closed", "one-time"])
def test_a_closed_account_or_a_password_yet_to_be_replaced_silences_it(database: Database, closed: str) -> None:
    text, _ = tokens.make(database, ANN, "reports", Scope.WORK, NOW, 1)
    if closed == "closed":
        accounts.enable(database, ANN, enabled=False)
    else:
        accounts.set_password(database, ANN, "other", NOW, one_time=True)
    assert _found(database, text) is None


@pytest.mark.parametrize(("name", "days"), [("", 1), ("x" * 101, 1), ("a\nb", 1), ("a", 0), ("a", 367)])
def test_an_unsuitable_name_or_time_is_refused(database: Database, name: str, days: int) -> None:
    with pytest.raises(Refused) as refused:
        tokens.make(database, ANN, name, Scope.READ, NOW, days)
    assert refused.value.reason is Reason.INVALID_DATA


def test_nobody_has_tokens_without_end(database: Database) -> None:
    for _ in range(MOST):
        tokens.make(database, ANN, "again", Scope.READ, NOW, 1)
    with pytest.raises(Refused) as refused:
        tokens.make(database, ANN, "again", Scope.READ, NOW, 1)
    assert refused.value.reason is Reason.WRONG_STATE


def test_whoever_is_erased_leaves_no_token(database: Database) -> None:
    text, _ = tokens.make(database, ANN, "reports", Scope.READ, NOW, 1)
    with database.write() as connection:
        accounts.forget(connection, ANN)
    with database.read() as connection:
        assert connection.execute(select(schema.token)).all() == []
    assert _found(database, text) is None


def test_each_scope_includes_those_before_it() -> None:
    assert Scope.OPERATE.includes(Scope.WORK)
    assert Scope.WORK.includes(Scope.READ)
    assert not Scope.READ.includes(Scope.WORK)


def test_why_a_token_is_good_for_nothing_is_known(database: Database) -> None:
    text, _ = tokens.make(database, ANN, "reports", Scope.READ, NOW, 1)

    def failing(text: str, now: datetime = NOW) -> Failing:
        with database.read() as connection:
            return tokens.failing(connection, text, now)

    assert failing("zx_other") is Failing.UNKNOWN
    assert failing(text, NOW + timedelta(days=1)) is Failing.ENDED
    accounts.enable(database, ANN, enabled=False)
    assert failing(text) is Failing.CLOSED
    accounts.enable(database, ANN, enabled=True)
    accounts.set_password(database, ANN, "hash", NOW, one_time=True)
    assert failing(text) is Failing.ONE_TIME
