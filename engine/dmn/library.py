"""The decisions of a set of DMN files: compiled once, evaluated with what each requires."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from engine.dmn.compiler import TESTED, Compiler, Scope
from engine.dmn.evaluation import Evaluation
from engine.dmn.finding import Finding, finding
from engine.dmn.model import Decision, Definitions, Element, InputData, Key, Knowledge, Literal, Service
from engine.dmn.requirements import Path, Requirements, by_namespace
from engine.dmn.review import warnings_of
from engine.dmn.trace import Traced
from engine.dmn.types import ANY, LARGEST, Holds, ItemType, Types
from engine.errors import Text
from engine.feel import Expression, FeelError, HostFunction
from engine.feel.budget import Budget
from engine.feel.frame import Frame, Run
from engine.feel.result import bounded
from engine.feel.tree import Type
from engine.value import Value


@dataclass(frozen=True, slots=True)
class Compiled:
    """An element ready to run: its requirements by the names they have there, its logic, its type.

    `parameters` are those of a decision service, `expressions` the sources of FEEL within.
    """

    element: Element
    requires: tuple[tuple[Path, Key], ...]
    run: Run | None
    type: ItemType | None
    parameters: tuple[tuple[str, ItemType | None], ...] = ()
    expressions: tuple[Expression, ...] = ()


class Library:
    """Models by namespace.

    `faults` is what cannot be carried out as it is written: such an expression yields null. `warnings` is what can be,
    but is hardly meant so; they are looked for when first asked for.
    """

    def __init__(self, models: Iterable[Definitions], functions: frozenset[str] = frozenset()) -> None:
        self.models = by_namespace(models)
        self.faults: list[Finding] = []
        self.functions = functions
        self.requirements = Requirements(self.models)
        self.elements = self.requirements.elements
        self.types = Types(self.models)
        self.compilers = {
            space: Compiler(model.path, space, self.types, functions, self.requirements.drawn(space))
            for space, model in self.models.items()
        }
        self.types.compile_tests(self._test)
        self.named = {namespace: dict(types) for namespace, types in self.types.named.items()}
        self.compiled = {element.key: self._with_expressions(element) for element in self.elements.values()}
        self.faults += [*self.requirements.findings, *self._wrong_types()]
        for compiler in self.compilers.values():
            self.faults += dict.fromkeys(compiler.findings)

    @cached_property
    def warnings(self) -> tuple[Finding, ...]:
        """What can be carried out, but is hardly meant so."""
        return tuple(dict.fromkeys(warnings_of(self.requirements, self.compilers.values())))

    # -------------------------------------------------------------- compiling

    def _wrong_types(self) -> list[Finding]:
        found: list[Finding] = []
        for namespace, name in self.types.too_large:
            zh = f"类型「{name}」连同其各部分应不超过 {LARGEST} 项"
            en = f"expected the type {name} to have at most {LARGEST} parts, with the parts of its parts"
            found.append(finding(self.models[namespace].path, "", 0, zh, en))
        for model in self.models.values():
            for use in model.type_uses:
                if not self.types.known(model.namespace, use.name):
                    zh, en = f"没有名为 {use.name} 的类型", f"there is no type named {use.name}"
                    found.append(finding(model.path, use.element, use.line, zh, en))
        return list(dict.fromkeys(found))

    def _test(self, namespace: str, literal: Literal, tested: Type) -> Holds:
        test = self.compilers[namespace].source(literal, {TESTED: tested}, unary=True)

        def holds(frame: Frame, value: Value) -> bool:
            return test(Frame({TESTED: value}, frame.budget, frame.functions, frame.types)) is True

        return holds

    def _with_expressions(self, element: Element) -> Compiled:
        known = self.compilers[element.key[0]].expressions
        before = len(known)
        return replace(self._compile(element), expressions=tuple(known[before:]))

    def _compile(self, element: Element) -> Compiled:
        compiler = self.compilers[element.key[0]]
        requires = self.requirements.of(element)
        wanted = compiler.item_type(element.variable.type)
        scope = self._scope(requires)
        match element:
            case Decision() if element.expression is not None:
                return Compiled(element, requires, compiler.boxed(element.expression, scope), wanted)
            case Knowledge() if element.function is not None:
                own = {**scope, element.variable.name: self.feel_type(element)}
                return Compiled(element, requires, compiler.function(element.function, own), None)
            case Service():
                keys = (*element.inputs, *element.decisions)
                return Compiled(element, requires, None, wanted, tuple(self._parameter(key) for key in keys))
            case _:
                return Compiled(element, requires, None, wanted)

    def _parameter(self, key: Key) -> tuple[str, ItemType | None]:
        element = self.elements.get(key)
        if element is None:
            return key[1], None
        return element.variable.name, self.compilers[key[0]].item_type(element.variable.type)

    def _scope(self, requires: tuple[tuple[Path, Key], ...]) -> Scope:
        found: dict[str, Type | None] = {}
        behind: dict[str, list[tuple[str, Type]]] = {}
        for path, key in requires:
            known = self.feel_type(self.elements[key])
            if len(path) == 1:
                found[path[0]] = known
            else:
                behind.setdefault(path[0], []).append((path[1], known or ANY))
        return {**found, **{name: Type("context", tuple(parts)) for name, parts in behind.items()}}

    def feel_type(self, element: Element) -> Type | None:
        """The type that FEEL may know about an element; None when nothing is said."""
        if isinstance(element, Knowledge) and element.function is not None:
            function = element.function
            return self.types.function(element.key[0], function.parameters, function.type)
        if isinstance(element, InputData | Decision):
            return self.compilers[element.key[0]].feel_type(element.variable.type)
        return None

    # -------------------------------------------------------------- evaluating

    def misfit(self, key: Key, value: Value) -> Text | None:
        """Why a value cannot be given to an element, which would take null instead; None when it can."""
        budget, compiled = Budget(), self.compiled[key]
        if compiled.type is None or value is None:
            return None
        found = compiled.type.convert(Frame({}, budget, {}, self.named[key[0]]), value, compiled.element.variable.name)
        return next(iter(budget.notes), None) if found is None else None

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

        A Traced budget keeps which rules matched. Raises FeelError when a budget is used up, or when the value is a
        function or too large to be stored; KeyError for keys that are not of this library.
        """
        run = Evaluation(self, inputs, budget or Traced(), functions or {})
        element = self.elements[key]
        try:
            return bounded(run.service(element) if isinstance(element, Service) else run.value(key))
        except RecursionError:
            raise FeelError("决策嵌套过深", "expected decisions with less nesting") from None
