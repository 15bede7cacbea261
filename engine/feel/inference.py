"""What a tree tells about the types of its values, so that names of entries are found, also those with spaces and signs.

It is a help for reading, never a proof: any value may be null, and `Any` says that nothing is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from engine.feel import operations
from engine.feel.names import Names
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
    Negation,
    Node,
    Path,
    Test,
    Tests,
    Type,
)

Types = Mapping[str, Type]
ANY = Type("Any")
NUMBER, STRING, BOOLEAN, NULL = Type("number"), Type("string"), Type("boolean"), Type("Null")
HEIGHT = 100
WORK = 20_000
ALIASES = 16

PROPERTIES: Mapping[str, Mapping[str, Type]] = {
    "date": dict.fromkeys(("year", "month", "day", "weekday"), NUMBER),
    "time": {
        **dict.fromkeys(("hour", "minute", "second"), NUMBER),
        "timezone": STRING,
        "time offset": Type("days and time duration"),
    },
    "days and time duration": dict.fromkeys(("days", "hours", "minutes", "seconds"), NUMBER),
    "years and months duration": dict.fromkeys(("years", "months"), NUMBER),
    "range": {"start included": BOOLEAN, "end included": BOOLEAN, "start": ANY, "end": ANY},
}
RESULTS: Mapping[str, Type] = {
    **dict.fromkeys(
        ("number", "count", "sum", "mean", "median", "stddev", "product", "abs", "modulo", "sqrt", "log", "exp", "floor",
         "ceiling", "decimal", "round up", "round down", "round half up", "round half down", "string length",
         "day of year", "week of year"),
        NUMBER,
    ),
    **dict.fromkeys(
        ("string", "substring", "substring before", "substring after", "upper case", "lower case", "replace",
         "string join", "day of week", "month of year"),
        STRING,
    ),
    **dict.fromkeys(
        ("not", "contains", "starts with", "ends with", "matches", "list contains", "all", "any", "odd", "even", "is",
         "before", "after", "meets", "met by", "overlaps", "overlaps before", "overlaps after", "finishes",
         "finished by", "includes", "during", "starts", "started by", "coincides"),
        BOOLEAN,
    ),
    "date": Type("date"),
    "time": Type("time"),
    "date and time": Type("date and time"),
    "split": Type("list", (("", STRING),)),
    "index of": Type("list", (("", NUMBER),)),
    "get entries": Type("list", (("", Type("context", (("key", STRING), ("value", ANY)))),)),
}  # fmt: skip
SAME_LIST = frozenset(
    ["append", "concatenate", "insert before", "remove", "reverse", "sublist", "union", "distinct values", "sort",
     "list replace", "duplicate values"]
)  # fmt: skip
ONE_OF = frozenset(["min", "max"])


def list_of(element: Type) -> Type:
    """The type of a list of such elements."""
    return ANY_LIST if element is ANY else Type("list", (("", element),))


def one_or_many(element: Type) -> Type:
    """The type of what is one such element, or a list of them: nobody can tell, but the names of entries are known."""
    return ANY if element is ANY else Type("Any", (("", element),))


ANY_LIST = Type("list")
LISTED = ("list", "Any")


class Inference:
    """The types of the nodes of one source, each found once."""

    def __init__(self, named: Types) -> None:
        self.named = named
        self.found: dict[int, tuple[Node, Type]] = {}
        self.names: dict[int, tuple[Type, Names]] = {}
        self.depth = 0
        self.work = WORK

    def note(self, node: Node, known: Type) -> None:
        """Keep what the reader knows about a node: the type of a name."""
        self.found[id(node)] = (node, known)

    def of(self, node: Node) -> Type:
        """The type of a node's value."""
        kept = self.found.get(id(node))
        if kept is not None:
            return kept[1]
        if self.depth >= HEIGHT:
            return ANY
        self.depth += 1
        found = self._of(node)
        self.depth -= 1
        self.note(node, found)
        return found

    def resolved(self, known: Type) -> Type:
        """What a name of a type stands for."""
        for _ in range(ALIASES):
            if known.name not in self.named or known.parts:
                return known
            known = self.named[known.name]
        return ANY

    def element(self, known: Type) -> Type:
        """The type of a list's elements; anything else stands for a list of itself."""
        found = self.resolved(known)
        if found.name not in LISTED:
            return found
        return found.parts[0][1] if found.parts else ANY

    def item(self, known: Type) -> Type:
        """The context that paths and filters look into, through lists of lists."""
        found = self.resolved(known)
        for _ in range(ALIASES):
            if found.name not in LISTED or not found.parts:
                return found
            found = self.resolved(self.element(found))
        return ANY

    def entries(self, known: Type) -> Names:
        """The names that may follow a dot, or stand in a filter, as far as they are known."""
        found = self.item(known)
        kept = self.names.get(id(found))
        if kept is None:
            listed = found.parts if found.name == "context" else ()
            kept = self.names[id(found)] = (found, Names(name for name, _ in listed))
        return kept[1]

    def types_of_entries(self, known: Type) -> dict[str, Type]:
        """The entries of a context, as far as they are known."""
        found = self.resolved(known)
        return dict(found.parts) if found.name == "context" else {}

    def entry(self, known: Type, name: str, depth: int = ALIASES) -> Type:
        """The type of an entry or property; of a list, the list of them."""
        found = self.resolved(known)
        if found.name in LISTED:
            inside = self.entry(self.element(found), name, depth - 1) if found.parts and depth else ANY
            return list_of(inside) if found.name == "list" else one_or_many(inside)
        if found.name == "context":
            return next((part for key, part in found.parts if key == name), ANY)
        if found.name == "date and time":
            return PROPERTIES["date"].get(name) or PROPERTIES["time"].get(name, ANY)
        return PROPERTIES.get(found.name, {}).get(name, ANY)

    def merged(self, one: Type, other: Type) -> Type:
        """What is known of a value that is of one of two types."""
        self.work -= 1
        one, other = self.resolved(one), self.resolved(other)
        if one is other or other is NULL:
            return one
        if one is NULL:
            return other
        if self.work < 0 or one.name != other.name or one.name == "Any":
            return ANY
        if one.name == "context":
            return self._merged_contexts(one, other)
        if one.name == "list" and one.parts and other.parts:
            return list_of(self.merged(one.parts[0][1], other.parts[0][1]))
        return one if not one.parts and not other.parts else Type(one.name)

    def _merged_contexts(self, one: Type, other: Type) -> Type:
        entries = dict(one.parts)
        self.work -= len(other.parts)
        for name, part in other.parts:
            entries[name] = self.merged(entries[name], part) if name in entries else part
        return Type("context", tuple(entries.items()))

    def _all(self, nodes: tuple[Node, ...]) -> Type:
        found = self.of(nodes[0]) if nodes else ANY
        for node in nodes[1:]:
            if found is ANY:
                break
            found = self.merged(found, self.of(node))
        return found

    def _of(self, node: Node) -> Type:
        match node:
            case Literal():
                return NULL if node.value is None else Type(operations.kind(node.value))
            case Binary():
                return self._binary(node)
            case Between() | In() | Tests() | InstanceOf():
                return BOOLEAN
            case Negation():
                return self.of(node.operand)
            case Interval() | Test():
                return self._range(node)
            case ListOf():
                return list_of(self._all(node.items))
            case ContextOf():
                return Type("context", tuple((name, self.of(entry)) for name, entry in node.entries))
            case If():
                return self._all((*(value for _, value in node.branches), node.otherwise))
            case _:
                return self._operation(node)

    def _operation(self, node: Node) -> Type:
        match node:
            case Path():
                return self.entry(self.of(node.value), node.name)
            case Filter():
                return self._filter(node)
            case Iteration():
                return list_of(self.of(node.body)) if node.kind == "for" else BOOLEAN
            case FunctionOf():
                parameters = tuple(("", wanted or ANY) for wanted in node.types)
                return Type("function", (*parameters, ("->", ANY if node.external else self.of(node.body))))
            case Call():
                return self._call(node)
            case _:
                return ANY

    def _range(self, node: Interval | Test) -> Type:
        if isinstance(node, Test):
            return Type("range", (("", self.of(node.operand)),))
        return Type("range", (("", self.merged(self.of(node.low), self.of(node.high))),))

    def _binary(self, node: Binary) -> Type:
        sign = node.rest[-1][0]
        if sign not in ("+", "-", "*", "/", "**"):
            return BOOLEAN
        kinds = {self.resolved(self.of(part)).name for part in (node.first, *(part for _, part in node.rest))}
        if kinds == {"number"}:
            return NUMBER
        return STRING if kinds == {"string"} and sign == "+" else ANY

    def _filter(self, node: Filter) -> Type:
        element = self.element(self.of(node.value))
        match node.condition:
            case Literal(value=Decimal()) | Negation(operand=Literal(value=Decimal())):
                return element
            case _:
                known = self.resolved(self.of(node.condition)).name
                return list_of(element) if known == "boolean" else one_or_many(element)

    def _call(self, node: Call) -> Type:
        if not isinstance(node.function, BuiltIn):
            found = self.resolved(self.of(node.function))
            return found.parts[-1][1] if found.name == "function" and found.parts else ANY
        name = node.function.name
        if node.names or not node.arguments:
            return RESULTS.get(name, ANY)
        first = node.arguments[0]
        if name in SAME_LIST:
            return list_of(self.element(self.of(first)))
        if name in ONE_OF:
            return self.element(self.of(first)) if len(node.arguments) == 1 else self._all(node.arguments)
        if name == "get value" and isinstance(node.arguments[-1], Literal):
            return self.entry(self.of(first), str(node.arguments[-1].value))
        return RESULTS.get(name, ANY)
