"""Values as JSON of programs: what is written can be sent back; people stand by handle, as `@handle`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from flask import g

from engine.errors import Fault, Reason, Refused, Text
from engine.value import Context, File, Person, Personal, Ref, Value
from jobs import mail
from storage import people
from storage.moments import NEVER, moment
from web import reading
from web.telling import plain

LONGEST_HANDLE = 100


def handles() -> Mapping[str, str]:
    """The handles of all people by id, read once a request."""
    if "handles" not in g:
        with reading.store().database.read() as connection:
            g.handles = people.handles(connection)
    found: Mapping[str, str] = g.handles
    return found


def shown(found: Value) -> object:
    """A value as JSON: `@handle`, `{"ref": "kind:id"}`, numbers as they are, `null` for what is personal."""
    match found:
        case Person():
            return f"@{handles().get(found.id, found.id)}"
        case Ref():
            return {"ref": f"{found.kind}:{found.id}"}
        case str():
            return f"@{found}" if found.startswith("@") else found
        case Decimal():
            return _number(found)
        case tuple():
            return [shown(item) for item in found]
        case Context():
            return {key: shown(item) for key, item in found.items()}
        case File():
            return {"file": found.digest, "name": found.name, "type": found.type, "size": found.size}
        case Personal():
            return None
        case _:
            return plain.shown(found)


def read(found: object) -> object:
    """What a program sent, with people for handles and references. Raises Refused."""
    return plain.resolved(found, lambda handle: person(handle, "data"))


def context(found: object) -> Context:
    """The values that an object of a program says. Raises Refused."""
    return plain.context(read(found))


def value(found: object) -> Value:
    """The value that a program sent. Raises Refused."""
    return plain.value(read(found))


def person(handle: str, field: str) -> Person:
    """The person with this handle. Raises Refused (INVALID_DATA) with the field."""
    found = people.find(reading.store(), handle) if len(handle) <= LONGEST_HANDLE else None
    if found is None:
        text = Text(f"没有账号为 {handle[:60]} 的人员", f"expected a handle, but nobody has {handle[:60]}")
        raise Refused(Reason.INVALID_DATA, text.zh, text.en, (Fault(field, text),))
    return found


def address(given: str) -> str:
    """A mail address, or nothing for nowhere. Raises Refused (INVALID_DATA) for what is none."""
    if given.strip() and not mail.is_address(given.strip()):
        text = Text("应为邮箱地址,例如 name@example.com", "expected a mail address, such as name@example.com")
        raise Refused(Reason.INVALID_DATA, text.zh, text.en, (Fault("mail", text),))
    return given.strip()


def named(found: Person | None) -> dict[str, str | None] | None:
    """A person with handle and name; both are null of one who was erased."""
    if found is None:
        return None
    return {"person": found.id, "handle": handles().get(found.id), "name": _names().get(found.id)}


def by(person: str) -> dict[str, str | None] | None:
    """The same of somebody whose id stands in a table."""
    return named(Person(person))


def said(text: Text) -> dict[str, str]:
    """A text in both languages."""
    return {"zh": text.zh, "en": text.en}


def at(when: int | None) -> str | None:
    """A moment of a table in ISO 8601; null when it never comes."""
    return None if when is None or when >= NEVER or when < 0 else moment(when).isoformat()


def _names() -> Mapping[str, str]:
    if "names" not in g:
        with reading.store().database.read() as connection:
            return reading.names(connection)
    found: Mapping[str, str] = g.names
    return found


def _number(found: Decimal) -> object:
    """A JSON number where one says exactly the same; else its digits as text."""
    if found == found.to_integral_value() and abs(found) < 2**53:
        return int(found)
    near = float(found)
    return near if Decimal(repr(near)) == found else f"{found:f}" if abs(found.adjusted()) < 40 else str(found)
