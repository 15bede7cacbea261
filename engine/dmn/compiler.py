"""Boxed expressions to closures of a frame; what cannot be read becomes a fault, and null when it is evaluated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import singledispatchmethod

from engine import feel
from engine.dmn import forms, table
from engine.dmn.finding import Finding, finding, not_required, unmeant, unreadable
from engine.dmn.model import (
    Boxed,
    Conditional,
    Entries,
    Filtered,
    Function,
    Invocation,
    Items,
    Literal,
    Relation,
    Repeated,
    Table,
    Variable,
)
from engine.dmn.types import ItemType, Types
from engine.feel import reasons
from engine.feel.budget import Budget
from engine.feel.frame import Closure, Frame, Run
from engine.feel.tree import Type, height
from engine.value import Context, Value

Scope = Mapping[str, Type | None]
TESTED = "?"


@dataclass
class Compiler:
    """One model: where it lies, its types, the functions of the host, the names of its elements, and what comes of it.

    `findings` is what is wrong; `tables` are the decision tables, `expressions` the compiled sources and `sources` what
    they were compiled with, to be looked through;
    `highest` is the height of the highest expression of the function that is being compiled.
    """

    path: str
    namespace: str
    types: Types
    functions: frozenset[str] = frozenset()
    drawn: frozenset[str] = frozenset()
    findings: list[Finding] = field(default_factory=list)
    tables: list[table.Compiled] = field(default_factory=list)
    highest: int = 0
    expressions: list[feel.Expression] = field(default_factory=list)
    sources: list[tuple[Literal, Scope, bool]] = field(default_factory=list)

    # -------------------------------------------------------------- FEEL sources

    def source(self, literal: Literal, scope: Scope, *, unary: bool = False) -> Run:
        """The function of a FEEL source; null when it cannot be read."""
        return self.weighed(literal, self.expression(literal, scope, unary=unary))

    def weighed(self, literal: Literal, found: feel.Expression | None) -> Run:
        """The function of a compiled source, which spends what its evaluation costs."""
        if found is None:
            return lambda frame: forms.note(frame, reasons.UNREADABLE, literal.element)
        weight, run = found.weight, found.run

        def spend(frame: Frame) -> Value:
            frame.budget.spend(weight)
            return run(frame)

        return spend

    def expression(self, literal: Literal, scope: Scope, *, unary: bool = False) -> feel.Expression | None:
        """The compiled source; None, and a fault, when it cannot be read."""
        try:
            found = self._compiled(literal.text, scope, unary)
        except feel.FeelError as error:
            missing = self._missing(literal.text, scope, unary)
            at = (self.path, literal.element, literal.line, literal.place)
            self.findings.append(not_required(*at, missing, error) if missing else unreadable(*at, error))
            return None
        self.highest = max(self.highest, height(found.tree))
        self.expressions.append(found)
        self.sources.append((literal, scope, unary))
        return found

    def unmeant(self) -> Iterator[Finding]:
        """What in the sources can be read, but not be meant."""
        for literal, scope, unary in self.sources:
            names, known = self._known(scope)
            types = self.types.named[self.namespace]
            for found in feel.check(literal.text, names, self.functions, variables=known, types=types, unary=unary):
                yield unmeant(self.path, literal.element, literal.line, literal.place, found)

    def alone(self, literal: Literal, tested: Type | None = None, *, unary: bool = False) -> feel.Expression | None:
        """The compiled source when it depends on nothing but what is tested; else None, and no fault."""
        try:
            return self._compiled(literal.text, {TESTED: tested} if unary else {}, unary)
        except feel.FeelError:
            return None

    def _compiled(self, text: str, scope: Scope, unary: bool) -> feel.Expression:
        make = feel.compile_unary if unary else feel.compile
        names, known = self._known(scope)
        return make(text, names, self.functions, variables=known, types=self.types.named[self.namespace])

    def _known(self, scope: Scope) -> tuple[frozenset[str], frozenset[tuple[str, Type]]]:
        """The names of a scope, and the types that are known."""
        known = frozenset((name, found) for name, found in scope.items() if found is not None)
        return frozenset(scope) - {TESTED}, known

    def _missing(self, text: str, scope: Scope, unary: bool) -> tuple[str, ...]:
        """The elements of the model that a source names without a requirement, where that alone is wrong."""
        others = self.drawn - set(scope)
        try:
            found = self._compiled(text, {**dict.fromkeys(others), **scope}, unary)
        except feel.FeelError:
            return ()
        return tuple(sorted(found.names & others))

    def fault(self, element: str, line: int, zh: str, en: str) -> None:
        """One thing wrong with the model."""
        self.findings.append(finding(self.path, element, line, zh, en))

    def item_type(self, name: str | None) -> ItemType | None:
        """The type of that name."""
        return self.types.of(self.namespace, name)

    def feel_type(self, name: str | None) -> Type | None:
        """The type that FEEL may know about a variable."""
        found = self.item_type(name)
        return None if found is None else found.type

    def typed(self, run: Run, type_name: str | None, what: str) -> Run:
        """The function with its value converted to a type."""
        wanted = self.item_type(type_name)
        if wanted is None:
            return run
        return lambda frame: wanted.convert(frame, run(frame), what)

    # -------------------------------------------------------------- boxed expressions

    def boxed(self, box: Boxed, scope: Scope) -> Run:
        """The function of a boxed expression, with its value converted to the type written on it."""
        if isinstance(box, Function):
            return self.function(box, scope)
        return self.typed(self._boxed(box, scope), box.type, "")

    @singledispatchmethod
    def _boxed(self, box: Boxed, scope: Scope) -> Run:
        raise TypeError(f"expected a boxed expression, but found {type(box).__name__}")

    @_boxed.register
    def _(self, box: Literal, scope: Scope) -> Run:
        return self.source(box, scope)

    @_boxed.register
    def _(self, box: Table, scope: Scope) -> Run:
        found = table.compile_table(self, box, scope)
        self.tables.append(found)
        return found.evaluate

    @_boxed.register
    def _(self, box: Entries, scope: Scope) -> Run:
        made: list[tuple[str | None, Run]] = []
        known = dict(scope)
        for variable, entry in box.entries:
            name = None if variable is None else variable.name
            run = self.boxed(entry, known)
            made.append((name, run if variable is None else self.typed(run, variable.type, variable.name)))
            if variable is not None:
                known[variable.name] = self.feel_type(variable.type) or self._shape(entry)
        return lambda frame: forms.entries(frame, made)

    @_boxed.register
    def _(self, box: Items, scope: Scope) -> Run:
        items = [self.boxed(item, scope) for item in box.items]
        return lambda frame: tuple([item(frame) for item in items])

    @_boxed.register
    def _(self, box: Relation, scope: Scope) -> Run:
        rows = [
            [
                (column.name, self.typed(self.boxed(cell, scope), column.type, column.name))
                for column, cell in zip(box.columns, row, strict=True)
            ]
            for row in box.rows
        ]
        return lambda frame: tuple([Context({name: cell(frame) for name, cell in row}) for row in rows])

    @_boxed.register
    def _(self, box: Invocation, scope: Scope) -> Run:
        function = self.boxed(box.function, scope)
        arguments = {
            variable.name: self.typed(self.boxed(argument, scope), variable.type, variable.name)
            for variable, argument in box.arguments
        }
        return lambda frame: forms.invoked(frame, function(frame), arguments)

    @_boxed.register
    def _(self, box: Conditional, scope: Scope) -> Run:
        condition, then = self.boxed(box.condition, scope), self.boxed(box.then, scope)
        otherwise = self.boxed(box.otherwise, scope)
        return lambda frame: forms.chosen(frame, condition(frame), then, otherwise)

    @_boxed.register
    def _(self, box: Filtered, scope: Scope) -> Run:
        items = self.boxed(box.items, scope)
        entries = self._entry_names(box.items)
        match = self.boxed(box.match, {**scope, **dict.fromkeys(entries), "item": None})
        return lambda frame: forms.filtered(frame, items(frame), match, entries)

    @_boxed.register
    def _(self, box: Repeated, scope: Scope) -> Run:
        items = self.boxed(box.items, scope)
        more: dict[str, Type | None] = {box.name: None}
        if box.kind == "for":
            more["partial"] = None
        body = self.boxed(box.body, {**scope, **more})
        return lambda frame: forms.repeated(frame, box.kind, box.name, items(frame), body)

    def function(self, box: Function, scope: Scope) -> Run:
        """The function that makes a function."""
        if box.external or box.body is None:
            if box.external:
                self.fault(
                    box.element,
                    box.line,
                    "不支持用其他语言写的函数",
                    "expected a function in FEEL: functions in other languages are not supported",
                )
            return lambda frame: forms.note(frame, reasons.EXTERNAL)
        parameters = tuple(parameter.name for parameter in box.parameters)
        inner = {**scope, **{parameter.name: self.feel_type(parameter.type) for parameter in box.parameters}}
        around, self.highest = self.highest, 0
        body = self._resulting(self.boxed(box.body, inner), box.type)
        high = forms.CALL + self.highest
        self.highest = max(around, high)
        convert = self._converters(box.parameters)
        kind = self.types.function(self.namespace, box.parameters, box.type)

        def run(frame: Frame) -> Value:
            def call(budget: Budget, given: tuple[Value, ...]) -> Value:
                called = Frame(frame.scope, budget, frame.functions, frame.types)
                arguments = convert(called, given)
                if arguments is None:
                    return None
                budget.enter(high)
                found = body(forms.within(called, arguments))
                budget.leave(high)
                return found

            return Closure(parameters, call, kind)  # type: ignore[return-value]  # a function lives inside one evaluation

        return run

    def _resulting(self, body: Run, type_name: str | None) -> Run:
        """The body with its value converted: the type on a function is that of its results, or of the function."""
        wanted = self.item_type(type_name)
        if wanted is not None and wanted.type.name == "function":
            wanted = ItemType(wanted.type.parts[-1][1]) if wanted.type.parts else None
        return body if wanted is None else lambda frame: wanted.convert(frame, body(frame), "")

    def _converters(self, parameters: tuple[Variable, ...]) -> Callable[[Frame, tuple[Value, ...]], forms.Names | None]:
        """The arguments by name; a function is not called with one that is not of its parameter's type."""
        wanted = tuple((parameter.name, self.item_type(parameter.type)) for parameter in parameters)
        return lambda frame, given: forms.arguments_of(frame, wanted, given)

    def _shape(self, box: Boxed) -> Type | None:
        """What is known about a value from the way it is written."""
        if isinstance(box, Entries) and box.entries and box.entries[-1][0] is not None:
            parts = [
                (variable.name, self.feel_type(variable.type) or self._shape(entry) or Type("Any"))
                for variable, entry in box.entries
                if variable is not None
            ]
            return Type("context", tuple(parts))
        if isinstance(box, Relation):
            columns = [(column.name, self.feel_type(column.type) or Type("Any")) for column in box.columns]
            return Type("list", (("", Type("context", tuple(columns))),))
        return self.feel_type(box.type)

    def _entry_names(self, box: Boxed) -> tuple[str, ...]:
        """The names that the entries of a list's items are known by."""
        found = self._shape(box)
        if found is None or found.name != "list" or not found.parts:
            return ()
        item = found.parts[0][1]
        return tuple(name for name, _ in item.parts) if item.name == "context" else ()
