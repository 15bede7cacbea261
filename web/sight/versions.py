"""The version of a procedure that somebody looks at, and who may change the procedure."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, request
from sqlalchemy import Connection

from engine.organisation import Organisation
from engine.procedure import Procedure
from storage.procedures import Place
from web import reading
from web.identity import me
from web.sight import procedure as told


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version of a procedure that somebody looks at."""

    procedure: Procedure
    place: Place

    @property
    def is_in_force(self) -> bool:
        """It is the one that a new case runs on."""
        return self.procedure.digest == self.place.version

    @property
    def wanted(self) -> str | None:
        """What stands in addresses: nothing for the version in force."""
        return None if self.is_in_force else self.procedure.digest


def found(connection: Connection, key: str) -> Version:
    """The version that is asked for, else the one in force; 404 for what was never in force."""
    place = _place(connection, key)
    wanted = request.args.get("version") or place.version
    if all(one.digest != wanted for one in told.publications(connection, place).versions):
        abort(404)
    return Version(procedure=reading.procedure(connection, wanted), place=place)


def current(connection: Connection, key: str) -> Version:
    """The version in force, whichever is looked at: it alone says who may change the procedure."""
    place = _place(connection, key)
    return Version(procedure=reading.procedure(connection, place.version), place=place)


def _place(connection: Connection, key: str) -> Place:
    found = reading.store().procedures.place(key, connection)
    return found if found is not None and found.version else abort(404)


def may_change(company: Organisation, version: Version) -> bool:
    """The person owns the procedure or may publish it, by a role of their own or as a deputy."""
    owners = (version.procedure.owner, *version.procedure.may("publish"))
    return company.acts(me().person, owners, reading.store().now())


def in_force(connection: Connection) -> list[tuple[Procedure, Place]]:
    """Every procedure in force, and where its versions stand."""
    store, rows = reading.store(), []
    for one in reading.procedures(connection):
        place = store.procedures.place(one.key, connection)
        if place is not None:
            rows.append((one, place))
    return rows
