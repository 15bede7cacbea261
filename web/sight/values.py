"""Values of cases and variables as people read them, and what changed between two of them, field by field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from flask_babel import format_decimal

from engine.errors import Text
from engine.procedure import Procedure
from engine.value import Context, Date, DateTime, DaysDuration, File, Person, Personal, Ref, Value
from web import texts
from web.forms import look, writing
from web.forms.look import Item
from web.telling import facts, naming
from web.telling.naming import Names
from web.translation import _, is_english

DEEPEST = 3
"""Tables in tables are shown in one line from here on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A field with what it says; `before` is what it said until then."""

    label: str
    value: str
    before: str = ""
    group: str = ""


@dataclass(frozen=True)
class Labels:
    """What fields are called: of a variable by the form whose result it is, of the case by the manifest."""

    title: Text | None
    fields: Mapping[str, Item]
    titles: Mapping[str, str] = field(default_factory=dict)

    def of(self, path: str) -> str:
        """The label of a field; its own name when no form knows it."""
        if path in self.titles:
            return self.titles[path]
        found = self.fields.get(path)
        return texts.said(found.label) if found is not None else path.rpartition(".")[2]

    def in_order(self, path: str, keys: Iterable[str]) -> list[str]:
        """These keys below a path as the form or the manifest has them; what neither knows comes last."""
        return sorted(keys, key=lambda key: self._ranks.get(f"{path}.{key}" if path else key, len(self._ranks)))

    @cached_property
    def _ranks(self) -> dict[str, int]:
        return {path: rank for rank, path in enumerate([*self.fields, *self.titles])}

    def shown(self, names: Names, path: str, value: Value) -> str:
        """A value in one line; of options what they are called."""
        found = self.fields.get(path)
        if found is None or not found.options:
            return shown(names, value)
        several = value if isinstance(value, tuple) else (value,)
        parts = (texts.said(found.option(one)) if isinstance(one, str) else shown(names, one) for one in several)
        return _("、").join(part for part in parts if part)


def labels_of(procedure: Procedure, process: str, variable: str) -> Labels:
    """The labels of what a variable of a process holds."""
    model = procedure.model.processes.get(process)
    for element in () if model is None else model.elements.values():
        form = procedure.form(element) if element.result == variable else None
        if form is not None:
            names = Names(procedure, {}, "UTC")
            return Labels(names.step(process, element.id), dict(_items_of(look.read(procedure, form).items())))
    return Labels(None, {})


def _items_of(items: Iterable[Item], path: str = "") -> Iterator[tuple[str, Item]]:
    """Every field by its path; columns stand below their table."""
    for item in items:
        yield f"{path}{item.field.key}", item
        yield from _items_of(item.columns, f"{path}{item.field.key}.")


def shown(names: Names, value: Value) -> str:
    """A value in one line."""
    match value:
        case None:
            return ""
        case bool():
            return _("是") if value else _("否")
        case Decimal():
            return str(format_decimal(value))
        case tuple():
            return _("、").join(part for part in (shown(names, one) for one in value) if part)
        case Context():
            return _(";").join(part for part in (shown(names, one) for one in value.values()) if part)
        case Person() | Date() | DateTime():
            return texts.said(names.value(value))
        case DaysDuration():
            return writing.lasting(value, english=is_english())
        case _:
            return _named(value)


def fact(names: Names, name: str, value: Value) -> str:
    """A value of case data in one line; in English as the procedure has it."""
    if isinstance(value, tuple):
        return _("、").join(part for part in (fact(names, name, one) for one in value) if part)
    if isinstance(value, str):
        return word(names.procedure, name, value)
    return shown(names, value)


def word(procedure: Procedure | None, name: str, value: str) -> str:
    """A text of case data as it stands, or the English of it for whoever reads English."""
    return (facts.english(procedure, name, value) or value) if is_english() else value


def _named(value: Value) -> str:
    match value:
        case Ref():
            return value.id
        case File():
            return value.name
        case Personal():
            return "•••" if value.present else ""
        case _:
            return naming.shown(value).zh


def rows(names: Names, labels: Labels, value: Value, before: Value = None, group: str = "") -> Iterator[Row]:
    """What is different, one row a field; without a value of before, all there is."""
    yield from _rows(names, labels, "", value, before, group, 0)


def _rows(
    names: Names, labels: Labels, path: str, value: Value, before: Value, group: str, depth: int
) -> Iterator[Row]:
    if value == before:
        return
    if depth < DEEPEST and (isinstance(value, Context) or isinstance(before, Context)):
        yield from _fields(names, labels, path, value, before, group, depth)
    elif depth < DEEPEST and _is_table(value, before):
        yield from _items(names, labels, path, value, before, group, depth)
    else:
        now, then = labels.shown(names, path, value), labels.shown(names, path, before)
        if now or then:
            yield Row(label=labels.of(path), value=now, before="" if then == now else then, group=group)


def _fields(
    names: Names, labels: Labels, path: str, value: Value, before: Value, group: str, depth: int
) -> Iterator[Row]:
    now = value if isinstance(value, Context) else Context()
    then = before if isinstance(before, Context) else Context()
    for key in labels.in_order(path, [*now, *(key for key in then if key not in now)]):
        inner = f"{path}.{key}" if path else key
        yield from _rows(names, labels, inner, now.get(key), then.get(key), group, depth + 1)


def _items(
    names: Names, labels: Labels, path: str, value: Value, before: Value, group: str, depth: int
) -> Iterator[Row]:
    """The rows of a table: those that are as they were are left out."""
    now = value if isinstance(value, tuple) else ()
    then = before if isinstance(before, tuple) else ()
    for place in range(max(len(now), len(then))):
        ours, theirs = (found[place] if place < len(found) else None for found in (now, then))
        title = _("%(label)s 第 %(number)s 行", label=labels.of(path), number=place + 1)
        if ours != theirs:
            line, old = _line(names, labels, path, ours), _line(names, labels, path, theirs)
            yield Row(label=title, value=line, before=old, group=group)


def _line(names: Names, labels: Labels, path: str, value: Value) -> str:
    if not isinstance(value, Context):
        return labels.shown(names, path, value)
    inner = ((f"{path}.{key}", value[key]) for key in labels.in_order(path, value))
    parts = ((labels.of(place), labels.shown(names, place, one)) for place, one in inner)
    return _(";").join(_("%(label)s:%(value)s", label=label, value=part) for label, part in parts if part)


def _is_table(*values: Value) -> bool:
    return any(isinstance(one, tuple) and any(isinstance(item, Context) for item in one) for one in values)
