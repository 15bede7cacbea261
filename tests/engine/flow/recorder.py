"""A host that records: scopes as dictionaries, ids counted, what happened as a list of words. A second adapter, by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine import feel, flow
from engine.errors import Reason, Refused, Text
from engine.flow import Model
from engine.flow.elements import Element, Trigger
from engine.flow.host import ExpressionFailed
from engine.value import Context, DaysDuration, Value
from engine.words import Outcome, ScopeKind


@dataclass
class Scope:
    """A scope as the recorder keeps it."""

    parent: str | None
    kind: ScopeKind
    values: dict[str, Value] = field(default_factory=dict)


class Recorder:
    """Implements `engine.flow.host.Host`; runs one process of one model from bytes at every step."""

    def __init__(
        self,
        model: Model,
        process: str = "p",
        *,
        limit: int = 1_000_000,
        begun: str | None = None,
        payload: Value = None,
        **values: Value,
    ) -> None:
        self.model, self.process, self.limit = model, process, limit
        self.log: list[str] = []
        self.left: list[str] = []
        self.scopes: dict[str, Scope] = {}
        self.closed: set[str] = set()
        self.waiting: dict[str, tuple[Element, str]] = {}
        self.failed: dict[str, Text] = {}
        self.places: dict[str, Element] = {}
        self.results: dict[str, dict[int, Value]] = {}
        self.collections: dict[str, tuple[Value, ...]] = {}
        self.enabled: dict[str, tuple[str, ...]] = {}
        self.count = self.spent = self.changes = 0
        self.sizes: list[tuple[int, int]] = []
        self._kept(flow.start(model, process, self, Context(values), begun, payload))

    # -------------------------------------------------------------- steps

    def finish(self, element: str, result: Value = None, *, nth: int = 0) -> None:
        """The nth waiting activity of an element is done."""
        keys = [key for key, (found, _) in self.waiting.items() if found.id == element]
        self.finish_activity(keys[nth], result)

    def finish_activity(self, key: str, result: Value = None) -> None:
        """A waiting activity is done."""
        element, scope = self.waiting.pop(key)
        if result is not None:
            self.assign(scope, element.result, result)
        self._kept(flow.complete(self.model, self.window, key, self))

    def receive(self, element: str, payload: Value = None, *, nth: int = 0) -> None:
        """The message or signal that an element waits for has come."""
        keys = [key for key, (found, _) in self.waiting.items() if found.id == element]
        del self.waiting[keys[nth]]
        self._kept(flow.receive(self.model, self.window, keys[nth], self, payload))

    def break_down(self, element: str, code: str | None) -> bool:
        """A service fails with an error; whether anything catches it."""
        (key,) = [key for key, (found, _) in self.waiting.items() if found.id == element]
        if not flow.caught(self.model, self.window, key, self, code):
            return False
        self._kept(flow.throw(self.model, self.window, key, self, code, Context({"code": code})))
        return True

    def retry(self, element: str, flows: tuple[str, ...] | None = None, *, done: bool = False) -> None:
        """Retry or decide a failed element."""
        (key,) = [key for key in self.failed if self.places[key].id == element]
        self.retry_activity(key, flows, done=done)

    def retry_activity(self, key: str, flows: tuple[str, ...] | None = None, *, done: bool = False) -> None:
        """Retry or decide a failed activity."""
        del self.failed[key]
        self._kept(flow.retry(self.model, self.window, key, self, flows, done))

    def begin(self, element: str, *, nth: int = 0) -> None:
        """Start an activity of an ad-hoc sub-process."""
        keys = [key for key, elements in self.enabled.items() if element in elements and key not in self.left]
        self.begin_in(keys[nth], element)

    def begin_in(self, key: str, element: str) -> None:
        """Start an activity of this ad-hoc sub-process."""
        self._kept(flow.begin(self.model, self.window, key, element, self))

    def moving_in(self, key: str) -> bool:
        """Something moves in the scope of an activity."""
        rows = json.loads(self.window)["tokens"]
        scopes = next(row[5]["scopes"] for row in rows if row[4] == key)
        return any(row[3] in scopes for row in rows)

    def cancel(self) -> None:
        """End everything."""
        self._kept(flow.cancel(self.model, self.window, self))

    def _kept(self, window: bytes) -> None:
        self.window, self.changes = window, 0
        self.sizes.append(flow.size(window))

    @property
    def done(self) -> bool:
        """No token is left."""
        return flow.finished(self.window)

    @property
    def open(self) -> list[str]:
        """The elements that wait, in order."""
        return [element.id for element, _ in self.waiting.values()]

    @property
    def values(self) -> dict[str, Value]:
        """The variables of the instance."""
        return next(iter(self.scopes.values())).values

    # -------------------------------------------------------------- the host

    def spend(self, tokens: int = 1) -> None:
        self.spent += tokens
        if self.spent > self.limit:
            raise Refused(Reason.BUDGET, "令牌过多", f"expected at most {self.limit} tokens")

    def open_scope(self, kind: ScopeKind, parent: str | None, activity: str | None, index: int | None = None) -> str:
        key = f"s{len(self.scopes)}"
        self.scopes[key] = Scope(parent, kind)
        if kind is not ScopeKind.INSTANCE:
            self.log.append(f"open {kind}" + ("" if index is None else f" {index}"))
        return key

    def close_scope(self, scope: str) -> None:
        assert scope not in self.closed
        self.closed.add(scope)
        if self.scopes[scope].kind is not ScopeKind.INSTANCE:
            self.log.append(f"close {self.scopes[scope].kind}")

    def enter(self, element: Element, scope: str, flow: str | None) -> str:
        assert "__" not in element.id
        assert scope not in self.closed
        self.count += 1
        key = f"1.1.{self.count}"
        self.places[key] = element
        self.log.append(f"enter {element.id}")
        return key

    def leave(self, activity: str, outcome: Outcome) -> None:
        self.waiting.pop(activity, None)
        self.failed.pop(activity, None)
        self.left.append(activity)
        mark = "leave" if outcome is Outcome.COMPLETED else "cancel"
        self.log.append(f"{mark} {self.places[activity].id}")

    def wait(self, activity: str, element: Element, scope: str) -> None:
        timer = element.expression is not None and element.trigger is not Trigger.CONDITIONAL
        if timer and not isinstance(self.evaluate(element.expression or "", scope), str | DaysDuration):
            raise ExpressionFailed(Text("应得到时长", f"expected a duration from {element.id}"))
        self.waiting[activity] = (element, scope)

    def throw(self, activity: str, element: Element, scope: str) -> None:
        self.log.append(f"throw {element.message}")

    def throw_signal(self, activity: str, element: Element, payload: Context) -> None:
        self.log.append(f"signal {element.code}")

    def receive_signal(self, activity: str) -> None:
        del self.waiting[activity]
        self.log.append(f"receive {self.places[activity].id}")

    def meet(self, activity: str) -> None:
        del self.waiting[activity]
        self.log.append(f"meet {self.places[activity].id}")

    def throw_error(self, activity: str, code: str | None) -> None:
        self.log.append(f"error {code}")

    def escalate(self, activity: str, code: str | None, *, caught: bool) -> None:
        self.log.append(f"escalate {code}" + ("" if caught else " uncaught"))

    def evaluate(self, expression: str, scope: str, names: Mapping[str, Value] | None = None) -> Value:
        seen: dict[str, Value] = {}
        for values in reversed(self._chain(scope)):
            seen.update(values)
        seen.update(names or {})
        try:
            return feel.evaluate(expression, seen)
        except feel.FeelError as error:
            raise ExpressionFailed(error.text) from error

    def enable(self, activity: str, elements: tuple[str, ...]) -> None:
        self.enabled[activity] = elements
        self.log.append(f"enable {' '.join(elements)}")

    def compensate(self, activity: str, element: Element) -> None:
        self.log.append(f"undo {element.id}")

    def decide(self, activity: str, element: Element, scope: str) -> Value:
        self.log.append(f"decide {element.extensions['decision']}")
        return self.evaluate(element.extensions["decision"], scope)

    def assign(self, scope: str, name: str, value: Value) -> None:
        current: str | None = scope
        while current is not None:
            found = self.scopes[current]
            if name in found.values:
                found.values[name] = value
                self.changes += 1
                return
            current = None if found.kind is ScopeKind.CALL else found.parent
        self.create(scope, name, value)

    def create(self, scope: str, name: str, value: Value) -> None:
        self.scopes[scope].values[name] = value
        self.changes += 1

    def take(self, activity: str, items: tuple[Value, ...]) -> None:
        self.collections[activity] = items

    def taken(self, activity: str) -> tuple[Value, ...]:
        return self.collections[activity]

    def item_done(self, activity: str, index: int, scope: str, name: str) -> None:
        self.results.setdefault(activity, {})[index] = self.scopes[scope].values.get(name)

    def items(self, activity: str) -> tuple[Value, ...]:
        found = self.results.get(activity, {})
        return tuple(found.get(index) for index in range(max(found, default=-1) + 1))

    def fail(self, activity: str, element: Element, text: Text) -> None:
        self.waiting.pop(activity, None)
        self.failed[activity] = text
        self.log.append(f"fail {element.id}")

    def ended(self, element: Element) -> None:
        self.log.append(f"ended {element.id}")

    def _chain(self, scope: str) -> list[dict[str, Value]]:
        found: list[dict[str, Value]] = []
        current: str | None = scope
        while current is not None:
            here = self.scopes[current]
            found.append(here.values)
            current = None if here.kind is ScopeKind.CALL else here.parent
        return found
