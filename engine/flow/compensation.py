"""Compensation: what was done is undone by its handlers, the latest first, once for each completed instance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.flow.activities import SubProcess
from engine.flow.compensable import Done, Row
from engine.flow.elements import Element, Kind, Process, Trigger
from engine.flow.events import End
from engine.flow.node import FlowNode
from engine.flow.several import ITEM
from engine.flow.token import Token, Tokens
from engine.flow.transaction import Transaction

CLOSE = "close"


class Compensating(FlowNode):
    """An event that compensates what was done in its scope, or one activity of it. BPMN 2.0.2 §13.5.5.

    What it took to be undone stands in its note `undo`, the next one last; handlers run one after the other.
    """

    def work(self, token: Token) -> bool:
        """Take what is to be undone, and begin with the latest."""
        notes = token.internal_data
        if "undo" not in notes:
            notes["undo"] = self.take(token)
        while notes["undo"]:
            if self._undone(token):
                return False
        return True

    def take(self, token: Token) -> list[Row]:
        """What is to be undone, the oldest first; nobody else will undo it."""
        tokens, wanted = token.workflow, self.element.compensates
        found = [
            done
            for scope in _scopes(token)
            for done in tokens.compensable.within(scope)
            if (wanted is None or done.name.removesuffix(ITEM) == f"{self.element.process}:{wanted}")
            and not (done.turn_of is not None and tokens.entered(done.turn_of))
        ]
        tokens.compensable.forget(found)
        return [done.row() for done in sorted(found, key=lambda done: done.order)]

    def item_done(self, token: Token, item: Token) -> None:
        """A handler is over: go on with the next."""
        token.workflow.make_ready(token)

    def _undone(self, token: Token) -> bool:
        """Undo the latest of what is left; whether a handler is under way now."""
        tokens, undo = token.workflow, token.internal_data["undo"]
        row = undo.pop()
        if row[0] == CLOSE:
            tokens.close_kept(row[1])
            return False
        done = Done.of(row)
        node = tokens.spec.task_specs.get(done.name)
        handler = None if node is None else (node.undo or node.undo_within)
        undo += [[CLOSE, scope] for scope in done.inner]
        if handler is None:
            inside = [inner for scope in done.inner for inner in tokens.compensable.within(scope)]
            tokens.compensable.forget(inside)
            undo += [inner.row() for inner in sorted(inside, key=lambda inner: inner.order)]
            return False
        scope = done.scope if node.undo else done.inner[0]
        tokens.host.compensate(token.activity, node.element)
        tokens.add(handler, scope, TaskState.READY, body=token.activity)
        return True

    def decide(self, token: Token) -> None:
        """Go on as if the work were done: what is left is not undone."""
        self._abandon(token)
        super().decide(token)

    def _on_cancel(self, token: Token) -> None:
        """The handler under way is cancelled first."""
        self._abandon(token)
        super()._on_cancel(token)

    def _abandon(self, token: Token) -> None:
        tokens = token.workflow
        tokens.cancel_all(other for other in tokens.serving(token.activity) if "body" in other.internal_data)
        for row in reversed(token.internal_data.pop("undo", [])):
            if row[0] == CLOSE:
                tokens.give_up([row[1]], _compensated(token))
            elif tokens.undoing:
                tokens.compensable.keep(Done.of(row))
            else:
                tokens.give_up(Done.of(row).inner, _compensated(token))


class CompensationThrow(Compensating):
    """The intermediate compensation event: goes on when all is undone."""


class CompensationEnd(Compensating, End):
    """The compensation end event."""


class CancelEnd(Compensating, End):
    """The cancel end event: ends what goes on in its transaction, then undoes what was done in it."""

    def take(self, token: Token) -> list[Row]:
        """Cancel everything else in the transaction first; what was done in it so far is undone too, as one."""
        tokens = token.workflow
        transaction = tokens.owner(token.scope)
        transaction.internal_data["cancelled"] = True
        tokens.undoing = True
        tokens.cancel_all(other for other in tokens.within(token.scope) if other is not token)
        tokens.undoing = False
        kept: list[str] = []
        found = sorted(_parts(token.workflow, token.scope, kept), key=lambda done: done.order)
        closing: list[Row] = [[CLOSE, scope] for scope in kept]
        return closing + [done.row() for done in found]


def _parts(tokens: Tokens, scope: str, kept: list[str]) -> Iterator[Done]:
    """What was done in a scope, and in those that were cancelled within it, which are noted in `kept`."""
    found = tokens.compensable.within(scope)
    tokens.compensable.forget(found)
    for done in found:
        if done.name:
            yield done
        for inner in () if done.name else done.inner:
            kept.append(inner)
            yield from _parts(tokens, inner, kept)


def _compensated(token: Token) -> str:
    """The outermost scope whose activities a compensation event undoes."""
    return _scopes(token)[-1]


def _scopes(token: Token) -> list[str]:
    """The scopes whose activities a compensation event undoes: its own, and of event sub-processes that around them."""
    scopes, owner = [token.scope], token.workflow.owner(token.scope)
    while owner is not None and owner.element.by_event:
        scopes.append(owner.scope)
        owner = token.workflow.owner(owner.scope)
    return scopes


def connect(spec: Any, process: Process) -> None:
    """Tell activities what compensates them, and transactions what leaves them when they are cancelled."""
    for element in process.elements.values():
        name = f"{process.id}:{element.id}"
        if element.kind is Kind.BOUNDARY_EVENT and element.trigger is Trigger.COMPENSATION and element.handler:
            _body(spec.task_specs, process, element.attached_to or "").undo = f"{process.id}:{element.handler}"
        elif element.kind is Kind.BOUNDARY_EVENT and element.trigger is Trigger.CANCEL:
            host = _body(spec.task_specs, process, element.attached_to or "")
            if isinstance(host, Transaction):
                host.cancelled_by = name
        elif element.kind is Kind.START and element.trigger is Trigger.COMPENSATION and element.parent:
            _handle(spec.task_specs, process, process.elements[element.parent], name)


def _handle(specs: Mapping[str, Any], process: Process, handler: Element, start: str) -> None:
    """A compensation event sub-process compensates the sub-process it stands in; it begins when that is asked for."""
    node = specs[f"{process.id}:{handler.id}"]
    assert isinstance(node, SubProcess)
    node.starts = [start]
    if handler.parent is not None:
        _body(specs, process, handler.parent).undo_within = node.name


def _body(specs: Mapping[str, Any], process: Process, element: str) -> FlowNode:
    """The node that runs one instance of an activity."""
    name = f"{process.id}:{element}"
    found: FlowNode = specs.get(name + ITEM) or specs[name]
    return found
