"""One step of one instance: the host of the flow, where every event is applied as it is emitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine import temporal, waiting
from engine.commands import Command
from engine.decision import decide
from engine.effect import apply
from engine.errors import Reason, Refused, Text
from engine.events import (
    ActivitiesEnabled,
    CompensationStarted,
    ConditionMet,
    DecisionMade,
    ElementEntered,
    ElementLeft,
    ErrorThrown,
    EscalationThrown,
    Event,
    FollowUpScheduled,
    IncidentCancelled,
    IncidentRaised,
    ItemCompleted,
    ItemReopened,
    ItemsTaken,
    MessageThrown,
    MessageWaitCancelled,
    ScopeClosed,
    ScopeOpened,
    ServiceCancelled,
    SignalReceived,
    SignalThrown,
    SignalWaitCancelled,
    TaskCancelled,
    TimerCancelled,
    VariableSet,
)
from engine.expression import Null, Variables, evaluate
from engine.flow.elements import Element
from engine.flow.host import ExpressionFailed, Missing
from engine.instance import Instance, counted
from engine.procedure import Procedure
from engine.role import Surroundings
from engine.value import Context, DateTime, Value
from engine.words import Outcome, ScopeKind

MOST_NULLS = 3
"""How many expressions that were null an incident names."""

BUDGET = 20_000
"""How many tokens one step may move: a step that needs more is refused, whatever the machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a command made happen: events in order, the state after them, the flow's window."""

    events: tuple[Event, ...]
    state: Instance
    window: bytes


