"""Personal values: bytes and salt in an erasable table, a reference and a salted digest in the journal."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from engine import encoding
from engine.commands import AnswerInvitation, CompleteTask
from engine.errors import Reason, Refused
from engine.form import separate_personal
from engine.instance import Instance
from engine.procedure import Procedure
from engine.value import Context, Personal, Value
from storage import schema

HANDED_IN = (CompleteTask, AnswerInvitation)
"""What brings the values of a form."""


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


def guard(
    procedure: Procedure, instance: Instance, command: CompleteTask | AnswerInvitation, new: Set[Personal]
) -> None:
    """Refuse a personal value that is not kept apart, and a reference that neither comes with the command nor is the task's.

    Raises Refused (INVALID_DATA). An open task may hand in again what it was handed before.
    """
    task = instance.tasks.get(command.task)
    form = None if task is None else procedure.form(procedure.model.element(task.process, task.element))
    if form is not None:
        separate_personal(form, command.data, _refuse_plain)
    unknown = [found.reference for found in references(command.data) if found not in new]
    if unknown and not set(unknown) <= {found.reference for found in _kept(instance)}:
        raise Refused(
            Reason.INVALID_DATA,
            f"个人信息的引用 {unknown[0]} 不属于本流程",
            f"expected personal values of this instance, but found the reference {unknown[0]}",
        )


def references(value: Value) -> Iterator[Personal]:
    """The personal references in a value."""
    if isinstance(value, Personal):
        yield value
    elif isinstance(value, Context):
        for entry in value.values():
            yield from references(entry)
    elif isinstance(value, tuple):
        for item in value:
            yield from references(item)


def _kept(instance: Instance) -> Iterator[Personal]:
    for scope in instance.scopes.values():
        for value in scope.variables.values():
            yield from references(value)


def _refuse_plain(path: str, _value: Value) -> Personal:
    raise Refused(
        Reason.INVALID_DATA,
        f"{path} 是个人信息,应先与记录分开保存",
        f"expected the personal value at {path} to be kept apart from the journal",
    )
