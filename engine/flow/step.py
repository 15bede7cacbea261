"""One step of the flow: decode the window, move tokens until all of them wait, encode it again."""

from __future__ import annotations

from SpiffWorkflow.util.task import TaskState

from engine.errors import Reason, Refused
from engine.flow import window as windows
from engine.flow.gateways import Exclusive, Inclusive
from engine.flow.host import Host
from engine.flow.model import Model
from engine.flow.specification import starts
from engine.flow.token import Token, Tokens
from engine.value import Context
from engine.words import ScopeKind


def start(model: Model, process: str, host: Host, inputs: Context) -> bytes:
    """Begin a process; the inputs become variables of its scope."""
    tokens = Tokens(model.specification, host)
    scope = host.open_scope(ScopeKind.INSTANCE, None, None)
    for name, value in inputs.items():
        host.create(scope, name, value)
    for name in starts(model.processes[process], None):
        tokens.add(name, scope, TaskState.READY)
    return _run(tokens)


def complete(model: Model, window: bytes, activity: str, host: Host) -> bytes:
    """What an activity or event waited for is there: it goes on."""
    tokens = windows.decode(window, model.specification, host)
    token = tokens.of(activity)
    token.node.resume(token)
    return _run(tokens)


def retry(
    model: Model, window: bytes, activity: str, host: Host, flows: tuple[str, ...] | None = None, done: bool = False
) -> bytes:
    """Try a failed element again; or go on by the flows a person chose; or as if it were done."""
    tokens = windows.decode(window, model.specification, host)
    token = tokens.of(activity)
    if flows is not None:
        _choose(token, flows)
    if done or flows is not None:
        token.node.decide(token)
    else:
        token.node.retry(token)
    return _run(tokens)


def cancel(model: Model, window: bytes, host: Host) -> bytes:
    """End everything, from the inside out."""
    tokens = windows.decode(window, model.specification, host)
    scopes = {token.scope: None for token in tokens.open() if tokens.owner(token.scope) is None}
    for scope in scopes:
        tokens.cancel_all(tokens.within(scope))
        host.close_scope(scope)
    return windows.encode(tokens)


def _choose(token: Token, flows: tuple[str, ...]) -> None:
    possible = [flow.id for flow in token.node.outgoing]
    if isinstance(token.node, Exclusive) and len(flows) != 1:
        raise Refused(
            Reason.INVALID_DATA,
            f"排他网关 {token.element.id} 之后应选一条流,但选了 {len(flows)} 条",
            f"expected one flow out of the exclusive gateway {token.element.id}, but found {len(flows)}",
        )
    unknown = [flow for flow in flows if flow not in possible]
    if unknown:
        raise Refused(
            Reason.INVALID_DATA,
            f"应从 {'、'.join(possible)} 中选择,但选了 {unknown[0]}",
            f"expected flows out of {', '.join(possible)}, but found {unknown[0]}",
        )
    token.internal_data["chosen"] = list(flows)


def _run(tokens: Tokens) -> bytes:
    """Run tokens until none is ready and no inclusive join can fire."""
    while True:
        while tokens.ready:
            token = tokens.ready.popleft()
            if token.id in tokens.tasks and token._state == TaskState.READY:
                tokens.host.spend()
                token.run()
        if not _joined(tokens):
            return windows.encode(tokens)


def _joined(tokens: Tokens) -> bool:
    """Fire every inclusive join that no token can reach any more; firing one never keeps another from it."""
    joins = [(node, scope) for node, scope in tokens.joins() if isinstance(node, Inclusive)]
    return any([node.join(tokens, scope) for node, scope in joins])
