"""A compiled expression, and what it may be asked."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from engine.feel.budget import HEIGHT, Budget
from engine.feel.compiler import compile_node
from engine.feel.errors import FeelError
from engine.feel.frame import Frame, HostFunction
from engine.feel.names import used_functions, used_names
from engine.feel.paths import reads, touched_paths
from engine.feel.result import bounded
from engine.feel.tree import Node, Type, height, weight
from engine.value import Value

STACK = 10_000
"""Frames of Python's stack: heights are counted, so an outcome must not depend on how deep the caller stands."""

if sys.getrecursionlimit() < STACK:
    sys.setrecursionlimit(STACK)

NO_FUNCTIONS: Mapping[str, HostFunction] = {}


class Expression:
    """A compiled expression; immutable, shared by all who use the same source with the same names."""

    __slots__ = ("functions", "names", "run", "source", "touched", "tree", "type", "types", "weight")

    def __init__(self, source: str, tree: Node, result: Type, types: Mapping[str, Type]) -> None:
        if height(tree) > HEIGHT:
            raise FeelError("表达式嵌套过深", "expected an expression with less nesting")
        self.source = source
        self.tree = tree
        self.type = result
        self.types = types
        self.weight = weight(tree)
        self.run = compile_node(tree)
        self.names = used_names(tree)
        self.functions = used_functions(tree)
        self.touched = touched_paths(tree)

    def evaluate(
        self,
        scope: Mapping[str, Value],
        *,
        functions: Mapping[str, HostFunction] = NO_FUNCTIONS,
        budget: Budget | None = None,
        within: bool = False,
    ) -> Value:
        """The value in a scope that has every name the expression was compiled with. Raises FeelError.

        `within` a larger evaluation a function may be the value, or stand in it; otherwise it may not leave.
        """
        own = budget or Budget()
        own.spend(self.weight)
        try:
            found = self.run(Frame(scope, own, functions, self.types))
            return found if within else bounded(found)
        except RecursionError:
            raise FeelError("表达式嵌套过深", "expected an expression with less nesting") from None

    def reads(self, path: tuple[str, ...]) -> bool:
        """It may read that entry: a path is the name of a variable, then the names of entries."""
        return reads(self.touched, path)
