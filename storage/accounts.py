"""Who may sign in, and the sessions of those who did: outside the journal, as passwords are no part of the record."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.stream import ORGANISATION
from engine.value import Person
from storage import schema
from storage.batch import Prepared, find
from storage.database import Database
from storage.moments import micros, moment

FAILURES = 5
"""After so many wrong passwords in a row an account is locked."""

LOCKED = timedelta(minutes=15)
IDLE = timedelta(hours=12)
LONGEST = timedelta(days=14)
SEEN = timedelta(minutes=5)
"""How often the use of a session is written down."""

PERSONAL = (
    schema.account,
    schema.session,
    schema.token,
    schema.second_factor,
    schema.recovery_code,
    schema.mail_address,
    schema.recovery_link,
    schema.task_read,
    schema.preference,
    schema.request_key,
)
"""What is kept for a person outside the journal, and goes with them; what entries make comes back by any rebuild."""

_account, _session, _attempt = schema.account.c, schema.session.c, schema.attempt.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """May this person sign in, and how do they like their pages."""

    person: Person
    password: str | None
    one_time: bool
    enabled: bool
    locked_until: datetime
    language: str | None
    theme: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser in which somebody has signed in; `digest` names it, the cookie is known to the browser alone."""

    digest: str
    person: Person
    began: datetime
    seen: datetime
    address: str
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who holds a session, as the one query of a request finds them, and how far the organisation is."""

    session: Session
    account: Account
    handle: str
    name: str
    organisation: int


def of(connection: Connection, person: Person) -> Account | None:
    """The account of a person."""
    row = connection.execute(select(schema.account).where(_account.person == person.id)).one_or_none()
    return None if row is None else _made(row)


def all_of(connection: Connection) -> dict[str, Account]:
    """Every account, by person."""
    return {row.person: _made(row) for row in connection.execute(select(schema.account))}


def set_password(database: Database, person: Person, hashed: str, now: datetime, *, one_time: bool) -> None:
    """Give a password, unlock the account, and end every session it has."""
    fresh = {"password": hashed, "one_time": one_time, "failures": 0, "locked_until": 0, "changed_at": micros(now)}
    with database.write() as connection:
        row = _insert(connection, schema.account).values(person=person.id, enabled=True, theme="system", **fresh)
        connection.execute(row.on_conflict_do_update(index_elements=["person"], set_=fresh))
        connection.execute(delete(schema.session).where(_session.person == person.id))


def rehash(database: Database, person: Person, hashed: str) -> None:
    """The same password, kept in a stronger way."""
    with database.write() as connection:
        connection.execute(update(schema.account).where(_account.person == person.id).values(password=hashed))


def enable(database: Database, person: Person, *, enabled: bool) -> None:
    """Open an account, or close it and end its sessions."""
    with database.write() as connection:
        connection.execute(update(schema.account).where(_account.person == person.id).values(enabled=enabled))
        if not enabled:
            connection.execute(delete(schema.session).where(_session.person == person.id))


def choose(database: Database, person: Person, *, language: str | None = None, theme: str | None = None) -> None:
    """Keep the language and the look somebody likes."""
    chosen = {name: value for name, value in (("language", language), ("theme", theme)) if value is not None}
    with database.write() as connection:
        connection.execute(update(schema.account).where(_account.person == person.id).values(**chosen))


def failed(database: Database, person: Person, now: datetime) -> None:
    """A wrong password; the account is locked for a while after several in a row."""
    mine = _account.person == person.id
    with database.write() as connection:
        connection.execute(update(schema.account).where(mine).values(failures=_account.failures + 1))
        until = {"failures": 0, "locked_until": micros(now + LOCKED)}
        connection.execute(update(schema.account).where(mine, _account.failures >= FAILURES).values(**until))


def proved(database: Database, person: Person, keys: Sequence[str]) -> None:
    """A right password or code: what was wrong before is forgotten, and the tries counted under the keys do not count it."""
    with database.write() as connection:
        mine = update(schema.account).where(_account.person == person.id)
        connection.execute(mine.values(failures=0, locked_until=0))
        counted = update(schema.attempt).where(_attempt.key.in_(keys), _attempt.count > 0)
        connection.execute(counted.values(count=_attempt.count - 1))


def begin(database: Database, person: Person, now: datetime, address: str, agent: str) -> str:
    """A new session; the text for the browser's cookie."""
    token = secrets.token_urlsafe(32)
    at, mine = micros(now), _account.person == person.id
    row = {"digest": digest_of(token), "person": person.id, "began_at": at, "seen_at": at}
    with database.write() as connection:
        connection.execute(update(schema.account).where(mine).values(failures=0, locked_until=0))
        connection.execute(delete(schema.session).where(_session.ends_at <= at))
        ends = micros(now + IDLE)
        connection.execute(insert(schema.session).values(**row, ends_at=ends, address=address[:64], agent=agent[:200]))
    return token


