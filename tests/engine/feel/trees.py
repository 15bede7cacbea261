"""Generated trees of FEEL: every kind of node, with names that are in scope where they stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from hypothesis import strategies as st

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
)
from tests.engine.value_strategies import DATE_TIMES, DATES, DAYS, NUMBERS, TEXTS, TIMES

OUTSIDE = ("a", "rows", "单价", "unit price", "a-b", "in stock", "王's")
INSIDE = ("x", "y", "x y", "x+y", "n")
KEYS = (*INSIDE, "key", "a 1", "quoted: key", "")
ENTRIES = ("key", "k l", "time offset", "year")
CALLED = ("count", "substring", "date and time", "not", "sort")
LEVELS = (("or",), ("and",), ("=", "!=", "<", "<=", ">", ">="), ("+", "-"), ("*", "/"), ("**",))


@dataclass(frozen=True)
class Place:
    """Where a node stands: how deep it may be, the names bound around it, and whether it is inside a filter."""

    depth: int
    bound: frozenset[str] = frozenset()
    filtered: bool = False

    def deeper(self) -> Place:
        """One level further down."""
        return replace(self, depth=self.depth - 1)

    def binding(self, *names: str) -> Place:
        """With more names."""
        return replace(self, bound=self.bound | set(names))


LITERALS: st.SearchStrategy[Node] = st.builds(
    Literal,
    st.one_of(
        NUMBERS.map(Decimal.copy_abs), TEXTS, st.booleans(), st.none(), DATES, TIMES, DATE_TIMES, DAYS,
    ),
)  # fmt: skip
TYPES: st.SearchStrategy[Type] = st.recursive(
    st.sampled_from([Type(name) for name in ("number", "string", "date and time", "Any", "Null", "tLoan", "t a.b")]),
    lambda inner: st.one_of(
        inner.map(lambda part: Type("list", (("", part),))),
        inner.map(lambda part: Type("range", (("", part),))),
        st.tuples(inner, inner).map(lambda parts: Type("context", (("a", parts[0]), ("b c", parts[1])))),
        st.tuples(inner, inner).map(lambda parts: Type("function", (("", parts[0]), ("->", parts[1])))),
    ),
    max_leaves=4,
)


def names_at(place: Place) -> st.SearchStrategy[Node]:
    """A name that can be read at a place."""
    found = [Name(name) for name in OUTSIDE if name not in place.bound]
    found += [Name(name, local=True) for name in sorted(place.bound)]
    if place.filtered and "item" not in place.bound:
        found.append(Name("item", dynamic=True))
    return st.sampled_from(found)


@st.composite
def nodes(draw: st.DrawFn, place: Place) -> Node:
    """Any node but unary tests."""
    if place.depth <= 0:
        return draw(st.one_of(LITERALS, names_at(place)))
    kind = draw(st.sampled_from(sorted(BUILDERS)))
    return draw(BUILDERS[kind](place.deeper()))


@st.composite
def binaries(draw: st.DrawFn, place: Place) -> Node:
    level = draw(st.sampled_from(LEVELS))
    rest = draw(st.lists(st.tuples(st.sampled_from(level), nodes(place)), min_size=1, max_size=3))
    first = draw(nodes(place))
    joined = isinstance(first, Binary) and first.rest[0][0] in level
    return first if joined else Binary(first, tuple(rest))


@st.composite
def contexts(draw: st.DrawFn, place: Place) -> Node:
    entries: list[tuple[str, Node]] = []
    for name in draw(st.lists(st.sampled_from(KEYS), unique=True, max_size=3)):
        entries.append((name, draw(nodes(place))))
        place = place.binding(name) if name in INSIDE else place
    return ContextOf(tuple(entries))


@st.composite
def iterations(draw: st.DrawFn, place: Place) -> Node:
    kind = draw(st.sampled_from(("for", "some", "every")))
    names = draw(st.lists(st.sampled_from(INSIDE), unique=True, min_size=1, max_size=2))
    sources: list[tuple[Node, Node | None]] = []
    for name in names:
        low = draw(nodes(place))
        counted = draw(st.booleans()) and not isinstance(low, Interval)
        sources.append((low, draw(nodes(place)) if counted else None))
        place = place.binding(name)
    body = draw(nodes(place.binding("partial") if kind == "for" else place))
    return Iteration(kind, tuple(names), tuple(sources), body)


@st.composite
def functions(draw: st.DrawFn, place: Place) -> Node:
    names = draw(st.lists(st.sampled_from(INSIDE), unique=True, max_size=2))
    types = tuple(draw(st.one_of(st.none(), TYPES)) for _ in names)
    return FunctionOf(tuple(names), draw(nodes(place.binding(*names))), types, draw(st.booleans()))


@st.composite
def calls(draw: st.DrawFn, place: Place) -> Node:
    function = draw(st.one_of(st.sampled_from([BuiltIn(name) for name in CALLED]), nodes(place)))
    arguments = draw(st.lists(tests_at(place), max_size=3))
    names = ("p", "q r", "s t u")[: len(arguments)] if draw(st.booleans()) else ()
    return Call(function, tuple(arguments), names)


def tests_at(place: Place) -> st.SearchStrategy[Node]:
    """A node, or a comparison with what is tested."""
    signs = st.sampled_from(LEVELS[2])
    return st.one_of(nodes(place), st.builds(Test, signs, nodes(place)))


@st.composite
def conditions(draw: st.DrawFn, place: Place) -> Node:
    branches = draw(st.lists(st.tuples(nodes(place), nodes(place)), min_size=1, max_size=2))
    return If(tuple(branches), draw(nodes(place)))


@st.composite
def filters(draw: st.DrawFn, place: Place) -> Node:
    return Filter(draw(nodes(place)), draw(nodes(replace(place, filtered=True))))


@st.composite
def memberships(draw: st.DrawFn, place: Place) -> Node:
    tested = place.binding("?")
    return In(draw(nodes(place)), tuple(draw(st.lists(tests_at(tested), min_size=1, max_size=3))))


BUILDERS: dict[str, Callable[[Place], st.SearchStrategy[Node]]] = {
    "a literal": lambda place: LITERALS,
    "a name": names_at,
    "minus": lambda place: st.builds(Negation, nodes(place)),
    "operators": binaries,
    "between": lambda place: st.builds(Between, nodes(place), nodes(place), nodes(place)),
    "in": memberships,
    "a test": lambda place: st.builds(Test, st.sampled_from(LEVELS[2]), nodes(place)),
    "a range": lambda place: st.builds(Interval, nodes(place), nodes(place), st.booleans(), st.booleans()),
    "a list": lambda place: st.lists(tests_at(place), max_size=3).map(lambda items: ListOf(tuple(items))),
    "a context": contexts,
    "a path": lambda place: st.builds(Path, nodes(place), st.sampled_from(ENTRIES)),
    "a filter": filters,
    "a call": calls,
    "if": conditions,
    "an iteration": iterations,
    "a function": functions,
    "instance of": lambda place: st.builds(InstanceOf, nodes(place), TYPES),
}
TREES = nodes(Place(3))
CELLS = st.builds(Tests, st.lists(tests_at(Place(2, frozenset())), max_size=3).map(tuple), st.booleans()).filter(
    lambda found: found.tests or not found.negated
)
