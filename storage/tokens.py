"""Tokens by which programs ask in a person's name: outside the journal, and only their digests are kept."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from engine.errors import Reason, Refused
from engine.value import Person
from storage import schema
from storage.accounts import digest_of
from storage.database import Database
from storage.moments import micros, moment

MOST, LONGEST_NAME = 20, 100
LONGEST = timedelta(days=366)
SEEN = timedelta(minutes=5)
"""How often the use of a token is written down."""

SHORT = 16
"""So much of its digest names a token: enough to tell a person's tokens apart, and no way to ask by it."""

_token, _account = schema.token.c, schema.account.c


class Scope(StrEnum):
    """What a token is good for; each includes those before it."""

    READ = "read"
    WORK = "work"
    OPERATE = "operate"

    def includes(self, other: Scope) -> bool:
        """It is good for what the other is good for."""
        order = list(Scope)
        return order.index(self) >= order.index(other)


class Failing(StrEnum):
    """Why nobody may ask by a token."""

    UNKNOWN = "unknown"
    ENDED = "ended"
    CLOSED = "closed"
    ONE_TIME = "one-time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token as its person sees it in a list; `key` names it."""

    key: str
    person: Person
    name: str
    scope: Scope
    made: datetime
    used: datetime | None
    ends: datetime


def make(database: Database, person: Person, name: str, scope: Scope, now: datetime, days: int) -> tuple[str, Token]:
    """A new token, told this once, and how it stands in the list. Raises Refused."""
    _suitable(name, days)
    text = f"zx_{secrets.token_urlsafe(32)}"
    row = {"digest": digest_of(text), "person": person.id, "name": name.strip(), "scope": scope}
    times = {"made_at": micros(now), "used_at": 0, "ends_at": micros(now + timedelta(days=days))}
    with database.write() as connection:
        connection.execute(delete(schema.token).where(_token.ends_at <= micros(now)))
        count = select(func.count()).select_from(schema.token).where(_token.person == person.id)
        if connection.execute(count).scalar_one() >= MOST:
            raise Refused(
                Reason.WRONG_STATE,
                f"每人最多 {MOST} 个访问令牌,请先吊销不用的",
                f"expected at most {MOST} tokens of one person; revoke those that are not used",
            )
        connection.execute(insert(schema.token).values(**row, **times))
        made = connection.execute(select(schema.token).where(_token.digest == row["digest"])).one()
    return text, _made(made)


def of(connection: Connection, person: Person, now: datetime) -> list[Token]:
    """The tokens of a person, the newest first."""
    query = select(schema.token).where(_token.person == person.id, _token.ends_at > micros(now))
    return [_made(row) for row in connection.execute(query.order_by(_token.made_at.desc(), _token.digest))]


def find(connection: Connection, text: str, now: datetime) -> Token | None:
    """The token with this text, unless it ended or the account of its person was closed."""
    query = select(schema.token).join(schema.account, _account.person == _token.person)
    fits = (
        _token.digest == digest_of(text),
        _token.ends_at > micros(now),
        _account.enabled,
        _account.one_time.is_(False),
    )
    row = connection.execute(query.where(*fits)).one_or_none()
    return None if row is None else _made(row)


def failing(connection: Connection, text: str, now: datetime) -> Failing:
    """Why `find` finds nothing; told only to who shows the text."""
    query = select(_token.ends_at, _account.enabled).join(schema.account, _account.person == _token.person)
    row = connection.execute(query.where(_token.digest == digest_of(text))).one_or_none()
    if row is None:
        return Failing.UNKNOWN
    if row.ends_at <= micros(now):
        return Failing.ENDED
    return Failing.ONE_TIME if row.enabled else Failing.CLOSED


def seen(database: Database, token: Token, now: datetime) -> None:
    """The token is in use."""
    if token.used is not None and now - token.used < SEEN:
        return
    change = update(schema.token).where(_token.digest.startswith(token.key), _token.person == token.person.id)
    with database.write() as connection:
        connection.execute(change.values(used_at=micros(now)))


def revoke(database: Database, person: Person, key: str) -> None:
    """The token is good for nothing any more. Raises Refused when the person has none of this name."""
    gone = 0
    if len(key) == SHORT and key.isalnum():
        mine = delete(schema.token).where(_token.digest.startswith(key), _token.person == person.id)
        with database.write() as connection:
            gone = connection.execute(mine).rowcount
    if not gone:
        raise Refused(Reason.NOT_FOUND, f"没有访问令牌 {key[:64]}", f"there is no token {key[:64]}")


def _suitable(name: str, days: int) -> None:
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise Refused(
            Reason.INVALID_DATA,
            f"访问令牌的名称应为 1 到 {LONGEST_NAME} 个可见字符",
            f"expected a name of 1 to {LONGEST_NAME} visible characters for the token",
        )
    if not 1 <= days <= LONGEST.days:
        raise Refused(
            Reason.INVALID_DATA,
            f"访问令牌的有效期应为 1 到 {LONGEST.days} 天",
            f"expected the token to hold for 1 to {LONGEST.days} days",
        )


def _made(row: Row[tuple[object, ...]]) -> Token:
    return Token(
        key=row.digest[:SHORT],
        person=Person(row.person),
        name=row.name,
        scope=Scope(row.scope),
        made=moment(row.made_at),
        used=moment(row.used_at) if row.used_at else None,
        ends=moment(row.ends_at),
    )
