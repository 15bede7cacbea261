"""People of a case who changed: every running instance of it is asked again whose its open tasks are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from engine import encoding, events
from engine.case import Case
from engine.journal import Entry
from engine.stream import State
from engine.value import Context, Person, Value
from engine.words import Status
from storage import schema
from storage.moments import micros


def jobs(connection: Connection, entry: Entry, before: State, after: State) -> list[dict[str, Any]]:
    """A command for each instance and each change, to be done after the entry."""
    if not isinstance(before, Case) or not isinstance(after, Case):
        return []
    changes = list(_changes(entry, before))
    if not changes:
        return []
    instance = schema.instance.c
    query = select(instance.stream_no).where(instance.case_no == after.stream, instance.status == Status.RUNNING)
    running = connection.execute(query.order_by(instance.stream_no)).scalars().all()
    return [
        {
            "job": f"{entry.stream}.{entry.revision}.{place}/{number}",
            "stream_no": entry.stream,
            "revision": entry.revision,
            "kind": "command",
            "payload": encoding.write({"kind": "ReassignTasks", "fields": encoding.to_json(fields)}),
            "target": target,
            "due": micros(entry.at),
            "name": None,
            "correlation": None,
            "expires": None,
        }
        for place, fields in changes
        for number, target in enumerate(running, 1)
    ]


def _changes(entry: Entry, before: Case) -> Iterator[tuple[int, Context]]:
    """By their places in the entry: roles that others hold now, and people who came into the data or gave way there."""
    for place, event in enumerate(entry.events, 1):
        match event:
            case events.CaseRoleAssigned() if set(event.persons) != set(before.roles.get(event.role, ())):
                yield place, Context({"role": event.role})
            case events.CaseDataSet() if _other_person(before.data.get(event.name), event.value):
                yield place, Context({"field": event.name})
            case _:
                pass


def _other_person(before: Value, after: Value) -> bool:
    return before != after and (isinstance(before, Person) or isinstance(after, Person))
