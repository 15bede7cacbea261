"""Which entries of the variables an expression reads: found in its tree, without evaluating it.

A path is the name of a variable and the names of entries within; lists have no part in it. Where the tree does not tell
which entry is read, more is named rather than less: `*` ends a path of which any entry may be read, and `?` begins one
whose variable is unknown, as that of a function's parameter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.feel.tree import (
    BuiltIn,
    Call,
    ContextOf,
    Filter,
    FunctionOf,
    If,
    In,
    Iteration,
    ListOf,
    Literal,
    Name,
    Node,
    Path,
    inner,
)

Entry = tuple[str, ...]
UNKNOWN: Entry = ("?",)
ANY = "*"


@dataclass(frozen=True, slots=True)
class _Shape:
    """Where a value may come from; `entries` those of a context that the expression makes itself."""

    paths: frozenset[Entry] = frozenset()
    entries: Mapping[str, _Shape] = field(default_factory=dict)


NOTHING = _Shape()
WORK = 50_000


class _TooMuch(Exception):
    """The shapes of an expression are too many to be told apart: it may read anything."""


def touched_paths(node: Node) -> frozenset[Entry]:
    """Every path that the expression reads, also in part."""
    reader = _Reader()
    try:
        reader.shape(node, {})
    except _TooMuch:
        return frozenset({(*UNKNOWN, ANY)})
    return frozenset(reader.touched)


def reads(touched: Iterable[Entry], wanted: Entry) -> bool:
    """One of the paths is the wanted one, lies within it, or may be it."""
    return any(_may_be(path, wanted) for path in touched)


def _may_be(path: Entry, wanted: Entry) -> bool:
    if path[-1] == ANY:
        return path[0] == UNKNOWN[0] or wanted[: len(path) - 1] == path[:-1]
    if path[0] == UNKNOWN[0]:
        return len(path) > 1 and wanted[-1] in path[1:]
    return path[: len(wanted)] == wanted


class _Reader:
    """One walk through a tree, with the items of the filters around."""

    def __init__(self) -> None:
        self.touched: set[Entry] = set()
        self.items: list[_Shape] = []
        self.work = WORK

    def shape(self, node: Node, local: Mapping[str, _Shape]) -> _Shape:
        """Where the value of a node may come from."""
        match node:
            case Name():
                return self._name(node, local)
            case Path():
                return self._entry(self.shape(node.value, local), node.name)
            case Filter():
                return self._filter(node, local)
            case ListOf() | If():
                return self._union([self.shape(part, local) for part in inner(node)])
            case ContextOf():
                return self._context(node, local)
            case Iteration():
                return self._iteration(node, local)
            case FunctionOf():
                return self._function(node, local, _Shape(frozenset({UNKNOWN})))
            case Call():
                return self._call(node, local)
            case _:
                known = {**local, "?": self.shape(node.value, local)} if isinstance(node, In) else local
                for part in inner(node):
                    self.shape(part, known)
                return NOTHING

    def _found(self, paths: Iterable[Entry]) -> frozenset[Entry]:
        found = frozenset(paths)
        self.touched |= found
        return found

    def _entry(self, value: _Shape, name: str) -> _Shape:
        paths = self._found((*path, name) for path in value.paths)
        return self._union((_Shape(paths), value.entries.get(name, NOTHING)))

    def _name(self, node: Name, local: Mapping[str, _Shape]) -> _Shape:
        found = [self._entry(item, node.name) for item in self.items]
        if node.dynamic and node.name in ("item", "?") and self.items:
            found.append(self.items[-1])
        if node.local:
            found.append(local.get(node.name, NOTHING))
        elif not node.dynamic:
            found.append(_Shape(self._found([(node.name,)])))
        return self._union(found)

    def _filter(self, node: Filter, local: Mapping[str, _Shape]) -> _Shape:
        value = self.shape(node.value, local)
        self.items.append(value)
        self.shape(node.condition, local)
        self.items.pop()
        return value

    def _context(self, node: ContextOf, local: Mapping[str, _Shape]) -> _Shape:
        entries: dict[str, _Shape] = {}
        for name, entry in node.entries:
            entries[name] = self.shape(entry, {**local, **entries})
        return _Shape(frozenset(), entries)

    def _iteration(self, node: Iteration, local: Mapping[str, _Shape]) -> _Shape:
        bound = dict(local)
        for name, (low, high) in zip(node.names, node.sources, strict=True):
            bound[name] = self.shape(low, bound)
            if high is not None:
                self.shape(high, bound)
        bound["partial"] = _Shape(frozenset({UNKNOWN}))
        return self.shape(node.body, bound)

    def _function(self, node: FunctionOf, local: Mapping[str, _Shape], given: _Shape) -> _Shape:
        return self.shape(node.body, {**local, **dict.fromkeys(node.parameters, given)})

    def _call(self, node: Call, local: Mapping[str, _Shape]) -> _Shape:
        given = self._union([self.shape(part, local) for part in node.arguments if not isinstance(part, FunctionOf)])
        given = given if isinstance(node.function, BuiltIn) else _Shape(given.paths | {UNKNOWN}, given.entries)
        for part in node.arguments:
            if isinstance(part, FunctionOf):
                self._function(part, local, given)
        if not isinstance(node.function, BuiltIn):
            return self._union((given, self.shape(node.function, local)))
        if node.function.name == "get value" and node.arguments and isinstance(node.arguments[-1], Literal):
            return self._entry(given, str(node.arguments[-1].value))
        if node.function.name in ("get value", "get entries"):
            self._found((*path, ANY) for path in self._deep(given))
        return given

    def _deep(self, shape: _Shape) -> frozenset[Entry]:
        self._count()
        return shape.paths.union(*(self._deep(entry) for entry in shape.entries.values()))

    def _union(self, shapes: Iterable[_Shape]) -> _Shape:
        found = [shape for shape in shapes if shape is not NOTHING]
        if len(found) == 1:
            return found[0]
        entries: dict[str, _Shape] = {}
        for shape in found:
            for name, entry in shape.entries.items():
                self._count()
                known = entries.get(name, entry)
                entries[name] = entry if known is entry else self._union((known, entry))
        return _Shape(frozenset().union(*(shape.paths for shape in found)), entries)

    def _count(self) -> None:
        self.work -= 1
        if self.work < 0:
            raise _TooMuch
