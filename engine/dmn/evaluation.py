"""One evaluation of a library: every decision is made once, when it is needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine.dmn import forms
from engine.dmn.model import Decision, Key, Knowledge, Service
from engine.dmn.requirements import LONGEST
from engine.dmn.types import ItemType
from engine.feel import FeelError, HostFunction, reasons
from engine.feel.budget import Budget
from engine.feel.frame import Closure, Frame, Run
from engine.feel.tree import Type
from engine.value import Context, Value

if TYPE_CHECKING:
    from engine.dmn.library import Compiled, Library

SERVICE = 8
"""The height that a called service counts for, beside its expressions; see `engine.feel.budget.STACKED`."""


class Evaluation:
    """The values made so far, and the elements that are being made."""

    def __init__(
        self, library: Library, given: Mapping[Key, Value], budget: Budget, functions: Mapping[str, HostFunction]
    ) -> None:
        self.library = library
        self.budget = budget
        self.functions = functions
        self.open: set[Key] = set()
        self.made: dict[Key, Value] = {key: self._converted(key, value) for key, value in given.items()}

    def value(self, key: Key) -> Value:
        """What an element is worth; null, with a note, where it requires itself."""
        if key not in self.made:
            if key in self.open:
                self.budget.note(reasons.ITSELF, self.library.elements[key].variable.name)
                return None
            if len(self.open) >= LONGEST:
                raise FeelError(f"逐级需求应不超过 {LONGEST} 个", f"expected at most {LONGEST} elements in a row")
            self.open.add(key)
            self.made[key] = self._made(self.library.compiled[key])
            self.open.discard(key)
        return self.made[key]

    def service(self, service: Service) -> Value:
        """The outputs of a service: one value, or a context of several by name. What is not given to it is null."""
        for key in service.decisions:
            self.made.setdefault(key, None)
        known = [key for key in service.outputs if key in self.library.elements]
        values = {self.library.elements[key].variable.name: self.value(key) for key in known}
        found: Value = next(iter(values.values()), None) if len(known) == 1 else Context(values)
        return self._converted(service.key, found)

    def _frame(self, key: Key, scope: Mapping[str, Value]) -> Frame:
        return Frame(scope, self.budget, self.functions, self.library.named[key[0]])

    def _converted(self, key: Key, value: Value) -> Value:
        compiled = self.library.compiled[key]
        if compiled.type is None:
            return value
        return compiled.type.convert(self._frame(key, {}), value, compiled.element.variable.name)

    def _made(self, compiled: Compiled) -> Value:
        element = compiled.element
        match element:
            case Service():
                return self._service_function(element, compiled.parameters)
            case Knowledge() if compiled.run is not None:
                return self._knowledge(compiled, compiled.run)
            case Decision() if compiled.run is not None:
                found = compiled.run(self._frame(element.key, self._names(compiled)))
                return self._converted(element.key, found)
            case _:
                self.budget.note(reasons.NOT_GIVEN, element.variable.name)
                return None

    def _names(self, compiled: Compiled) -> dict[str, Value]:
        found: dict[str, Value] = {}
        behind: dict[str, dict[str, Value]] = {}
        for path, key in compiled.requires:
            if len(path) == 1:
                found[path[0]] = self.value(key)
            else:
                behind.setdefault(path[0], {})[path[1]] = self.value(key)
        return {**found, **{name: Context(parts) for name, parts in behind.items()}}

    def _knowledge(self, compiled: Compiled, run: Run) -> Value:
        """A function that finds what it requires when it is called: it may require itself."""
        names: dict[str, Value] = {}
        made = run(self._frame(compiled.element.key, names))
        names[compiled.element.variable.name] = made
        self.made[compiled.element.key] = made
        names.update(self._names(compiled))
        return made

    def _service_function(self, service: Service, parameters: tuple[tuple[str, ItemType | None], ...]) -> Value:
        keys = (*service.inputs, *service.decisions)
        frame = self._frame(service.key, {})

        def call(budget: Budget, given: tuple[Value, ...]) -> Value:
            arguments = forms.arguments_of(frame, parameters, given)
            if arguments is None:
                return None
            budget.enter(SERVICE)
            run = Evaluation(self.library, dict(zip(keys, arguments.values(), strict=True)), budget, self.functions)
            found = run.service(service)
            budget.leave(SERVICE)
            return found

        kind = self.library.feel_type(service) or Type("function")
        return Closure(tuple(name for name, _ in parameters), call, kind)  # type: ignore[return-value]  # a function lives inside one evaluation
