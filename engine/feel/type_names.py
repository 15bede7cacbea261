"""Types as they are written in a source: FEEL's own, with parts in angle brackets, and those of a model."""

from __future__ import annotations

from engine.feel.names import words
from engine.feel.scope import Scope
from engine.feel.tree import Type

TYPES = (
    "days and time duration", "years and months duration", "date and time", "number", "string", "boolean", "date",
    "time", "list", "context", "range", "function", "Any", "Null",
)  # fmt: skip


class TypeNames(Scope):
    """A source in which the names of types may stand."""

    def _type(self) -> Type:
        """A type: one of FEEL's own, or one that the model names."""
        self._deeper()
        own = next((name for name in TYPES if self._follows(words(name))), "")
        named = self.type_names.longest(self.tokens, self.at)
        if named is not None and len(words(named)) > len(words(own)):
            found = Type(named)
            self._take(len(words(named)))
        elif own:
            self.at += len(words(own))
            found = Type(own, self._type_parts(own))
        else:
            raise self._unexpected("类型名称,如 number", "the name of a type, such as number", *TYPES)
        self.depth -= 1
        return found

    def _type_parts(self, name: str) -> tuple[tuple[str, Type], ...]:
        if name not in ("list", "range", "context", "function") or not self._takes("<"):
            return ()
        parts: list[tuple[str, Type]] = []
        while not self._takes(">"):
            if parts:
                self._expect(",")
            key = self._words_until(":") if name == "context" else ""
            parts.append((key, self._type()))
        if name == "function":
            self._expect("->")
            parts.append(("->", self._type()))
        return tuple(parts)
