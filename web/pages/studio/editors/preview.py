"""A form of a draft as its tasks will show it, drawn by what draws the page of a task; and what is wrong, at its field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from flask import render_template

from engine import form as forms
from engine.errors import Fault, Refused, Text
from engine.flow.elements import Element
from engine.form import FieldType, Form, Right
from engine.form_check import REQUIRED
from engine.procedure import Procedure, load
from web import reading, texts
from web.drafting.draft import Draft
from web.forms import entry, evaluation, look, shown, writing
from web.forms.look import Item
from web.forms.shown import Teller
from web.texts import said
from web.translation import _

MOST_PAIRS = 5_000
MISSING = "缺少英文:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A task that shows a form: where it is drawn, and which right it gives each section."""

    file: str
    element: str
    name: str
    sections: str


class Paper:
    """What the macros of a task's page ask: here nobody does the task."""

    def sentence(self, text: Text) -> str:
        """A sentence of the engine."""
        return said(text)


def uses(found: Draft, path: str) -> list[Use]:
    """The tasks that show the form; none while the draft cannot be read."""
    procedure = _loaded(found)
    return [] if procedure is None else list(_uses(procedure, path))


def _tasks(procedure: Procedure, path: str) -> Iterator[tuple[str, Element]]:
    """The file and the element of each task with the form."""
    for process in procedure.model.processes.values():
        for element in process.elements.values():
            if element.extensions.get("form") == path:
                yield process.path, element


def _page(found: Draft, path: str, task: str, entries: object) -> str:
    """The form as a page; a sentence while it cannot be drawn."""
    try:
        form = forms.parse(found.files[path], path)
    except (Refused, ValueError):
        return render_template("procedure/form_preview.html", parts=None, title=None)
    around = forms.surrounding(rights=_rights(found, path, task))
    drawn = look.read(replace(found.base, files=found.files), form)
    given = _entries(form, entries, drawn)
    evaluated = evaluation.evaluate(form, given, around)
    with reading.store().database.read() as connection:
        names = reading.names(connection)
    teller = Teller(names=names, zone=around.zone)
    faults = evaluated.faults if entries else ()
    parts = shown.parts(form, drawn, around, given, evaluated, teller, _at_once(faults))
    persons = sorted(names.items(), key=lambda row: row[1])
    return render_template(
        "procedure/form_preview.html",
        parts=parts,
        title=drawn.title,
        desk=Paper(),
        people_of=lambda _role: [(_("全部人员"), persons)],
    )


def _findings(found: Draft, path: str) -> list[dict[str, str]]:
    """What is wrong with the form, each at the path of its field."""
    name = path.removeprefix("forms/").removesuffix(".form")
    rows = [(fault.path.partition("#")[2], fault.text) for fault in _faults(found, path)]
    for one in (*found.faults, *found.advice):
        if one.file == path:
            rows.append((one.element, one.text))
        elif one.element == f"forms.{name}" or one.element.startswith(f"forms.{name}."):
            rows.append((one.element.removeprefix(f"forms.{name}").lstrip(".") or _missing(one.text), one.text))
    return [{"field": key, "text": text} for key, text in dict.fromkeys((key, said(text)) for key, text in rows)]


def _elsewhere(found: Draft, path: str) -> int:
    """How many findings are about other files."""
    name = path.removeprefix("forms/").removesuffix(".form")
    return sum(
        1
        for one in found.faults
        if one.file != path and one.element != f"forms.{name}" and not one.element.startswith(f"forms.{name}.")
    )


def answered(found: Draft, path: str, task: str, entries: object) -> dict[str, object]:
    """What the editor shows beside what it edits."""
    return {
        "preview": _page(found, path, task, entries),
        "findings": _findings(found, path),
        "elsewhere": _elsewhere(found, path),
    }


def _missing(text: Text) -> str:
    """Which field a missing text is of: the check tells it at the form."""
    return text.zh.removeprefix(MISSING).partition("“")[0] if text.zh.startswith(MISSING) else ""


def _faults(found: Draft, path: str) -> tuple[Fault, ...]:
    try:
        forms.parse(found.files[path], path)
    except Refused as refused:
        return refused.faults
    return ()


def _loaded(found: Draft) -> Procedure | None:
    try:
        return load(found.files)
    except (Refused, ValueError):
        return None


def _uses(procedure: Procedure, path: str) -> Iterator[Use]:
    for file, element in _tasks(procedure, path):
        number, name = reading.step(procedure, _process_of(procedure, element), element.id)
        sections = element.extensions.get("section", "")
        yield Use(file=file, element=element.id, name=f"{number} {said(name)}".strip(), sections=sections)


def _process_of(procedure: Procedure, element: Element) -> str:
    return next(
        key for key, process in procedure.model.processes.items() if process.elements.get(element.id) is element
    )


def _rights(found: Draft, path: str, task: str) -> Mapping[str, Right]:
    procedure = _loaded(found) if task else None
    for _file, element in () if procedure is None else _tasks(procedure, path):
        if element.id == task:
            try:
                return forms.rights(element.extensions.get("section", ""))
            except ValueError:
                return {}
    return {}


def _entries(form: Form, given: object, drawn: look.Look) -> dict[str, object]:
    """What somebody typed into the preview; at first the defaults."""
    if isinstance(given, list):
        pairs = [(str(one[0]), str(one[1])) for one in given[:MOST_PAIRS] if isinstance(one, list) and len(one) == 2]
        return dict(entry.read(form, pairs, lambda _: True, texts.today().year).entries)
    return {item.field.key: _default(item) for item in drawn.items() if item.default}


def _default(item: Item) -> object:
    if item.field.type is FieldType.BOOL:
        return item.default == "true"
    return writing.entered(item.field, item.default, texts.today().year)


def _at_once(faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """Of what is wrong, what a task's page tells while somebody still types: what is missing is told at the end."""
    return tuple(fault for fault in faults if fault.text != REQUIRED)
