"""FEEL, the expression language of DMN 1.5: source to closures, evaluated on immutable values.

`compile` reads a source with the names in scope and keeps the result; `Expression.evaluate` runs it. What has no
meaning yields null, as the standard says; only unreadable sources and used-up budgets raise FeelError.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

from engine.feel.budget import HEIGHT, Budget
from engine.feel.cache import Cache
from engine.feel.compiler import compile_node
from engine.feel.errors import FeelError
from engine.feel.frame import Frame, HostFunction
from engine.feel.functions import FUNCTIONS
from engine.feel.names import entry_names, used_names
from engine.feel.parser import Parser
from engine.feel.paths import reads, touched_paths
from engine.feel.result import bounded
from engine.feel.tree import Node, height, weight
from engine.value import Value

STACK = 10_000
"""Frames of Python's stack: heights are counted, so an outcome must not depend on how deep the caller stands."""

if sys.getrecursionlimit() < STACK:
    sys.setrecursionlimit(STACK)

NO_FUNCTIONS: Mapping[str, HostFunction] = {}
NO_NAMES: frozenset[str] = frozenset()
BUILT_IN = frozenset(FUNCTIONS)


class Expression:
    """A compiled expression; immutable, shared by all who use the same source with the same names."""

    __slots__ = ("names", "run", "source", "touched", "tree", "weight")

    def __init__(self, source: str, tree: Node) -> None:
        if height(tree) > HEIGHT:
            raise FeelError("表达式嵌套过深", "expected an expression with less nesting")
        self.source = source
        self.tree = tree
        self.weight = weight(tree)
        self.run = compile_node(tree)
        self.names = used_names(tree)
        self.touched = touched_paths(tree)

    def evaluate(
        self,
        scope: Mapping[str, Value],
        *,
        functions: Mapping[str, HostFunction] = NO_FUNCTIONS,
        budget: Budget | None = None,
    ) -> Value:
        """The value in a scope that has every name the expression was compiled with. Raises FeelError."""
        own = budget or Budget()
        own.spend(self.weight)
        try:
            return bounded(self.run(Frame(scope, own, functions)))
        except RecursionError:
            raise FeelError("表达式嵌套过深", "expected an expression with less nesting") from None

    def reads(self, path: tuple[str, ...]) -> bool:
        """It may read that entry: a path is the name of a variable, then the names of entries."""
        return reads(self.touched, path)


def _whole(source: str, names: frozenset[str], functions: frozenset[str]) -> Expression:
    return Expression(source, Parser(source, names, functions | BUILT_IN).whole())


def _unary(source: str, names: frozenset[str], functions: frozenset[str]) -> Expression:
    return Expression(source, Parser(source, names | {"?"}, functions | BUILT_IN).unary_tests())


WHOLE = Cache(_whole)
UNARY = Cache(_unary)


def compile(source: str, names: frozenset[str] = NO_NAMES, functions: frozenset[str] = NO_NAMES) -> Expression:
    """The expression of a source; `names` are the variables it may use, `functions` those of the host. Raises FeelError."""
    return WHOLE.get(source, names, functions)


def compile_unary(source: str, names: frozenset[str] = NO_NAMES, functions: frozenset[str] = NO_NAMES) -> Expression:
    """Unary tests of `?`, as a decision table's cell has them. Raises FeelError."""
    return UNARY.get(source, names, functions)


def evaluate(source: str, scope: Mapping[str, Value] | None = None) -> Value:
    """The value of a source in a scope."""
    found = scope or {}
    return compile(source, frozenset(found)).evaluate(found)


__all__ = [
    "Budget",
    "Expression",
    "FeelError",
    "HostFunction",
    "compile",
    "compile_unary",
    "entry_names",
    "evaluate",
    "used_names",
]
