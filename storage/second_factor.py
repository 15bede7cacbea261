"""The second step of a sign-in: the secret of a person's telephone, and codes for the day it is lost."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from engine.value import Person
from storage import schema
from storage.database import Database
from storage.moments import micros

BETWEEN = timedelta(minutes=5)
"""How long the code may come after the password."""

_factor, _code = schema.second_factor.c, schema.recovery_code.c


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactor:
    """What a person's telephone shares with us; asked for only when `confirmed`; `step` is that of the last code taken."""

    person: Person
    secret: str
    confirmed: bool
    step: int
    codes_left: int


def of(connection: Connection, person: Person) -> SecondFactor | None:
    """The second factor of a person."""
    row = connection.execute(select(schema.second_factor).where(_factor.person == person.id)).one_or_none()
    if row is None:
        return None
    left = select(func.count()).select_from(schema.recovery_code).where(_code.person == person.id)
    return SecondFactor(
        person=person,
        secret=row.secret,
        confirmed=row.confirmed,
        step=row.step,
        codes_left=connection.execute(left).scalar_one(),
    )


def propose(database: Database, person: Person, secret: str) -> None:
    """Keep a secret that is not asked for before a code of it was given; one that is confirmed stays."""
    with database.write() as connection:
        mine = _factor.person == person.id
        connection.execute(delete(schema.second_factor).where(mine, ~_factor.confirmed))
        if connection.execute(select(_factor.person).where(mine)).one_or_none() is None:
            row = {"person": person.id, "secret": secret, "confirmed": False, "step": 0, "ticket_ends_at": 0}
            connection.execute(insert(schema.second_factor).values(**row))


def confirm(database: Database, person: Person, secret: str, step: int, codes: Iterable[str]) -> bool:
    """Ask for codes of this secret from now on; False when it was confirmed, or replaced, in the meantime."""
    mine = _factor.person == person.id
    with database.write() as connection:
        change = update(schema.second_factor).where(mine, _factor.secret == secret, ~_factor.confirmed)
        if not connection.execute(change.values(confirmed=True, step=step)).rowcount:
            return False
        connection.execute(delete(schema.recovery_code).where(_code.person == person.id))
        rows = [{"person": person.id, "digest": _digest(code)} for code in codes]
        connection.execute(insert(schema.recovery_code), rows)
        return True


def remove(database: Database, person: Person) -> bool:
    """Ask for no code any more; whether one was asked for."""
    with database.write() as connection:
        connection.execute(delete(schema.recovery_code).where(_code.person == person.id))
        return bool(connection.execute(delete(schema.second_factor).where(_factor.person == person.id)).rowcount)


def take(database: Database, person: Person, step: int) -> bool:
    """Use the code of a step of time; False when it, or a later one, was used before."""
    change = update(schema.second_factor).where(_factor.person == person.id, _factor.step < step)
    with database.write() as connection:
        return bool(connection.execute(change.values(step=step)).rowcount)


def recover(database: Database, person: Person, code: str) -> bool:
    """Use a recovery code; False when there is none such, or it was used before."""
    gone = delete(schema.recovery_code).where(_code.person == person.id, _code.digest == _digest(code))
    with database.write() as connection:
        return bool(connection.execute(gone).rowcount)


def ticket(database: Database, person: Person, now: datetime) -> str:
    """What a browser that gave the right password holds until it gives the code; one at a time."""
    made = secrets.token_urlsafe(32)
    held = {"ticket": _digest(made), "ticket_ends_at": micros(now + BETWEEN)}
    with database.write() as connection:
        connection.execute(update(schema.second_factor).where(_factor.person == person.id).values(**held))
    return made


def holder(connection: Connection, made: str, now: datetime) -> Person | None:
    """Who gave the password for this ticket, unless it is too long ago."""
    query = select(_factor.person).where(_factor.ticket == _digest(made), _factor.ticket_ends_at > micros(now))
    found = connection.execute(query.where(_factor.confirmed)).scalar_one_or_none()
    return None if found is None else Person(found)


def drop(database: Database, person: Person) -> None:
    """The ticket has been used."""
    with database.write() as connection:
        connection.execute(update(schema.second_factor).where(_factor.person == person.id).values(ticket=None))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
