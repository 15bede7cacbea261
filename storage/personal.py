"""Personal values: bytes and salt in an erasable table, a reference and a salted digest in the journal."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from engine import encoding
from engine.value import Personal, Value
from storage import schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A value to be kept in the transaction of the command that brings it."""

    personal: Personal
    salt: bytes
    content: bytes


def separate(value: Value) -> Row:
    """A new reference for a value, with what is to be kept under it."""
    content, salt = encoding.encode(value), secrets.token_bytes(16)
    digest = salted(salt, content)
    reference = secrets.token_hex(16)
    return Row(
        personal=Personal(reference=reference, present=value not in (None, ""), digest=digest),
        salt=salt,
        content=content,
    )


def salted(salt: bytes, content: bytes) -> str:
    """SHA-256 in hex over salt, 0x00 and the value's encoding."""
    return hashlib.sha256(salt + b"\x00" + content).hexdigest()


def keep(connection: Connection, rows: Sequence[Row]) -> None:
    """Keep values."""
    if rows:
        values = [{"reference": r.personal.reference, "salt": r.salt, "content": r.content} for r in rows]
        connection.execute(insert(schema.personal), values)


def read(connection: Connection, personal: Personal) -> Value:
    """The value, or None when it was erased."""
    query = select(schema.personal.c.content).where(schema.personal.c.reference == personal.reference)
    content = connection.execute(query).scalar_one_or_none()
    return None if content is None else encoding.decode(bytes(content))


def erase(connection: Connection, references: Sequence[str]) -> int:
    """Erase values and their salts; the journal still verifies. Returns how many there were."""
    table = schema.personal
    change = update(table).where(table.c.reference.in_(references), table.c.content.is_not(None))
    return connection.execute(change.values(content=None, salt=None)).rowcount
