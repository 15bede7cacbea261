"""Types of a model: names resolved to types of FEEL, with the tests a value must pass. DMN 1.5 §7.3.3."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from engine.dmn.model import Definitions, Import, ItemDefinition, Key, Literal, Variable
from engine.errors import Text
from engine.feel import reasons
from engine.feel import types as feel_types
from engine.feel.budget import DEPTH
from engine.feel.frame import Frame
from engine.feel.notes import named
from engine.feel.tree import Type
from engine.value import Context, Value

Holds = Callable[[Frame, Value], bool]
MakeTest = Callable[[str, Literal, Type], Holds]

LARGEST = 5_000
"""Parts of one type, with the parts of its parts: a few definitions that use each other twice have very many."""
ANY = Type("Any")
BASIC = {
    name: Type(name)
    for name in (
        "number", "string", "boolean", "date", "time", "date and time", "days and time duration",
        "years and months duration", "context", "list", "Any", "Null", "function", "range",
    )
}  # fmt: skip


@dataclass(slots=True)
class Test:
    """Unary tests of a type. They may name types, so they are compiled when all types are known."""

    namespace: str
    literal: Literal
    tested: Type
    holds: Holds | None = None

    def passes(self, frame: Frame, value: Value) -> bool:
        """The value passes."""
        return self.holds is None or self.holds(frame, value)


@dataclass(frozen=True, slots=True)
class ItemType:
    """A type with its tests: `item` of the items when it is a collection, `entries` of a context."""

    type: Type
    tests: tuple[Test, ...] = ()
    item: ItemType | None = None
    entries: tuple[tuple[str, ItemType], ...] = ()

    def fits(self, frame: Frame, value: Value) -> bool:
        """A value of this type, and of what is in it, passes the tests; null is judged by its own tests only."""
        if not all(test.passes(frame, value) for test in self.tests):
            return False
        if self.item is not None and isinstance(value, tuple):
            frame.budget.spend(len(value))
            return all(self.item.fits(frame, part) for part in value)
        if isinstance(value, Context):
            return all(entry.fits(frame, value[name]) for name, entry in self.entries if name in value)
        return True

    def convert(self, frame: Frame, value: Value, what: str) -> Value:
        """The value as one of this type, by the implicit conversions of DMN; null with a note when it is none."""
        found = feel_types.coerce(value, self.type, budget=frame.budget)
        if found is None and value is not None:
            path, wanted, part = feel_types.misfit(frame.budget, value, self.type)
            told = Text(f"{what or '结果'}{path}", f"{what or 'the result'}{path}")
            frame.budget.note(reasons.TYPE, told, named(wanted.name), met=(part,))
            return None
        if not self.fits(frame, found):
            frame.budget.note(*((reasons.ALLOWED, what) if what else (reasons.ALLOWED_RESULT,)))
            return None
        return found


class Types:
    """The types of all models of a library, resolved once; a type within itself is Any there."""

    def __init__(self, models: Mapping[str, Definitions]) -> None:
        self.models = models
        self.written = {
            (model.namespace, definition.name): definition for model in models.values() for definition in model.types
        }
        self.found: dict[Key, ItemType | None] = {}
        self.tests: list[Test] = []
        self.too_large: list[Key] = []
        for key in self.written:
            self._resolved(key)
        self.named = {namespace: self._named(namespace) for namespace in models}

    def compile_tests(self, make: MakeTest) -> None:
        """Make the tests of all types ready to run."""
        for test in self.tests:
            test.holds = make(test.namespace, test.literal, test.tested)

    def of(self, namespace: str, name: str | None) -> ItemType | None:
        """The type of that name in a model; None when nothing is said, or no such type is there."""
        if name is None or name == "Any":
            return None
        if (key := self._key(namespace, name)) is not None:
            return self._resolved(key)
        return ItemType(BASIC[name]) if name in BASIC else None

    def known(self, namespace: str, name: str) -> bool:
        """There is a type of that name."""
        return name in BASIC or self._key(namespace, name) is not None

    def allowed(self, namespace: str, name: str | None) -> Literal | None:
        """The allowed values of a type, its own or those of the type it is made of."""
        for _ in range(DEPTH):
            key = None if name is None else self._key(namespace, name)
            if key is None:
                return None
            definition = self.written[key]
            if definition.allowed is not None:
                return definition.allowed
            namespace, name = key[0], definition.type
        return None

    def _key(self, namespace: str, name: str) -> Key | None:
        """The definition that a model means by a name: its own, else one of those it imports, the first first."""
        todo, seen = [(namespace, name)], set[Key]()
        while todo:
            key = todo.pop()
            if key in self.written:
                return key
            if key not in seen:
                seen.add(key)
                todo.extend(reversed([*self._imported(key)]))
        return None

    def _imported(self, key: Key) -> Iterator[Key]:
        """What a name may be in the models that a model imports."""
        for imported in self.models[key[0]].imports:
            prefix = _prefix(imported)
            if key[1].startswith(prefix) and imported.namespace in self.models:
                yield imported.namespace, key[1][len(prefix) :]

    def _resolved(self, key: Key) -> ItemType | None:
        if key not in self.found:
            self.found[key] = None  # a type within itself has no end: it is Any there
            found = self._made(key[0], self.written[key])
            self.found[key] = found if _within_bounds(found.type) else ItemType(ANY)
            if self.found[key] is not found:
                self.too_large.append(key)
        return self.found[key]

    def _made(self, namespace: str, definition: ItemDefinition) -> ItemType:
        one = self._one(namespace, definition)
        allowed = self._test(namespace, definition.allowed, one.type)
        if not definition.collection:
            own = self._test(namespace, definition.constraint, one.type)
            return ItemType(one.type, (*one.tests, *allowed, *own), one.item, one.entries)
        item = ItemType(one.type, (*one.tests, *allowed), one.item, one.entries)
        whole = Type("list", (("", item.type),))
        return ItemType(whole, self._test(namespace, definition.constraint, whole), item)

    def _test(self, namespace: str, literal: Literal | None, tested: Type) -> tuple[Test, ...]:
        if literal is None:
            return ()
        self.tests.append(Test(namespace, literal, tested))
        return (self.tests[-1],)

    def _one(self, namespace: str, definition: ItemDefinition) -> ItemType:
        """The type of one item, before its own tests."""
        if definition.components:
            entries = tuple((part.name, self._made(namespace, part)) for part in definition.components)
            return ItemType(Type("context", tuple((name, entry.type) for name, entry in entries)), (), None, entries)
        if definition.function is not None:
            return ItemType(self.function(namespace, definition.function.parameters, definition.function.result))
        return self.of(namespace, definition.type) or ItemType(ANY)

    def function(self, namespace: str, parameters: tuple[Variable, ...], result: str | None) -> Type:
        """The type of a function."""
        parts = [("", self.feel(namespace, parameter.type)) for parameter in parameters]
        return Type("function", (*parts, ("->", self.feel(namespace, result))))

    def feel(self, namespace: str, name: str | None) -> Type:
        """The type of FEEL behind a name; Any when nothing is said."""
        found = self.of(namespace, name)
        return ANY if found is None else found.type

    def _named(self, namespace: str) -> frozenset[tuple[str, Type]]:
        """The types that a FEEL source of a model may name."""
        found = {name: self.feel(namespace, name) for space, name in self.written if space == namespace}
        for imported in self.models[namespace].imports:
            if imported.namespace in self.models:
                for space, name in self.written:
                    if space == imported.namespace:
                        full = _prefix(imported) + name
                        found.setdefault(full, self.feel(namespace, full))
        return frozenset(found.items())


def _prefix(imported: Import) -> str:
    """What stands before the names of an imported model; nothing when the import has no name."""
    return f"{imported.name}." if imported.name else ""


def _within_bounds(found: Type) -> bool:
    """The type has no more parts than may be."""
    todo, count = [found], 0
    while todo and count <= LARGEST:
        todo.extend(part for _, part in todo.pop().parts)
        count += 1
    return count <= LARGEST
