"""The window: the tokens of an instance as bytes. Nothing finished is in it, so it is as large as the open work.

Canonical JSON: `{"counted": "12", "tokens": [[key, element, state, scope, activity, notes], …]}`, oldest token first; and
`"compensable": [[order, element, scope, kept scopes, loop], …]` where something that is done can still be compensated.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine import encoding
from engine.flow.compensable import Done
from engine.flow.host import Host
from engine.flow.token import Tokens

STATES = {TaskState.READY: "ready", TaskState.WAITING: "waiting", TaskState.STARTED: "started"}
VALUES = {word: state for state, word in STATES.items()}
EMPTY = b'{"counted":"0","tokens":[]}'


def encode(tokens: Tokens) -> bytes:
    """The bytes of the tokens."""
    rows = [
        [token.id, token.task_spec.name, STATES[token._state], token.scope, token.activity, token.internal_data]
        for token in tokens.open()
    ]
    document: dict[str, object] = {"counted": str(tokens.counted), "tokens": rows}
    if done := tokens.compensable.rows():
        document["compensable"] = done
    return encoding.write(document)


def decode(window: bytes, spec: object, host: Host) -> Tokens:
    """The tokens of these bytes."""
    document = _read(window)
    tokens = Tokens(spec, host)
    tokens.counted = int(document["counted"])
    for row in document.get("compensable", ()):
        tokens.compensable.keep(Done.of(row))
    for key, name, state, scope, activity, notes in document["tokens"]:
        token = tokens.add(name, scope, VALUES[state], key, **notes)
        if activity is not None:
            tokens.enter(token, activity)
            tokens.listen_again(token)
    return tokens


def finished(window: bytes) -> bool:
    """No token is left."""
    return not _read(window)["tokens"]


def size(window: bytes) -> tuple[int, int]:
    """How many tokens the window holds, and how many of them are not merely waiting at a join."""
    rows = _read(window)["tokens"]
    return len(rows), sum(1 for row in rows if row[4] is not None)


def _read(window: bytes) -> Any:
    return encoding.read(window)
