"""Decisions in a running instance: inputs from its variables, and for the audit which rules matched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine import dmn
from engine.dmn.model import Element as Decided
from engine.errors import Text
from engine.expression import Variables, evaluate, functions
from engine.feel import FeelError
from engine.flow.elements import Element
from engine.flow.host import ExpressionFailed, wanted
from engine.value import Context, Value, number


@dataclass(frozen=True, slots=True)
class Made:
    """What was decided, and each table that was used for it."""

    value: Value
    tables: tuple[Value, ...]


def decide(element: Element, variables: Variables) -> Made:
    """The decision that a business rule task names. Raises ExpressionFailed with what is wrong."""
    name = element.extensions.get("decision", "")
    library = variables.procedure.decisions
    decided = library.find(name)
    if decided is None:
        raise ExpressionFailed(Text(f"没有名为 {name} 的决策", f"there is no decision named {name}"))
    budget = dmn.Traced()
    budget.now = variables["now"]
    try:
        given = {needed.key: _input(element, needed, variables) for needed in inputs_of(library, decided)}
        for needed, value in given.items():
            if (misfit := library.misfit(needed, value)) is not None:
                raise ExpressionFailed(wanted(f"决策 {name}:{misfit.zh}", f"decision {name}: {misfit.en}", value))
        value = library.evaluate(decided.key, given, functions=functions(variables), budget=budget)
    except FeelError as error:
        raise ExpressionFailed(Text(f"决策 {name}:{error.text.zh}", f"decision {name}: {error.text.en}")) from error
    for matched in budget.matched:
        if matched.told is not None:
            zh, en = f"决策 {name}:{matched.told.zh}", f"decision {name}: {matched.told.en}"
            raise ExpressionFailed(Text(zh, en))
    return Made(value, tuple(_told(matched) for matched in budget.matched))


def inputs_of(library: dmn.Library, decided: Decided) -> Iterator[dmn.InputData]:
    """The input data that a decision needs, its own and those of what it requires."""
    seen: set[dmn.Key] = set()
    todo = [decided.key]
    while todo:
        key = todo.pop(0)
        element = library.elements.get(key)
        if key in seen or element is None:
            continue
        seen.add(key)
        match element:
            case dmn.InputData():
                yield element
            case dmn.Service():
                todo += [*element.inputs, *element.decisions, *element.outputs]
            case _:
                todo += element.requires


def _input(element: Element, wanted: dmn.InputData, variables: Variables) -> Value:
    """By `zx:input` of that name, else the variable of that name."""
    name = wanted.variable.name
    if name in element.inputs:
        return evaluate(element.inputs[name], variables)
    return variables[name] if name in variables.known else None


def _told(matched: dmn.Matched) -> Context:
    return Context(
        {
            "table": dmn.titled(matched),
            "inputs": tuple(Context({"label": label, "value": value}) for label, value in matched.inputs),
            "rules": tuple(number(rule) for rule in matched.rules),
            "matching": tuple(number(rule) for rule in matched.matching),
            "default": matched.default,
            "hits": tuple(_hit(hit) for hit in matched.hits),
        }
    )


def _hit(hit: dmn.Counted) -> Context:
    return Context(
        {
            "rule": number(hit.rule),
            "conditions": hit.conditions,
            "results": hit.results,
            "remarks": hit.remarks,
        }
    )
