"""What an entry makes necessary elsewhere: jobs, written with it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, insert

from engine import encoding, events
from engine.case import Case
from engine.encoding import Json
from engine.events import Event
from engine.instance import Instance
from engine.journal import Entry
from engine.stream import State
from storage import correlation, schema
from storage.moments import NEVER, due, micros

Row = dict[str, Any]


def jobs(entry: Entry, after: State) -> list[Row]:
    """The jobs of an entry."""
    common = {"stream_no": entry.stream, "revision": entry.revision, "due": micros(entry.at)}
    nothing = {"target": None, "name": None, "correlation": None, "expires": None}
    found = (_job(event, entry, _case_of(after)) for event in entry.events)
    return [{**common, **nothing, **job} for job in found if job is not None]


def messages(made: Iterable[Row]) -> list[tuple[str, str]]:
    """The messages among them, by name and correlation."""
    return [(row["name"], row["correlation"]) for row in made if row["kind"] == "message"]


def keep(connection: Connection, made: list[Row], now: int) -> None:
    """Write the jobs; messages queue up behind those that wait already."""
    if made:
        connection.execute(insert(schema.job), made)
    for name, key in sorted(set(messages(made))):
        correlation.queue(connection, name, key, now)


def payload_of(data: bytes) -> dict[str, object]:
    """What a job is to do."""
    found = json.loads(data)
    assert isinstance(found, dict)
    return found


def _case_of(state: State) -> int | None:
    """The case whose messages these are."""
    match state:
        case Instance():
            return state.case
        case Case():
            return state.stream
        case _:
            return None


def _job(event: Event, entry: Entry, of_case: int | None) -> dict[str, object] | None:
    payload: dict[str, Json]
    match event:
        case events.ServiceRequested():
            payload = {"connector": event.connector, "parameters": encoding.to_json(event.parameters)}
            return {"job": event.request, "kind": "connector", "payload": encoding.write(payload)}
        case events.MessageThrown():
            payload = {"payload": encoding.to_json(event.payload)}
            until = micros(entry.at + correlation.KEPT) if event.until is None else due(event.until)
            until = min(
                until, NEVER - 1
            )  # a message that is kept for ever still sleeps; only a parked one is never due
            expires = max(until, micros(entry.at) + 1)  # it is offered once, whatever the model says
            place = {"name": event.name, "correlation": correlation.of(of_case, event.correlation), "expires": expires}
            return {"job": event.message, "kind": "message", "payload": encoding.write(payload), **place}
        case events.SignalThrown():
            payload = {"payload": encoding.to_json(event.payload)}
            place = {"name": event.name, "correlation": correlation.of(of_case, None)}
            return {"job": event.signal, "kind": "signal", "payload": encoding.write(payload), **place}
        case events.FollowUpScheduled():
            payload = {"kind": event.kind, "fields": encoding.to_json(event.fields)}
            return {
                "job": event.job,
                "kind": "command",
                "payload": encoding.write(payload),
                "target": event.stream,
            }
        case _:
            return None
