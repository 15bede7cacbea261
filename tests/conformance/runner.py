"""Each case evaluated, and its outcome compared with what is expected.

A number is right when it differs by less than 10^-8, or that part of itself, from one that is written with seven
digits or more after the point: some cases were made with binary numbers. Everything else must be equal as FEEL has it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from engine import dmn
from engine.errors import EngineError
from engine.feel import Budget, operations
from engine.temporal import parse_date_time
from engine.value import Context, Value
from tests.conformance.cases import Case, Expected

ROUNDED = 7
"""Results with at least so many digits after the point may be rounded ones."""
NEAR = Decimal("1E-8")


@dataclass(frozen=True)
class Outcome:
    case: Case
    passed: bool
    told: str = ""


def run_all(cases: Iterable[Case]) -> list[Outcome]:
    return [run(case) for case in cases]


def run(case: Case) -> Outcome:
    try:
        library = load(case.model)
        told = [told for expected in case.expected if (told := _judge(library, case, expected))]
    except EngineError as error:
        return Outcome(case, False, f"{type(error).__name__}: {error}")
    if not case.expected:
        return Outcome(case, False, "the case expects nothing")
    return Outcome(case, not told, "; ".join(told))


@lru_cache(maxsize=16)
def load(path: Path) -> dmn.Library:
    """The model with those beside it that it imports."""
    models = {path: dmn.read(path.read_bytes(), path.name)}
    beside = {}
    for other in sorted(path.parent.glob("*.dmn")):
        if other != path:
            found = dmn.read(other.read_bytes(), other.name)
            beside[found.namespace] = (other, found)
    wanted = [found.namespace for found in models[path].imports]
    while wanted:
        namespace = wanted.pop()
        if namespace in beside and beside[namespace][0] not in models:
            other, found = beside[namespace]
            models[other] = found
            wanted.extend(imported.namespace for imported in found.imports)
    return dmn.Library(models.values())


def _judge(library: dmn.Library, case: Case, expected: Expected) -> str:
    """Empty when the outcome is as expected, else what is different."""
    inputs: dict[dmn.Key, Value] = {}
    for name, namespace, value in case.inputs:
        element = library.find(name, namespace)
        if element is None:
            return f"there is no input {name}"
        inputs[element.key] = value
    name, namespace = (case.service, None) if case.service else (expected.name, expected.namespace)
    wanted = library.find(name, namespace)
    if wanted is None:
        return f"there is no element {name}"
    budget = dmn.Traced()
    budget.now = parse_date_time("2026-03-02T09:30:00Z")
    try:
        found = library.evaluate(wanted.key, inputs, budget=budget)
    except Exception as error:  # whatever it is: a failed case, not the end of the run
        return f"{expected.name}: {type(error).__name__}: {error}"
    if case.service and isinstance(wanted, dmn.Service) and len(wanted.outputs) > 1:
        found = found.get(expected.name) if isinstance(found, Context) else None
    right = found is None if expected.error else same(found, expected.value)
    notes = "; ".join(note.en for note in budget.notes[-3:])
    return "" if right else f"{expected.name}: expected {shown(expected.value)}, but found {shown(found)} ({notes})"


def same(found: Value, expected: Value) -> bool:
    """Equal, as the head of this module says."""
    if isinstance(found, Decimal) and isinstance(expected, Decimal):
        near = -int(expected.as_tuple().exponent) >= ROUNDED and abs(found - expected) < NEAR * max(1, abs(expected))
        return found == expected or near
    if isinstance(found, tuple) and isinstance(expected, tuple):
        return len(found) == len(expected) and all(same(a, b) for a, b in zip(found, expected, strict=True))
    if isinstance(found, Context) and isinstance(expected, Context):
        return found.keys() == expected.keys() and all(same(found[name], expected[name]) for name in found)
    return operations.equal(Budget(), found, expected) is True


def shown(value: Value) -> str:
    return repr(value)[:200]
