"""What is known about a source before it is read: the names it may use, and the types they have."""

from __future__ import annotations

from typing import NamedTuple

from engine.feel.tree import Type

NO_NAMES: frozenset[str] = frozenset()
NO_TYPES: frozenset[tuple[str, Type]] = frozenset()


class Known(NamedTuple):
    """Names in scope, functions in scope, the types of variables as far as known, and the named types of a model."""

    names: frozenset[str] = NO_NAMES
    functions: frozenset[str] = NO_NAMES
    variables: frozenset[tuple[str, Type]] = NO_TYPES
    types: frozenset[tuple[str, Type]] = NO_TYPES

    def with_names(self, names: frozenset[str], functions: frozenset[str]) -> Known:
        """The same with more names and functions; a variable whose type is known is in scope too."""
        typed = frozenset(name for name, _ in self.variables)
        return self._replace(names=self.names | names | typed, functions=self.functions | functions)
