"""Who waits for which message or signal, as rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, delete, insert

from engine.instance import Instance
from engine.stream import State
from engine.value import Value
from storage import correlation, schema

Row = dict[str, Any]


def rows(state: Instance) -> list[Row]:
    """The rows of the messages and signals that an instance waits for."""
    messages = [state.subscriptions[key] for key in sorted(state.subscriptions)]
    signals = [state.signals[key] for key in sorted(state.signals)]
    found = [_row(state, "message", m.id, m.name, m.correlation) for m in messages]
    return [*found, *(_row(state, "signal", s.id, s.name, None) for s in signals)]


def begun(before: State, after: State) -> list[Row]:
    """The rows of what is waited for since this entry."""
    if not isinstance(after, Instance):
        return []
    old = _waited(before)
    return [row for row in rows(after) if row["subscription"] not in old]


def messages(found: Iterable[Row]) -> list[tuple[str, str]]:
    """The messages among them, by name and correlation."""
    return [(row["name"], row["correlation"]) for row in found if row["kind"] == "message"]


def project(connection: Connection, before: State, after: Instance, waiting: list[Row]) -> None:
    """Bring the table to the state after an entry."""
    gone = sorted(_waited(before) - _waited(after))
    if gone:
        connection.execute(delete(schema.subscription).where(schema.subscription.c.subscription.in_(gone)))
    if waiting:
        connection.execute(insert(schema.subscription), waiting)


def _waited(state: State) -> set[str]:
    return {*state.subscriptions, *state.signals} if isinstance(state, Instance) else set()


def _row(state: Instance, kind: str, key: str, name: str, keys: Value) -> Row:
    place = {"subscription": key, "kind": kind, "stream_no": state.stream, "name": name}
    return {**place, "correlation": correlation.of(state.case, keys)}
