"""Closures of tests and ranges: what holds of a value that is tested. DMN 1.5 §7.3.6 (unary tests)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from engine.feel import operations, reasons
from engine.feel.budget import Budget
from engine.feel.frame import Compile, Frame, Run
from engine.feel.operators import dynamic
from engine.feel.tree import In, Interval, Literal, Node, Test, Tests, mentions
from engine.value import Range, Value

TESTED = "?"


def of_in(node: In, compile_node: Compile) -> Run:
    """`in`: one of the tests holds."""
    value = compile_node(node.value)
    tests = [_test_of(test, compile_node) for test in node.tests]
    return lambda frame: _any(value(frame), tests, frame)


def _any(value: Value, tests: list[Callable[[Frame, Value], Value]], frame: Frame) -> Value:
    outcome: Value = False
    for test in tests:
        found = test(frame, value)
        if found is True:
            return True
        outcome = None if found is None else outcome
    return outcome


def _test_of(node: Node, compile_node: Compile) -> Callable[[Frame, Value], Value]:
    """A unary test as a function of what is tested. DMN 1.5 §7.3.6 (unary tests)."""
    uses_tested = mentions(node, TESTED)
    if isinstance(node, Test):
        operand, operation = compile_node(node.operand), operations.ARITHMETIC[node.operator]
        if uses_tested:
            return lambda frame, value: operation(frame.budget, value, operand(frame.bind({TESTED: value})))
        return lambda frame, value: operation(frame.budget, value, operand(frame))
    if isinstance(node, Literal) and type(node.value) in (Decimal, bool):
        return _test_of_constant(node.value)
    run = compile_node(node)
    interval = isinstance(node, Interval)

    def test(frame: Frame, value: Value) -> Value:
        found = run(frame.bind({TESTED: value})) if uses_tested else run(frame)
        if uses_tested and isinstance(found, bool):
            return found
        if found is None and interval:
            return None
        return matches(frame, value, found)

    return test


def _test_of_constant(constant: Value) -> Callable[[Frame, Value], Value]:
    kind = type(constant)
    return lambda frame, value: value == constant if type(value) is kind else matches(frame, value, constant)


def matches(frame: Frame, value: Value, found: Value) -> Value:
    """The value equals what a test yields, or lies in its range, or is in its list."""
    if isinstance(found, Range) and not isinstance(value, Range):
        return operations.includes(found, value)
    if isinstance(found, tuple) and not isinstance(value, tuple):
        return any(_holds(frame, value, item) is True for item in found)
    if isinstance(found, tuple) and any(operations.equal(frame.budget, value, item) is True for item in found):
        return True
    return operations.is_equal(frame.budget, value, found)


def _holds(frame: Frame, value: Value, item: Value) -> Value:
    """The value is an item of a list of tests, or lies in an item that is a range."""
    frame.budget.spend()
    if isinstance(item, Range) and not isinstance(value, Range):
        return operations.includes(item, value)
    return operations.equal(frame.budget, value, item)


def of_test(node: Test, compile_node: Compile) -> Run:
    """A test standing alone is a range: `(< 5)`."""
    operand, sign = compile_node(node.operand), node.operator

    def run(frame: Frame) -> Value:
        end = operand(frame)
        if end is None:
            return operations.nothing(frame.budget, reasons.ENDS, end)
        match sign:
            case "<" | "<=":
                return Range(None, end, False, sign == "<=")
            case ">" | ">=":
                return Range(end, None, sign == ">=", False)
            case "=":
                return Range(end, end, True, True)
            case _:
                return operations.nothing(frame.budget, reasons.UNEQUAL_RANGE, end)

    return run


def of_tests(node: Tests, compile_node: Compile) -> Run:
    """The cell of a decision table."""
    tests = [_test_of(test, compile_node) for test in node.tests]

    def run(frame: Frame) -> Value:
        if not tests:
            return True
        found = _any(dynamic(frame, TESTED), tests, frame)
        return (None if found is None else not found) if node.negated else found

    return run


def of_interval(node: Interval, compile_node: Compile) -> Run:
    """A range between two ends; of two constants it is made once."""
    if isinstance(node.low, Literal) and isinstance(node.high, Literal):
        constant = _between(Budget(), node, node.low.value, node.high.value)
        if constant is not None:
            return lambda frame: constant
    low, high = compile_node(node.low), compile_node(node.high)
    return lambda frame: _between(frame.budget, node, low(frame), high(frame))


def _between(budget: Budget, node: Interval, low: Value, high: Value) -> Value:
    if low is None or high is None or operations.order(low, high) is None:
        return operations.nothing(budget, reasons.ENDS, low, high)
    return Range(low, high, node.low_closed, node.high_closed)
