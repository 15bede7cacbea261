"""Steps against the drawing: moves, visits, withdrawals, and whether they may be made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from engine.flow import moving
from engine.flow import window as windows
from engine.flow.elements import Element
from engine.flow.host import Host
from engine.flow.model import Model
from engine.flow.moving import Barred, Done
from engine.flow.several import Several
from engine.flow.step import run
from engine.flow.token import Token, Tokens

NOBODY: Any = None
"""The host of those who only ask: nothing happens."""


def levels(model: Model, window: bytes, activity: str) -> list[tuple[str, str | None]]:
    """The process and sub-process an activity is in, and those around it, from the inside out."""
    tokens = windows.decode(window, model.specification, NOBODY)
    found = [(token.element.process, token.element.parent) for token in moving.chain(tokens, tokens.of(activity))]
    return list(dict.fromkeys(found))


def returnable(
    model: Model, window: bytes, activity: str, targets: Iterable[Element], done: Done, *, straight: bool
) -> list[Barred | None]:
    """For each element why an activity cannot be returned to it; None where it can."""
    tokens = windows.decode(window, model.specification, NOBODY)
    token = tokens.of(activity)

    def ask(target: Element) -> None:
        moving.may_return(model, tokens, token, target.process, target.id, done, straight=straight)

    return [_barred(ask, target) for target in targets]


def movable(model: Model, window: bytes, activity: str, targets: Iterable[Element]) -> list[Barred | None]:
    """For each element why an activity cannot be moved to it; None where it can."""
    tokens = windows.decode(window, model.specification, NOBODY)
    token = tokens.of(activity)

    def ask(target: Element) -> None:
        moving.may_move(model, tokens, token, target.process, target.id)

    return [_barred(ask, target) for target in targets]


def _barred(ask: Callable[[Element], None], target: Element) -> Barred | None:
    try:
        ask(target)
    except Barred as barred:
        return barred
    return None


def came_of(model: Model, window: bytes, task: str) -> tuple[list[str], bool]:
    """The activities that came of the completion of a task and have not moved since; and whether it went straight back."""
    came = moving.came_of(windows.decode(window, model.specification, NOBODY), task)
    straight = any("back" in token.internal_data["after"] for token in came)
    return [token.activity for token in came if token.activity is not None], straight


def move(model: Model, window: bytes, activity: str, process: str, target: str, host: Host) -> bytes:
    """Take the token of an activity away, and put one at an element of its level or one around it. Raises Barred."""
    tokens = windows.decode(window, model.specification, host)
    here, found = moving.may_move(model, tokens, tokens.of(activity), process, target)
    moving.move(tokens, here, found, target)
    return run(tokens)


def visit(model: Model, window: bytes, activity: str, process: str, target: str, host: Host) -> bytes:
    """Let an earlier activity be done once more, and come straight back to this one. Raises Barred."""
    tokens = windows.decode(window, model.specification, host)
    token = tokens.of(activity)
    moving.may_visit(model, tokens, token, process, target)
    moving.visit(model, tokens, token, target, [token.element.id, *token.internal_data.get("back", ())])
    return run(tokens)


def withdraw(model: Model, window: bytes, task: str, scope: str, target: str, host: Host) -> bytes:
    """Take back what came of the completion of a task, and put a token at its element again. Raises Barred."""
    tokens = windows.decode(window, model.specification, host)
    here, found, back = moving.may_withdraw(model, tokens, task, scope, target)
    if back:
        moving.visit(model, tokens, here, target, back)
    else:
        moving.move(tokens, here, found, target)
    return run(tokens)


def finished_items(model: Model, window: bytes, whole: str) -> list[int]:
    """The places of the items of a multi-instance that are done, from 0."""
    node, token = _several(windows.decode(window, model.specification, NOBODY), whole)
    return node.finished(token)


def reopen(model: Model, window: bytes, whole: str, index: int, host: Host) -> bytes:
    """Do a finished item of a multi-instance again; of a sequence, everything from that item on."""
    tokens = windows.decode(window, model.specification, host)
    node, token = _several(tokens, whole)
    node.reopen(token, index)
    return run(tokens)


def _several(tokens: Tokens, whole: str) -> tuple[Several, Token]:
    token = tokens.of(whole)
    assert isinstance(token.node, Several)
    return token.node, token
