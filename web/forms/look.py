"""How a form looks: the parts of its schema that hold no value, in the order drawn, with their English."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePosixPath

from engine.errors import Text
from engine.form import Field, FieldType, Form
from engine.label import ENGLISH
from engine.procedure import Procedure

ROWS = 4
Json = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One field as a page shows it; `columns` are those of a table, `rows` the height of a long text."""

    field: Field
    label: Text
    help: str = ""
    options: tuple[tuple[str, Text], ...] = ()
    columns: tuple[Item, ...] = ()
    rows: int = ROWS
    default: str = ""
    first_rows: int = 0
    currency: str = ""
    role: str = ""

    @property
    def is_wide(self) -> bool:
        """It takes the whole width of the form."""
        return self.field.type in (FieldType.LONG, FieldType.TABLE, FieldType.FILE, FieldType.FILES)

    @property
    def is_choice_of_few(self) -> bool:
        """Its options are so few that all are shown at once."""
        return len(self.options) <= 5 and sum(len(text.zh) for _, text in self.options) <= 40

    def option(self, value: str) -> Text:
        """What an option is called."""
        return next((text for known, text in self.options if known == value), Text(value, value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Fields under one heading; without a name they stand outside any section."""

    name: str | None
    label: Text | None
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A form as a page shows it."""

    title: Text | None
    sections: tuple[Section, ...]

    def items(self) -> Iterator[Item]:
        """Every field, in the order drawn."""
        return (item for section in self.sections for item in section.items)


@dataclass(slots=True)
class _Reader:
    """One pass over a schema beside the fields that were read from it."""

    fields: Mapping[str, Field]
    english: Json
    sections: list[Section] = field(default_factory=list)
    title: Text | None = None

    def read(self, components: list[Json], name: str | None = None, label: Text | None = None) -> None:
        """Gather the fields of components; a group begins a section of its own."""
        items: list[Item] = []
        for found in components:
            if found.get("type") == "group":
                self._keep(name, label, items)
                items = []
                inner = str(_table(found, "properties").get("section") or found.get("id") or "")
                self.read(_list(found, "components"), inner, self._section(inner, str(found.get("label", ""))))
            elif found.get("type") == "text" and self.title is None and str(found.get("text", "")).startswith("# "):
                zh = str(found["text"])[2:].strip()
                self.title = Text(zh, str(self.english.get("title") or zh))
            else:
                made = self._item(found, self.fields, "")
                items += [] if made is None else [made]
        self._keep(name, label, items)

    def _keep(self, name: str | None, label: Text | None, items: list[Item]) -> None:
        if items:
            self.sections.append(Section(name=name, label=label, items=tuple(items)))

    def _section(self, name: str, zh: str) -> Text:
        return Text(zh, str(_table(self.english, "sections").get(name) or zh))

    def _item(self, found: Json, fields: Mapping[str, Field], path: str) -> Item | None:
        key = str(found.get("path") if found.get("type") == "dynamiclist" else found.get("key"))
        known = fields.get(key)
        if known is None:
            return None
        english = _table(_table(self.english, "fields"), f"{path}{key}")
        options, properties = _table(english, "options"), _table(found, "properties")
        columns = {column.key: column for column in known.columns}
        inner = [self._item(column, columns, f"{key}.") for column in _list(found, "components")]
        return Item(
            field=known,
            label=Text(known.label or key, str(english.get("label") or known.label or key)),
            help=str(found.get("description") or ""),
            options=tuple((value, Text(zh, str(options.get(value) or zh))) for value, zh in known.options),
            columns=tuple(column for column in inner if column is not None),
            rows=_whole(found.get("rows"), ROWS),
            default=_plain(found.get("defaultValue")),
            first_rows=_whole(found.get("defaultRepetitions"), 0),
            currency=str(properties.get("currency", "CNY")) if known.type is FieldType.MONEY else "",
            role=str(properties.get("role", "")),
        )


def read(procedure: Procedure, form: Form) -> Look:
    """How a form of a version looks."""
    return _read(procedure.files[form.path], procedure.files.get(ENGLISH, b"{}"), form)


@lru_cache(maxsize=256)
def _parsed(source: bytes) -> Json:
    found: Json = json.loads(source)
    return found


_KNOWN: dict[tuple[int, str], tuple[Form, Look]] = {}
MOST_KNOWN = 500


def _read(source: bytes, english: bytes, form: Form) -> Look:
    """Read once for each form in memory; the form itself keeps the key from being taken by another."""
    known = _KNOWN.get((id(form), form.path))
    if known is not None and known[0] is form:
        return known[1]
    texts = _table(_table(_parsed(english), "forms"), PurePosixPath(form.path).stem)
    reader = _Reader({field.key: field for field in form.fields}, texts)
    reader.read(_list(_parsed(source), "components"))
    made = Look(title=reader.title, sections=tuple(reader.sections))
    if len(_KNOWN) >= MOST_KNOWN:
        _KNOWN.clear()
    _KNOWN[id(form), form.path] = (form, made)
    return made


def _table(found: Json, key: str) -> Json:
    table = found.get(key, {})
    return table if isinstance(table, dict) else {}


def _list(found: Json, key: str) -> list[Json]:
    items = found.get(key, [])
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _whole(found: object, otherwise: int) -> int:
    return found if isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= 50 else otherwise


def _plain(found: object) -> str:
    if isinstance(found, bool):
        return "true" if found else ""
    return str(found) if isinstance(found, str | int) else ""
