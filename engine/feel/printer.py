"""Tree and value to source: reading what is written gives the same tree again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from engine import duration, temporal
from engine.feel.lexer import KEYWORDS
from engine.feel.names import words
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
    inner,
)
from engine.value import Context, Date, DateTime, DaysDuration, MonthsDuration, Range, Time, Value

WHOLE, OR, AND, COMPARISON, SUM, PRODUCT, POWER, SIGN, PRIMARY = range(9)
"""How tightly a form holds together, loosest first."""
LEVELS = {
    "or": OR, "and": AND, "=": COMPARISON, "!=": COMPARISON, "<": COMPARISON, "<=": COMPARISON, ">": COMPARISON,
    ">=": COMPARISON, "+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "**": POWER,
}  # fmt: skip
SIGNS = frozenset("+-*/.'") | {"**"}
PLAIN = 24
"""Digits of the longest number that is written without an exponent."""


def write(node: Node, names: Iterable[str] = ()) -> str:
    """The source of a tree; `names` are those in scope where it will be read."""
    return _Writer({*names, *_all_names(node)}).written(node, WHOLE)


def write_value(value: Value) -> str:
    """A value as FEEL; what has no form in FEEL is told in angle brackets."""
    match value:
        case tuple():
            return f"[{', '.join(write_value(item) for item in value)}]"
        case Context():
            return "{" + ", ".join(f"{_key(name)}: {write_value(entry)}" for name, entry in value.items()) + "}"
        case Range():
            return _range(value)
        case _:
            return _scalar(value)


def write_type(found: Type) -> str:
    """A type as it is written in a source."""
    if not found.parts:
        return found.name
    inside = [(f"{name}: " if found.name == "context" else "") + write_type(part) for name, part in found.parts]
    if found.name == "function":
        return f"function<{', '.join(inside[:-1])}> -> {inside[-1]}"
    return f"{found.name}<{', '.join(inside)}>"


def _range(value: Range) -> str:
    if value.low is None:
        return f"({'<=' if value.high_closed else '<'} {write_value(value.high)})"
    if value.high is None:
        return f"({'>=' if value.low_closed else '>'} {write_value(value.low)})"
    low, high = "[" if value.low_closed else "(", "]" if value.high_closed else ")"
    return f"{low}{write_value(value.low)}..{write_value(value.high)}{high}"


def _scalar(value: Value) -> str:
    match value:
        case None | bool():
            return {None: "null", True: "true", False: "false"}[value]
        case str():
            return _text(value)
        case Decimal():
            plain = format(value, "f")
            return plain if len(plain) <= PLAIN else str(value)
        case Date() | Time() | DateTime() | DaysDuration() | MonthsDuration():
            return f"@{_text(_MOMENTS[type(value)](value))}"
        case _:
            return f"<{type(value).__name__.lower()}>"


def _text(value: str) -> str:
    return '"' + "".join(_ESCAPED.get(sign, sign) for sign in value) + '"'


def _key(name: str) -> str:
    parts = words(name)
    plain = bool(parts) and " ".join(parts) == name and all(part.isidentifier() for part in parts)
    return name if plain else _text(name)


def _all_names(node: Node) -> set[str]:
    """Every name that may be read somewhere in the tree: of variables, entries, and what is bound."""
    found: set[str] = set()
    stack = [node]
    while stack:
        part = stack.pop()
        match part:
            case Name() | Path():
                found.add(part.name)
            case ContextOf():
                found.update(name for name, _ in part.entries)
            case Iteration():
                found.update(part.names)
            case FunctionOf():
                found.update(part.parameters)
            case _:
                pass
        stack.extend(inner(part))
    return found


class _Writer:
    """The writer of one tree. A name that holds signs or words of FEEL could swallow what stands beside another name."""

    def __init__(self, names: set[str]) -> None:
        self.swallowing = any(not (SIGNS | KEYWORDS).isdisjoint(words(name)) for name in names)

    def written(self, node: Node, level: int) -> str:
        """A node where at least that level is needed, in brackets if it is looser."""
        text, own = self._form(node)
        return text if own >= level else f"({text})"

    def _form(self, node: Node) -> tuple[str, int]:
        match node:
            case Literal():
                return _scalar(node.value), PRIMARY
            case Name():
                return (f"({node.name})" if self.swallowing else node.name), PRIMARY
            case BuiltIn():
                return node.name, PRIMARY
            case Negation():
                return f"-{self.written(node.operand, SIGN)}", SIGN
            case Binary():
                return self._binary(node)
            case Between():
                ends = f"{self.written(node.low, SUM)} and {self.written(node.high, SUM)}"
                return f"{self.written(node.value, SUM)} between {ends}", OR
            case In():
                return f"{self.written(node.value, SUM)} in ({self._tests(node.tests)})", OR
            case InstanceOf():
                return f"{self.written(node.value, PRIMARY)} instance of {write_type(node.type)}", OR
            case Tests():
                return self._cell(node), WHOLE
            case _:
                return self._bracketed(node)

    def _bracketed(self, node: Node) -> tuple[str, int]:
        match node:
            case Test():
                return f"({self._test(node)})", PRIMARY
            case Interval():
                low, high = "[" if node.low_closed else "(", "]" if node.high_closed else ")"
                return f"{low}{self.written(node.low, OR)}..{self.written(node.high, OR)}{high}", PRIMARY
            case ListOf():
                return f"[{self._tests(node.items)}]", PRIMARY
            case ContextOf():
                entries = (f"{_key(name)}: {self.written(entry, WHOLE)}" for name, entry in node.entries)
                return "{" + ", ".join(entries) + "}", PRIMARY
            case Path():
                return f"{self.written(node.value, PRIMARY)}.{node.name}", PRIMARY
            case Filter():
                return f"{self.written(node.value, PRIMARY)}[{self.written(node.condition, WHOLE)}]", PRIMARY
            case Call():
                return self._call(node), PRIMARY
            case _:
                return self._compound(node), WHOLE

    def _binary(self, node: Binary) -> tuple[str, int]:
        level = LEVELS[node.rest[0][0]]
        text = self.written(node.first, level + 1)
        for operator, operand in node.rest:
            text += f" {operator} {self.written(operand, level + 1)}"
        return text, level

    def _tests(self, tests: Iterable[Node]) -> str:
        return ", ".join(self._test(test) if isinstance(test, Test) else self.written(test, WHOLE) for test in tests)

    def _test(self, node: Test) -> str:
        return f"{node.operator} {self.written(node.operand, SUM)}"

    def _cell(self, node: Tests) -> str:
        text = self._tests(node.tests) or "-"
        if node.negated:
            return f"not({text})"
        if text.startswith("not("):  # as a call, not as what is said of the whole cell
            first = self.written(node.tests[0], WHOLE)
            return f"({first}){text[len(first) :]}"
        return text

    def _call(self, node: Call) -> str:
        arguments = [self._tests((argument,)) for argument in node.arguments]
        if node.names:
            arguments = [f"{name}: {argument}" for name, argument in zip(node.names, arguments, strict=True)]
        return f"{self.written(node.function, PRIMARY)}({', '.join(arguments)})"

    def _compound(self, node: Node) -> str:
        match node:
            case If():
                branches = "".join(
                    f"if {self.written(condition, WHOLE)} then {self.written(value, WHOLE)} else "
                    for condition, value in node.branches
                )
                return branches + self.written(node.otherwise, OR)
            case Iteration():
                sources = ", ".join(
                    f"{name} in {self.written(low, OR)}" + ("" if high is None else f"..{self.written(high, OR)}")
                    for name, (low, high) in zip(node.names, node.sources, strict=True)
                )
                word = "return" if node.kind == "for" else "satisfies"
                return f"{node.kind} {sources} {word} {self.written(node.body, WHOLE)}"
            case FunctionOf():
                types = node.types or (None,) * len(node.parameters)
                parameters = ", ".join(
                    name if wanted is None else f"{name}: {write_type(wanted)}"
                    for name, wanted in zip(node.parameters, types, strict=True)
                )
                external = "external " if node.external else ""
                return f"function({parameters}) {external}{self.written(node.body, WHOLE)}"
            case _:
                raise TypeError(f"expected a node, but found {type(node).__name__}")


_ESCAPED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_MOMENTS: Mapping[type, Callable[..., str]] = {
    Date: temporal.format_date,
    Time: temporal.format_time,
    DateTime: temporal.format_date_time,
    DaysDuration: duration.format_days_duration,
    MonthsDuration: duration.format_months_duration,
}
