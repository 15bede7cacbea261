"""What a reference in a form may name: things that this person may know of, what they are called, and where they are shown.

A case and a document of the same case are kept here, so a reference to another is refused. Of other kinds the data of cases
tells which were named before, under the kind or its number: `contract` under `contract` or `contract_no`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import Connection

from engine.document import Document
from engine.errors import Fault, Reason, Refused, Text
from engine.form import Field, FieldType
from engine.value import Context, Ref
from storage import registers
from storage.moments import micros
from storage.registers import Registered, Wish
from web import reading, texts
from web.forms.shown import Referred
from web.reader import who_reads
from web.sight import cases
from web.sight.desk import Desk
from web.translation import _

CASE, DOCUMENT = "case", "document"
MOST, LONGEST, SHOWN = 50, 60, 40
NUMBER = re.compile(r"[0-9]{1,18}")
ROW = re.compile(r"\[\d{1,6}\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One thing to be named: its id, and what it is called."""

    id: str
    text: str


def field_of(desk: Desk, path: str) -> Field | None:
    """The field at a path of the form, when it is a reference; the number of a row says nothing."""
    fields = {} if desk.form is None else dict(desk.form.walk())
    found = fields.get(ROW.sub("", path))
    return found if found is not None and found.type is FieldType.REF else None


def offered(desk: Desk, field: Field, text: str) -> list[Offer]:
    """What may be named there and has to do with the text; without a text the newest."""
    if field.kind == DOCUMENT:
        return [Offer(id=key, text=_document(desk, one)) for key, one in _documents(desk).items()]
    names = _names(desk, field.kind)
    if field.kind != CASE and not names:
        return []
    with reading.store().database.read() as connection:
        rows = _cases(connection, Wish(text=text.strip()[:LONGEST] if len(text.strip()) > 1 else ""), MOST)
        if field.kind == CASE:
            return [Offer(id=str(row.case), text=_case(connection, row)) for row in rows]
        found = {
            row.values[name]: _case(connection, row) for row in reversed(rows) for name in names if name in row.values
        }
    return [Offer(id=key, text=found[key]) for key in reversed(found)]


def referred(desk: Desk, found: Ref) -> Referred | None:
    """What a reference names, with its page, as far as this person may know."""
    if found.kind == DOCUMENT:
        one, case = _documents(desk).get(found.id), desk.case
        page = "" if case is None or not desk.may_read_case else url_for("case.one", number=case.stream)
        return None if one is None else Referred(text=_document(desk, one), link=page)
    with reading.store().database.read() as connection:
        if found.kind == CASE:
            row = _one(connection, found.id)
            page = "" if row is None else url_for("case.one", number=row.case)
            return None if row is None else Referred(text=_case(connection, row), link=page)
        if _is_named(connection, desk, found):
            return Referred(text=found.id, link=url_for("case.every", q=found.id))
    return None


def note(desk: Desk, field: Field, found: object) -> str:
    """What stands below a reference: what it names, or that nothing of that name is known."""
    if not isinstance(found, Ref):
        return ""
    named = referred(desk, found)
    if named is not None:
        return named.text if named.text != found.id else ""
    if found.kind in (CASE, DOCUMENT) or not _names(desk, found.kind):
        return ""  # the one is told as a fault, of the other nothing is known
    return _("您可以查阅的项目里还没有用过“%(name)s”:请核对写法;确实没有写错,可以照此填写。", name=found.id[:SHOWN])


def notes(desk: Desk, entries: Mapping[str, object]) -> dict[str, str]:
    """What stands below each reference of the form."""
    fields = () if desk.form is None else desk.form.fields
    return {one.key: note(desk, one, entries.get(one.key)) for one in fields if one.type is FieldType.REF}


def faults(desk: Desk, values: Mapping[str, object]) -> tuple[Fault, ...]:
    """References to what is not there, or not for this person; what stood there before is left."""
    before = () if desk.case is None else tuple(desk.case.data.values())
    found = [(path, one) for path, one in _entered(desk, values) if one not in before]
    return tuple(Fault(path, text) for path, one in found if (text := _missing(desk, one)) is not None)


def demand(desk: Desk, values: Context) -> None:
    """Refuse references to what is not there. Raises Refused (INVALID_DATA) with each of them."""
    wrong = faults(desk, values)
    if wrong:
        first, count = wrong[0], len(wrong)
        raise Refused(
            Reason.INVALID_DATA,
            f"表单有 {count} 处需要更正:{first.path}:{first.text.zh}",
            f"the form needs {count} corrections: {first.path}: {first.text.en}",
            wrong,
        )


def _missing(desk: Desk, found: Ref) -> Text | None:
    shown = found.id[:SHOWN]
    if found.kind == DOCUMENT and found.id not in _documents(desk):
        return Text(
            f"应从列表中选择本项目的文件,但没有 {shown}",
            f"expected a document of this project out of the list, but there is no {shown}",
        )
    if found.kind == CASE:
        with reading.store().database.read() as connection:
            if _one(connection, found.id) is None:
                return Text(
                    f"应从列表中选择您可以查阅的项目,但没有 {shown}",
                    f"expected a project that you may read, out of the list, but there is no {shown}",
                )
    return None


def _entered(desk: Desk, values: Mapping[str, object]) -> Iterator[tuple[str, Ref]]:
    """References with their paths, without those of the time before."""
    earlier = desk.surrounding.earlier
    for one in () if desk.form is None else desk.form.fields:
        found = values.get(one.key)
        if found == earlier.get(one.key):
            continue
        if one.type is FieldType.REF and isinstance(found, Ref):
            yield one.key, found
        columns = [column.key for column in one.columns if column.type is FieldType.REF]
        for place, row in enumerate(found if columns and isinstance(found, list | tuple) else ()):
            cells = row if isinstance(row, Mapping) else {}
            yield from (
                (f"{one.key}[{place}].{key}", cell) for key in columns if isinstance(cell := cells.get(key), Ref)
            )


def _documents(desk: Desk) -> Mapping[str, Document]:
    return {} if desk.case is None else desk.case.documents


def _document(desk: Desk, found: Document) -> str:
    title = texts.said(desk.names.document(found.key))
    return " · ".join(part for part in (title, found.number or "", found.version) if part)


def _names(desk: Desk, kind: str | None) -> list[str]:
    """Under which names the data of cases has things of a kind."""
    return [name for name in (kind or "", f"{kind}_no") if name in desk.procedure.case_fields]


def _is_named(connection: Connection, desk: Desk, found: Ref) -> bool:
    if not found.id.isprintable():
        return False
    wishes = (Wish(text=found.id, values={name: found.id}) for name in _names(desk, found.kind))
    return any(_cases(connection, wish, 1) for wish in wishes)


def _cases(connection: Connection, wish: Wish, most: int) -> list[Registered]:
    now = micros(reading.store().now())
    return registers.page(connection, who_reads(connection), wish, now, size=most)


def _one(connection: Connection, key: str) -> Registered | None:
    """The case with this number, if this person may know of it."""
    if not NUMBER.fullmatch(key) or not registers.may_see(connection, who_reads(connection), int(key)):
        return None
    found = registers.page(connection, who_reads(connection), Wish(), micros(reading.store().now()), int(key) + 1, 1)
    return found[0] if found else None


def _case(connection: Connection, row: Registered) -> str:
    """What a case is called."""
    shown = cases.head(reading.procedure(connection, row.version), row.values)
    parts = (shown.get(what, "") for what in ("number", "title", "party"))
    return " · ".join(part for part in parts if part) or _("尚未命名的项目")
