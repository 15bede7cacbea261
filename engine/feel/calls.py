"""Closures of functions and calls: FEEL's own, built-in ones, and those of the host."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from engine.feel import operations, reasons, types
from engine.feel.budget import Budget
from engine.feel.errors import FeelError
from engine.feel.frame import Closure, Compile, Frame, Run
from engine.feel.functions import FUNCTIONS
from engine.feel.functions.registry import Chosen, arrange, chosen
from engine.feel.notes import named
from engine.feel.tree import BuiltIn, Call, FunctionOf, InstanceOf, Type, height, weight
from engine.value import Value

HOST_STEPS = 100
SMALL = frozenset({Decimal, bool, type(None)})
"""Values that cost nothing to go through and are no personal data."""


def of_function(node: FunctionOf, compile_node: Compile) -> Run:
    """A function with what it sees where it stands."""
    parameters, declared = node.parameters, tuple(("", wanted or types.ANY) for wanted in node.types)
    kind = Type("function", (*declared, ("->", types.ANY)))
    if node.external:
        outside = Closure(parameters, lambda budget, _: operations.nothing(budget, reasons.EXTERNAL), kind)
        return lambda frame: outside  # type: ignore[return-value]  # a function is a value only inside one evaluation
    body, steps, high = compile_node(node.body), weight(node.body), height(node.body)

    def run(frame: Frame) -> Value:
        made = frame.kept()

        def call(budget: Budget, arguments: tuple[Value, ...]) -> Value:
            given = dict(zip(parameters, arguments, strict=True))
            for name, wanted in zip(parameters, node.types, strict=True):
                if wanted is not None:
                    given[name] = types.coerce(given[name], wanted, frame.types, budget=budget)
                    if given[name] is None is not arguments[parameters.index(name)]:
                        return operations.unnamed(budget, reasons.PARAMETER, name, named(wanted.name))
            budget.enter(high)
            budget.spend(steps)
            found = body(made.bind(given))
            budget.leave(high)
            return found

        return Closure(parameters, call, kind)  # type: ignore[return-value]  # as above

    return run


def of_call(node: Call, compile_node: Compile) -> Run:
    """A call."""
    arguments = [compile_node(argument) for argument in node.arguments]
    if isinstance(node.function, BuiltIn):
        return _built_in(node.function, arguments, node.names)
    function = compile_node(node.function)

    def run(frame: Frame) -> Value:
        called = function(frame)
        given = tuple(argument(frame) for argument in arguments)
        if not isinstance(called, Closure):
            return operations.nothing(frame.budget, reasons.NO_FUNCTION, called)
        if called.forms is not None:
            return called.forms(frame.budget, given, node.names)
        if node.names:
            if set(node.names) != set(called.parameters):
                return operations.unnamed(frame.budget, reasons.NAMES, ", ".join(called.parameters))
            by_name = dict(zip(node.names, given, strict=True))
            given = tuple(by_name[name] for name in called.parameters)
        if len(given) != len(called.parameters):
            return operations.unnamed(frame.budget, reasons.COUNT, len(called.parameters), len(given))
        frame.budget.spend()
        return called.call(frame.budget, given)

    return run


def _built_in(function: BuiltIn, arguments: list[Run], names: tuple[str, ...]) -> Run:
    name = function.name
    known = FUNCTIONS.get(name)
    if known is None:
        return _of_host(name, arguments, names)
    call = chosen(known, len(arguments), names)
    if known[0].clock:
        return lambda frame: _called(frame.budget, name, call, _moment(frame, arguments))
    if len(arguments) == 1:
        (argument,) = arguments
        return lambda frame: _called(frame.budget, name, call, (argument(frame),))
    return lambda frame: _called(frame.budget, name, call, tuple([argument(frame) for argument in arguments]))


def _moment(frame: Frame, arguments: Sequence[Run]) -> tuple[Value, ...]:
    """The time of the command, which the scope holds under the reserved name."""
    return (frame.scope.get("now", frame.budget.now), *(argument(frame) for argument in arguments))


def _called(budget: Budget, name: str, call: Chosen | None, given: tuple[Value, ...]) -> Value:
    budget.spend()
    for value in given:
        if type(value) not in SMALL:
            budget.touch(value)
            operations.no_personal(value)
    if call is None:
        return operations.unnamed(budget, reasons.ARGUMENTS, name)
    return call(budget, given)


def _of_host(name: str, arguments: list[Run], names: tuple[str, ...]) -> Run:
    def run(frame: Frame) -> Value:
        frame.budget.spend(HOST_STEPS)
        if name not in frame.functions:
            raise FeelError(f"此处不能使用函数 {name}", f"the function {name} is not available here")
        function = frame.functions[name]
        given = tuple([argument(frame) for argument in arguments])
        operations.no_personal(*given)
        ordered = arrange(function.parameters, given, names)
        if ordered is None:
            wanted = ", ".join(function.parameters)
            raise FeelError(f"函数 {name} 的参数应为 {wanted}", f"expected {name} to be given {wanted}")
        return function.call(*ordered)

    return run


def of_built_in(node: BuiltIn, compile_node: Compile) -> Run:
    """A built-in function as a value."""
    name, known = node.name, FUNCTIONS.get(node.name)
    if known is None:
        raise FeelError(f"{name} 是函数,应写括号", f"{name} is a function: expected brackets after it")

    def run(frame: Frame) -> Value:
        def call(budget: Budget, given: tuple[Value, ...], names: tuple[str, ...] = ()) -> Value:
            moment = _moment(frame, ()) if known[0].clock else ()
            return _called(budget, name, chosen(known, len(given), names), (*moment, *given))

        return Closure(known[0].parameters, call, forms=call)  # type: ignore[return-value]  # as above

    return run


def of_instance_of(node: InstanceOf, compile_node: Compile) -> Run:
    """Is a value of a type?"""
    value = compile_node(node.value)
    return lambda frame: types.conforms(value(frame), node.type, frame.types, exact=True, budget=frame.budget)
