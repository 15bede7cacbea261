"""Does a value conform to a type, and what becomes of it where one is declared? DMN 1.5 §10.3.2.9."""

from __future__ import annotations

from collections.abc import Mapping

from engine.feel import operations
from engine.feel.budget import DEPTH, Budget
from engine.feel.frame import Closure
from engine.feel.tree import Type
from engine.value import Context, Date, DateTime, Range, Time, Value

STEPS_A_PART = 6
"""Steps for one part of a value that is compared with a type: it takes as long as several nodes of an expression."""
ANY = Type("Any")
NO_NAMES: Mapping[str, Type] = {}
UTC_MIDNIGHT = Time(0, 0, 0, 0, 0)


def conforms(
    value: Value,
    wanted: Type,
    named: Mapping[str, Type] = NO_NAMES,
    *,
    exact: bool = False,
    budget: Budget | None = None,
) -> bool:
    """The value is of the type. Null conforms to every type, but is an instance of Null only (`exact`).

    Each part that is looked at costs STEPS_A_PART: a short expression can make a value of very many. Raises FeelError.
    """
    budget = budget or Budget()
    wanted = meaning(wanted, named)
    if wanted.name == "Any":
        return value is not None or not exact
    if value is None:
        return wanted.name == "Null" or not exact
    if isinstance(value, Closure):
        return wanted.name == "function" and narrower(value.type, wanted, named)
    if operations.kind(value) != wanted.name:
        return False
    return _parts_conform(budget, value, wanted, named)


def misfit(budget: Budget, value: Value, wanted: Type, named: Mapping[str, Type] = NO_NAMES) -> tuple[str, Type, Value]:
    """Where a value that does not conform first fails to: the path to the part, the type it should have, the part."""
    path = ""
    for _ in range(DEPTH):
        wanted = meaning(wanted, named)
        part = _misfit_part(budget, value, wanted, named)
        if part is None:
            break
        step, wanted, value = part
        path += step
    return path, wanted, value


def _misfit_part(
    budget: Budget, value: Value, wanted: Type, named: Mapping[str, Type]
) -> tuple[str, Type, Value] | None:
    """The first part of a list or context that does not conform; None when the fault lies with the whole."""
    if isinstance(value, Closure | Range) or not wanted.parts or operations.kind(value) != wanted.name:
        return None
    if isinstance(value, tuple):
        item = wanted.parts[0][1]
        at = next((at for at, one in enumerate(value) if not conforms(one, item, named, budget=budget)), None)
        return None if at is None else (f"[{at + 1}]", item, value[at])
    if isinstance(value, Context):
        for name, part in wanted.parts:
            if name not in value or not conforms(value[name], part, named, budget=budget):
                return f".{name}", part, value.get(name)
    return None


def coerce(value: Value, wanted: Type, named: Mapping[str, Type] = NO_NAMES, *, budget: Budget | None = None) -> Value:
    """The value as one of the type: itself, or converted implicitly, or null. DMN 1.5 §10.3.2.9.4."""
    budget = budget or Budget()
    if conforms(value, wanted, named, budget=budget):
        return value
    found = meaning(wanted, named)
    if isinstance(value, tuple) and len(value) == 1 and conforms(value[0], wanted, named, budget=budget):
        return value[0]
    if found.name == "list" and conforms((value,), wanted, named, budget=budget):
        return (value,)
    if found.name == "date and time" and isinstance(value, Date):
        return DateTime(value, UTC_MIDNIGHT)
    return None


def meaning(wanted: Type, named: Mapping[str, Type]) -> Type:
    """What a name of a type stands for; a name that stands for itself stands for anything."""
    for _ in range(DEPTH):
        if wanted.parts or wanted.name not in named:
            return wanted
        wanted = named[wanted.name]
    return ANY


def narrower(one: Type, other: Type, named: Mapping[str, Type] = NO_NAMES, depth: int = 0) -> bool:
    """Every value of one type is of the other: functions by parameters the other way round, and result."""
    one, other = meaning(one, named), meaning(other, named)
    if other.name == "Any" or one.name == "Null" or depth > DEPTH:
        return True
    if one.name != other.name:
        return False
    if not other.parts:
        return True
    if other.name == "context":
        have = dict(one.parts)
        return all(name in have and narrower(have[name], part, named, depth + 1) for name, part in other.parts)
    if len(one.parts) != len(other.parts):
        return False
    if other.name == "function":
        return _narrower_function(one, other, named, depth + 1)
    return all(
        narrower(mine, wanted, named, depth + 1) for (_, mine), (_, wanted) in zip(one.parts, other.parts, strict=True)
    )


def _narrower_function(one: Type, other: Type, named: Mapping[str, Type], depth: int) -> bool:
    """It takes whatever the other takes; a result of which nothing is known is taken on trust."""
    result, wanted = one.parts[-1][1], other.parts[-1][1]
    return (result.name == "Any" or narrower(result, wanted, named, depth)) and all(
        narrower(given, taken, named, depth)
        for (_, taken), (_, given) in zip(one.parts[:-1], other.parts[:-1], strict=True)
    )


def _parts_conform(budget: Budget, value: Value, wanted: Type, named: Mapping[str, Type]) -> bool:
    if not wanted.parts:
        return True
    if isinstance(value, tuple):
        budget.spend(STEPS_A_PART * len(value))
        return all(conforms(item, wanted.parts[0][1], named, budget=budget) for item in value)
    if isinstance(value, Range):
        return all(conforms(end, wanted.parts[0][1], named, budget=budget) for end in (value.low, value.high))
    if isinstance(value, Context):
        budget.spend(STEPS_A_PART * len(wanted.parts))
        return all(name in value and conforms(value[name], part, named, budget=budget) for name, part in wanted.parts)
    return True


def type_of(value: Value) -> Type:
    """The narrowest type of a value, as it helps to read expressions on it."""
    if value is None:
        return ANY
    if isinstance(value, Closure):
        return value.type
    if isinstance(value, tuple):
        return _list_type(value)
    if isinstance(value, Context):
        return Type("context", tuple((name, type_of(entry)) for name, entry in value.items()))
    if isinstance(value, Range):
        return Type("range", (("", type_of(value.high if value.low is None else value.low)),))
    return Type(operations.kind(value))


def _list_type(value: tuple[Value, ...]) -> Type:
    """Of a list: what all of its contexts have among them, or the type that all share."""
    found = {type_of(item) for item in value}
    if found and all(one.name == "context" for one in found):
        entries: dict[str, Type] = {}
        for one in found:
            for name, part in one.parts:
                entries[name] = part if entries.get(name, part) == part else ANY
        return Type("list", (("", Type("context", tuple(sorted(entries.items(), key=lambda entry: entry[0])))),))
    return Type("list", (("", found.pop()),)) if len(found) == 1 else Type("list")
