"""Where a person's mail goes, and the links in it by which a forgotten password is replaced: outside the journal."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from engine.value import Person
from storage import schema
from storage.accounts import digest_of
from storage.database import Database
from storage.moments import micros

GOOD_FOR = timedelta(minutes=30)
_mail, _link = schema.mail_address.c, schema.recovery_link.c


def address_of(connection: Connection, person: Person) -> str:
    """Where mail to a person goes; empty when nobody said."""
    found = connection.execute(select(_mail.address).where(_mail.person == person.id)).scalar_one_or_none()
    return found or ""


def set_address(database: Database, person: Person, address: str) -> None:
    """Say where mail to a person goes; what was sent to the address before no longer works."""
    with database.write() as connection:
        connection.execute(delete(schema.mail_address).where(_mail.person == person.id))
        connection.execute(delete(schema.recovery_link).where(_link.person == person.id))
        if address:
            connection.execute(insert(schema.mail_address).values(person=person.id, address=address))


def known_as(connection: Connection, given: str) -> Person | None:
    """Who may sign in under a handle and has a mail address."""
    handle, account = schema.handle.c, schema.account.c
    query = (
        select(handle.person)
        .join(schema.account, account.person == handle.person)
        .join(schema.mail_address, _mail.person == handle.person)
        .where(handle.handle == given, account.enabled, account.password.is_not(None))
    )
    found = connection.execute(query).scalar_one_or_none()
    return None if found is None else Person(found)


def give(database: Database, person: Person, now: datetime) -> str:
    """The secret of a new link; those before it no longer work."""
    secret = secrets.token_urlsafe(32)
    with database.write() as connection:
        connection.execute(delete(schema.recovery_link).where(_link.person == person.id))
        row = {"digest": digest_of(secret), "person": person.id, "ends_at": micros(now + GOOD_FOR)}
        connection.execute(insert(schema.recovery_link).values(row))
    return secret


def holder(connection: Connection, secret: str, now: datetime) -> Person | None:
    """Whose link it is, unless it ended, was used, or the account was closed."""
    account = schema.account.c
    query = (
        select(_link.person)
        .join(schema.account, account.person == _link.person)
        .where(_link.digest == digest_of(secret), _link.ends_at > micros(now), account.enabled)
    )
    found = connection.execute(query).scalar_one_or_none()
    return None if found is None else Person(found)


def use(database: Database, secret: str, now: datetime) -> Person | None:
    """Use a link up: whose it is, once."""
    with database.write() as connection:
        person = holder(connection, secret, now)
        gone = delete(schema.recovery_link).where(_link.digest == digest_of(secret))
        used = connection.execute(gone).rowcount
        return person if used else None
