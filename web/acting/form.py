"""The form of a task before this person: what was typed, kept as a draft, checked, and drawn again with what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from engine import form as forms
from engine.errors import Fault, Text
from engine.form import FieldType, Right
from engine.form_check import REQUIRED
from engine.value import Context, Personal, Ref, Value
from storage import drafts, personal
from web import reading, texts
from web.acting import reference
from web.forms import entry, evaluation, look, shown, writing
from web.forms.entry import Typed
from web.forms.evaluation import Evaluated
from web.forms.look import Item, Look
from web.forms.shown import Part, Teller
from web.identity import me
from web.sight.desk import Desk
from web.translation import _

HIDDEN = "•••"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A line of the summary: the control it is about, what that is called, and what is expected."""

    id: str
    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The form as a page shows it."""

    look: Look
    parts: Sequence[Part]
    wrong: Sequence[Wrong] = ()
    is_draft: bool = False


def typed(desk: Desk) -> Typed:
    """What the request says was typed."""
    assert desk.form is not None
    organisation = desk.progress.around.organisation
    known = {person.id for person in organisation.persons if person not in organisation.erased}
    return entry.read(desk.form, request.form.items(multi=True), known.__contains__, texts.today().year)


def first(desk: Desk) -> Drawn | None:
    """The form as somebody finds it: with their draft, else with what was entered the time before."""
    if desk.form is None or desk.task is None:
        return None
    kept = drafts.read(reading.store().database, desk.key, me().person)
    found: Mapping[str, object] = _started(desk) if kept is None else kept
    return drawn(desk, found, is_draft=kept is not None)


def drawn(desk: Desk, entries: Mapping[str, object], faults: Sequence[Fault] = (), *, is_draft: bool = False) -> Drawn:
    """The form with these entries, and what is wrong with them."""
    assert desk.form is not None
    seen, found = look.read(desk.procedure, desk.form), evaluate(desk, entries)
    parts = shown.parts(desk.form, seen, desk.surrounding, entries, found, teller(desk), faults)
    return Drawn(look=seen, parts=parts, wrong=summary(desk, seen, faults), is_draft=is_draft)


def handed_in(desk: Desk, data: Context) -> Drawn | None:
    """What was handed in for a task that is done, as text; personal values only for whoever did it."""
    if desk.form is None:
        return None
    seen = look.read(desk.procedure, desk.form)
    rights = dict.fromkeys([section.name or "" for section in seen.sections], Right.READ)
    around = forms.surrounding(rights=rights, earlier=data, zone=desk.names.zone)
    found = Evaluated(values=data)
    told = teller(desk, reveals=desk.row.closed_by == me().person.id)
    return Drawn(look=seen, parts=shown.parts(desk.form, seen, around, {}, found, told))


def evaluate(desk: Desk, entries: Mapping[str, object]) -> Evaluated:
    """What the entries come to, by the engine's check."""
    assert desk.form is not None
    return evaluation.evaluate(desk.form, entries, desk.surrounding)


def has_draft(desk: Desk) -> bool:
    """This person has begun to fill it in."""
    return drafts.read(reading.store().database, desk.key, me().person) is not None


def keep(desk: Desk, found: Typed) -> None:
    """Keep what was typed. Raises Refused."""
    store = reading.store()
    drafts.save(store.database, desk.key, me().person, entry.context(found.entries), store.now())


def live(desk: Desk, found: Typed, evaluated: Evaluated | None = None) -> dict[str, Any]:
    """What a page shows while somebody types: computed fields, what is hidden, what is wrong, amounts in words."""
    assert desk.form is not None
    evaluated = evaluated or evaluate(desk, found.entries)
    seen, told = look.read(desk.procedure, desk.form), teller(desk)
    items = _by_path(seen)
    computed = evaluated.computed(desk.form)
    money = [item for item in seen.items() if item.field.type is FieldType.MONEY]
    return {
        "hidden": sorted(evaluated.hidden),
        "computed": {
            found.on_page(path): told.said(items[_plain(path)], value) if value is not None else ""
            for path, value in computed.items()
        },
        "faults": {found.on_page(fault.path): desk.sentence(fault.text) for fault in evaluated.faults},
        "missing": [found.on_page(fault.path) for fault in evaluated.faults if fault.text == REQUIRED],
        "notes": {item.field.key: shown.capital(item, evaluated.values.get(item.field.key)) for item in money},
    }


def _started(desk: Desk) -> dict[str, object]:
    """What was entered the time before; else the defaults that the schema names."""
    assert desk.form is not None
    earlier = desk.surrounding.earlier
    if earlier:
        return {one.key: earlier[one.key] for one in desk.form.fields if one.key in earlier and one.compute is None}
    seen = look.read(desk.procedure, desk.form)
    year = texts.today().year
    return {**_of_case(desk), **{item.field.key: _default(item, year) for item in seen.items() if item.default}}


def _of_case(desk: Desk) -> dict[str, object]:
    """What the case refers to under the same name, such as its customer, or has the number of, such as its contract."""
    assert desk.form is not None
    data = {} if desk.case is None else desk.case.data
    made: dict[str, object] = {}
    for one in desk.form.fields:
        if one.type is FieldType.REF and one.kind is not None:
            found, number = data.get(one.key), data.get(f"{one.kind}_no")
            if isinstance(found, Ref) and found.kind == one.kind:
                made[one.key] = found
            elif isinstance(number, str):
                made[one.key] = Ref(one.kind, number)
    return made


def _default(item: Item, year: int) -> object:
    if item.field.type is FieldType.BOOL:
        return item.default == "true"
    return writing.entered(item.field, item.default, year)


def teller(desk: Desk, *, reveals: bool = True) -> Teller:
    """How values of this form are told; personal ones only where `reveals` says so."""

    def reveal(found: Personal) -> Value:
        if not found.present:
            return None
        if not reveals:
            return HIDDEN
        with reading.store().database.read() as connection:
            return personal.read(connection, found)

    return Teller(
        names=desk.names.people,
        zone=desk.names.zone,
        reveal=reveal,
        refer=lambda found: reference.referred(desk, found),
        note=lambda one, found: reference.note(desk, one, found),
    )


def summary(desk: Desk, seen: Look, faults: Sequence[Fault]) -> list[Wrong]:
    """What is wrong, a line for each control."""
    items = _by_path(seen)
    return [
        Wrong(id=_id(fault.path), label=_label(items, fault.path), text=desk.sentence(fault.text)) for fault in faults
    ]


def _label(items: Mapping[str, Item], path: str) -> str:
    """What a control is called: in a table with the name of the table and the number of the row."""
    table, bracket, rest = path.partition("[")
    own = items.get(_plain(path))
    name = texts.said(own.label if own is not None else Text(path, path))
    if not bracket or table not in items:
        return name
    row = int(rest.partition("]")[0] or 0) + 1
    whole = texts.said(items[table].label)
    if own is None:
        return _("%(table)s 第 %(row)s 行", table=whole, row=row)
    return _("%(table)s 第 %(row)s 行 %(column)s", table=whole, row=row, column=name)


def _by_path(seen: Look) -> dict[str, Item]:
    found = {item.field.key: item for item in seen.items()}
    return found | {f"{item.field.key}.{column.field.key}": column for item in seen.items() for column in item.columns}


def _plain(path: str) -> str:
    table, bracket, rest = path.partition("[")
    return f"{table}{rest.partition(']')[2]}" if bracket else path


def _id(path: str) -> str:
    return "field-" + path.replace("[", "-").replace("].", "-").replace("]", "")
