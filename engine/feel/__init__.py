"""FEEL, the expression language of DMN 1.5: source to closures, evaluated on immutable values.

`compile` reads a source with the names in scope and keeps the result; `Expression.evaluate` runs it. What has no
meaning yields null, as the standard says; only unreadable sources and used-up budgets raise FeelError.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.feel.budget import Budget
from engine.feel.cache import Cache
from engine.feel.errors import FeelError
from engine.feel.expression import Expression
from engine.feel.findings import Finding, Review, of_error
from engine.feel.frame import Closure, HostFunction
from engine.feel.functions import FUNCTIONS
from engine.feel.known import NO_NAMES, NO_TYPES, Known
from engine.feel.names import entry_names, used_names
from engine.feel.notes import called
from engine.feel.parser import Parser
from engine.feel.review import reviewed
from engine.feel.tree import Type
from engine.feel.types import coerce, conforms
from engine.value import Value

BUILT_IN = frozenset(FUNCTIONS)


def _whole(source: str, known: Known) -> Expression:
    parser = Parser(source, known.with_names(NO_NAMES, BUILT_IN))
    tree = parser.whole()
    return Expression(source, tree, parser.infer.of(tree), dict(known.types))


def _unary(source: str, known: Known) -> Expression:
    parser = Parser(source, known.with_names(frozenset({"?"}), BUILT_IN))
    tree = parser.unary_tests()
    return Expression(source, tree, parser.infer.of(tree), dict(known.types))


WHOLE = Cache(_whole)
UNARY = Cache(_unary)


def compile(
    source: str,
    names: frozenset[str] = NO_NAMES,
    functions: frozenset[str] = NO_NAMES,
    *,
    variables: frozenset[tuple[str, Type]] = NO_TYPES,
    types: frozenset[tuple[str, Type]] = NO_TYPES,
) -> Expression:
    """The expression of a source. Raises FeelError.

    `names` are the variables it may use, `functions` those of the host; `variables` tells the types of variables as far
    as they are known (those are in scope too), so that entries with spaces and signs in their names are found; `types`
    are the named types of a model.
    """
    return WHOLE.get(source, Known(names, functions, variables, types))


def compile_unary(
    source: str,
    names: frozenset[str] = NO_NAMES,
    functions: frozenset[str] = NO_NAMES,
    *,
    variables: frozenset[tuple[str, Type]] = NO_TYPES,
    types: frozenset[tuple[str, Type]] = NO_TYPES,
) -> Expression:
    """Unary tests of `?`, as a decision table's cell has them; `variables` may tell the type of `?`. Raises FeelError."""
    return UNARY.get(source, Known(names, functions, variables, types))


def check(
    source: str,
    names: frozenset[str] = NO_NAMES,
    functions: frozenset[str] = NO_NAMES,
    *,
    variables: frozenset[tuple[str, Type]] = NO_TYPES,
    types: frozenset[tuple[str, Type]] = NO_TYPES,
    unary: bool = False,
) -> tuple[Finding, ...]:
    """What is wrong with a source, in the order of places: why it cannot be read, or what in it cannot be meant."""
    known = Known(names, functions, variables, types)
    try:
        parser = Parser(source, known.with_names(frozenset({"?"}) if unary else NO_NAMES, BUILT_IN))
        make = compile_unary if unary else compile
        make(source, names, functions, variables=variables, types=types)
        tree = parser.unary_tests() if unary else parser.whole()
    except FeelError as error:
        return (of_error(error),)
    review = Review(source, parser.tokens, parser.infer)
    reviewed(review, tree, dict(variables).get("?"))
    return tuple(sorted(review.found, key=lambda found: (found.line, found.column)))


def evaluate(source: str, scope: Mapping[str, Value] | None = None) -> Value:
    """The value of a source in a scope."""
    found = scope or {}
    return compile(source, frozenset(found)).evaluate(found)


__all__ = [
    "Budget",
    "Closure",
    "Expression",
    "FeelError",
    "Finding",
    "HostFunction",
    "Type",
    "called",
    "check",
    "coerce",
    "compile",
    "compile_unary",
    "conforms",
    "entry_names",
    "evaluate",
    "used_names",
]
