"""Tree to closures: each node becomes one Python function of a frame. Nothing is evaluated as Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from engine.feel import operations, types
from engine.feel.budget import Budget
from engine.feel.errors import FeelError
from engine.feel.frame import Closure, Frame, Run
from engine.feel.functions import FUNCTIONS, properties
from engine.feel.functions.registry import Function, arrange
from engine.feel.iteration import Body, iterate
from engine.feel.tree import (
    Between,
    Binary,
    BuiltIn,
    Call,
    ContextOf,
    Filter,
    FunctionOf,
    If,
    In,
    InstanceOf,
    Interval,
    Iteration,
    ListOf,
    Literal,
    Name,
    Negation,
    Node,
    Path,
    Test,
    Tests,
    Type,
    height,
    inner,
    weight,
)
from engine.value import Context, Range, Value

TESTED = "?"
HOST_STEPS = 100


def compile_node(node: Node) -> Run:
    """The function of a node."""
    return _COMPILERS[type(node)](node)


def _literal(node: Literal) -> Run:
    value = node.value
    return lambda frame: value


def _name(node: Name) -> Run:
    name, filters = node.name, node.filters
    if node.dynamic:
        return lambda frame: _dynamic(frame, name)
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


def _dynamic(frame: Frame, name: str) -> Value:
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
        return operations.nothing(frame.budget, f"there is no name {name}")


def _negation(node: Negation) -> Run:
    operand = compile_node(node.operand)
    return lambda frame: operations.negate(frame.budget, operand(frame))


def _binary(node: Binary) -> Run:
    first = compile_node(node.first)
    if node.rest[0][0] in ("and", "or"):
        combine = _and if node.rest[0][0] == "and" else _or
        return _logic(first, [compile_node(operand) for _, operand in node.rest], combine)
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


def _logic(first: Run, rest: list[Run], combine: Callable[[Value, Run, Frame], Value]) -> Run:
    def run(frame: Frame) -> Value:
        found = first(frame)
        for operand in rest:
            found = combine(found, operand, frame)
        return found if isinstance(found, bool) else None

    return run


def _and(left: Value, right: Run, frame: Frame) -> Value:
    """Three-valued: false wins, then null. DMN 1.5 table 50."""
    if left is False:
        return False
    found = right(frame)
    if found is False:
        return False
    return True if left is True and found is True else None


def _or(left: Value, right: Run, frame: Frame) -> Value:
    if left is True:
        return True
    found = right(frame)
    if found is True:
        return True
    return False if left is False and found is False else None


def _between(node: Between) -> Run:
    value, low, high = compile_node(node.value), compile_node(node.low), compile_node(node.high)
    at_least, at_most = operations.compare(">="), operations.compare("<=")

    def run(frame: Frame) -> Value:
        found = value(frame)
        above = at_least(frame.budget, found, low(frame))
        return _and(above, lambda inner: at_most(inner.budget, found, high(inner)), frame)

    return run


def _in(node: In) -> Run:
    value = compile_node(node.value)
    tests = [_test_of(test) for test in node.tests]
    return lambda frame: _any(value(frame), tests, frame)


def _any(value: Value, tests: list[Callable[[Frame, Value], Value]], frame: Frame) -> Value:
    outcome: Value = False
    for test in tests:
        found = test(frame, value)
        if found is True:
            return True
        outcome = None if found is None else outcome
    return outcome


def _test_of(node: Node) -> Callable[[Frame, Value], Value]:
    """A unary test as a function of what is tested. DMN 1.5 §7.3.6 (unary tests)."""
    if isinstance(node, Test):
        operand, operation = compile_node(node.operand), operations.ARITHMETIC[node.operator]
        return lambda frame, value: operation(frame.budget, value, operand(frame))
    run = compile_node(node)
    uses_tested = _mentions(node, TESTED)

    def test(frame: Frame, value: Value) -> Value:
        found = run(frame.bind({TESTED: value})) if uses_tested else run(frame)
        if uses_tested and isinstance(found, bool):
            return found
        return matches(frame, value, found)

    return test


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


def _mentions(node: Node, name: str) -> bool:
    """The tree mentions a name."""
    return (isinstance(node, Name) and node.name == name) or any(_mentions(part, name) for part in inner(node))


def _test(node: Test) -> Run:
    """A test standing alone is a range: `(< 5)`."""
    operand, sign = compile_node(node.operand), node.operator

    def run(frame: Frame) -> Value:
        end = operand(frame)
        match sign:
            case "<" | "<=":
                return Range(None, end, False, sign == "<=")
            case ">" | ">=":
                return Range(end, None, sign == ">=", False)
            case "=":
                return Range(end, end, True, True)
            case _:
                return operations.nothing(frame.budget, "!= is no range", end)

    return run


def _tests(node: Tests) -> Run:
    tests = [_test_of(test) for test in node.tests]

    def run(frame: Frame) -> Value:
        if not tests:
            return True
        found = _any(_dynamic(frame, TESTED), tests, frame)
        return (None if found is None else not found) if node.negated else found

    return run


def _interval(node: Interval) -> Run:
    low, high = compile_node(node.low), compile_node(node.high)

    def run(frame: Frame) -> Value:
        start, end = low(frame), high(frame)
        if start is not None and end is not None and operations.order(start, end) is None:
            return operations.nothing(frame.budget, "a range has two ends of one ordered type", start, end)
        if (start is None) and (end is None):
            return operations.nothing(frame.budget, "a range has at least one end")
        return Range(start, end, node.low_closed and start is not None, node.high_closed and end is not None)

    return run


def _list(node: ListOf) -> Run:
    items = [compile_node(item) for item in node.items]
    return lambda frame: tuple([item(frame) for item in items])


def _context(node: ContextOf) -> Run:
    entries = [(name, compile_node(entry)) for name, entry in node.entries]

    def run(frame: Frame) -> Value:
        within, made = frame.bind({}), dict[str, Value]()
        for name, entry in entries:
            made[name] = within.local[name] = entry(within)
        return Context(made)

    return run


def _path(node: Path) -> Run:
    value, name = compile_node(node.value), node.name
    return lambda frame: path(frame, value(frame), name)


def path(frame: Frame, value: Value, name: str) -> Value:
    """An entry of a context, of every item of a list, or a property of a date, time, duration, range or reference."""
    frame.budget.spend()
    if type(value) is Context:
        return value[name] if name in value else operations.nothing(frame.budget, f"the context has no entry {name}")
    if isinstance(value, tuple):
        return tuple([path(frame, item, name) for item in value])
    operations.no_personal(value)
    return properties(frame.budget, value, name)


def _filter(node: Filter) -> Run:
    value, condition, steps = compile_node(node.value), compile_node(node.condition), weight(node.condition)

    def run(frame: Frame) -> Value:
        found = value(frame)
        items = found if isinstance(found, tuple) else () if found is None else (found,)
        if isinstance(node.condition, Literal | Negation):
            return _indexed(frame, items, condition(frame))
        frame.budget.spend(len(items) * steps)
        if not items:
            index = condition(frame.filtering(None))
            return _indexed(frame, items, index) if isinstance(index, Decimal) else ()
        kept: list[Value] = []
        for item in items:
            holds = condition(frame.filtering(item))
            if isinstance(holds, Decimal):
                return _indexed(frame, items, condition(frame))
            if holds is True:
                kept.append(item)
        return tuple(kept)

    return run


def _indexed(frame: Frame, items: tuple[Value, ...], index: Value) -> Value:
    if not isinstance(index, Decimal):
        return items if index is True else ()
    place = int(index)
    if place == 0 or abs(place) > len(items) or place != index:
        return operations.nothing(frame.budget, f"the list has no item {index}")
    return items[place - 1 if place > 0 else place]


def _if(node: If) -> Run:
    branches = [(compile_node(condition), compile_node(value)) for condition, value in node.branches]
    otherwise = compile_node(node.otherwise)

    def run(frame: Frame) -> Value:
        for condition, value in branches:
            if condition(frame) is True:
                return value(frame)
        return otherwise(frame)

    return run


def _iteration(node: Iteration) -> Run:
    sources = [(compile_node(low), None if high is None else compile_node(high)) for low, high in node.sources]
    steps = 1 + weight(node.body) + sum(weight(low) for low, _ in node.sources)
    partial = node.kind == "for" and _mentions(node.body, "partial")
    return iterate(node.kind, node.names, sources, Body(compile_node(node.body), steps, partial))


def _function(node: FunctionOf) -> Run:
    parameters, declared = node.parameters, tuple(("", wanted or types.ANY) for wanted in node.types)
    kind = Type("function", (*declared, ("->", types.ANY)))
    if node.external:
        outside = Closure(
            parameters, lambda budget, _: operations.nothing(budget, "external functions are not run"), kind
        )
        return lambda frame: outside  # type: ignore[return-value]  # a function is a value only inside one evaluation
    body, steps, high = compile_node(node.body), weight(node.body), height(node.body)

    def run(frame: Frame) -> Value:
        made = frame.kept()

        def call(budget: Budget, arguments: tuple[Value, ...]) -> Value:
            given = dict(zip(parameters, arguments, strict=True))
            for name, wanted in zip(parameters, node.types, strict=True):
                if wanted is not None:
                    given[name] = types.coerce(given[name], wanted, frame.types)
                    if given[name] is None is not arguments[parameters.index(name)]:
                        return operations.nothing(budget, f"{name} is no {wanted.name}", *arguments)
            budget.enter(high)
            budget.spend(steps)
            found = body(made.bind(given))
            budget.leave(high)
            return found

        return Closure(parameters, call, kind)  # type: ignore[return-value]  # as above

    return run


def _call(node: Call) -> Run:
    arguments = [compile_node(argument) for argument in node.arguments]
    if isinstance(node.function, BuiltIn):
        return _built_in(node.function, arguments, node.names)
    function = compile_node(node.function)

    def run(frame: Frame) -> Value:
        called = function(frame)
        given = tuple(argument(frame) for argument in arguments)
        if not isinstance(called, Closure):
            return operations.nothing(frame.budget, "only a function can be called", called)
        if node.names:
            if set(node.names) != set(called.parameters):
                return operations.nothing(frame.budget, "the arguments' names are not the function's")
            by_name = dict(zip(node.names, given, strict=True))
            given = tuple(by_name[name] for name in called.parameters)
        if len(given) != len(called.parameters):
            return operations.nothing(frame.budget, "the number of arguments is not the function's")
        frame.budget.spend()
        return called.call(frame.budget, given)

    return run


def _built_in(function: BuiltIn, arguments: list[Run], names: tuple[str, ...]) -> Run:
    name = function.name
    known = FUNCTIONS.get(name)
    if known is None:
        return _of_host(name, arguments, names)

    def run(frame: Frame) -> Value:
        return _called(frame.budget, name, known, tuple([argument(frame) for argument in arguments]), names)

    return run


def _called(
    budget: Budget, name: str, forms: Sequence[Function], given: tuple[Value, ...], names: tuple[str, ...] = ()
) -> Value:
    budget.spend()
    for value in given:
        budget.touch(value)
    operations.no_personal(*given)
    arranged = arrange(forms, given, names)
    if arranged is None:
        return operations.nothing(budget, f"{name} takes other arguments", *given)
    return arranged[0](budget, *arranged[1])


def _of_host(name: str, arguments: list[Run], names: tuple[str, ...]) -> Run:
    def run(frame: Frame) -> Value:
        frame.budget.spend(HOST_STEPS)
        if name not in frame.functions:
            raise FeelError(f"此处不能使用函数 {name}", f"the function {name} is not available here")
        function = frame.functions[name]
        given = tuple([argument(frame) for argument in arguments])
        operations.no_personal(*given)
        arranged = arrange([Function(name, function.parameters, function.call)], given, names)
        if arranged is None:
            wanted = ", ".join(function.parameters)
            raise FeelError(f"函数 {name} 的参数应为 {wanted}", f"expected {name} to be given {wanted}")
        return arranged[0](*arranged[1])

    return run


def _built_in_value(node: BuiltIn) -> Run:
    name, known = node.name, FUNCTIONS.get(node.name)
    if known is None:
        raise FeelError(f"{name} 是函数,应写括号", f"{name} is a function: expected brackets after it")
    made = Closure(known[0].parameters, lambda budget, arguments: _called(budget, name, known, arguments))
    return lambda frame: made  # type: ignore[return-value]  # as above


def _instance_of(node: InstanceOf) -> Run:
    value = compile_node(node.value)
    return lambda frame: types.conforms(value(frame), node.type, frame.types, exact=True)


_COMPILERS: Mapping[type, Callable[..., Run]] = {
    Literal: _literal,
    Name: _name,
    Negation: _negation,
    Binary: _binary,
    Between: _between,
    In: _in,
    Test: _test,
    Tests: _tests,
    Interval: _interval,
    ListOf: _list,
    ContextOf: _context,
    Path: _path,
    Filter: _filter,
    Call: _call,
    BuiltIn: _built_in_value,
    If: _if,
    Iteration: _iteration,
    FunctionOf: _function,
    InstanceOf: _instance_of,
}
