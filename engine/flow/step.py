"""One step of the flow: decode the window, move tokens until all of them wait, encode it again."""

from __future__ import annotations

from SpiffWorkflow.util.task import TaskState

from engine.errors import Reason, Refused
from engine.flow import catching, condition, deadlock, moving
from engine.flow import window as windows
from engine.flow.adhoc import AdHocSubProcess
from engine.flow.elements import Kind, Process, Trigger
from engine.flow.gateways import Exclusive, Joining
from engine.flow.host import Host
from engine.flow.level import begun_by, starts
from engine.flow.model import Model
from engine.flow.token import Token, Tokens
from engine.value import Context, Value
from engine.words import ScopeKind

PEOPLE = (Kind.USER_TASK, Kind.MANUAL_TASK)


def start(
    model: Model, process: str, host: Host, inputs: Context, begun: str | None = None, payload: Value = None
) -> bytes:
    """Begin a process; the inputs become variables of its scope.

    `begun` names the event that has come and begins it, and the payload becomes its result; None begins it by itself.
    """
    tokens = Tokens(model.specification, host)
    scope = host.open_scope(ScopeKind.INSTANCE, None, None)
    for name, value in inputs.items():
        host.create(scope, name, value)
    if begun is not None:
        host.create(scope, model.element(process, begun).result, payload)
    tokens.arm(model.specification.levels[process, None].guards, scope)
    if not tokens.interrupted(scope):
        _begin(tokens, model.processes[process], scope, begun)
    return run(tokens)


def complete(model: Model, window: bytes, activity: str, host: Host) -> bytes:
    """What an activity or event waited for is there: it goes on."""
    tokens = windows.decode(window, model.specification, host)
    token = tokens.of(activity)
    counted, back = tokens.counted, token.internal_data.get("back", ())
    token.node.resume(token)
    _settle(tokens)
    if token.element.kind in PEOPLE:
        moving.remember(tokens, activity, counted, back)
    return windows.encode(tokens)


def receive(model: Model, window: bytes, activity: str, host: Host, payload: Value) -> bytes:
    """The message or signal that an event waited for is there: what it carries becomes its result, and it goes on."""
    tokens = windows.decode(window, model.specification, host)
    token = tokens.of(activity)
    token.node.receive(token, payload)
    return run(tokens)


def caught(model: Model, window: bytes, activity: str, host: Host, code: str | None) -> bool:
    """Something catches an error of this activity."""
    tokens = windows.decode(window, model.specification, host)
    return catching.catcher(tokens.of(activity), Trigger.ERROR, code, attached=True) is not None


def throw(model: Model, window: bytes, activity: str, host: Host, code: str | None, payload: Value) -> bytes:
    """An activity ends by an error, which something catches."""
    tokens = windows.decode(window, model.specification, host)
    catcher = catching.catcher(tokens.of(activity), Trigger.ERROR, code, attached=True)
    assert catcher is not None
    host.throw_error(activity, code)
    catcher.take(payload)
    return run(tokens)


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
    return run(tokens)


def begin(model: Model, window: bytes, activity: str, element: str, host: Host) -> bytes:
    """A person starts an activity of an ad-hoc sub-process. Raises Refused when it is not enabled."""
    tokens = windows.decode(window, model.specification, host)
    token = tokens.of(activity)
    if not isinstance(token.node, AdHocSubProcess):
        zh, en = f"{activity} 应为自由子流程", f"expected an ad-hoc sub-process, but {activity} is none"
        raise Refused(Reason.INVALID_DATA, zh, en)
    token.node.begin(token, element)
    return run(tokens)


def cancel(model: Model, window: bytes, host: Host) -> bytes:
    """End everything, from the inside out."""
    tokens = windows.decode(window, model.specification, host)
    moving = (token for token in tokens.open() if "body" not in token.internal_data)
    scopes = {token.scope: None for token in moving if tokens.owner(token.scope) is None}
    for scope in scopes:
        tokens.clear(scope)
        tokens.close_kept(scope)
    return windows.encode(tokens)


def _begin(tokens: Tokens, process: Process, scope: str, begun: str | None) -> None:
    """Put a token where the process begins: at an event that has come, or at each start without trigger."""
    if begun is None:
        for name in starts(process, None):
            tokens.add(name, scope, TaskState.READY)
        return
    element = begun_by(process, begun)
    assert element is not None
    name = f"{process.id}:{element.id}"
    match element.kind:
        case Kind.EVENT_GATEWAY:
            tokens.add(name, scope, TaskState.READY, begun=begun)
        case Kind.RECEIVE_TASK:
            tokens.add(name, scope, TaskState.READY, phase="leaving")
        case _:
            tokens.add(name, scope, TaskState.READY)


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


def run(tokens: Tokens) -> bytes:
    """Run tokens until all of them wait; the window after it."""
    _settle(tokens)
    return windows.encode(tokens)


def _settle(tokens: Tokens) -> None:
    """Run tokens until none is ready and no inclusive join can fire; a join that waits in vain is told then."""
    while True:
        while tokens.ready:
            token = tokens.ready.popleft()
            if token.id in tokens.tasks and token._state == TaskState.READY:
                tokens.host.spend()
                token.run()
                condition.ask_all(tokens)
        if not _joined(tokens):
            deadlock.tell(tokens)
            if not any(tokens.open()):
                tokens.close_all_kept()
            return


def _joined(tokens: Tokens) -> bool:
    """Fire every inclusive join that no token can reach any more; firing one never keeps another from it."""
    joins = [(node, scope) for node, scope in tokens.joins() if isinstance(node, Joining)]
    return any([node.join(tokens, scope) for node, scope in joins])
