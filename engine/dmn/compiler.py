"""Boxed expressions to closures of a frame; what cannot be read becomes a fault, and null when it is evaluated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import singledispatchmethod

from engine import feel
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
from engine.dmn.table import compile_table
from engine.dmn.types import ItemType, Types
from engine.errors import Fault, Text
from engine.feel.budget import Budget
from engine.feel.frame import Closure, Frame, Run
from engine.feel.tree import Type
from engine.value import Context, Range, Value

Scope = Mapping[str, Type | None]
Names = dict[str, Value]
TESTED = "?"


def within(frame: Frame, names: Mapping[str, Value]) -> Frame:
    """A frame with more names from outside."""
    return Frame({**frame.scope, **names}, frame.budget, frame.functions, frame.types)


@dataclass
class Compiler:
    """One model: where it lies, its types, the functions of the host, and what was found to be wrong."""

    path: str
    namespace: str
    types: Types
    functions: frozenset[str] = frozenset()
    faults: list[Fault] = field(default_factory=list)

    # -------------------------------------------------------------- FEEL sources

    def source(self, literal: Literal, scope: Scope, *, unary: bool = False) -> Run:
        """The function of a FEEL source; null when it cannot be read."""
        found = self.expression(literal, scope, unary=unary)
        if found is None:
            return lambda frame: _unreadable(frame, literal)
        weight, run = found.weight, found.run

        def spend(frame: Frame) -> Value:
            frame.budget.spend(weight)
            return run(frame)

        return spend

    def expression(self, literal: Literal, scope: Scope, *, unary: bool = False) -> feel.Expression | None:
        """The compiled source; None, and a fault, when it cannot be read."""
        make = feel.compile_unary if unary else feel.compile
        known = frozenset((name, found) for name, found in scope.items() if found is not None)
        try:
            return make(
                literal.text,
                frozenset(scope) - {TESTED},
                self.functions,
                variables=known,
                types=self.types.named(self.namespace),
            )
        except feel.FeelError as error:
            where = f"{self.path}:{literal.line}" if not literal.element else f"{self.path}#{literal.element}"
            self.faults.append(Fault(where, error.text))
            return None

    def fault(self, line: int, element: str, zh: str, en: str) -> None:
        """One thing wrong with the model."""
        where = f"{self.path}#{element}" if element else f"{self.path}:{line}"
        self.faults.append(Fault(where, Text(zh, en)))

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
        return self.typed(self._boxed(box, scope), box.type, "")

    @singledispatchmethod
    def _boxed(self, box: Boxed, scope: Scope) -> Run:
        raise TypeError(f"expected a boxed expression, but found {type(box).__name__}")

    @_boxed.register
    def _(self, box: Literal, scope: Scope) -> Run:
        return self.source(box, scope)

    @_boxed.register
    def _(self, box: Table, scope: Scope) -> Run:
        return compile_table(self, box, scope)

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
        return lambda frame: _entries(frame, made)

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
        return lambda frame: _invoked(frame, function(frame), arguments)

    @_boxed.register
    def _(self, box: Function, scope: Scope) -> Run:
        return self.function(box, scope)

    @_boxed.register
    def _(self, box: Conditional, scope: Scope) -> Run:
        condition, then = self.boxed(box.condition, scope), self.boxed(box.then, scope)
        otherwise = self.boxed(box.otherwise, scope)
        return lambda frame: _chosen(frame, condition(frame), then, otherwise)

    @_boxed.register
    def _(self, box: Filtered, scope: Scope) -> Run:
        items = self.boxed(box.items, scope)
        entries = self._entry_names(box.items)
        match = self.boxed(box.match, {**scope, **dict.fromkeys(entries), "item": None})
        return lambda frame: _filtered(frame, items(frame), match, entries)

    @_boxed.register
    def _(self, box: Repeated, scope: Scope) -> Run:
        items = self.boxed(box.items, scope)
        more: dict[str, Type | None] = {box.name: None}
        if box.kind == "for":
            more["partial"] = None
        body = self.boxed(box.body, {**scope, **more})
        return lambda frame: _repeated(frame, box.kind, box.name, items(frame), body)

    def function(self, box: Function, scope: Scope) -> Run:
        """The function that makes a function."""
        if box.external or box.body is None:
            if box.external:
                self.fault(
                    box.line,
                    box.element,
                    "不支持用其他语言写的函数",
                    "expected a function in FEEL: functions in other languages are not supported",
                )
            return lambda frame: _note(frame, "an external function is not called")
        parameters = tuple(parameter.name for parameter in box.parameters)
        inner = {**scope, **{parameter.name: self.feel_type(parameter.type) for parameter in box.parameters}}
        body = self.boxed(box.body, inner)
        convert = self._converters(box.parameters)

        def run(frame: Frame) -> Value:
            def call(budget: Budget, given: tuple[Value, ...]) -> Value:
                called = Frame(frame.scope, budget, frame.functions, frame.types)
                arguments = convert(called, given)
                if arguments is None:
                    return None
                budget.enter(FRAMES)
                found = body(within(called, arguments))
                budget.leave(FRAMES)
                return found

            return Closure(parameters, call)  # type: ignore[return-value]  # a function lives inside one evaluation

        return run

    def _converters(self, parameters: tuple[Variable, ...]) -> Callable[[Frame, tuple[Value, ...]], Names | None]:
        """The arguments by name; a function is not called with one that is not of its parameter's type."""
        wanted = tuple((parameter.name, self.item_type(parameter.type)) for parameter in parameters)
        return lambda frame, given: arguments_of(frame, wanted, given)

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


