"""What begins when a message or signal comes: the start events of the versions in force that day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from engine.flow.elements import Element, Trigger
from engine.flow.level import begun_by
from engine.message import NEW
from engine.procedure import Procedure
from storage import schema
from storage.procedures import in_force
from storage.submission import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """An element at which a process of a version begins; `opens` a case of its own."""

    procedure: str
    version: str
    process: str
    element: str
    opens: bool


def starts(store: Store, connection: Connection, trigger: Trigger, name: str, only: str | None = None) -> list[Start]:
    """Where a message or signal of this name begins something, in one procedure or in all of them."""
    found = in_force(store.now()).subquery().c
    query = select(found.procedure, found.version).order_by(found.procedure)
    rows = connection.execute(query if only is None else query.where(found.procedure == only))
    return [
        found
        for row in rows.all()
        for found in of_procedure(store.procedures.get(row.version, connection), trigger, name)
    ]


def of_procedure(procedure: Procedure, trigger: Trigger, name: str) -> Iterator[Start]:
    """Where processes of a version begin with this message or signal."""
    for process in procedure.model.processes.values():
        for element in process.elements.values():
            if element.trigger is trigger and _names(element) == name and begun_by(process, element.id):
                yield Start(
                    procedure=procedure.key,
                    version=procedure.digest,
                    process=process.id,
                    element=element.id,
                    opens=element.extensions.get("case") == NEW,
                )


def _names(element: Element) -> str | None:
    return element.message if element.trigger is Trigger.MESSAGE else element.code


def case_of(connection: Connection, stream: int) -> int | None:
    """The case that a stream is, or belongs to."""
    table = schema.stream.c
    row = connection.execute(select(table.kind, table.case_no).where(table.stream_no == stream)).one_or_none()
    if row is None:
        return None
    return stream if row.kind == "case" else row.case_no


def procedure_of(connection: Connection, stream: int) -> str | None:
    """The procedure of an instance or case."""
    version, instance, case = schema.version.c, schema.instance.c, schema.case.c
    of_instance = select(instance.version).where(instance.stream_no == stream)
    of_case = select(case.version).where(case.stream_no == stream)
    query = select(version.procedure).where(version.digest.in_(of_instance.union(of_case)))
    return connection.execute(query).scalar_one_or_none()
