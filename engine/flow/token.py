"""A token as a SpiffWorkflow task, and the workflow that holds the tokens of one instance.

SpiffWorkflow keeps each task's state and runs its spec; ours differ from its own in three ways. A task carries no data.
It has no past: all tokens hang on the root, so what is finished can leave memory at once. It reads no clock and draws
no random id.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow

from engine.errors import Reason, Refused
from engine.flow.compensable import Compensable, Done
from engine.flow.elements import ACTIVITIES, Element, Flow, Kind, Trigger
from engine.flow.host import Host
from engine.words import ScopeKind

OPEN = TaskState.NOT_FINISHED_MASK
CATCHING = frozenset({Kind.START, Kind.CATCH_EVENT, Kind.BOUNDARY_EVENT})


class Token(Task):
    """One token; `scope` is the scope of variables it moves in, `activity` the counted id once it has entered."""

    task_spec: Any  # a FlowNode; SpiffWorkflow is untyped, and the node's module needs this one
    workflow: Any

    def __init__(self, workflow: Tokens, task_spec: object, state: int, key: str, scope: str) -> None:
        self.id = key
        self.workflow = workflow
        self.task_spec = task_spec
        self._parent = None if workflow.root is None else workflow.root.id
        self._children: list[str] = []
        self._state = state
        self.triggered = False
        self.thread_id = 0
        self.last_state_change = 0
        self.data: dict[str, object] = {}
        self.internal_data: dict[str, Any] = {}
        self.scope = scope
        self.activity: str | None = None
        workflow.tasks[key] = self

    def _set_state(self, value: int) -> None:
        self._state = value

    def _inherit_data(self) -> None:
        """Tokens carry no data."""

    @property
    def node(self) -> Any:
        """The flow node as task spec."""
        return self.task_spec

    @property
    def serves(self) -> str | None:
        """The activity whose boundary the token waits at, or whose item or turn it runs; the gateway whose race it is in."""
        notes = self.internal_data
        found: str | None = notes.get("attached") or notes.get("body") or notes.get("race")
        return found

    @property
    def stands_for(self) -> str:
        """The name of the node a token counts as being at: that of a visitor is where it goes back to at last."""
        back = self.internal_data.get("back")
        return f"{self.element.process}:{back[-1]}" if back else str(self.task_spec.name)

    @property
    def element(self) -> Element:
        """The flow node the token is at."""
        element: Element = self.task_spec.element
        return element


MOST_NESTED = 64
"""How deep scopes may lie in each other: a process that calls itself without end is refused at once."""


class Tokens(Workflow):
    """The tokens of one instance, in order of arrival. Finished ones leave at once.

    Every question about them is answered from an index, so a step costs as much as what it moves.
    """

    def __init__(self, spec: object, host: Host) -> None:
        super().__init__(spec, deserializing=True)
        self.host = host
        self.root: Token | None = None
        self.root = self.task_tree = Token(self, spec.start, TaskState.COMPLETED, "", "")  # type: ignore[attr-defined]  # SpiffWorkflow is untyped
        self.counted = 0
        self.ready: deque[Token] = deque()
        self._entered: dict[str, Token] = {}
        self._moving: dict[str, dict[str, Token]] = {}
        self._armed: dict[str, dict[str, Token]] = {}
        self._listening: dict[tuple[Trigger, str], dict[str, Token]] = {}
        self.asked = 0
        self._serving: dict[str, dict[str, Token]] = {}
        self._joining: dict[tuple[str, str], dict[str, Token]] = {}
        self._owning: dict[str, Token] = {}
        self._resetting: dict[tuple[str, str], Token] = {}
        self.compensable = Compensable()
        self.undoing = False

    # -------------------------------------------------------------- coming and going

    def add(self, spec_name: str, scope: str, state: int, key: str | None = None, **notes: Any) -> Token:
        """A new token at an element; its key is counted, so that it is the same in every execution.

        Notes: `flow` it came by; `consumed`, the flows a complex gateway took before its reset; `attached` to an activity;
        `body`, the activity it runs an item or turn of; `race`, the event-based gateway it waits behind; `armed`, it waits
        to begin an event sub-process and keeps no scope open; `back`, where a visitor goes back to, the next first.
        """
        if key is None:
            self.counted += 1
            key = f"t{self.counted}"
        token = Token(self, self.spec.task_specs[spec_name], state, key, scope)
        token.internal_data.update(notes)
        (self._armed if "armed" in notes else self._moving).setdefault(scope, {})[key] = token
        if token.serves is not None:
            self._serving.setdefault(token.serves, {})[key] = token
        if state == TaskState.WAITING and "flow" in notes:
            self._joining.setdefault((spec_name, scope), {})[key] = token
        if "consumed" in notes:
            self._resetting[spec_name, scope] = token
        self._owning |= dict.fromkeys(notes.get("scopes", ()), token)
        if state == TaskState.READY:
            self.ready.append(token)
        return token

    def enter(self, token: Token, activity: str) -> None:
        """The token has a counted id from now on."""
        token.activity = activity
        self._entered[activity] = token

    def make_ready(self, token: Token) -> None:
        """The token will run when its turn comes."""
        token.internal_data.pop("failed", None)
        token._set_state(TaskState.READY)
        self.ready.append(token)

    def send(self, flow: Flow, token: Token) -> None:
        """A token goes along a sequence flow, in the scope of the one it comes from."""
        target = self.spec.task_specs[f"{token.element.process}:{flow.target}"]
        target.arrive(self, flow, token.scope)

    def go_back(self, token: Token) -> None:
        """A visitor has done its work and goes straight back to where it came from."""
        first, *rest = token.internal_data["back"]
        notes = {"back": rest} if rest else {}
        self.add(f"{token.element.process}:{first}", token.scope, TaskState.READY, **notes)

    def fire(self, consumed: Sequence[Token]) -> None:
        """One token goes on for all that a join consumes."""
        first, *others = consumed
        for token in others:
            self.remove(token)
        self._joining[first.node.name, first.scope].pop(first.id)
        first.internal_data.pop("flow")
        self.make_ready(first)

    def detach(self, token: Token) -> str:
        """A boundary event waits no longer beside its activity, whose counted id is returned."""
        activity: str = token.internal_data.pop("attached")
        del self._serving[activity][token.id]
        return activity

    def begin(self, names: Iterable[str], guards: Iterable[str], scope: str) -> None:
        """Begin a level: its event sub-processes wait, then a token is put at each start."""
        self.arm(guards, scope)
        if not self.interrupted(scope):
            for name in names:
                self.add(name, scope, TaskState.READY)

    def arm(self, guards: Iterable[str], scope: str) -> None:
        """The event sub-processes of a level begin to wait, until a condition that holds already interrupts it."""
        for name in guards:
            if not self.interrupted(scope):
                self.spec.task_specs[name].arm(self, scope)

    def disarm(self, token: Token) -> None:
        """An event sub-process begins: its start event waits no longer."""
        self._armed[token.scope].pop(token.id)

    def listen(self, token: Token) -> None:
        """The token waits for a signal or a condition."""
        self._listening.setdefault(_channel(token), {})[token.id] = token

    def listen_again(self, token: Token) -> None:
        """A token of the window waits as it did before."""
        element = token.element
        waits = element.kind in CATCHING and element.trigger in (Trigger.SIGNAL, Trigger.CONDITIONAL)
        if waits and "failed" not in token.internal_data:
            self.listen(token)

    def unlisten(self, token: Token) -> None:
        """The token waits for no signal and no condition."""
        if self._listening:
            self._listening.get(_channel(token), {}).pop(token.id, None)

    def win(self, token: Token) -> None:
        """The first event behind an event-based gateway has come: the others are no longer waited for."""
        race = token.internal_data.pop("race", None)
        if race is not None:
            del self._serving[race][token.id]
            self.cancel_all(self.serving(race))

    def remove(self, token: Token) -> None:
        """The token is gone."""
        if self.tasks.pop(token.id, None) is not None:
            self._moving.get(token.scope, {}).pop(token.id, None)
            self._armed.get(token.scope, {}).pop(token.id, None)
            self.unlisten(token)
            self._serving.get(token.serves or "", {}).pop(token.id, None)
            self._joining.get((token.node.name, token.scope), {}).pop(token.id, None)
            if "consumed" in token.internal_data:
                self._resetting.pop((token.node.name, token.scope), None)
            self._entered.pop(token.activity or "", None)

    # -------------------------------------------------------------- questions

    def open(self) -> Iterator[Token]:
        """Every token, oldest first."""
        return (task for task in list(self.tasks.values()) if task is not self.root and task._state & OPEN)

    def within(self, scope: str) -> list[Token]:
        """The tokens that move in exactly this scope, oldest first."""
        return [token for token in self._moving.get(scope, {}).values() if token._state & OPEN]

    def armed(self, scope: str) -> list[Token]:
        """The start events of event sub-processes that wait in exactly this scope, oldest first."""
        return list(self._armed.get(scope, {}).values())

    def listeners(self, trigger: Trigger, code: str = "") -> list[Token]:
        """What waits for a signal of this name, or for its condition, oldest first."""
        return list(self._listening.get((trigger, code), {}).values())

    def interrupted(self, scope: str) -> bool:
        """An event sub-process has interrupted what went on in a scope."""
        return any(token.node.interrupts for token in self.within(scope))

    def gone(self, token: Token) -> bool:
        """The token was cancelled or has ended."""
        return token.id not in self.tasks

    def of(self, activity: str) -> Token:
        """The token that entered under this counted id. Raises KeyError."""
        return self._entered[activity]

    def serving(self, activity: str | None) -> list[Token]:
        """What stands beside an activity: its waiting boundary events, and the turn of a loop or items under way."""
        return [] if activity is None else list(self._serving.get(activity, {}).values())

    def joins(self) -> list[tuple[Any, str]]:
        """The joins at which tokens wait, each with the scope they move in; that of the oldest token first."""
        waiting = [place for place, came in self._joining.items() if came]
        places = dict.fromkeys((*waiting, *self._resetting))
        return [(self.spec.task_specs[name], scope) for name, scope in places]

    def arrivals(self, name: str, scope: str) -> dict[str, list[Token]]:
        """The tokens that wait at a join in a scope, by the flow they came by, oldest first."""
        came: dict[str, list[Token]] = {}
        for token in self._joining.get((name, scope), {}).values():
            came.setdefault(token.internal_data["flow"], []).append(token)
        return came

    def queue(self, name: str, scope: str) -> list[Token]:
        """The tokens that wait at an element for more to come, oldest first."""
        return list(self._joining.get((name, scope), {}).values())

    def resetting(self, name: str, scope: str) -> Token | None:
        """The token by which a complex gateway waits for its reset."""
        return self._resetting.get((name, scope))

    def owner(self, scope: str) -> Token | None:
        """The activity that opened the scope; None for that of the instance."""
        return self._owning.get(scope)

    # -------------------------------------------------------------- scopes

    def open_scope(self, token: Token, kind: ScopeKind, index: int | None = None) -> str:
        """Open a scope within an activity. Raises Refused (BUDGET) when it would lie too deep."""
        self._shallow(token)
        scope = self.host.open_scope(kind, token.scope, token.activity, index)
        token.internal_data.setdefault("scopes", {})[scope] = str(index or 0)
        self._owning[scope] = token
        return scope

    def close_scope(self, token: Token, scope: str) -> str:
        """Close a scope that nothing moves in any more, and what is kept within it; returns which item it was."""
        if token.element.kind is Kind.CALL_ACTIVITY:
            self.close_kept(scope)  # what a called process has done is nobody else's to undo
        else:
            self.give_up([scope], token.scope)
        del self._owning[scope]
        return str(token.internal_data["scopes"].pop(scope))

    def keep_scope(self, token: Token, scope: str) -> None:
        """Nothing moves in the scope any more, but what was done in it can still be compensated."""
        token.internal_data["scopes"].pop(scope)
        token.internal_data.setdefault("kept", []).append(scope)
        del self._owning[scope]

    def remember(self, token: Token, turn_of: str | None) -> None:
        """The activity is done and can be compensated."""
        self.counted += 1
        kept = tuple(token.internal_data.pop("kept", ()))
        done = Done(order=self.counted, name=token.node.name, scope=token.scope, inner=kept, turn_of=turn_of)
        self.compensable.keep(done)

    def give_up(self, kept: Iterable[str], around: str) -> None:
        """Close scopes, unless they go with a transaction that is being undone: then what was done in them is undone too."""
        for scope in kept:
            if self.undoing and self.compensable.holds(scope):
                self.counted += 1
                self.compensable.keep(Done(order=self.counted, name="", scope=around, inner=(scope,)))
            else:
                self.close_kept(scope)

    def close_kept(self, scope: str) -> None:
        """Close a scope: what was done in it can be compensated no more."""
        for inner in (*self.compensable.drop(scope), scope):
            self.host.close_scope(inner)

    def close_all_kept(self) -> None:
        """Nothing is left that could compensate anything."""
        for scope in self.compensable.scopes():
            for inner in self.compensable.drop(scope):
                self.host.close_scope(inner)

    def entered(self, activity: str) -> bool:
        """A token is at this activity."""
        return activity in self._entered

    def settle(self, scope: str) -> None:
        """If no token is left in a scope, the activity that opened it is told."""
        if self.within(scope):
            return
        self.cancel_all(self.armed(scope))
        owner = self.owner(scope)
        if owner is not None:
            owner.task_spec.within_done(owner, scope)

    def cancel_all(self, tokens: Iterable[Token]) -> None:
        """Cancel tokens, the newest first; one that went with another is left alone."""
        for token in reversed(list(tokens)):
            if token.id in self.tasks and token._state & OPEN:
                token.cancel()

    def cancel_within(self, token: Token) -> None:
        """Cancel what moves in the scopes of an activity, the newest first, and close them."""
        scopes = token.internal_data.get("scopes", {})
        for scope in sorted(scopes, key=lambda scope: -int(scopes[scope])):
            self.clear(scope)
            self.close_scope(token, scope)

    def clear(self, scope: str) -> None:
        """Cancel everything in a scope: what moves in it, then the start events that wait in it."""
        self.cancel_all(self.within(scope))
        self.cancel_all(self.armed(scope))

    def _shallow(self, token: Token) -> None:
        depth, around = 1, self.owner(token.scope)
        while around is not None:
            depth, around = depth + 1, self.owner(around.scope)
        if depth > MOST_NESTED:
            key = token.element.id
            raise Refused(
                Reason.BUDGET,
                f"{key} 之内最多嵌套 {MOST_NESTED} 层(是否有不停地调用自己的流程?)",
                f"expected at most {MOST_NESTED} scopes in each other, but {key} needs more (a process that calls itself without end?)",
            )

    # -------------------------------------------------------------- SpiffWorkflow's hook

    def _task_completed_notify(self, task: Token) -> None:
        """What is left decides whether a scope or an item is done, not a walk through the past."""
        self.remove(task)
        body = task.internal_data.get("body")
        if body is not None:
            token = self.of(body)
            token.task_spec.item_done(token, task)
            return
        owner = self.owner(task.scope)
        if owner is not None and task.element.kind in ACTIVITIES and not task.element.by_event:
            owner.task_spec.part_done(owner, task.scope)
        self.settle(task.scope)


def _channel(token: Token) -> tuple[Trigger, str]:
    """By what a waiting token is found: the name of its signal, or all conditions."""
    signal = token.element.trigger is Trigger.SIGNAL
    return token.element.trigger, (token.element.code or "") if signal else ""
