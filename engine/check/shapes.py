"""What is known of variables before anything runs: the fields of the forms and services that yield them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine import feel
from engine.check.connectors import RESULTS
from engine.feel.tree import Filter, Name, Node, Path
from engine.flow.elements import Element, Kind, MultiInstance
from engine.form_fields import Field
from engine.procedure import Procedure

PEOPLE = (Kind.USER_TASK, Kind.MANUAL_TASK)


@dataclass(slots=True)
class Shape:
    """The entries a variable may have; `open` when something yields it of which nothing is known."""

    fields: dict[str, list[Field]] = field(default_factory=dict)
    entries: set[str] = field(default_factory=set)
    open: bool = False

    def knows(self, entry: str) -> bool:
        """The variable may have this entry."""
        return self.open or entry in self.fields or entry in self.entries

    def sole(self, entry: str) -> Field | None:
        """The field of an entry, when no other form says something else of it."""
        found = [] if self.open else self.fields.get(entry, [])
        return found[0] if found and all(other.options == found[0].options for other in found) else None


def shapes(procedure: Procedure) -> Mapping[str, Shape]:
    """The shape of every variable of a procedure."""
    found: dict[str, Shape] = {}
    for process in procedure.model.processes.values():
        for element in process.elements.values():
            for name in _opened(element):
                found.setdefault(name, Shape()).open = True
            form = procedure.forms.get(element.extensions.get("form", ""))
            if element.kind in PEOPLE and form is not None:
                shape = found.setdefault(element.result, Shape())
                for entry in form.fields:
                    shape.fields.setdefault(entry.key, []).append(entry)
                if "countersign" in element.extensions:
                    shape.entries |= {"approved", "votes"}
            elif element.kind is Kind.SERVICE_TASK and element.extensions.get("connector") in RESULTS:
                found.setdefault(element.result, Shape()).entries |= RESULTS[element.extensions["connector"]]
            elif element.result in procedure.variables:
                found.setdefault(element.result, Shape()).open = True
    return found


def _opened(element: Element) -> Iterator[str]:
    """Variables whose values nothing describes."""
    yield from element.extensions.get("inputs", "").split()
    yield from element.inputs
    yield from element.outputs
    if element.kind is Kind.SCRIPT_TASK and element.script:
        yield from feel.entry_names(element.script)
    if isinstance(element.loop, MultiInstance) and element.loop.item:
        yield element.loop.item


def place(node: Node) -> tuple[str, ...]:
    """The variable and entries that a path names, through filters; empty for anything else."""
    match node:
        case Name(local=False, dynamic=False):
            return (node.name,)
        case Path():
            before = place(node.value)
            return (*before, node.name) if before else ()
        case Filter():
            return place(node.value)
        case _:
            return ()


def field_at(known: Mapping[str, Shape], path: tuple[str, ...]) -> Field | None:
    """The form field at a path: a field, or a column of a table."""
    if len(path) < 2 or path[0] not in known:
        return None
    found = known[path[0]].sole(path[1])
    for entry in path[2:]:
        found = None if found is None else next((column for column in found.columns if column.key == entry), None)
    return found


def personal_paths(known: Mapping[str, Shape]) -> Iterator[tuple[str, ...]]:
    """The paths to personal fields, and to personal columns of tables."""
    for variable, shape in known.items():
        for key, several in shape.fields.items():
            for found in several:
                if found.personal:
                    yield variable, key
                for column in found.columns:
                    if column.personal:
                        yield variable, key, column.key
