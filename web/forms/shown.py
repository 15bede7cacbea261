"""The controls of a form as a page draws them: what stands in each, what is wrong with it, and who may change it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from engine.duration import parse_days_duration
from engine.errors import Fault, Text
from engine.form import Field, FieldType, Form, Right, Surrounding
from engine.value import Context, Date, DateTime, DaysDuration, File, Person, Personal, Ref, Value
from web.forms import writing
from web.forms.evaluation import Evaluated
from web.forms.look import Item, Look, Section
from web.translation import _, is_english

FILE = "{name} · {size}"
YUAN = "CNY"
KILO = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One field on a page: `path` as in faults, `texts` what its controls hold, `said` as it is read, `link` the page of what it names."""

    item: Item
    path: str
    texts: tuple[str, ...] = ()
    said: str = ""
    link: str = ""
    note: str = ""
    fault: Text | None = None
    is_fixed: bool = False
    is_hidden: bool = False
    is_demanded: bool = False
    rows: tuple[tuple[Control, ...], ...] = ()
    blank: tuple[Control, ...] = ()

    @property
    def text(self) -> str:
        """What its one control holds."""
        return self.texts[0] if self.texts else ""

    @property
    def id(self) -> str:
        """Its name in the page, without signs that selectors read otherwise."""
        return "field-" + self.path.replace("[", "-").replace("].", "-")

    @property
    def files(self) -> list[tuple[File, str]]:
        """The files it holds, each with the text of its control."""
        return [(one, file_text(one)) for text in self.texts for one in files(json.loads(text))]

    @property
    def type(self) -> str:
        """The type of its field."""
        return str(self.item.field.type)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A section with its controls; one that may only be read is drawn as text."""

    section: Section
    controls: tuple[Control, ...]
    is_fixed: bool

    @property
    def is_hidden(self) -> bool:
        """None of its fields is shown now."""
        return all(control.is_hidden for control in self.controls)


@dataclass(frozen=True, slots=True, kw_only=True)
class Referred:
    """What a reference names: what it is called, and its page; no page for whoever may not have it."""

    text: str
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """How values are told: names of people, the zone of moments, what stands behind a personal reference, and what references name."""

    names: Mapping[str, str]
    zone: str
    reveal: Callable[[Personal], Value] = field(default=lambda _: None)
    refer: Callable[[Ref], Referred | None] = field(default=lambda _: None)
    note: Callable[[Field, object], str] = field(default=lambda _field, _found: "")

    def texts(self, item: Item, found: object) -> tuple[str, ...]:
        """What the controls of a field hold: one text, or one for each of several."""
        if isinstance(found, list | tuple):
            return tuple(self._held(item, one) for one in found)
        return () if found is None else (self._held(item, found),)

    def said(self, item: Item, found: object) -> str:
        """A value as it is read."""
        if isinstance(found, list | tuple):
            return _("、").join(self._read(item, one) for one in found)
        return self._read(item, found)

    def _held(self, item: Item, found: object) -> str:
        match found:
            case Personal():
                return self._held(item, self.reveal(found))
            case None:
                return ""
            case bool():
                return "true" if found else ""
            case Decimal():
                return writing.number(found)
            case Date():
                return writing.day(found)
            case DateTime():
                return writing.moment(found, self.zone)
            case DaysDuration():
                return writing.lasting(found, english=is_english())
            case str() if item.field.type is FieldType.DURATION:
                return self._lasting(found)
            case Person():
                return found.id
            case Ref():
                return found.id if item.field.kind else f"{found.kind}:{found.id}"
            case _:
                return str(found)

    def _lasting(self, found: str) -> str:
        """What was typed for a duration: in words where it is one."""
        try:
            return writing.lasting(parse_days_duration(found), english=is_english())
        except ValueError:
            return found

    def _read(self, item: Item, found: object) -> str:
        match found:
            case Personal():
                return self._read(item, self.reveal(found))
            case bool():
                return _("是") if found else _("否")
            case Decimal():
                return _figure(item, found)
            case Person():
                return self.names.get(found.id, _("已删除的人员"))
            case Date() if not is_english():
                return f"{found.year}年{found.month}月{found.day}日"
            case File():
                return FILE.format(name=found.name, size=size(found.size))
            case str() if item.options:
                option = item.option(found)
                return option.en if is_english() else option.zh
            case _:
                return self._held(item, found)


def size(count: int) -> str:
    """A number of bytes as people read it."""
    if count < KILO:
        return f"{count} B"
    return f"{count / KILO:.0f} KB" if count < KILO * KILO else f"{count / KILO / KILO:.1f} MB"


def files(found: object) -> list[File]:
    """The files in an entry or a value, whatever it is."""
    several = found if isinstance(found, list | tuple) else (found,)
    read = [_file(one) for one in several]
    return [one for one in read if one is not None]


def parts(
    form: Form,
    look: Look,
    around: Surrounding,
    entries: Mapping[str, object],
    evaluated: Evaluated,
    teller: Teller,
    faults: Sequence[Fault] = (),
) -> list[Part]:
    """The sections of a form that may be seen, with their controls."""
    wrong = {fault.path: fault.text for fault in faults}
    drawer = _Drawer(around, entries, evaluated, teller, wrong)
    return [drawer.part(section) for section in look.sections if _right(around, section) is not Right.HIDDEN]


@dataclass(frozen=True, slots=True)
class _Drawer:
    """Draws the controls of one form."""

    around: Surrounding
    entries: Mapping[str, object]
    evaluated: Evaluated
    teller: Teller
    wrong: Mapping[str, Text]

    def part(self, section: Section) -> Part:
        """A section, as its right says."""
        right = _right(self.around, section)
        made = tuple(self._control(item, right) for item in section.items)
        return Part(section=section, controls=made, is_fixed=all(control.is_fixed for control in made))

    def _control(self, item: Item, right: Right) -> Control:
        key, computed = item.field.key, item.field.type is FieldType.COMPUTED
        fixed = item.field.readonly or right is Right.READ or computed
        value = self.evaluated.values.get(key) if computed else self.around.earlier.get(key)
        found: object = value if fixed else self.entries.get(key)
        demanded = item.field.required or (right is Right.REQUIRED and not computed)
        if item.field.type is FieldType.TABLE:
            return self._table(item, found, fixed=fixed, demanded=demanded)
        return self._one(item, key, found, fixed=fixed, demanded=demanded, hidden=key in self.evaluated.hidden)

    def _one(
        self, item: Item, path: str, found: object, *, fixed: bool, demanded: bool, hidden: bool = False
    ) -> Control:
        named = self.teller.refer(found) if fixed and isinstance(found, Ref) else None
        return Control(
            item=item,
            path=path,
            texts=self._held(item, found),
            said=named.text if named else self.teller.said(item, found) if fixed else "",
            link=named.link if named else "",
            note=self._note(item, path, found, fixed=fixed),
            fault=self.wrong.get(path),
            is_fixed=fixed,
            is_hidden=hidden,
            is_demanded=demanded,
        )

    def _note(self, item: Item, path: str, found: object, *, fixed: bool) -> str:
        """What stands below a field; cells of tables have no room for it."""
        if item.field.type is FieldType.REF:
            return "" if fixed or "[" in path else self.teller.note(item.field, found)
        return capital(item, found) if fixed else capital(item, self.evaluated.values.get(path))

    def _held(self, item: Item, found: object) -> tuple[str, ...]:
        if item.field.type in (FieldType.FILE, FieldType.FILES):
            kept = self.teller.reveal(found) if isinstance(found, Personal) else found
            return tuple(file_text(one) for one in files(kept))
        return self.teller.texts(item, found)

    def _table(self, item: Item, found: object, *, fixed: bool, demanded: bool) -> Control:
        key = item.field.key
        rows = [row for row in found if isinstance(row, Mapping)] if isinstance(found, list | tuple) else []
        if not fixed and not rows:
            rows = [{}] * max(item.first_rows, 1 if demanded else 0)
        values = self.evaluated.values.get(key)
        computed = values if isinstance(values, tuple) else ()
        return Control(
            item=item,
            path=key,
            fault=self.wrong.get(key),
            is_fixed=fixed,
            is_hidden=key in self.evaluated.hidden,
            is_demanded=demanded,
            rows=tuple(
                tuple(self._cells(item, f"{key}[{place}]", row, _row(computed, place), fixed=fixed))
                for place, row in enumerate(rows)
            ),
            blank=tuple(self._cells(item, f"{key}[0]", {}, Context(), fixed=fixed)),
        )

    def _cells(
        self, item: Item, path: str, row: Mapping[str, object], computed: Context, *, fixed: bool
    ) -> Iterator[Control]:
        for column in item.columns:
            key, is_computed = column.field.key, column.field.type is FieldType.COMPUTED
            found: object = computed.get(key) if is_computed else row.get(key)
            if is_computed and found is None:
                found = row.get(key)
            still = fixed or is_computed or column.field.readonly
            yield self._one(column, f"{path}.{key}", found, fixed=still, demanded=column.field.required)


def capital(item: Item, found: object) -> str:
    """An amount of yuan in capital characters."""
    is_yuan = item.field.type is FieldType.MONEY and item.currency == YUAN
    return writing.capital(found) if is_yuan and isinstance(found, Decimal) and not is_english() else ""


def file_text(found: File) -> str:
    """A file as a control holds it."""
    return json.dumps(
        {"digest": found.digest, "name": found.name, "type": found.type, "size": found.size}, ensure_ascii=False
    )


def _right(around: Surrounding, section: Section) -> Right:
    return around.rights.get(section.name or "", Right.WRITE)


def _row(rows: tuple[Value, ...], place: int) -> Context:
    found = rows[place] if place < len(rows) else None
    return found if isinstance(found, Context) else Context()


def _figure(item: Item, found: Decimal) -> str:
    match item.field.type:
        case FieldType.MONEY:
            return ("¥" if item.currency == YUAN else f"{item.currency} ") + writing.amount(found)
        case FieldType.PCT:
            return f"{writing.number(found)}%"
        case _:
            return writing.number(found)


def _file(found: object) -> File | None:
    if isinstance(found, File):
        return found
    if not isinstance(found, Mapping):
        return None
    digest, name, kind, count = (found.get(key) for key in ("digest", "name", "type", "size"))
    whole = int(count) if isinstance(count, Decimal | int | str) and str(count).isdigit() else 0
    return File(str(digest), str(name), str(kind), whole) if digest and name else None