_WHO = (
    *(_account.password, _account.one_time, _account.locked_until, _account.language, _account.theme),
    *(schema.handle.c.handle, schema.handle.c.name),
    select(schema.stream.c.revision).where(schema.stream.c.stream_no == ORGANISATION).scalar_subquery(),
)
_VISITOR = Prepared(
    select(
        *(_session.digest, _session.person, _session.began_at, _session.seen_at, _session.address, _session.agent),
        *_WHO,
    )
    .join(schema.account, _account.person == _session.person)
    .join(schema.handle, schema.handle.c.person == _session.person)
    .where(_session.digest == bindparam("token"), _session.ends_at > bindparam("now"), _account.enabled)
)
_OWNER = Prepared(
    select(*_WHO)
    .join(schema.handle, schema.handle.c.person == _account.person)
    .where(_account.person == bindparam("person"), _account.enabled)
)


def visitor(connection: Connection, token: str, now: datetime) -> Visitor | None:
    """Who holds the session of a cookie, unless it ended or the account was closed."""
    row = find(connection, (_VISITOR, {"token": digest_of(token), "now": micros(now)}))
    if row is None:
        return None
    digest, key, began, seen_at, address, agent, *who = row
    session = Session(
        digest=digest, person=Person(key), began=moment(began), seen=moment(seen_at), address=address, agent=agent
    )
    return _visitor(session, who)


def owner(connection: Connection, session: Session) -> Visitor | None:
    """Who asks by other means than a cookie, in what stands for their session; None when the account was closed."""
    row = find(connection, (_OWNER, {"person": session.person.id}))
    return None if row is None else _visitor(session, row)


def _visitor(session: Session, who: Sequence[Any]) -> Visitor:
    password, one_time, locked_until, language, theme, handle, name, organisation = who
    account = Account(
        person=session.person,
        password=password,
        one_time=bool(one_time),
        enabled=True,
        locked_until=moment(locked_until),
        language=language,
        theme=theme,
    )
    return Visitor(session=session, account=account, handle=handle, name=name, organisation=organisation or 0)


def seen(database: Database, session: Session, now: datetime) -> None:
    """The session is in use: it ends some hours from now, and at the latest some days after it began."""
    if now - session.seen < SEEN:
        return
    ends = micros(min(now + IDLE, session.began + LONGEST))
    change = update(schema.session).where(_session.digest == session.digest)
    with database.write() as connection:
        connection.execute(change.values(seen_at=micros(now), ends_at=ends))


def sessions(connection: Connection, person: Person, now: datetime) -> list[Session]:
    """The sessions of a person, the one used last first."""
    mine = select(schema.session).where(_session.person == person.id, _session.ends_at > micros(now))
    return [_session_of(row) for row in connection.execute(mine.order_by(_session.seen_at.desc(), _session.digest))]


def end(database: Database, digests: Sequence[str], person: Person) -> int:
    """End sessions of a person; how many there were."""
    with database.write() as connection:
        gone = delete(schema.session).where(_session.person == person.id, _session.digest.in_(digests))
        return connection.execute(gone).rowcount


def end_all(database: Database, person: Person, but: str = "") -> int:
    """End all sessions of a person but one; how many there were."""
    with database.write() as connection:
        gone = delete(schema.session).where(_session.person == person.id, _session.digest != but)
        return connection.execute(gone).rowcount


def admitted(database: Database, key: str, now: datetime, limit: int, span: timedelta) -> bool:
    """Count one attempt under a key; False when there were more than allowed in the present span of time.

    Counted in the database, so that several processes agree.
    """
    present = micros(now) // (span // timedelta(microseconds=1))
    with database.write() as connection:
        connection.execute(delete(schema.attempt).where(_attempt.key == key, _attempt.span < present))
        row = _insert(connection, schema.attempt).values(key=key, span=present, count=1)
        counted = row.on_conflict_do_update(
            index_elements=["key", "span"], set_={"count": _attempt.count + 1}
        ).returning(_attempt.count)
        return int(connection.execute(counted).scalar_one()) <= limit


def forget(connection: Connection, person: Person) -> None:
    """Remove all that is kept for a person, in the transaction that erases them."""
    for table in PERSONAL:
        connection.execute(delete(table).where(table.c.person == person.id))


def digest_of(token: str) -> str:
    """Under what a session is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def _made(row: Row[tuple[object, ...]]) -> Account:
    return Account(
        person=Person(row.person),
        password=row.password,
        one_time=row.one_time,
        enabled=row.enabled,
        locked_until=moment(row.locked_until),
        language=row.language,
        theme=row.theme,
    )


def _session_of(row: Row[tuple[object, ...]]) -> Session:
    return Session(
        digest=row.digest,
        person=Person(row.person),
        began=moment(row.began_at),
        seen=moment(row.seen_at),
        address=row.address,
        agent=row.agent,
    )


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
