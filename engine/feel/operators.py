"""Closures of names, constants and operators; what is most common in conditions goes the shortest way."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from engine.feel import operations, reasons
from engine.feel.frame import Compile, Frame, Run
from engine.feel.tree import Between, Binary, If, Literal, Name, Negation
from engine.value import Context, Value

LONG = 1_024
"""Longer texts cost steps when they are compared."""


def of_literal(node: Literal, compile_node: Compile) -> Run:
    """A constant."""
    value = node.value
    return lambda frame: value


def of_name(node: Name, compile_node: Compile) -> Run:
    """A variable: bound inside, from outside, or whatever the item of a filter has."""
    name, filters = node.name, node.filters
    if node.dynamic:
        return lambda frame: dynamic(frame, name)
    if filters:
        return lambda frame: _shadowed(frame, name, filters)
    if node.local:
        return lambda frame: frame.local[name]
    return lambda frame: frame.scope[name]


def _shadowed(frame: Frame, name: str, filters: int) -> Value:
    """Inside a filter an entry of the item hides a name outside of it."""
    for item in reversed(frame.items[-filters:]):
        if isinstance(item, Context) and name in item:
            return item[name]
    return frame.local[name] if name in frame.local else frame.scope[name]


def dynamic(frame: Frame, name: str) -> Value:
    """A name that only the item of a filter can know, or whoever evaluates."""
    if name == "item" and frame.items:
        last = frame.items[-1]
        return last["item"] if isinstance(last, Context) and "item" in last else last
    for item in reversed(frame.items):
        if isinstance(item, Context) and name in item:
            return item[name]
    if name in frame.local:
        return frame.local[name]
    try:
        return frame.scope[name]
    except KeyError:
        return operations.unnamed(frame.budget, reasons.NO_NAME, name)


def of_negation(node: Negation, compile_node: Compile) -> Run:
    """Minus."""
    operand = compile_node(node.operand)
    return lambda frame: operations.negate(frame.budget, operand(frame))


def of_binary(node: Binary, compile_node: Compile) -> Run:
    """Operands with operators of one level between them, from left to right."""
    first = compile_node(node.first)
    if node.rest[0][0] in ("and", "or"):
        operands = [compile_node(operand) for _, operand in node.rest]
        return (_conjunction if node.rest[0][0] == "and" else _disjunction)(first, operands)
    if len(node.rest) == 1 and isinstance(node.rest[0][1], Literal):
        return _with_constant(first, node.rest[0][0], node.rest[0][1].value)
    rest = [(operations.ARITHMETIC[operator], compile_node(operand)) for operator, operand in node.rest]
    if len(rest) == 1:
        operation, second = rest[0]
        return lambda frame: operation(frame.budget, first(frame), second(frame))

    def run(frame: Frame) -> Value:
        found = first(frame)
        for operation, operand in rest:
            found = operation(frame.budget, found, operand(frame))
        return found

    return run


def _with_constant(first: Run, operator: str, constant: Value) -> Run:
    operation = operations.ARITHMETIC[operator]
    if type(constant) is Decimal and operator in _NUMBERS:
        compare = _NUMBERS[operator]

        def compared(frame: Frame) -> Value:
            found = first(frame)
            return compare(found, constant) if type(found) is Decimal else operation(frame.budget, found, constant)

        return compared
    if type(constant) is str and operator in ("=", "!="):
        wanted = operator == "="

        def equal(frame: Frame) -> Value:
            found = first(frame)
            if type(found) is str and len(found) < LONG:
                return (found == constant) is wanted
            return operation(frame.budget, found, constant)

        return equal
    return lambda frame: operation(frame.budget, first(frame), constant)


def _conjunction(first: Run, rest: list[Run]) -> Run:
    """`and`: three-valued, false wins, then null. DMN 1.5 table 50."""

    def run(frame: Frame) -> Value:
        found = first(frame)
        for operand in rest:
            if found is False:
                return False
            other = operand(frame)
            found = False if other is False else True if found is True and other is True else None
        return found

    return run


def _disjunction(first: Run, rest: list[Run]) -> Run:
    """`or`: three-valued, true wins, then null."""

    def run(frame: Frame) -> Value:
        found = first(frame)
        for operand in rest:
            if found is True:
                return True
            other = operand(frame)
            found = True if other is True else False if found is False and other is False else None
        return found

    return run


def of_between(node: Between, compile_node: Compile) -> Run:
    """`between`: at least one end and at most the other."""
    value, low, high = compile_node(node.value), compile_node(node.low), compile_node(node.high)
    at_least, at_most = operations.compare(">="), operations.compare("<=")

    def run(frame: Frame) -> Value:
        found = value(frame)
        above = at_least(frame.budget, found, low(frame))
        if above is False:
            return False
        below = at_most(frame.budget, found, high(frame))
        return False if below is False else True if above is True and below is True else None

    return run


def of_if(node: If, compile_node: Compile) -> Run:
    """The first branch whose condition is true."""
    branches = [(compile_node(condition), compile_node(value)) for condition, value in node.branches]
    otherwise = compile_node(node.otherwise)

    def run(frame: Frame) -> Value:
        for condition, value in branches:
            if condition(frame) is True:
                return value(frame)
        return otherwise(frame)

    return run


_NUMBERS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "=": Decimal.__eq__,
    "!=": Decimal.__ne__,
    "<": Decimal.__lt__,
    "<=": Decimal.__le__,
    ">": Decimal.__gt__,
    ">=": Decimal.__ge__,
}