FRAMES = 8
"""How many frames of Python's stack one call of a boxed function takes, about."""


def arguments_of(
    frame: Frame, wanted: tuple[tuple[str, ItemType | None], ...], given: tuple[Value, ...]
) -> Names | None:
    """Arguments converted to the types of their parameters; None when one cannot be."""
    found: Names = {}
    for (name, type_), value in zip(wanted, given, strict=True):
        found[name] = value if type_ is None else type_.convert(frame, value, name)
        if found[name] is None and value is not None:
            return None
    return found


def _note(frame: Frame, text: str) -> Value:
    frame.budget.note(text)
    return None


def _unreadable(frame: Frame, literal: Literal) -> Value:
    return _note(frame, f"{literal.element}: the expression cannot be read")


def _chosen(frame: Frame, condition: Value, then: Run, otherwise: Run) -> Value:
    if condition is not None and not isinstance(condition, bool):
        return _note(frame, "a condition is true or false")
    return then(frame) if condition is True else otherwise(frame)


def _entries(frame: Frame, made: list[tuple[str | None, Run]]) -> Value:
    found: dict[str, Value] = {}
    for name, run in made:
        value = run(within(frame, found))
        if name is None:
            return value
        found[name] = value
    return Context(found)


def _invoked(frame: Frame, function: Value, arguments: Mapping[str, Run]) -> Value:
    if not isinstance(function, Closure):
        return _note(frame, "only a function can be invoked")
    given = {name: argument(frame) for name, argument in arguments.items()}
    if not given.keys() <= set(function.parameters):
        return _note(frame, f"the function takes {', '.join(function.parameters)}")
    frame.budget.spend()
    return function.call(frame.budget, tuple(given.get(name) for name in function.parameters))


def _filtered(frame: Frame, found: Value, match: Run, entries: tuple[str, ...]) -> Value:
    items = found if isinstance(found, tuple) else () if found is None else (found,)
    kept: list[Value] = []
    for item in items:
        frame.budget.spend()
        own = {name: item.get(name) for name in entries} if isinstance(item, Context) else dict.fromkeys(entries)
        if match(within(frame, {**own, **(item if isinstance(item, Context) else {}), "item": item})) is True:
            kept.append(item)
    return tuple(kept)


def _repeated(frame: Frame, kind: str, name: str, found: Value, body: Run) -> Value:
    if found is None:
        return _note(frame, "expected a list to run through")
    made: list[Value] = []
    for item in _run_through(frame, found):
        frame.budget.spend()
        made.append(body(within(frame, {name: item, "partial": tuple(made)} if kind == "for" else {name: item})))
    frame.budget.sized(items=len(made))
    if kind == "for":
        return tuple(made)
    decisive = kind == "some"
    if decisive in made:
        return decisive
    return None if any(not isinstance(value, bool) for value in made) else not decisive


def _run_through(frame: Frame, found: Value) -> tuple[Value, ...]:
    if isinstance(found, Range):
        counted = feel.compile("for item in counted return item", frozenset({"counted"}))
        values = counted.run(Frame({"counted": found}, frame.budget, frame.functions, frame.types))
        return values if isinstance(values, tuple) else ()
    return found if isinstance(found, tuple) else (found,)
