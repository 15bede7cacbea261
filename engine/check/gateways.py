"""Gateways: there is always a way out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine import feel
from engine.check.expressions import compiled
from engine.check.finding import Finding, Rule, at
from engine.check.shapes import Shape, field_at, place, shapes
from engine.check.sources import Source
from engine.feel.tree import Binary, BuiltIn, Call, In, ListOf, Literal, Node
from engine.flow.elements import Element, Flow, Kind, Process
from engine.form_fields import Field, FieldType
from engine.procedure import Procedure

CHOOSING = (Kind.EXCLUSIVE_GATEWAY, Kind.INCLUSIVE_GATEWAY, Kind.COMPLEX_GATEWAY)
Covered = frozenset[str | bool]


def findings(procedure: Procedure) -> Iterator[Finding]:
    """Gateways out of which no flow may lead, because all conditions can be false and there is no default."""
    known = shapes(procedure)
    for process in procedure.model.processes.values():
        for element in process.elements.values():
            leaving = [flow for flow in process.flows.values() if flow.source == element.id]
            if element.kind not in CHOOSING or element.default_flow is not None or len(leaving) < 2:
                continue
            if any(flow.condition is None for flow in leaving):
                continue  # told by the structure
            yield from _covered(procedure, process, element, leaving, known)


def _covered(
    procedure: Procedure, process: Process, element: Element, leaving: list[Flow], known: Mapping[str, Shape]
) -> Iterator[Finding]:
    trees = [_tree(procedure, process, flow) for flow in leaving]
    if None in trees:
        return  # told by the expressions
    conditions = [_choice(tree) for tree in trees if tree is not None]
    places = {where for where, _ in conditions}
    field = field_at(known, next(iter(places))) if len(places) == 1 else None
    chosen: set[str | bool] = set().union(*(values for _, values in conditions))
    missing = None if field is None else _missing(field, chosen)
    if missing == ():
        return
    zh = "缺少默认流" if not missing else f"没有覆盖 {'、'.join(missing)}"
    en = "there is no default" if not missing else f"{', '.join(missing)} is not covered"
    yield at(
        process,
        element.id,
        Rule.GATEWAY,
        f"所有条件都可能不成立({zh}),请设默认流",
        f"all conditions may be false ({en}); draw a default flow",
    )


def _missing(field: Field, chosen: set[str | bool]) -> tuple[str, ...] | None:
    """The answers that no condition covers; None when the field may also have no answer."""
    if not field.required or field.hidden_when is not None:
        return None
    if field.type is FieldType.BOOL:
        return tuple(str(answer).lower() for answer in (True, False) if answer not in chosen)
    if field.type is FieldType.ENUM:
        return tuple(value for value, _ in field.options if value not in chosen)
    return None


def _tree(procedure: Procedure, process: Process, flow: Flow) -> Node | None:
    source = Source(process=process, element=flow.id, what="condition", text=flow.condition or "")
    try:
        return compiled(procedure, source).tree
    except feel.FeelError:
        return None


def _choice(tree: Node) -> tuple[tuple[str, ...], Covered]:
    """The place a condition asks for, and the answers for which it holds; no place when it asks for more."""
    match tree:
        case Binary(rest=(("=", Literal(value=bool(answer) | str(answer))),)):
            return place(tree.first), frozenset({answer})
        case Binary(first=Literal(value=bool(answer) | str(answer)), rest=(("=", other),)):
            return place(other), frozenset({answer})
        case In():
            tests = [t for test in tree.tests for t in (test.items if isinstance(test, ListOf) else (test,))]
            if all(isinstance(test, Literal) for test in tests):
                values = [test.value for test in tests if isinstance(test, Literal)]
                return place(tree.value), frozenset(value for value in values if isinstance(value, str | bool))
        case Binary(rest=(("or", _), *_)):
            parts = [_choice(part) for part in (tree.first, *(node for _, node in tree.rest))]
            if len({where for where, _ in parts}) == 1:
                return parts[0][0], frozenset().union(*(values for _, values in parts))
        case Call(function=BuiltIn(name="not"), arguments=(inside,)):
            return place(inside), frozenset({False})
        case _:
            return place(tree), frozenset({True})
    return (), frozenset()
