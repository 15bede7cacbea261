"""`instance of`: does a value conform to a type? DMN 1.5 §10.3.2.9."""

from __future__ import annotations

from engine.feel import operations
from engine.feel.frame import Closure
from engine.feel.tree import Type
from engine.value import Context, Range, Value


def conforms(value: Value, wanted: Type, *, exact: bool = False) -> bool:
    """The value is of the type. Null conforms to every type, but is an instance of Null only (`exact`)."""
    if wanted.name == "Any":
        return value is not None or not exact
    if value is None:
        return wanted.name == "Null" or not exact
    if wanted.name == "function":
        return isinstance(value, Closure)
    if operations.kind(value) != wanted.name:
        return False
    return _parts_conform(value, wanted)


def _parts_conform(value: Value, wanted: Type) -> bool:
    if not wanted.parts:
        return True
    if isinstance(value, tuple):
        return all(conforms(item, wanted.parts[0][1]) for item in value)
    if isinstance(value, Range):
        return all(conforms(end, wanted.parts[0][1]) for end in (value.low, value.high))
    if isinstance(value, Context):
        return all(name in value and conforms(value[name], part) for name, part in wanted.parts)
    return True
