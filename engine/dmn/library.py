"""The decisions of a set of DMN files: compiled once, evaluated with what each requires."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from engine.dmn.compiler import FRAMES, TESTED, Compiler, Scope, arguments_of
from engine.dmn.model import (
    Decision,
    Definitions,
    Element,
    InputData,
    Key,
    Knowledge,
    Literal,
    Service,
)
from engine.dmn.trace import Traced
from engine.dmn.types import ANY, ItemType, Types
from engine.dmn.types import Test as Judge
from engine.errors import Fault, Text
from engine.feel import FeelError, HostFunction
from engine.feel.budget import Budget
from engine.feel.frame import Closure, Frame, Run
from engine.feel.tree import Type
from engine.value import Context, Value

Path = tuple[str, ...]
"""How an element is named where it is required: the names of imports, then its own."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """An element ready to run: where its requirements stand among its names, its logic, its type."""

    element: Element
    requires: tuple[tuple[Path, Key], ...]
    run: Run | None
    type: ItemType | None


class Library:
    """Models by namespace. `faults` is what is wrong with them; an element with a fault yields null."""

    def __init__(self, models: Iterable[Definitions], functions: frozenset[str] = frozenset()) -> None:
        self.models: dict[str, Definitions] = {}
        self.faults: list[Fault] = []
        for model in models:
            if model.namespace in self.models:
                self._fault(model.path, 0, "命名空间应互不相同", "expected models with different namespaces")
            self.models[model.namespace] = model
        self.elements: dict[Key, Element] = {
            element.key: element for model in self.models.values() for element in model.elements
        }
        self.functions = functions
        self.compilers: dict[str, Compiler] = {}
        self.types = Types(self.models, self._tests_of)
        for model in self.models.values():
            self.compilers[model.namespace] = Compiler(model.path, model.namespace, self.types, functions, self.faults)
        self.named = {namespace: dict(self.types.named(namespace)) for namespace in self.models}
        self.compiled: dict[Key, Compiled] = {}
        for element in self.elements.values():
            self.compiled[element.key] = self._compile(element)
        for namespace, name in self.types.unknown:
            self._fault(self.models[namespace].path, 0, f"没有名为 {name} 的类型", f"there is no type named {name}")

    # -------------------------------------------------------------- compiling

    def _fault(self, path: str, line: int, zh: str, en: str) -> None:
        self.faults.append(Fault(f"{path}:{line}" if line else path, Text(zh, en)))

    def _tests_of(self, namespace: str) -> Callable[[Literal, Type], Judge]:
        def make(literal: Literal, tested: Type) -> Judge:
            test = self.compilers[namespace].source(literal, {TESTED: tested}, unary=True)

            def holds(frame: Frame, value: Value) -> bool:
                return test(Frame({TESTED: value}, frame.budget, frame.functions, frame.types)) is True

            return holds

        return make

    def _compile(self, element: Element) -> Compiled:
        compiler = self.compilers[element.key[0]]
        requires = self._requires(element)
        wanted = compiler.item_type(element.variable.type)
        scope = self._scope(requires)
        match element:
            case Decision() if element.expression is not None:
                return Compiled(element, requires, compiler.boxed(element.expression, scope), wanted)
            case Knowledge() if element.function is not None:
                own = {**scope, element.variable.name: None}
                return Compiled(element, requires, compiler.function(element.function, own), None)
            case _:
                return Compiled(element, requires, None, wanted)

    def _requires(self, element: Element) -> tuple[tuple[Path, Key], ...]:
        if not isinstance(element, Decision | Knowledge):
            return ()
        found: list[tuple[Path, Key]] = []
        for key in element.requires:
            required = self.elements.get(key)
            path = None if required is None else self._path(element.key[0], required)
            if path is None:
                model = self.models[element.key[0]]
                zh, en = f"没有 id 为 {key[1]} 的元素", f"there is no element with the id {key[1]}"
                self._fault(model.path, element.line, zh, en)
            else:
                found.append((path, key))
        return tuple(found)

    def _path(self, namespace: str, element: Element) -> Path | None:
        """How a model names an element: by its name, or behind the names of imports."""
        if element.key[0] == namespace:
            return (element.variable.name,)
        for imported in self.models[namespace].imports:
            if imported.namespace == element.key[0]:
                return (imported.name, element.variable.name) if imported.name else (element.variable.name,)
        return None

    def _scope(self, requires: tuple[tuple[Path, Key], ...]) -> Scope:
        found: dict[str, Type | None] = {}
        behind: dict[str, list[tuple[str, Type]]] = {}
        for path, key in requires:
            element = self.elements[key]
            known = self._feel_type(element)
            if len(path) == 1:
                found[path[0]] = known
            else:
                behind.setdefault(path[0], []).append((path[1], known or ANY))
        return {**found, **{name: Type("context", tuple(parts)) for name, parts in behind.items()}}

    def _feel_type(self, element: Element) -> Type | None:
        if isinstance(element, Knowledge) and element.function is not None:
            function = element.function
            return self.types.function(element.key[0], function.parameters, function.type)
        if isinstance(element, InputData | Decision):
            return self.compilers[element.key[0]].feel_type(element.variable.type)
        return None

    # -------------------------------------------------------------- evaluating

    def find(self, name: str, namespace: str | None = None) -> Element | None:
        """The element of that name or id."""
        for element in self.elements.values():
            if name in (element.variable.name, element.key[1]) and namespace in (None, element.key[0]):
                return element
        return None

    def evaluate(
        self,
        key: Key,
        inputs: Mapping[Key, Value],
        *,
        functions: Mapping[str, HostFunction] | None = None,
        budget: Budget | None = None,
    ) -> Value:
        """The value of a decision, or of a service's outputs, with input data and results of decisions as given.

        Raises FeelError when a budget is used up. A Traced budget keeps which rules matched.
        """
        run = Evaluation(self, inputs, budget or Traced(), functions or {})
        element = self.elements[key]
        try:
            if isinstance(element, Service):
                return run.service(element)
            return feel_result(run.value(key))
        except RecursionError:
            raise FeelError("决策嵌套过深", "expected decisions with less nesting") from None


def feel_result(value: Value) -> Value:
    """The value, which is no function."""
    return value


class Evaluation:
    """One evaluation: every decision is made once."""

    def __init__(
        self, library: Library, given: Mapping[Key, Value], budget: Budget, functions: Mapping[str, HostFunction]
    ) -> None:
        self.library = library
        self.budget = budget
        self.functions = functions
        self.made: dict[Key, Value] = {}
        self.open: set[Key] = set()
        for key, value in given.items():
            self.made[key] = self._converted(key, value)

    def _frame(self, key: Key, scope: Mapping[str, Value]) -> Frame:
        return Frame(scope, self.budget, self.functions, self.library.named[key[0]])

    def _converted(self, key: Key, value: Value) -> Value:
        compiled = self.library.compiled[key]
        if compiled.type is None:
            return value
        return compiled.type.convert(self._frame(key, {}), value, compiled.element.variable.name)

    def value(self, key: Key) -> Value:
        """What an element is worth."""
        if key not in self.made:
            if key in self.open:
                self.budget.note(f"{key[1]} requires itself")
                return None
            self.open.add(key)
            self.made[key] = self._evaluate(self.library.compiled[key])
            self.open.discard(key)
        return self.made[key]

    def _evaluate(self, compiled: Compiled) -> Value:
        element = compiled.element
        match element:
            case Service():
                return self._service_function(element)
            case Knowledge() if compiled.run is not None:
                return self._knowledge(compiled, compiled.run)
            case Decision() if compiled.run is not None:
                found = compiled.run(self._frame(element.key, self._names(compiled)))
                return self._converted(element.key, found)
            case _:
                self.budget.note(f"{element.variable.name}: nothing is given")
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

    # -------------------------------------------------------------- decision services

    def _service_function(self, service: Service) -> Value:
        keys = (*service.inputs, *service.decisions)
        wanted = tuple(self._parameter(key) for key in keys)
        frame = self._frame(service.key, {})

        def call(budget: Budget, given: tuple[Value, ...]) -> Value:
            arguments = arguments_of(frame, wanted, given)
            if arguments is None:
                return None
            budget.enter(FRAMES)
            run = Evaluation(self.library, dict(zip(keys, arguments.values(), strict=True)), budget, self.functions)
            found = run.service(service)
            budget.leave(FRAMES)
            return found

        names = tuple(name for name, _ in wanted)
        return Closure(names, call)  # type: ignore[return-value]  # a function lives inside one evaluation

    def _parameter(self, key: Key) -> tuple[str, ItemType | None]:
        compiled = self.library.compiled.get(key)
        return (key[1], None) if compiled is None else (compiled.element.variable.name, compiled.type)

    def service(self, service: Service) -> Value:
        """The outputs of a service: one value, or a context of several by name. What is not given to it is null."""
        for key in service.decisions:
            self.made.setdefault(key, None)
        known = [key for key in service.outputs if key in self.library.elements]
        values = {self.library.elements[key].variable.name: self.value(key) for key in known}
        found: Value = next(iter(values.values()), None) if len(known) == 1 else Context(values)
        wanted = self.library.compiled[service.key].type
        if wanted is None:
            return found
        return wanted.convert(self._frame(service.key, {}), found, service.variable.name)
