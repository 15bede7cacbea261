"""What begins when a message or signal comes: the start events of the versions in force that day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from engine.flow.elements import Element, Kind, Process, Trigger
from engine.procedure import Procedure
from storage import schema
from storage.submission import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """An element at which a process of a version begins."""

    version: str
    process: str
    element: str


def starts(store: Store, connection: Connection, trigger: Trigger, name: str, first: str | None = None) -> list[Start]:
    """Where a message or signal of this name begins something; those of the procedure `first` come first."""
    table = schema.publication.c
    query = select(table.procedure, table.version).where(table.version.is_not(None)).order_by(table.procedure)
    rows = sorted(connection.execute(query).all(), key=lambda row: row.procedure != first)
    return [
        Start(version=row.version, process=process, element=element)
        for row in rows
        for process, element in of_procedure(store.procedures.get(row.version, connection), trigger, name)
    ]


def of_procedure(procedure: Procedure, trigger: Trigger, name: str) -> Iterator[tuple[str, str]]:
    """The processes of a version that begin with this message or signal, and at which element."""
    for process in procedure.model.processes.values():
        for element in process.elements.values():
            if element.trigger is trigger and _names(element) == name and _begins(process, element):
                yield process.id, element.id


def _names(element: Element) -> str | None:
    return element.message if element.trigger is Trigger.MESSAGE else element.code


def _begins(process: Process, element: Element) -> bool:
    """The element begins its process: a start event, an instantiating receive task, an event behind such a gateway."""
    if element.parent is not None:
        return False
    if element.kind is Kind.START or element.instantiate:
        return True
    before = (process.elements[flow.source] for flow in process.flows.values() if flow.target == element.id)
    return any(gateway.kind is Kind.EVENT_GATEWAY and gateway.instantiate for gateway in before)


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
