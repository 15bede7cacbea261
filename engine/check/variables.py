"""The names of variables: usable in expressions, not reserved, of one shape."""

from __future__ import annotations

from collections.abc import Iterator

from engine import feel
from engine.check.finding import Finding, Rule, at
from engine.check.shapes import PEOPLE, shapes
from engine.check.sources import ACTIVATION, RUNTIME, STARTING, TURNS
from engine.feel.tree import Name
from engine.flow.elements import Element, Kind, MultiInstance, Process
from engine.procedure import RESERVED, Procedure

KEYWORDS = frozenset(
    [
        "and",
        "between",
        "else",
        "every",
        "external",
        "false",
        "for",
        "function",
        "if",
        "in",
        "instance",
        "not",
        "null",
        "of",
        "or",
        "return",
        "satisfies",
        "some",
        "then",
        "true",
    ]
)
TAKEN = RESERVED | RUNTIME | TURNS | ACTIVATION | STARTING | KEYWORDS | {"item", "partial", "?"}
LONGEST = 64


def findings(procedure: Procedure) -> Iterator[Finding]:
    """Names that hide something, cannot be written, or mean two things."""
    for process in procedure.model.processes.values():
        for element in process.elements.values():
            for name in _named(element):
                yield from _name(process, element, name)
            yield from _inner(process, element)
            yield from _conflicts(procedure, process, element)


def _named(element: Element) -> Iterator[str]:
    if "result" in element.extensions:
        yield element.result
    yield from element.extensions.get("inputs", "").split()
    yield from element.inputs
    yield from element.outputs
    if element.kind is Kind.SCRIPT_TASK and element.script:
        yield from feel.entry_names(element.script)
    if isinstance(element.loop, MultiInstance) and element.loop.item is not None:
        yield element.loop.item


def _name(process: Process, element: Element, name: str) -> Iterator[Finding]:
    if name in TAKEN:
        yield at(
            process,
            element.id,
            Rule.VARIABLE,
            f"{name} 是保留名称,不能作为变量",
            f"expected a variable of another name than {name}, which is reserved",
        )
    elif len(name) > LONGEST or not _is_name(name):
        yield at(
            process,
            element.id,
            Rule.VARIABLE,
            f"变量名应能写进 FEEL 表达式,不超过 {LONGEST} 个字符:{name[:LONGEST]!r}",
            f"expected a variable that FEEL can name, of at most {LONGEST} characters, but found {name[:LONGEST]!r}",
        )


def _is_name(name: str) -> bool:
    try:
        tree = feel.compile(name, frozenset({name})).tree
    except feel.FeelError:
        return False
    return isinstance(tree, Name) and tree.name == name


def _inner(process: Process, element: Element) -> Iterator[Finding]:
    loop = element.loop
    if isinstance(loop, MultiInstance) and loop.item is not None and loop.item == element.result:
        yield at(
            process,
            element.id,
            Rule.VARIABLE,
            f"zx:item 与结果同名:{loop.item}",
            f"expected zx:item of another name than the result {loop.item}",
        )


def _conflicts(procedure: Procedure, process: Process, element: Element) -> Iterator[Finding]:
    form = procedure.forms.get(element.extensions.get("form", ""))
    if form is None or element.kind not in PEOPLE:
        return
    shape = shapes(procedure)[element.result]
    for field in form.fields:
        types = sorted({other.type for other in shape.fields[field.key]})
        if len(types) > 1:
            yield at(
                process,
                element.id,
                Rule.VARIABLE,
                f"{element.result}.{field.key} 在不同表单中类型不同:{'、'.join(types)}",
                f"expected {element.result}.{field.key} of one type, but forms say {', '.join(types)}",
            )
