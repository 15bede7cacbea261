"""Personal data in decisions: which fields reach a decision as its input data, and which of them its sources read."""

from __future__ import annotations

from collections.abc import Iterator

from engine import dmn, feel
from engine.check.shapes import personal_paths, place, shapes
from engine.decision import inputs_of
from engine.dmn.model import Element as Decided
from engine.dmn.model import Knowledge
from engine.flow.elements import Element
from engine.procedure import HOST_FUNCTIONS, Procedure

Entry = tuple[str, ...]
SOMEWHERE = "…"
"""In a path: at any depth, as where the input is made of several variables."""
EVERY = "*"


def read(procedure: Procedure, element: Element, decided: Decided) -> Iterator[Entry]:
    """The personal fields that the decision of a business rule task reads."""
    library = procedure.decisions
    personal = sorted(set(personal_paths(shapes(procedure))))
    for wanted in inputs_of(library, decided):
        for field, within in _reaching(procedure, element, wanted.variable.name, personal):
            if any(_reads(library, key, wanted.key, within) for key in _needed(library, decided)):
                yield field


def _reaching(
    procedure: Procedure, element: Element, name: str, personal: list[Entry]
) -> Iterator[tuple[Entry, Entry]]:
    """Personal fields that are within the value of an input, with the way there from it."""
    source = element.inputs.get(name)
    if source is None:
        yield from ((field, field[1:]) for field in personal if field[0] == name)
        return
    try:
        found = feel.compile(source, procedure.visible, HOST_FUNCTIONS)
    except feel.FeelError:
        return  # told by the rule on expressions
    whole = place(found.tree)
    for field in personal:
        if whole and field[: len(whole)] == whole and len(field) > len(whole):
            yield field, field[len(whole) :]
        elif not whole and field[0] in found.names:
            yield field, (SOMEWHERE, field[-1])


def _needed(library: dmn.Library, decided: Decided) -> Iterator[dmn.Key]:
    """The decision and everything it is made of."""
    seen: set[dmn.Key] = set()
    todo = [decided.key]
    while todo:
        key = todo.pop()
        if key in seen or key not in library.elements:
            continue
        seen.add(key)
        yield key
        todo += _behind(library, key)


def _behind(library: dmn.Library, key: dmn.Key) -> tuple[dmn.Key, ...]:
    found = library.elements[key]
    if isinstance(found, dmn.Service):
        return (*found.inputs, *found.decisions, *found.outputs)
    return tuple(required for _, required in library.compiled[key].requires)


def _reads(library: dmn.Library, key: dmn.Key, wanted: dmn.Key, within: Entry) -> bool:
    """A source of an element may read that entry of an input, by the input's name or by another that holds it."""
    compiled = library.compiled[key]
    inputs = {path: to for path, to in compiled.requires if isinstance(library.elements[to], dmn.InputData)}
    holds = isinstance(compiled.element, Knowledge) or wanted in set(_needed(library, compiled.element))
    for expression in compiled.expressions:
        for touched in expression.touched:
            direct = next((path for path in inputs if touched[: len(path)] == path), None)
            if direct is None:
                if holds and (within[-1] in touched[1:] or touched == (touched[0], EVERY)):
                    return True
            elif inputs[direct] == wanted and _may_be(touched[len(direct) :], within):
                return True
    return False


def _may_be(touched: Entry, within: Entry) -> bool:
    if touched[-1:] == (EVERY,):
        return within[0] == SOMEWHERE or within[: len(touched) - 1] == touched[:-1]
    if within[0] == SOMEWHERE:
        return within[-1] in touched
    return touched[: len(within)] == within
