"""What the API tells of a case: in a list, and whole."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from engine.case import Case
from engine.errors import Text
from engine.procedure import Procedure
from engine.value import Value
from storage import coming, schema
from storage.registers import Registered
from web import reading
from web.api import values
from web.sight import naming
from web.telling import facts


def listed(connection: Connection, one: Registered) -> dict[str, object]:
    """A case as a list tells it."""
    return {
        "case": one.case,
        "procedure": one.procedure,
        "version": one.version,
        "status": one.status,
        "opened": values.at(one.opened_at),
        "opened_by": None if one.opened_by is None else values.by(one.opened_by),
        "values": dict(one.values),
        "waiting": one.open.count,
        "late": one.open.late,
        "next": None if one.open.coming is None else _coming(connection, one.open.coming),
    }


def _coming(connection: Connection, one: coming.Coming) -> dict[str, object]:
    return {
        "kind": "milestone" if one.is_milestone else "task",
        "process": one.process,
        "element": one.element,
        "name": values.said(reading.coming(connection, one)),
        "at": values.at(one.at),
    }


def document(connection: Connection, found: Case) -> dict[str, object]:
    """A case with its data, team, documents and instances."""
    procedure = reading.procedure(connection, found.version)
    names = naming.names(connection, procedure)
    table = schema.instance.c
    query = select(table.stream_no).where(table.case_no == found.stream).order_by(table.stream_no)
    known = {**procedure.case_fields}
    return {
        "case": found.stream,
        "revision": found.revision,
        "procedure": found.procedure,
        "version": found.version,
        "status": str(found.status or ""),
        "outcome": found.outcome,
        "data": [
            {
                "field": field.name,
                "type": field.type,
                "title": values.said(field.title),
                "value": values.shown(found.data.get(field.name)),
                "words": _words(procedure, field.name, found.data.get(field.name)),
            }
            for field in known.values()
        ],
        "team": [
            {"role": role, "name": values.said(names.role(role)), "persons": [values.named(p) for p in persons]}
            for role, persons in found.roles.items()
        ],
        "documents": documents(found, procedure.documents),
        "instances": list(connection.execute(query).scalars()),
    }


def _words(procedure: Procedure, name: str, value: Value) -> dict[str, str] | None:
    english = facts.english(procedure, name, value) if isinstance(value, str) else None
    return None if english is None else {"zh": str(value), "en": english}


def documents(found: Case, titles: Mapping[str, object]) -> list[dict[str, object]]:
    """The newest version of each document of a case; `titles` are those of the procedure."""
    return [
        {
            "document": one.key,
            "title": _title(titles, one.key),
            "version": one.version,
            "status": str(one.status),
            "author": values.named(one.author),
            "digest": one.digest,
            "number": one.number,
            "issued_version": one.issued_version,
        }
        for one in found.documents.values()
    ]


def _title(titles: Mapping[str, object], key: str) -> dict[str, str]:
    found = titles.get(key)
    return values.said(found) if isinstance(found, Text) else {"zh": key, "en": key}
