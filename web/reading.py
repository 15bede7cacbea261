"""What pages read of the open database: the organisation, procedures and people, from the caches of the store."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from functools import lru_cache

from flask import current_app, g
from sqlalchemy import Connection, select

from engine.errors import Text
from engine.label import ENGLISH, label
from engine.organisation import Organisation
from engine.procedure import Procedure
from engine.stream import ORGANISATION
from engine.words import StreamKind
from storage import people, schema
from storage.batch import Prepared, find
from storage.coming import Coming
from storage.invitations import WithContacts
from storage.procedures import versions_in_force
from storage.submission import Store

MANIFEST = "procedure.toml"
_ORGANISATION = Prepared(select(schema.stream.c.revision).where(schema.stream.c.stream_no == ORGANISATION))


def store() -> Store:
    """The store of this application."""
    found = current_app.extensions["zhixing"]
    assert isinstance(found, Store)
    return found


def organisation(connection: Connection) -> Organisation:
    """The organisation as it is now."""
    row = find(connection, (_ORGANISATION, {}))
    return organisation_at(connection, 0 if row is None else row[0])


def organisation_at(connection: Connection, revision: int) -> Organisation:
    """The organisation as it was after a revision; what was used last is kept in memory."""
    found = store().states.at(connection, StreamKind.ORGANISATION, ORGANISATION, revision)
    assert isinstance(found, Organisation)
    return found


def names(connection: Connection) -> Mapping[str, str]:
    """The names of all people by id, read once a request; and of contacts who did a task."""
    if "names" not in g:
        g.names = WithContacts(people.names(connection), store().database.read)
    found: Mapping[str, str] = g.names
    return found


def procedure(connection: Connection, version: str) -> Procedure:
    """A published version."""
    return store().procedures.get(version, connection)


def procedures(connection: Connection) -> list[Procedure]:
    """Every procedure in force, looked up once a request."""
    if "in_force" not in g:
        g.in_force = [procedure(connection, version) for version in versions_in_force(connection, store().now())]
    found: list[Procedure] = g.in_force
    return found


def may(right: str) -> frozenset[str]:
    """The roles that hold a right in any procedure in force, read once a request."""
    known: dict[str, frozenset[str]] = g.setdefault("rights", {})
    if right not in known:
        with store().database.read() as connection:
            known[right] = frozenset(role for found in procedures(connection) for role in found.may(right))
    return known[right]


def role_name(connection: Connection, code: str) -> Text:
    """What a role is called in a procedure in force; its code where it has no name."""
    if "roles" not in g:
        g.roles = {code: role.name for found in procedures(connection) for code, role in found.roles.items()}
    found: Text = g.roles.get(code, Text(code, code))
    return found


def step(found: Procedure, process: str, element: str) -> tuple[str, Text]:
    """The number of a step in the written procedure, and its name."""
    text = label(found, process, element)
    number, gap, rest = text.zh.partition(" ")
    if not gap or not text.en.startswith(number):
        return "", text
    return number, Text(rest, text.en.removeprefix(number).strip())


def coming(connection: Connection, found: Coming) -> Text:
    """What is due next is called as its version calls it; a milestone without a name of its own as its process."""
    version = procedure(connection, found.version)
    if found.is_milestone and not version.model.element(found.process, found.element).name:
        return process_name(version, found.process)
    return label(version, found.process, found.element)


def process_name(found: Procedure, process: str) -> Text:
    """What a process is called."""
    model = found.model.processes[process]
    name = model.name or process
    return Text(name, _english(found.files.get(ENGLISH, b"{}")).get(process) or name)


def shown_fields(found: Procedure) -> Mapping[str, str]:
    """Which fields of its case data a procedure shows as `title`, `number` and `party` of a case."""
    return _shown(found.files[MANIFEST])


@lru_cache(maxsize=64)
def _shown(manifest: bytes) -> Mapping[str, str]:
    fields = tomllib.loads(manifest.decode()).get("case", {})
    return {str(row["shown"]): name for name, row in fields.items() if isinstance(row, dict) and "shown" in row}


@lru_cache(maxsize=64)
def _english(texts: bytes) -> Mapping[str, str]:
    elements = json.loads(texts).get("elements", {})
    return {key: str(found.get("name", "")) for key, found in elements.items()}
