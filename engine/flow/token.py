"""A token as a SpiffWorkflow task, and the workflow that holds the tokens of one instance.

SpiffWorkflow keeps each task's state and runs its spec; ours differ from its own in three ways. A task carries no data.
It has no past: all tokens hang on the root, so what is finished can leave memory at once. It reads no clock and draws
no random id.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow

from engine.flow.elements import Element, Flow
from engine.flow.host import Host

OPEN = TaskState.NOT_FINISHED_MASK


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
    def element(self) -> Element:
        """The flow node the token is at."""
        element: Element = self.task_spec.element
        return element


class Tokens(Workflow):
    """The tokens of one instance, in order of arrival. Finished ones leave at once."""

    def __init__(self, spec: object, host: Host) -> None:
        super().__init__(spec, deserializing=True)
        self.host = host
        self.root: Token | None = None
        self.root = self.task_tree = Token(self, spec.start, TaskState.COMPLETED, "", "")  # type: ignore[attr-defined]  # SpiffWorkflow is untyped
        self.counted = 0
        self.ready: deque[Token] = deque()

    def add(self, spec_name: str, scope: str, state: int, key: str | None = None) -> Token:
        """A new token at an element; its key is counted, so that it is the same in every execution."""
        if key is None:
            self.counted += 1
            key = f"t{self.counted}"
        token = Token(self, self.spec.task_specs[spec_name], state, key, scope)
        if state == TaskState.READY:
            self.ready.append(token)
        return token

    def make_ready(self, token: Token) -> None:
        """The token will run when its turn comes."""
        token.internal_data.pop("failed", None)
        token._set_state(TaskState.READY)
        self.ready.append(token)

    def send(self, flow: Flow, token: Token) -> None:
        """A token goes along a sequence flow, in the scope of the one it comes from."""
        target = self.spec.task_specs[f"{token.element.process}:{flow.target}"]
        target.arrive(self, flow, token.scope)

    def open(self) -> Iterator[Token]:
        """Every token, oldest first."""
        return (task for task in list(self.tasks.values()) if task is not self.root and task._state & OPEN)

    def within(self, scope: str) -> Iterator[Token]:
        """The tokens that move in exactly this scope, oldest first."""
        return (token for token in self.open() if token.scope == scope)

    def of(self, activity: str) -> Token:
        """The token that entered under this counted id. Raises KeyError."""
        for token in self.open():
            if token.activity == activity:
                return token
        raise KeyError(activity)

    def attached(self, activity: str) -> list[Token]:
        """The boundary events that wait at an activity."""
        return [token for token in self.open() if token.internal_data.get("attached") == activity]

    def owner(self, scope: str) -> Token | None:
        """The activity that opened the scope; None for that of the instance."""
        return next((token for token in self.open() if scope in token.internal_data.get("scopes", ())), None)

    def remove(self, token: Token) -> None:
        """The token is gone."""
        self.tasks.pop(token.id, None)

    # -------------------------------------------------------------- cancelling

    def cancel_all(self, tokens: Iterable[Token]) -> None:
        """Cancel tokens, the newest first; one that went with another is left alone."""
        for token in reversed(list(tokens)):
            if token.id in self.tasks and token._state & OPEN:
                token.cancel()

    def cancel_scope(self, scope: str) -> None:
        """Cancel what moves in a scope, then close it."""
        self.cancel_all(self.within(scope))
        self.host.close_scope(scope)

    def cancel_items(self, token: Token) -> None:
        """Cancel the items of a multi-instance that are still under way."""
        scopes = token.internal_data["scopes"]
        for scope in list(scopes):
            self.cancel_scope(scope)
        scopes.clear()

    # -------------------------------------------------------------- SpiffWorkflow's hook

    def _task_completed_notify(self, task: Token) -> None:
        """What is left decides whether a scope or an item is done, not a walk through the past."""
        self.remove(task)
        body = task.internal_data.get("body")
        if body is not None:
            token = self.of(body)
            token.task_spec.item_done(token, task)
            return
        if any(True for _ in self.within(task.scope)):
            return
        owner = self.owner(task.scope)
        if owner is not None:
            owner.task_spec.within_done(owner, task.scope)