class Progress:
    """The instance during one step. Implements `engine.flow.host.Host`."""

    def __init__(self, procedure: Procedure, instance: Instance, command: Command, around: Surroundings) -> None:
        self.procedure = procedure
        self.instance = instance
        self.command = command
        self.around = around
        self.at: datetime = command.envelope.at
        self.zone = around.organisation.working.zone
        self.now: DateTime = temporal.in_zone(temporal.from_datetime(self.at), self.zone)
        self.events: list[Event] = []
        self.ends: list[str] = []
        self.changes = 0
        self._counted = 0
        self._spent = 0
        self._nulls: list[Null] = []

    def emit(self, event: Event) -> None:
        """It has happened: keep it and apply it."""
        self.events.append(event)
        self.instance = apply(self.instance, event, self.at)

    def new_id(self) -> str:
        """The next counted id: `stream.revision.n` of the entry that this step will become."""
        self._counted += 1
        return f"{self.instance.stream}.{self.instance.revision + 1}.{self._counted}"

    # -------------------------------------------------------------- tokens

    def spend(self, tokens: int = 1) -> None:
        """Count work against the step's budget; what was null before is no reason for what comes."""
        self._nulls.clear()
        self._spent += tokens
        if self._spent > BUDGET:
            raise Refused(
                Reason.BUDGET,
                f"一步最多移动 {BUDGET} 个令牌,但模型需要更多(是否有不停的循环?)",
                f"expected a step of at most {BUDGET} tokens, but the model needs more (a loop without end?)",
            )

    def enter(self, element: Element, scope: str, flow: str | None) -> str:
        """A token arrived at an element."""
        activity = self.new_id()
        self.emit(
            ElementEntered(activity=activity, process=element.process, element=element.id, scope=scope, flow=flow)
        )
        return activity

    def leave(self, activity: str, outcome: Outcome) -> None:
        """The token is done with the element; what still waited for it is cancelled first."""
        self._drop_waiting(activity)
        self.emit(ElementLeft(activity=activity, outcome=outcome))

    def wait(self, activity: str, element: Element, scope: str) -> None:
        """The element waits for a person, the worker, a moment or a message."""
        for event in tuple(waiting.events(self, activity, element, scope)):  # all or none: any of them may fail
            self.emit(event)

    def throw(self, activity: str, element: Element, scope: str) -> None:
        """A message leaves."""
        message = self.new_id()
        correlation = self.optional(element.extensions.get("correlation"), scope)
        payload = Context({name: self.evaluate(source, scope) for name, source in element.inputs.items()})
        self.emit(
            MessageThrown(
                message=message,
                name=element.message or "",
                correlation=correlation,
                payload=payload,
                until=waiting.kept_until(self, element, scope),
            )
        )

    def throw_signal(self, activity: str, element: Element, payload: Context) -> None:
        """A signal leaves; who waits for it here is told by the flow, who waits elsewhere by a job."""
        self.emit(SignalThrown(signal=self.new_id(), name=element.code or "", payload=payload))

    def receive_signal(self, activity: str) -> None:
        """The signal that an activity waits for has come."""
        for key in self._of(self.instance.signals, activity):
            self.emit(SignalReceived(subscription=key))

    def meet(self, activity: str) -> None:
        """The condition that an activity waits for has become true."""
        self.emit(ConditionMet(activity=activity))

    def throw_error(self, activity: str, code: str | None) -> None:
        """An error goes up to what catches it."""
        self.emit(ErrorThrown(activity=activity, code=code))

    def escalate(self, activity: str, code: str | None, *, caught: bool) -> None:
        """An escalation goes up."""
        self.emit(EscalationThrown(activity=activity, code=code, caught=caught))

    def ended(self, element: Element) -> None:
        """An end event of the outermost process was reached."""
        self.ends.append(element.id)

    def fail(self, activity: str, element: Element, text: Text) -> None:
        """The element cannot go on until a person retries or decides."""
        self.incident(activity, text, waiting=False)

    def incident(self, activity: str, text: Text, *, waiting: bool) -> None:
        """Raise an incident at an activity; about something that was null it says why."""
        if isinstance(text, Missing) and self._nulls:
            why = [null.text for null in self._nulls[:MOST_NULLS]]
            zh, en = ";".join(one.zh for one in why), "; ".join(one.en for one in why)
            text = Text(f"{text.zh}(为空的原因:{zh})", f"{text.en} (why null: {en})")
        self.emit(
            IncidentRaised(
                incident=self.new_id(),
                activity=activity,
                waiting=waiting,
                message_zh=text.zh,
                message_en=text.en,
            )
        )

    # -------------------------------------------------------------- variables

    def open_scope(self, kind: ScopeKind, parent: str | None, activity: str | None, index: int | None = None) -> str:
        """Open a scope of variables."""
        scope = self.new_id()
        self.emit(ScopeOpened(scope=scope, parent=parent, kind=kind, activity=activity, index=index))
        return scope

    def close_scope(self, scope: str) -> None:
        """Close a scope; its variables are gone."""
        self.emit(ScopeClosed(scope=scope))

    def evaluate(self, expression: str, scope: str, names: Mapping[str, Value] | None = None) -> Value:
        """The value of a FEEL expression in a scope."""
        view = self.view(scope, names)
        found = evaluate(expression, view)
        self._nulls += view.nulls
        return found

    def view(self, scope: str, names: Mapping[str, Value] | None = None) -> Variables:
        """The names visible in a scope."""
        return Variables(self.procedure, self.instance, self.around, self.now, scope, names)

    def has_come(self, due: DateTime) -> bool:
        """The moment is not after the command's."""
        found = temporal.compare(due, self.now)
        return found is not None and found <= 0

    def optional(self, expression: str | None, scope: str, names: Mapping[str, Value] | None = None) -> Value:
        """The value of an expression, or null where the model has none."""
        return None if expression is None else self.evaluate(expression, scope, names)

    def decide(self, activity: str, element: Element, scope: str) -> Value:
        """The value of a decision; which rules matched is told first."""
        view = self.view(scope)
        try:
            found = decide(element, view)
        finally:
            self._nulls += view.nulls
        self.emit(DecisionMade(activity=activity, decision=element.extensions["decision"], tables=found.tables))
        return found.value

    def assign(self, scope: str, name: str, value: Value) -> None:
        """Set the nearest variable of that name up to the call boundary, else create it in `scope`."""
        self.create(self._holder(scope, name) or scope, name, value)

    def create(self, scope: str, name: str, value: Value) -> None:
        """Set a variable in exactly this scope."""
        self.changes += 1
        self.emit(VariableSet(scope=scope, name=name, value=value))

    def take(self, activity: str, items: tuple[Value, ...]) -> None:
        """A multi-instance has evaluated its collection."""
        self.emit(ItemsTaken(activity=activity, items=items))

    def taken(self, activity: str) -> tuple[Value, ...]:
        """The items a multi-instance runs over."""
        return self.instance.activities[activity].taken

    def enable(self, activity: str, elements: tuple[str, ...]) -> None:
        """People may start these activities of an ad-hoc sub-process."""
        self.emit(ActivitiesEnabled(activity=activity, elements=elements))

    def compensate(self, activity: str, element: Element) -> None:
        """A compensation event begins to undo an element that is done."""
        self.emit(CompensationStarted(activity=activity, process=element.process, element=element.id))

    def item_done(self, activity: str, index: int, scope: str, name: str) -> None:
        """One item of a multi-instance is done."""
        value = self.instance.scopes[scope].variables.get(name)
        self.emit(ItemCompleted(activity=activity, index=index, value=value))

    def reopen_item(self, activity: str, index: int) -> Value:
        """A finished item is done again."""
        before = self.instance.activities[activity].items.get(str(index))
        self.emit(ItemReopened(activity=activity, index=index))
        return before

    def items(self, activity: str) -> tuple[Value, ...]:
        """What the items yielded so far, in item order; null for items not done."""
        done = self.instance.activities[activity].items
        last = max((int(index) for index in done), default=-1)
        return tuple(done.get(str(index)) for index in range(last + 1))

    def _holder(self, scope: str, name: str) -> str | None:
        current: str | None = scope
        while current is not None:
            found = self.instance.scopes[current]
            if name in found.variables:
                return current
            current = None if found.kind is ScopeKind.CALL else found.parent
        return None

    # -------------------------------------------------------------- what waits

    def _drop_waiting(self, activity: str) -> None:
        state = self.instance
        if activity in state.tasks:
            self.emit(TaskCancelled(task=activity))
        for key in self._of(state.timers, activity):
            self.emit(TimerCancelled(timer=key))
        for key in self._of(state.subscriptions, activity):
            self.emit(MessageWaitCancelled(subscription=key))
        for key in self._of(state.signals, activity):
            self.emit(SignalWaitCancelled(subscription=key))
        for key in self._of(state.requests, activity):
            self.emit(ServiceCancelled(request=key))
        for key in self._of(state.incidents, activity):
            self.emit(IncidentCancelled(incident=key))

    def _of(self, waiting_items: Mapping[str, object], activity: str) -> list[str]:
        if not waiting_items:
            return []
        found = (key for key, item in waiting_items.items() if getattr(item, "activity", None) == activity)
        return sorted(found, key=counted)

    def follow_up(self, stream: int | None, kind: str, fields: Mapping[str, Value]) -> None:
        """What must happen in another stream becomes a job of this entry."""
        self.emit(FollowUpScheduled(job=self.new_id(), stream=stream, kind=kind, fields=Context(fields)))

    def finish(self, window: bytes) -> Step:
        """The step as it is to be written."""
        return Step(events=tuple(self.events), state=self.instance, window=window)


__all__ = ["ExpressionFailed", "Progress", "Step"]
